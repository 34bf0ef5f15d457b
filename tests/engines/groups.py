"""Whom an event concerns: groups of sponsors, carriers and startups, looked up in the world around it."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.engines import events
from simulation.engines.setting import Setting
from simulation.rules import codes
from simulation.world import World

Events = NDArray[np.int64]
Mask = NDArray[np.bool_]

OF_SPONSORS = (events.COMMITTED, events.LOST)
OF_STARTUPS = tuple(range(events.FORMED, len(events.NAMES)))
WORDS: dict[str, tuple[str, ...]] = {"graded": codes.GRADES, **dict.fromkeys(
    ("applied", "promoted", "recognised"), codes.LEVELS
)}  # fmt: skip


class View(NamedTuple):
    """What is known of the agents of some events: the worlds of the quarter before and at the end of theirs."""

    setting: Setting
    before: World
    after: World


def _rows(ids: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place of each wanted id in a sorted column; -1 where it is not there."""
    if not len(ids):
        return np.full(len(wanted), -1)
    place = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[place] == wanted, place, -1)


def _column(
    view: View, table: str, column: str, ids: NDArray[np.int64], late: bool = False
) -> NDArray[np.int64]:
    """A column for agents by id: from the world before the quarter, or at its end; -9 for unknown ones."""
    found = np.full(len(ids), -9, np.int64)
    for world in (view.before, view.after) if late else (view.after, view.before):
        rows = getattr(world, table)
        place = _rows(rows.id, ids)
        known = place >= 0
        found[known] = getattr(rows, column)[place[known]]
    return found


def _carriers(rows: Events) -> NDArray[np.int64]:
    """The carrier of each event: whom it is about, or in which a startup is."""
    return np.where(np.isin(rows[:, 1], OF_STARTUPS), rows[:, 3], rows[:, 2])


def _carrier(view: View, rows: Events, column: str, late: bool = False) -> NDArray[np.int64]:
    return _column(view, "carriers", column, _carriers(rows), late)


def _sponsor_kind(view: View, rows: Events) -> NDArray[np.int64]:
    """The kind of the sponsor, or of the one that founded the carrier."""
    of_sponsors = np.isin(rows[:, 1], OF_SPONSORS)
    return np.where(of_sponsors, _column(view, "sponsors", "kind", rows[:, 2]), _carrier(view, rows, "kind"))


def district(view: View, rows: Events) -> NDArray[np.int64]:
    """The district of each event: of the sponsor, the carrier, or where the startup was formed."""
    of_sponsors, formed = np.isin(rows[:, 1], OF_SPONSORS), rows[:, 1] == events.FORMED
    place = np.where(
        of_sponsors, _column(view, "sponsors", "district", rows[:, 2]), _carrier(view, rows, "district")
    )
    return np.where(formed, rows[:, 3], place)


def _tenants(world: World, ids: NDArray[np.int64]) -> NDArray[np.int64]:
    homes = np.sort(world.startups.carrier)
    return np.searchsorted(homes, ids, "right") - np.searchsorted(homes, ids, "left")


def _behind(view: View) -> Mask:
    """The districts that are behind their milestone as the quarter begins."""
    carriers = view.before.carriers
    counted = (carriers.level >= codes.MUNICIPAL) & np.isin(carriers.status, (codes.OPERATING, codes.STOPPED))
    have = np.bincount(carriers.district[counted], minlength=len(view.before.districts.id))
    return have < view.setting.milestones[view.after.quarter - view.setting.first_quarter]


def _misfit(view: View, rows: Events) -> Mask:
    field = view.setting.city.field
    own = field[_column(view, "startups", "sector", rows[:, 2])]
    focus = _carrier(view, rows, "sector")
    return (focus >= 0) & (field[focus] != own)


def _seeking(view: View, rows: Events) -> Mask:
    """Startups without a place as the quarter begins, or formed in it."""
    before = view.before.startups
    place = _rows(before.id, rows[:, 2])
    return (place < 0) | (before.carrier[place] == 0)


def _operating(view: View, rows: Events) -> Mask:
    """Carriers that operate as the quarter begins, or open in it."""
    before = view.before.carriers
    place = _rows(before.id, _carriers(rows))
    return (place < 0) | (before.status[place] == codes.OPERATING)


GROUPS: dict[str, Callable[[View, Events], Any]] = {
    "anybody": lambda view, rows: np.ones(len(rows), bool),
    "district:university": lambda view, rows: view.setting.city.university[district(view, rows)] == 1,
    "district:park": lambda view, rows: view.setting.city.park[district(view, rows)] >= 0,
    "district:behind": lambda view, rows: _behind(view)[district(view, rows)],
    "idle": lambda view, rows: _column(view, "sponsors", "state", rows[:, 2]) == codes.IDLE,
    "preparing": lambda view, rows: _column(view, "sponsors", "state", rows[:, 2]) == codes.SPONSOR_PREPARING,
    "large": lambda view, rows: (
        _tenants(view.after, _carriers(rows)) >= view.setting.parameters.conversion.large
    ),
    "in_park": lambda view, rows: _carrier(view, rows, "park") >= 0,
    "comprehensive": lambda view, rows: _carrier(view, rows, "sector") == -1,
    "specialised_in_fact": lambda view, rows: _carrier(view, rows, "mode_in_fact", late=True) == 1,
    "specialised_by_label": lambda view, rows: _carrier(view, rows, "mode") == 1,
    "excellent_specialised": lambda view, rows: (
        (_carrier(view, rows, "mode") == 1) & (_carrier(view, rows, "grade") == codes.EXCELLENT)
    ),
    "without_platform": lambda view, rows: _carrier(view, rows, "platform") == 0,
    "wrong_label": lambda view, rows: (
        (_carrier(view, rows, "mode", late=True) != _carrier(view, rows, "mode_in_fact", late=True))
        & (_carrier(view, rows, "level", late=True) >= codes.MUNICIPAL)
    ),
    "stopped": lambda view, rows: _carrier(view, rows, "stopped", late=True) > 0,
    "operating": _operating,
    "misfit": _misfit,
    "seeking": _seeking,
    "unfunded": lambda view, rows: _column(view, "startups", "funded", rows[:, 2]) == 0,
}


def belongs(view: View, rows: Events, group: str) -> Mask:
    """Which events concern the group; ``!`` before its name asks for the others."""
    if group.startswith("!"):
        return ~belongs(view, rows, group[1:])
    if group.startswith("sponsor:"):
        return _sponsor_kind(view, rows) == codes.SPONSOR_KINDS.index(group.removeprefix("sponsor:"))
    return np.asarray(GROUPS[group](view, rows), bool)


def chosen(view: View, rows: Events, what: str) -> Events:
    """The events that ``kind[=word][@group]`` names: ``applied=municipal@specialised_in_fact``."""
    kind, _, group = what.partition("@")
    kind, _, word = kind.partition("=")
    rows = rows[rows[:, 1] == events.NAMES.index(kind)]
    if word:
        rows = rows[rows[:, 3] == WORDS[kind].index(word)]
    return rows[belongs(view, rows, group)] if group else rows
