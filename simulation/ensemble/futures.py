"""One past, many futures: a replicate is stopped at any quarter and gone on from, to the same bytes.

Variants of a policy that begin later share the quarters before. Here that past is simulated once, and each
variant goes on from the world at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from simulation import world as worlds
from simulation.engines.books import Outcome
from simulation.engines.setting import Calendar

if TYPE_CHECKING:
    from simulation.engines.setting import City, Levers, Setting
    from simulation.world import World

Engine = Callable[["Setting", "World"], Outcome]


class Asked(NamedTuple):
    """A replicate that is wanted: the engine, and what it is given."""

    engine: Engine
    setting: Setting
    world: World
    can_stop: bool  # whether the engine may be stopped and gone on with: ours can, of others nobody knows


# --------------------------------------------------------------------------- some quarters of a setting

# What stands by quarter, at which axis. All else is the same in every quarter.
_CITY_BY_QUARTER = ("seeker_share",)
_BY_QUARTER = ("thresholds", "milestones")
_AIMS = ("of_type", "of_level", "of_mode", "of_sector", "of_kind", "unit_cost")  # of a lever, at all times


def part(setting: Setting, first: int, stop: int) -> Setting:
    """The quarters ``first`` to ``stop - 1`` of a setting, counted from its first one."""
    return setting._replace(
        first_quarter=setting.first_quarter + first,
        quarters=stop - first,
        city=setting.city._replace(
            **{name: getattr(setting.city, name)[first:stop] for name in _CITY_BY_QUARTER}
        ),
        levers=setting.levers._replace(
            strength=np.ascontiguousarray(setting.levers.strength[:, first:stop]),
        ),
        calendar=Calendar(*(column[first:stop] for column in setting.calendar)),
        **{name: getattr(setting, name)[first:stop] for name in _BY_QUARTER},
    )


def joined(past: Outcome, future: Outcome) -> Outcome:
    """The outcome of a replicate that was stopped and gone on with, as if it had run through."""
    return Outcome(
        stocks=np.concatenate([past.stocks, future.stocks[1:]]),
        flows=np.concatenate([past.flows, future.flows]),
        startups=np.concatenate([past.startups, future.startups[1:]]),
        money=np.concatenate([past.money, future.money]),
        capacity=np.concatenate([past.capacity, future.capacity[1:]]),
        world=future.world,
        events=np.concatenate([past.events, future.events]),
    )


# --------------------------------------------------------------------------- how far two settings agree


def common_quarters(one: Setting, other: Setting) -> int:
    """For how many quarters two settings say the same, so that a replicate cannot tell which it is in."""
    quarters = min(one.quarters, other.quarters)
    rest_of_one, rest_of_other = _timeless(one), _timeless(other)
    if not _same(rest_of_one, rest_of_other):
        return 0
    for (at, left), (_, right) in zip(_by_quarter(one), _by_quarter(other), strict=True):
        quarters = min(quarters, _agreement(np.moveaxis(left, at, 0), np.moveaxis(right, at, 0)))
    return min(quarters, _before_other_aims(one.levers, other.levers))


def _by_quarter(setting: Setting) -> list[tuple[int, Any]]:
    """Everything in a setting that stands by quarter, with the axis of the quarter."""
    return [
        *((0, getattr(setting.city, name)) for name in _CITY_BY_QUARTER),
        (1, setting.levers.strength),
        *((0, column) for column in setting.calendar),
        *((0, getattr(setting, name)) for name in _BY_QUARTER),
    ]


def _timeless(setting: Setting) -> tuple[Any, ...]:
    """Everything in a setting that does not stand by quarter, but the levers."""
    left_out = {"quarters", "city", "levers", "calendar", *_BY_QUARTER}
    city: City = setting.city
    return (
        *(value for name, value in zip(setting._fields, setting, strict=True) if name not in left_out),
        *(value for name, value in zip(city._fields, city, strict=True) if name not in _CITY_BY_QUARTER),
    )


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, tuple):
        return len(one) == len(other) and all(
            _same(left, right) for left, right in zip(one, other, strict=True)
        )
    return bool(np.array_equal(one, other))


def _agreement(one: Any, other: Any) -> int:
    """In how many rows from the first on two arrays agree."""
    rows = min(len(one), len(other))
    if one.shape[1:] != other.shape[1:]:
        return 0
    differ = (one[:rows] != other[:rows]).reshape(rows, -1).any(axis=1)
    return int(np.argmax(differ)) if differ.any() else rows


def _before_other_aims(one: Levers, other: Levers) -> int:
    """The first quarter in which a lever is in force whose aim or unit cost the two give differently."""
    first: int = min(one.strength.shape[1], other.strength.shape[1])
    for lever in range(len(one.strength)):
        if all(np.array_equal(getattr(one, name)[lever], getattr(other, name)[lever]) for name in _AIMS):
            continue
        for strength in (one.strength[lever], other.strength[lever]):
            in_force = np.flatnonzero(strength.any(axis=1))
            first = min(first, int(in_force[0])) if len(in_force) else first
    return first


# --------------------------------------------------------------------------- simulating together

Item = TypeVar("Item")


def simulate_together(asked: Sequence[Asked]) -> list[Outcome | Exception]:
    """Simulate replicates, what they have in common once. Gives the outcome of each, or what it raised."""
    if len(asked) < 2:
        return [_tried(one.engine, one.setting, one.world) for one in asked]
    found: list[Outcome | Exception | None] = [None] * len(asked)
    for group in _grouped(range(len(asked)), lambda one, other: _same_start(asked[one], asked[other])):
        for place, outcome in _grow(asked, group, 0, asked[group[0]].world).items():
            found[place] = outcome
    return [one for one in found if one is not None]


def _same_start(one: Asked, other: Asked) -> bool:
    if one.engine is not other.engine or not (one.can_stop and other.can_stop):
        return False
    if common_quarters(one.setting, other.setting) == 0:
        return False
    return one.world is other.world or not worlds.differences(one.world, other.world, most=1)


def _grow(
    asked: Sequence[Asked], group: Sequence[int], at: int, world: World
) -> dict[int, Outcome | Exception]:
    """The outcomes from quarter ``at`` on of replicates that are alike until then."""
    first = asked[group[0]]
    if len(group) == 1:
        setting = part(first.setting, at, first.setting.quarters) if at else first.setting
        return {group[0]: _tried(first.engine, setting, world)}
    shared = min(common_quarters(first.setting, asked[other].setting) for other in group[1:])
    past = _tried(first.engine, part(first.setting, at, shared), world)
    if isinstance(past, Exception):  # each on its own, so that each is told where it fails itself
        return {
            place: outcome for place in group for place, outcome in _grow(asked, [place], at, world).items()
        }
    found: dict[int, Outcome | Exception] = {}
    for place in group:
        if asked[place].setting.quarters == shared:  # it ends where the others part
            found[place] = past
    going_on = [place for place in group if place not in found]
    for branch in _grouped(
        going_on, lambda one, other: common_quarters(asked[one].setting, asked[other].setting) > shared
    ):
        for place, future in _grow(asked, branch, shared, past.world).items():
            found[place] = future if isinstance(future, Exception) else joined(past, future)
    return found


def _grouped(items: Sequence[Item], alike: Callable[[Item, Item], bool]) -> list[list[Item]]:
    """Items in groups of those that are alike, in their order."""
    groups: list[list[Item]] = []
    for item in items:
        for group in groups:
            if alike(group[0], item):
                group.append(item)
                break
        else:
            groups.append([item])
    return groups


def _tried(engine: Engine, setting: Setting, world: World) -> Outcome | Exception:
    try:
        return engine(setting, world)
    except Exception as error:
        return error
