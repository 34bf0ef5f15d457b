"""The world at the end of a quarter: one definition of what a district, sponsor, carrier and startup is.

Both engines start from a world and give one back; a registry and the synthesis make one; saving and forking
are writing and reading one; equality compares worlds. Each table is a struct of arrays, one array a column,
one row an agent. Rows stand in canonical order: by id (districts: by their place in the city's table), so
that the order of rows in a data file cannot matter. Codes are those of ``simulation.rules.codes``.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_type_hints

import numpy as np
from numpy.typing import NDArray

SCHEMA_VERSION = 1

I64 = NDArray[np.int64]
I32 = NDArray[np.int32]
I16 = NDArray[np.int16]
I8 = NDArray[np.int8]
F64 = NDArray[np.float64]

_DTYPES: dict[Any, type[np.generic]] = {
    I64: np.int64,
    I32: np.int32,
    I16: np.int16,
    I8: np.int8,
    F64: np.float64,
}


class Districts(NamedTuple):
    """What changes in a district (planning unit); what does not stands in the city's tables."""

    id: I64  # 63-bit hash of the district's code
    space: I64  # m² of floor free for new carriers


class Sponsors(NamedTuple):
    """Potential founders of carriers (建设主体)."""

    id: I64  # 63-bit hash
    kind: I8  # code of SPONSOR_KINDS
    district: I8  # place in the city's district table
    sector: I8  # place in the city's sector list
    state: I8  # code of SPONSOR_STATES
    quarters_left: I16  # quarters until the carrier opens, while preparing
    planned_type: I8  # code of TYPES, while preparing
    planned_area: I32  # m² set aside, while preparing
    free_from: I32  # first quarter in which it may commit again
    carrier: I64  # id of the carrier it runs, 0 for none


class Carriers(NamedTuple):
    """Incubation carriers (科技众创孵化载体) that have opened, those taken off the list included."""

    id: I64  # 63-bit hash of the registry id, or of the cause: sponsor and quarter, parent and quarter
    sponsor: I64  # id, 0 when no sponsor of the table runs it
    kind: I8  # code of SPONSOR_KINDS: who founded it
    district: I8  # place in the city's district table
    type: I8  # code of TYPES
    sector: I8  # its field of specialisation: place in the sector list, -1 for none
    mode: I8  # code of MODES, by label
    mode_in_fact: I8  # code of MODES, in fact
    converting_since: I32  # quarter, 0 when not converting
    converted: I8  # 1 when it became specialised in fact by converting
    level: I8  # code of LEVELS
    status: I8  # code of STATUSES
    opened: I32  # quarter
    registered: I32  # quarter of registration with the district, 0 for not yet
    level_since: I32  # quarter since which it holds its level
    stopped: I32  # quarter in which it stopped, 0 for not
    area: I32  # m² of floor
    places: I32  # tenants it has room for
    platform: I8  # 1 when it has a technical platform of its own
    fund: I64  # CNY in its incubation fund
    capability: F64  # 0 to 1
    reserve: F64  # quarters of running cost
    shock: F64  # persistent part of income over cost
    graduates: I32  # to date
    graduates_this_year: I32  # since January
    graduates_last_year: I32  # of the calendar year before
    admitted_this_year: I32  # tenants taken in since January
    admitted_last_year: I32  # of the calendar year before
    grade: I8  # code of GRADES: last evaluation
    unqualified_years: I8  # in a row, municipal evaluation
    failed_reviews: I8  # in a row, provincial or national review
    unspecialised_years: I8  # in a row below the share that keeps the label
    park: I8  # code of the park (创谷), -1 for none
    parent: I64  # id of the carrier it was split from, 0 for none
    deregistered: I8  # 1 when its operator has been struck off the company register (注销)
    reported: I8  # 1 when found stopped and reported to the level that holds its title
    applied_level: I8  # code of LEVELS it has applied for, NONE for no application
    applied_label: I8  # 1 when it has applied for the label of specialisation


class Startups(NamedTuple):
    """Startups that are tenants or look for a place."""

    id: I64  # 63-bit hash: district, quarter and rank; or carrier, quarter and rank when brought along
    district: I8  # where it looks first: place in the city's district table
    sector: I8  # place in the city's sector list
    carrier: I64  # id, 0 while it looks for a place
    age: I16  # quarters since its founding
    stay: I16  # quarters in its carrier
    funded: I8  # 1 when an investor or a grant has funded it
    waiting: I8  # quarters it has looked for a place in vain
    upward: I8  # 1 when it moves up from a makerspace: takes no makerspace


class World(NamedTuple):
    """All that a run needs to go on from the end of a quarter."""

    quarter: int  # the quarter that has just ended (four times the year plus 0 to 3)
    districts: Districts
    sponsors: Sponsors
    carriers: Carriers
    startups: Startups


Table = TypeVar("Table", Districts, Sponsors, Carriers, Startups)
TABLES: dict[str, type[Any]] = {
    "districts": Districts,
    "sponsors": Sponsors,
    "carriers": Carriers,
    "startups": Startups,
}


_COLUMNS: dict[type[Any], dict[str, type[np.generic]]] = {
    table: {name: _DTYPES[hint] for name, hint in get_type_hints(table).items()} for table in TABLES.values()
}


def dtypes(table: type[Any]) -> dict[str, type[np.generic]]:
    """The columns of a table in order, each with its dtype."""
    return _COLUMNS[table]


def build(table: type[Table], **columns: Any) -> Table:
    """A table from its columns, cast to their dtypes and put in canonical order.

    Raises ``ValueError`` when columns are missing, unknown, of unequal length, or out of their dtype's
    range, and when two rows have the same id.
    """
    wanted = dtypes(table)
    if set(columns) != set(wanted):
        raise ValueError(f"{table.__name__} has the columns {sorted(wanted)}, not {sorted(columns)}")
    arrays = {name: _cast(table, name, columns[name], dtype) for name, dtype in wanted.items()}
    if len({len(array) for array in arrays.values()}) > 1:
        raise ValueError(f"the columns of {table.__name__} are of unequal length")
    order = np.argsort(arrays["id"], kind="stable")
    if not np.diff(arrays["id"][order]).all():
        raise ValueError(f"two rows of {table.__name__} have the same id")
    if table is not Districts:
        arrays = {name: array[order] for name, array in arrays.items()}
    return table(**arrays)


def _cast(table: type[Any], name: str, values: Any, dtype: type[np.generic]) -> NDArray[Any]:
    given = np.asarray(values)
    if given.ndim != 1:
        raise ValueError(f"{table.__name__}.{name} must be one column, not of {given.ndim} dimensions")
    if given.dtype == dtype and not np.issubdtype(dtype, np.floating):  # a float may be no number
        return given.copy()
    with np.errstate(invalid="ignore"):  # what an integer cannot hold is refused below
        cast = given.astype(dtype)
    if not np.array_equal(cast, given):
        raise ValueError(f"{table.__name__}.{name} has values that {dtype.__name__} cannot hold")
    return cast


def empty(table: type[Table]) -> Table:
    """A table without rows."""
    return build(table, **{name: np.empty(0, dtype) for name, dtype in dtypes(table).items()})


def write(world: World, path: Path) -> None:
    """Write a world to one file (numpy's npz, with the schema's version)."""
    arrays = {
        f"{name}.{column}": getattr(getattr(world, name), column)
        for name, table in TABLES.items()
        for column in table._fields
    }
    head = json.dumps({"schema_version": SCHEMA_VERSION, "quarter": world.quarter})
    with path.open("wb") as file:
        np.savez_compressed(file, head=np.array(head), **arrays)


def read(path: Path) -> World:
    """Read a world that ``write`` wrote. Raises ``ValueError`` for another schema version."""
    with np.load(path, allow_pickle=False) as file:
        head = json.loads(str(file["head"]))
        if head["schema_version"] != SCHEMA_VERSION:
            raise ValueError(f"{path}: a world of version {head['schema_version']}, not {SCHEMA_VERSION}")
        tables = {
            name: build(table, **{column: file[f"{name}.{column}"] for column in table._fields})
            for name, table in TABLES.items()
        }
    return World(quarter=head["quarter"], **tables)


def differences(one: World, other: World, most: int = 10) -> list[str]:
    """Where two worlds differ, to the last bit: at most ``most`` sentences, none when they are equal."""
    found = [] if one.quarter == other.quarter else [f"quarter: {one.quarter} and {other.quarter}"]
    for name, table in TABLES.items():
        found += _table_differences(name, getattr(one, name), getattr(other, name), table._fields)
    return found[:most]


def _table_differences(name: str, one: Any, other: Any, columns: tuple[str, ...]) -> list[str]:
    if not np.array_equal(one.id, other.id):
        only_one, only_other = np.setdiff1d(one.id, other.id), np.setdiff1d(other.id, one.id)
        return [
            f"{name}: ids {only_one[:3].tolist()} only in one, {only_other[:3].tolist()} only in the other"
        ]
    found = []
    for column in columns:
        left, right = getattr(one, column), getattr(other, column)
        same = left.view(np.int64) == right.view(np.int64) if left.dtype == np.float64 else left == right
        for row in np.flatnonzero(~same)[:3]:
            found.append(f"{name}.{column} of {one.id[row]}: {left[row]} and {right[row]}")
    return found
