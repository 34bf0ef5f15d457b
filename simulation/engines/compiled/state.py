"""What the compiled engine works on: the world's tables with room to grow, and what follows from them.

Rows keep their place while a replicate runs; ids, not rows, are what draws and events name. A table that runs
out of room sets the status, and the replicate is run again with more.
"""

from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulation import world as tables
from simulation.engines import books
from simulation.engines.setting import Setting
from simulation.kernels import kernel
from simulation.rules import codes
from simulation.world import I32, I64, Carriers, Districts, Sponsors, Startups, World

SEEKING, GONE = -1, -2  # in place of a carrier's row

# Statuses: what ran out of room, or a collision of ids.
FINE, CARRIERS_FULL, STARTUPS_FULL, EVENTS_FULL, COLLISION = range(5)


class Room(NamedTuple):
    """How many rows a state has room for."""

    carriers: int
    startups: int
    events: int


class Links(NamedTuple):
    """What follows from the tables: rows in place of ids, and counts of tenants."""

    runs: I32  # (sponsors) row of the carrier a sponsor runs, -1 for none
    sponsor: I32  # (carriers) row of its sponsor, -1 for none
    carrier: I32  # (startups) row of its carrier, SEEKING or GONE
    tenants: I32  # (carriers)
    funded: I32  # (carriers) tenants that are funded
    by_sector: NDArray[np.int32]  # (carriers, sectors) tenants
    by_field: NDArray[np.int32]  # (carriers, fields) tenants


class Log(NamedTuple):
    """The books while they are kept, and the events."""

    stocks: NDArray[np.int32]
    flows: NDArray[np.int32]
    startups: I64
    money: I64
    capacity: I64
    events: I64  # (room, 5); no room when nobody wants events


class State(NamedTuple):
    """A replicate in the compiled engine."""

    districts: Districts
    effort: NDArray[np.float64]  # (districts) this quarter
    sponsors: Sponsors
    carriers: Carriers
    startups: Startups
    links: Links
    log: Log
    used: I64  # rows in use: carriers, startups, events
    status: I64  # status and the id that it concerns


Table = TypeVar("Table", Districts, Sponsors, Carriers, Startups)
CARRIERS, STARTUPS, EVENTS = range(3)  # places in ``used``


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
    carriers, startups = _grown(world.carriers, room.carriers), _grown(world.startups, room.startups)
    state = State(
        districts=_grown(world.districts, len(world.districts.id)),
        effort=setting.city.usual_effort.copy(),
        sponsors=_grown(world.sponsors, len(world.sponsors.id)),
        carriers=carriers,
        startups=startups,
        links=_links(setting, world, room),
        log=_log(setting, room),
        used=np.array([len(world.carriers.id), len(world.startups.id), 0]),
        status=np.zeros(2, np.int64),
    )
    count_tenants(state.startups, state.links, setting.city.field, len(world.startups.id))
    return state


def _grown(table: Table, room: int) -> Table:
    columns = {}
    for name, column in table._asdict().items():
        columns[name] = np.zeros(room, column.dtype)
        columns[name][: len(column)] = column
    return type(table)(**columns)


def _links(setting: Setting, world: World, room: Room) -> Links:
    sectors = len(setting.city.field)
    links = Links(
        runs=_rows_of(world.sponsors.carrier, world.carriers.id, "carrier"),
        sponsor=np.full(room.carriers, -1, np.int32),
        carrier=np.full(room.startups, GONE, np.int32),
        tenants=np.zeros(room.carriers, np.int32),
        funded=np.zeros(room.carriers, np.int32),
        by_sector=np.zeros((room.carriers, sectors), np.int32),
        by_field=np.zeros((room.carriers, setting.fields), np.int32),
    )
    links.sponsor[: len(world.carriers.id)] = _rows_of(world.carriers.sponsor, world.sponsors.id, "sponsor")
    links.carrier[: len(world.startups.id)] = _rows_of(world.startups.carrier, world.carriers.id, "carrier")
    return links


def _rows_of(named: I64, ids: I64, what: str) -> I32:
    """The row of each id that is named, -1 where none (0) is; ids stand in order."""
    rows = np.searchsorted(ids, named)
    found = (rows < len(ids)) & (ids[np.minimum(rows, len(ids) - 1)] == named) if len(ids) else named == 1
    missing = named[(named != 0) & ~found]
    if len(missing):
        raise ValueError(f"the world names a {what} {missing[0]} that it does not hold")
    return np.where(named == 0, -1, rows).astype(np.int32)


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


@kernel
def count_tenants(startups: Any, links: Any, field: Any, used: int) -> None:
    """Count the tenants of every carrier afresh."""
    for row in range(used):
        carrier = links.carrier[row]
        if carrier >= 0:
            links.tenants[carrier] += 1
            links.funded[carrier] += startups.funded[row]
            links.by_sector[carrier, startups.sector[row]] += 1
            links.by_field[carrier, field[startups.sector[row]]] += 1


def finish(state: State, quarter: int) -> World:
    """The world at the end, in canonical order; rows become ids again."""
    carriers, startups = int(state.used[CARRIERS]), int(state.used[STARTUPS])
    links = state.links
    alive = links.carrier[:startups] != GONE
    sponsor_ids, carrier_ids = state.sponsors.id, state.carriers.id
    return World(
        quarter=quarter,
        districts=state.districts,
        sponsors=tables.build(
            Sponsors, **{**state.sponsors._asdict(), "carrier": _ids(links.runs, carrier_ids)}
        ),
        carriers=tables.build(
            Carriers,
            **{
                **{name: column[:carriers] for name, column in state.carriers._asdict().items()},
                "sponsor": _ids(links.sponsor[:carriers], sponsor_ids),
            },
        ),
        startups=tables.build(
            Startups,
            **{
                **{name: column[:startups][alive] for name, column in state.startups._asdict().items()},
                "carrier": _ids(links.carrier[:startups][alive], carrier_ids),
            },
        ),
    )


def _ids(rows: I32, ids: I64) -> I64:
    return np.where(rows >= 0, ids[np.maximum(rows, 0)], 0) if len(ids) else np.zeros(len(rows), np.int64)
