"""A plain registry: one clean CSV file in UTF-8 becomes a register, or every fault is told at once.

Strict on purpose: what is not clean is refused with its place and what would be right; nothing is guessed or
repaired. docs/data.md lists the columns.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from simulation.draws import name_id
from simulation.engines.setting import Parameters
from simulation.faults import Fault, ScenarioErrors, did_you_mean, one_of, quoted
from simulation.files import read_csv
from simulation.registry import columns, gaps
from simulation.registry.cells import Cells, Sheet
from simulation.registry.filling import fill
from simulation.registry.register import UNKNOWN, Projects, Register
from simulation.registry.rows import Reader, Row
from simulation.rules import codes
from simulation.world import F64, I64, World

if TYPE_CHECKING:
    from simulation.scenario.city import CityTables


def read(
    path: Path,
    city: "CityTables",
    baseline: dict[str, float],
    unknowns: dict[str, float],
    parameters: Parameters,
    shares: F64,
    key: int,
) -> World:
    """The world of a registry at the end of the city's baseline quarter, for one draw of what it does not say.

    See ``synthesise`` for the arguments. Raises ``ScenarioErrors`` with every fault of the file.
    """
    return world(register(path, city), city, baseline, unknowns, parameters, shares, key)


def world(
    of: Register,
    city: "CityTables",
    baseline: dict[str, float],
    unknowns: dict[str, float],
    parameters: Parameters,
    shares: F64,
    key: int,
) -> World:
    """The world of a register that has been read."""
    closed = gaps.closed(of, city, baseline, unknowns, parameters, key)
    return fill(closed, city, baseline, parameters, shares, key)


def register(path: Path, city: "CityTables") -> Register:
    """The register of a file, as of the end of the city's baseline quarter; rows in the order of their ids.

    Raises ``ScenarioErrors`` with every fault of the file.
    """
    sheet, lines = _open(path)
    reader = Reader(sheet, city)
    read_rows = [reader.row(Cells(sheet, line, values)) for line, values in lines]
    rows = [row for row in read_rows if row.status != codes.DELISTED]
    if not sheet.faults and all(row.status == codes.PREPARING for row in rows):
        allowed = "one row at least whose carrier is on the list or open"
        sheet.faults.append(Fault(sheet.file, 0, 0, "no carrier that is open", allowed))
    if sheet.faults:
        raise ScenarioErrors(sheet.faults)
    return _register(sorted(rows, key=lambda row: row.label))


def _open(path: Path) -> tuple[Sheet, list[tuple[int, list[str]]]]:
    """The sheet of a file and its rows; those that are too short or too long are faults."""
    faults: list[Fault] = []
    label = path.as_posix()
    header, lines = read_csv(path, label, faults)
    if not header:
        raise ScenarioErrors(faults)
    names = {title: one.name for one in columns.COLUMNS for title in (one.title, one.name)}
    sheet = Sheet(label, {}, {}, faults)
    places, titles = dict[str, int](), dict[str, str]()
    for place, title in enumerate(header):
        name = names.get(title)
        if name is None and title not in columns.PERSONAL:
            advice = did_you_mean(title, names)
            faults.append(
                Fault(label, 1, place + 1, f"the column {quoted(title)}", one_of(names, 60), advice)
            )
        elif name in places:
            found = f"the column {quoted(title)}, as {quoted(titles[name])} in column {places[name] + 1}"
            faults.append(Fault(label, 1, place + 1, found, "each column once", "delete one"))
        elif name is not None:
            places[name], titles[name] = place, title
    missing = [one for one in columns.COLUMNS if one.needed and one.name not in places]
    if missing:
        named = one_of((f"{one.title} ({one.name})" for one in missing), 30)
        faults.append(Fault(label, 1, 0, f"a header without {named}", "these columns in any order"))
        raise ScenarioErrors(faults)
    sheet = Sheet(label, places, titles, faults)
    for line, values in lines:
        if len(values) != len(header):
            found, allowed = f"{len(values)} cells", f"{len(header)} cells, as in the header"
            faults.append(Fault(label, line, 0, found, allowed, "is a comma in a cell that is not quoted?"))
    return sheet, [(line, values) for line, values in lines if len(values) == len(header)]


def _register(rows: list[Row]) -> Register:
    """The register of rows; those in preparation are its projects."""
    listed = [row for row in rows if row.status != codes.PREPARING]
    column = {name: _column(listed, name) for name in Row._fields if name in Register._fields[3:]}
    converting = (column["mode"] == columns.CONVERTING) & (column["status"] == codes.OPERATING)
    known = column["mode"] != columns.CONVERTING
    made = {
        "mode": np.where(known, column["mode"], codes.COMPREHENSIVE),
        "mode_in_fact": _column(listed, UNKNOWN),
        "lead": _column(listed, UNKNOWN),
        "converting_since": np.where(converting, column["converting_since"], 0),
        "stopped": _column(listed, UNKNOWN),
        "occupancy": np.full(len(listed), np.nan),
    }
    return Register(
        id=_ids(listed),
        label=tuple(row.label for row in listed),
        name=tuple(row.name for row in listed),
        projects=_projects([row for row in rows if row.status == codes.PREPARING]),
        **{**column, **made},
    )


def _projects(rows: list[Row]) -> Projects:
    return Projects(_ids(rows), *(_column(rows, name) for name in Projects._fields[1:]))


def _ids(rows: list[Row]) -> I64:
    return np.array([name_id("carrier", row.label) for row in rows], np.int64)


def _column(rows: list[Row], name: str | int) -> I64:
    """A column of rows; the same number in each when it is given in place of a name."""
    values = [getattr(row, name) if isinstance(name, str) else name for row in rows]
    return np.array(values, np.int64)
