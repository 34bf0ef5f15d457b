"""What the compiled engine works on: the world's tables as matrices with room to grow.

Rows keep their place while a replicate runs; ids, not rows, are what draws and events name. A table that runs
out of room sets the status, and the replicate is run again with more.
"""

from types import ModuleType
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulation import world as tables
from simulation.engines import books
from simulation.engines.compiled.columns import carrier, district, sponsor, startup
from simulation.engines.setting import Setting
from simulation.rules import codes
from simulation.world import F64, I32, I64, Carriers, Districts, Sponsors, Startups, World

SEEKING, GONE = -1, -2  # in place of a carrier's row

# Statuses: what ran out of room, or a collision of ids.
FINE, CARRIERS_FULL, STARTUPS_FULL, EVENTS_FULL, COLLISION = range(5)


class Room(NamedTuple):
    """How many rows a state has room for."""

    carriers: int
    startups: int
    events: int


class Log(NamedTuple):
    """The books while they are kept, and the events."""

    stocks: NDArray[np.int32]
    flows: NDArray[np.int32]
    startups: I64
    money: I64
    capacity: I64
    events: I64  # (room, 5); no room when nobody wants events


class State(NamedTuple):
    """A replicate in the compiled engine: matrices whose columns ``columns`` names, one row an agent."""

    districts: I64
    effort: F64  # (districts) this quarter
    sponsors: I64
    carriers: I64
    measures: F64  # (carriers, 3)
    by_sector: I32  # (carriers, sectors) tenants
    by_field: I32  # (carriers, fields) tenants
    startups: I64
    log: Log
    used: I64  # rows in use: carriers, startups, events; and startups that were there before the quarter
    status: I64  # status and the id that it concerns


CARRIERS, STARTUPS, EVENTS, EARLIER_STARTUPS = range(4)  # places in ``used``


def enough_room(setting: Setting, world: World, keep_events: bool) -> Room:
    """Room that is enough for all but extreme settings: what is there, and as much again and more."""
    carriers = len(world.carriers.id) + len(world.sponsors.id) + 64
    share = float(setting.city.seeker_share.sum(axis=1).max(initial=0.0))
    a_quarter = int(setting.parameters.formation.seekers * share) + 256
    startups = len(world.startups.id) + 3 * a_quarter
    events = (startups + 8 * a_quarter * setting.quarters) if keep_events else 0
    return Room(carriers, startups, events)


def more_room(room: Room, status: int) -> Room:
    """Twice the room of the table that was full."""
    return Room(
        room.carriers * (2 if status == CARRIERS_FULL else 1),
        room.startups * (2 if status == STARTUPS_FULL else 1),
        room.events * (2 if status == EVENTS_FULL else 1),
    )


def start(setting: Setting, world: World, room: Room) -> State:
    """The state at the beginning: a copy of the world's tables with room to grow.

    Raises ``ValueError`` when a row names an agent that is not there.
    """
    sectors = len(setting.city.field)
    runs = _rows_of(world.sponsors.carrier, world.carriers.id, "carrier")
    runners = _rows_of(world.carriers.sponsor, world.sponsors.id, "sponsor")
    places = _rows_of(world.startups.carrier, world.carriers.id, "carrier")
    return State(
        districts=_matrix(district, world.districts, len(world.districts.id)),
        effort=setting.city.usual_effort.copy(),
        sponsors=_matrix(sponsor, world.sponsors, len(world.sponsors.id), RUNS=runs),
        carriers=_matrix(carrier, world.carriers, room.carriers, SPONSOR=runners),
        measures=_measures(world.carriers, room.carriers),
        by_sector=np.zeros((room.carriers, sectors), np.int32),
        by_field=np.zeros((room.carriers, setting.fields), np.int32),
        startups=_matrix(startup, world.startups, room.startups, CARRIER=places),
        log=_log(setting, room),
        used=np.array([len(world.carriers.id), len(world.startups.id), 0, len(world.startups.id)]),
        status=np.zeros(2, np.int64),
    )


def _matrix(columns: ModuleType, table: Any, room: int, **links: I64) -> I64:
    """A table's whole numbers as a matrix; ``links`` are columns that take the place of the table's."""
    names = [name for name in vars(columns) if name.isupper() and name not in MEASURES]
    matrix = np.zeros((room, len(names)), np.int64)
    for name in names:
        values = links[name] if name in links else getattr(table, name.lower(), None)
        if values is not None:
            matrix[: len(values), getattr(columns, name)] = values
    return matrix


MEASURES = ("CAPABILITY", "RESERVE", "SHOCK")


def _measures(carriers: Carriers, room: int) -> F64:
    measures = np.zeros((room, len(MEASURES)))
    for name in MEASURES:
        values = getattr(carriers, name.lower())
        measures[: len(values), getattr(carrier, name)] = values
    return measures


def _rows_of(named: I64, ids: I64, what: str) -> I64:
    """The row of each id that is named, -1 where none (0) is; ids stand in order."""
    if not len(ids):
        found = np.zeros(len(named), bool)
        rows = np.zeros(len(named), np.int64)
    else:
        rows = np.minimum(np.searchsorted(ids, named), len(ids) - 1)
        found = ids[rows] == named
    missing = named[(named != 0) & ~found]
    if len(missing):
        raise ValueError(f"the world names a {what} {missing[0]} that it does not hold")
    return np.where(named == 0, -1, rows)


def _log(setting: Setting, room: Room) -> Log:
    quarters, districts = setting.quarters, len(setting.city.usual_effort)
    return Log(
        stocks=books.blank_stocks(quarters, districts),
        flows=books.blank_flows(quarters, districts),
        startups=books.blank_startups(quarters, districts, len(setting.city.field)),
        money=np.zeros((quarters, districts, len(codes.LEVERS)), np.int64),
        capacity=books.blank_capacity(quarters),
        events=np.zeros((room.events, 5), np.int64),
    )


def finish(state: State, quarter: int) -> World:
    """The world at the end, in canonical order; rows become ids again."""
    carriers = state.carriers[: state.used[CARRIERS]]
    startups = state.startups[: state.used[STARTUPS]]
    startups = startups[startups[:, startup.CARRIER] != GONE]
    sponsor_ids, carrier_ids = state.sponsors[:, sponsor.ID], carriers[:, carrier.ID]
    return World(
        quarter=quarter,
        districts=_table(Districts, district, state.districts),
        sponsors=_table(
            Sponsors, sponsor, state.sponsors, carrier=_ids(state.sponsors[:, sponsor.RUNS], carrier_ids)
        ),
        carriers=_table(
            Carriers,
            carrier,
            carriers,
            sponsor=_ids(carriers[:, carrier.SPONSOR], sponsor_ids),
            **{name.lower(): state.measures[: len(carriers), getattr(carrier, name)] for name in MEASURES},
        ),
        startups=_table(Startups, startup, startups, carrier=_ids(startups[:, startup.CARRIER], carrier_ids)),
    )


Table = TypeVar("Table", Districts, Sponsors, Carriers, Startups)


def _table(table: type[Table], columns: ModuleType, matrix: I64, **given: Any) -> Table:
    """A table of the world from a matrix; ``given`` are columns that take the place of the matrix's."""
    return tables.build(
        table,
        **{
            name: given[name] if name in given else matrix[:, getattr(columns, name.upper())]
            for name in table._fields
        },
    )


def _ids(rows: I64, ids: I64) -> I64:
    return np.where(rows >= 0, ids[np.maximum(rows, 0)], 0) if len(ids) else np.zeros_like(rows)
