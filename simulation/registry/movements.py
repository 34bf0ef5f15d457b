"""What moved between two registries: opening + what came - what went = closing, for the city and every group.

A carrier that has another number or name is the same carrier; one that is in another district was transferred.
What is in the first registry and not in the second, without having been taken off the list, is missing: the one
flow that nobody has explained.
"""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from simulation.registry import matching
from simulation.registry.matching import Match, Matches
from simulation.registry.register import UNKNOWN
from simulation.registry.snapshot import Entry
from simulation.rules import codes

if TYPE_CHECKING:
    from simulation.scenario.city import CityTables

# Flows of a group. What changes the group of a carrier is in one and out of another: the city's sum is 0.
CAME = ("new", "split")
WENT = ("delisted", "withdrawn", "missing")
CHANGED = ("promoted", "demoted", "transferred", "converted", "retyped", "corrected")
GROUPINGS = ("district", "level", "type", "mode")


class Movement(NamedTuple):
    """Something that happened to one carrier."""

    what: str  # a flow, or renamed, renumbered
    id: str
    name: str
    before: str  # code of the group, or the name or number it had; empty where there is none
    after: str
    by: str = ""  # how the carrier was recognised, where it has another number


class Line(NamedTuple):
    """One group's books: opening + flows = closing."""

    group: str
    opening: int
    flows: dict[str, int]  # signed
    closing: int


class Movements(NamedTuple):
    """All that moved."""

    tables: dict[str, list[Line]]  # by grouping; `city` has one line
    carriers: list[Movement]


def movements(before: list[Entry], after: list[Entry], city: "CityTables") -> Movements:
    """Compare two registries."""
    matches = matching.match(before, after)
    parents = _splits(matches)
    tables = {"city": _table(matches, parents, _whole_city, "", ())}
    for grouping in GROUPINGS:
        groups = _group_of(grouping, city)
        tables[grouping] = _table(matches, parents, groups, grouping, _words(grouping, city))
    return Movements(tables, _carriers(matches, parents, city))


def _whole_city(_: Entry) -> str:
    return "city"


def _words(grouping: str, city: "CityTables") -> tuple[str, ...]:
    """The groups of a grouping, in official order."""
    every: dict[str, tuple[str, ...]] = {
        "district": city.codes,
        "level": codes.LEVELS,
        "type": codes.TYPES,
        "mode": (*codes.MODES, "converting"),
    }
    return every[grouping]


def _group_of(grouping: str, city: "CityTables") -> Callable[[Entry], str]:
    words = _words(grouping, city)

    def group(entry: Entry) -> str:
        code = int(getattr(entry.row, grouping))
        return "unknown" if code == UNKNOWN else words[code]

    return group


def _table(
    matches: Matches,
    parents: dict[int, Entry],
    group: Callable[[Entry], str],
    grouping: str,
    words: tuple[str, ...],
) -> list[Line]:
    flows: dict[str, Counter[str]] = {}
    opening, closing = Counter[str](), Counter[str]()

    def flow(of: str, what: str, number: int) -> None:
        flows.setdefault(of, Counter())[what] += number

    for pair in matches.matched:
        old, new = pair.before, pair.after
        if old.listed:
            opening[group(old)] += 1
        if new.listed:
            closing[group(new)] += 1
        if old.listed and new.listed and group(old) != group(new):
            what = _change(grouping, old, new)
            flow(group(old), what, -1)
            flow(group(new), what, 1)
        elif old.listed and not new.listed:
            flow(group(old), _exit(new), -1)
        elif new.listed and not old.listed:
            flow(group(new), "new", 1)
    for gone in matches.only_before:
        if gone.listed:
            opening[group(gone)] += 1
            flow(group(gone), "missing", -1)
    for come in matches.only_after:
        if come.listed:
            closing[group(come)] += 1
            flow(group(come), "split" if id(come) in parents else "new", 1)
    every = {*opening, *closing, *flows}
    order = [one for one in (*words, "city", "unknown") if one in every]
    return [Line(one, opening[one], dict(flows.get(one, {})), closing[one]) for one in order]


def _change(grouping: str, old: Entry, new: Entry) -> str:
    """What it is called that a carrier is in another group: where one registry did not say, it was corrected."""
    was, now = getattr(old.row, grouping), getattr(new.row, grouping)
    if UNKNOWN in (was, now):
        return "corrected"
    if grouping == "level":
        return "promoted" if now > was else "demoted"
    return {"district": "transferred", "type": "retyped", "mode": "converted"}[grouping]


def _exit(new: Entry) -> str:
    return "delisted" if new.row.status == codes.DELISTED else "withdrawn"


def _splits(matches: Matches) -> dict[int, Entry]:
    """New carriers that took part of the floor of one that was there: its floor fell by just theirs (一变N)."""
    parents: dict[int, Entry] = {}
    for pair in matches.matched:
        lost = pair.before.row.area - pair.after.row.area
        if lost <= 0 or not pair.before.listed or pair.before.operator == "":
            continue
        children = [
            one
            for one in matches.only_after
            if one.listed
            and one.row.district == pair.after.row.district
            and one.operator == pair.after.operator
        ]
        if children and sum(one.row.area for one in children) == lost:
            parents |= {id(one): pair.after for one in children}
    return parents


def _carriers(matches: Matches, parents: dict[int, Entry], city: "CityTables") -> list[Movement]:
    """What happened, carrier by carrier, in the order of the second registry; those that are missing last."""
    found: list[Movement] = []
    for pair in matches.matched:
        found += _of_match(pair, city)
    for come in matches.only_after:
        if come.listed:
            parent = parents.get(id(come))
            what = "new" if parent is None else "split"
            found.append(Movement(what, come.id, come.name, "" if parent is None else parent.id, ""))
    found += [Movement("missing", one.id, one.name, "", "") for one in matches.only_before if one.listed]
    return found


def _of_match(pair: Match, city: "CityTables") -> list[Movement]:
    old, new = pair.before, pair.after
    told: list[tuple[str, str, str]] = []
    if old.id != new.id:
        told.append(("renumbered", old.id, new.id))
    if matching.plain_name(old) != matching.plain_name(new):
        told.append(("renamed", old.name, new.name))
    if old.listed and new.listed:
        for grouping in GROUPINGS:
            group = _group_of(grouping, city)
            if group(old) != group(new):
                told.append((_change(grouping, old, new), group(old), group(new)))
    elif old.listed:
        told.append((_exit(new), "", ""))
    elif new.listed:
        told.append(("new", "", ""))
    by = "" if pair.by == matching.NUMBER else pair.by
    return [Movement(what, new.id, new.name, before, after, by) for what, before, after in told]
