"""Where two outcomes differ, in words: the first differing event first, since all else follows from it."""

import hashlib
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from simulation import world as worlds
from simulation.engines import events
from simulation.engines.books import Outcome
from simulation.quarters import quarter_name


def digest(outcome: Outcome) -> str:
    """A hash of every byte of an outcome, to compare with that of another process."""
    tables = [*outcome[:5], outcome.events, *(column for table in outcome.world[1:] for column in table)]
    return hashlib.sha256(b"".join(table.tobytes() for table in tables)).hexdigest()


def event_in_words(event: tuple[int, ...]) -> str:
    """An event as a sentence: ``in 2021Q3 carrier 12 was promoted``, as data have it."""
    quarter, kind, who, *details = event
    meanings = events.KINDS[events.NAMES[kind]].split(", ")
    said = ", ".join(f"{what} {value}" for what, value in zip(meanings, details, strict=True) if what != "-")
    return f"in {quarter_name(quarter)} {events.NAMES[kind]} of {who}" + (f" ({said})" if said else "")


def first_difference(one: NDArray[np.int64], other: NDArray[np.int64], names: tuple[str, str]) -> str:
    """The first event that only one of two logs has; empty when they are equal."""
    left, right = (Counter(map(tuple, log.tolist())) for log in (one, other))
    only = [(event, names[0]) for event in left - right] + [(event, names[1]) for event in right - left]
    if not only:
        return ""
    event, name = min(only)
    quarter, kind, who = event[:3]
    near = [found for found, _ in only if found != event and found[:3] == (quarter, kind, who)]
    instead = f"; the other has it {event_in_words(near[0])}" if near else ""
    return f"only {name} has: {event_in_words(event)}{instead} ({len(only)} events differ in all)"


def differences(
    one: Outcome, other: Outcome, names: tuple[str, str] = ("Mesa", "the compiled engine")
) -> list[str]:
    """Where two outcomes differ, to the last bit; empty when they are equal."""
    found = [first_difference(one.events, other.events, names)]
    for table in ("stocks", "flows", "startups", "money", "capacity"):
        left, right = getattr(one, table), getattr(other, table)
        if left.dtype != right.dtype or left.shape != right.shape:
            found.append(f"{table}: {left.dtype} {left.shape} and {right.dtype} {right.shape}")
        elif not np.array_equal(left, right):
            cell = tuple(np.argwhere(left != right)[0].tolist())
            found.append(f"{table}: {left[cell]} and {right[cell]} in cell {cell}")
    found += worlds.differences(one.world, other.world)
    if not np.array_equal(one.events, other.events):
        found.append("events stand in another order")
    return [sentence for sentence in found if sentence]
