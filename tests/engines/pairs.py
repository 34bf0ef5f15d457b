"""Pairs of runs on the same luck: no lever at all, and one lever alone, at full Wuhan in the compiled engine."""

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from simulation.engines import compiled, events
from simulation.engines.books import Outcome
from simulation.engines.setting import Setting
from simulation.scenario import Study, load, study
from simulation.world import World
from tests.engines.groups import Events, View
from tests.engines.signatures import STEP, with_numbers

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SEED = 7
FIRST = 3  # the lever's first quarter, 2021Q4, counted from 2021Q1
SHORT = 12  # quarters: to the end of 2023
FULL = 20  # quarters: to the end of 2025


@cache
def no_notice() -> Study:
    """Wuhan as before the notice: every lever at 0."""
    return study(load(SCENARIOS / "no-notice.yaml"))


@cache
def start(draw: int) -> tuple[Setting, World]:
    """The setting and world of one draw: unknown numbers, start population and luck are its own."""
    one = no_notice()
    return one.setting(SEED, draw, 0), one.world(SEED, draw, 0)


def turned_on(
    setting: Setting, lever: int, strength: float = 1.0, first: int = FIRST, district: int | None = None
) -> Setting:
    """The setting with one lever on, from a quarter, in one district or in all."""
    strengths = setting.levers.strength.copy()
    strengths[lever, first:, slice(None) if district is None else district] = strength
    return setting._replace(levers=setting.levers._replace(strength=strengths))


@lru_cache(maxsize=24)
def without(draw: int, quarters: int, numbers: tuple[str, ...] = (), lever: int = -1) -> Outcome:
    """The run without any lever. ``lever`` only matters where the numbers set its cost."""
    setting, world = with_numbers(*start(draw), lever, numbers)
    return compiled.simulate(setting._replace(quarters=quarters), world, keep_events=True)


@dataclass(frozen=True, eq=False)
class Pair:
    """What differs between a run without any lever and one with one lever alone."""

    setting: Setting
    without: Outcome
    alone: Outcome

    @cached_property
    def _differences(self) -> tuple[Events, Events]:
        return differences(self.without.events, self.alone.events)

    @property
    def more(self) -> Events:
        """The events that are only with the lever."""
        return self._differences[0]

    @property
    def fewer(self) -> Events:
        """The events that are only without it."""
        return self._differences[1]


def pair(lever: int, draw: int, quarters: int, numbers: tuple[str, ...] = ()) -> Pair:
    """Run one lever alone at strength 1 from 2021Q4, and compare it with none on the same luck."""
    setting, world = with_numbers(*start(draw), lever, numbers)
    setting = setting._replace(quarters=quarters)
    # Runs without the lever are shared by all levers, unless the numbers include this lever's own cost.
    own = lever if any(number.startswith("levers.") for number in numbers) else -1
    base = without(draw, quarters, tuple(sorted(numbers)), own)
    alone = compiled.simulate(turned_on(setting, lever), world, keep_events=True)
    return Pair(setting, base, alone)


def differences(base: Events, alone: Events) -> tuple[Events, Events]:
    """The events that are only in the second, and those that are only in the first."""
    both = np.concatenate([base, alone])
    order = np.lexsort(both.T[::-1])
    rows, mine = both[order], order >= len(base)
    same = (rows[1:] == rows[:-1]).all(axis=1)
    single = ~(np.append(same, False) | np.append(False, same))
    return rows[single & mine], rows[single & ~mine]


class First(NamedTuple):
    """The events that differ in the first quarter in which any does, in the earliest step of it."""

    quarter: int
    kinds: tuple[str, ...]
    more: Events
    fewer: Events


def first_difference(one: Pair) -> First | None:
    """Where a pair first differs; None when it nowhere does."""
    found = np.concatenate([one.more, one.fewer])
    # Tenants who leave because their carrier stops or splits follow from that event, which differs too.
    found = found[(found[:, 1] != events.LEFT) | (found[:, 4] == 0)]
    if not len(found):
        return None
    quarter = int(found[:, 0].min())
    kinds = {events.NAMES[kind] for kind in found[found[:, 0] == quarter, 1].tolist()}
    step = min(STEP[kind] for kind in kinds)
    first = tuple(sorted(kind for kind in kinds if STEP[kind] == step))
    codes_of = [events.NAMES.index(kind) for kind in first]

    def of_step(rows: Events) -> Events:
        return rows[(rows[:, 0] == quarter) & np.isin(rows[:, 1], codes_of)]

    return First(quarter, first, of_step(one.more), of_step(one.fewer))


def around(draw: int, numbers: tuple[str, ...], lever: int, quarter: int) -> View:
    """The worlds before a quarter and at its end, without any lever."""
    setting, world = with_numbers(*start(draw), lever, numbers)
    worlds = [world]
    for quarters in (quarter - setting.first_quarter, quarter - setting.first_quarter + 1):
        if quarters > 0:
            worlds.append(compiled.simulate(setting._replace(quarters=quarters), world).world)
    return View(setting, worlds[-2], worlds[-1])


def at_the_end(setting: Setting, outcome: Outcome) -> View:
    """The world at the end of a run, in which those stand who ever were in it (carriers, sponsors)."""
    return View(setting, outcome.world, outcome.world)
