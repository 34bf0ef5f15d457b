"""Which carrier of one registry is which of the next: by number, by name, or by what does not change of it.

A match must be the only one that it can be, on both sides; what stays open is told, never guessed.
"""

import re
from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple

from simulation.registry.cells import folded
from simulation.registry.register import UNKNOWN
from simulation.registry.snapshot import Entry

NUMBER, NAME, FORMER_NAME, FACTS = "number", "name", "former_name", "facts"
_FORMER = re.compile(r"[(（]?(?:原名|曾用名|原|更名前)[:：]?\s*[“\"]?([^)）”\"；;，,]+)")


class Match(NamedTuple):
    """A carrier that stands in both registries."""

    before: Entry
    after: Entry
    by: str  # number, name, former_name, facts


class Matches(NamedTuple):
    """How two registries fit together."""

    matched: list[Match]
    only_before: list[Entry]
    only_after: list[Entry]


def match(before: Iterable[Entry], after: Iterable[Entry]) -> Matches:
    """Match the carriers of two registries, the surest way first."""
    left, right, found = list(before), list(after), list[Match]()
    for by, of_before, of_after in _WAYS:
        ours, theirs = _single(left, of_before), _single(right, of_after)
        pairs = [Match(ours[key], theirs[key], by) for key in ours if key in theirs]
        found += pairs
        taken_before, taken_after = {id(one.before) for one in pairs}, {id(one.after) for one in pairs}
        left = [one for one in left if id(one) not in taken_before]
        right = [one for one in right if id(one) not in taken_after]
    order = {id(entry): place for place, entry in enumerate(after)}
    return Matches(sorted(found, key=lambda one: order.get(id(one.after), 0)), left, right)


def _single(entries: list[Entry], key_of: Callable[[Entry], Hashable]) -> dict[Hashable, Entry]:
    """Entries by a key that no other entry has."""
    found: dict[Hashable, Entry] = {}
    twice: set[Hashable] = set()
    for entry in entries:
        key = key_of(entry)
        if key is not None:
            (twice.add(key) if key in found else found.setdefault(key, entry))
    return {key: entry for key, entry in found.items() if key not in twice}


def _number(entry: Entry) -> Hashable:
    return entry.id or None


def plain_name(entry: Entry) -> str:
    """A name as it is compared: without what stands in brackets, half width, no spaces."""
    return folded(re.sub(r"[(（][^)）]*[)）]", "", entry.name))


def _name(entry: Entry) -> Hashable:
    return plain_name(entry) or None


def _former_name(entry: Entry) -> Hashable:
    match = _FORMER.search(entry.name) or _FORMER.search(entry.note)
    return folded(match[1]) if match else None


def _facts(entry: Entry) -> Hashable:
    """What stays when name and number change: type, opening, floor, and the operator where both give one."""
    row = entry.row
    if UNKNOWN in (row.type, row.opened, row.area):
        return None
    return (row.type, row.opened, row.area, folded(entry.operator))


_WAYS: tuple[tuple[str, Callable[[Entry], Hashable], Callable[[Entry], Hashable]], ...] = (
    (NUMBER, _number, _number),
    (NAME, _name, _name),
    (FORMER_NAME, _name, _former_name),
    (FACTS, _facts, _facts),
)
