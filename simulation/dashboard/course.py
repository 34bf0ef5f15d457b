"""A course: one setting and the futures computed of it so far, in the order of their numbers."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from functools import cached_property
from typing import NamedTuple

from simulation.dashboard.held import Future, Held, Kept, joined, kept
from simulation.dashboard.past import Past, Pasts
from simulation.engines.setting import Setting
from simulation.ensemble.blocks import Job, find_engine
from simulation.ensemble.futures import part
from simulation.ensemble.labels import address, labels_of
from simulation.ensemble.manifest import Manifest, begin
from simulation.projection.comparison import Comparison, compare
from simulation.projection.targets import TargetAnswer, summarise
from simulation.scenario import Study

ENGINE = "compiled"
Key = tuple[str, int]  # the digest of what decides the numbers, and the seed
_STEPS = (4, 6, 8, 12, 16, 24, 32, 50, 75, 100, 150, 200, 300, 400, 500, 650, 800, 1000)


class Told(NamedTuple):
    """What some futures say."""

    n: int
    held: Held
    answers: list[TargetAnswer]


class Course:
    """The futures of one study. ``begin`` and ``add`` are called with the desk's lock held."""

    def __init__(self, study: Study, seed: int, key: Key, most: int) -> None:
        self.study, self.seed, self.key, self.most = study, seed, key, most
        self.begun = 0
        self.n = 0  # futures without a gap from the first on
        self._done: dict[int, Future] = {}
        self._telling = threading.Lock()
        self._told: Told | None = None
        self._compared: tuple[Hashable, int, Comparison] | None = None

    @staticmethod
    def key_of(study: Study, seed: int) -> Key:
        """What tells courses apart: all that decides their numbers, and not the name."""
        nameless = study.scenario.model_copy(update={"name": "-", "description": ""})
        return nameless.digest(), seed

    @cached_property
    def _manifest(self) -> Manifest:
        return begin(Job(self.study, ENGINE, self.seed, self.study.scenario.seeds_per_draw), 0, workers=1)

    @property
    def bridge_quarters(self) -> int:
        """How many quarters the bridge spans: to the last official target, or all."""
        ends = [one.by for one in self.study.targets if one.official]
        return (max(ends) - self.study.first_quarter + 1) if ends else self.study.quarters

    def begin(self) -> int:
        """The number of the next replicate, which somebody simulates from now on."""
        self.begun += 1
        return self.begun - 1

    def add(self, future: Future) -> None:
        """A replicate is done."""
        self._done[future.who.replicate] = future
        while self.n in self._done:
            self.n += 1

    def held(self, most: int | None = None) -> Held:
        """The futures so far, the first ``most`` of them."""
        n = self.n if most is None else min(most, self.n)
        return Held(self._manifest, labels_of(self.study), [self._done[number] for number in range(n)])

    @property
    def shown(self) -> int:
        """How many futures an answer is told of: it grows in steps, so that a page is calm; 0 for too few yet."""
        return max((one for one in (*_STEPS, self.most) if one <= self.n), default=0)

    def told(self, n: int) -> Told:
        """What the first ``n`` futures say of the targets; pages that ask at once have it computed once."""
        with self._telling:
            if self._told is None or self._told.n != n:
                found = self.held(n)
                self._told = Told(n, found, summarise(found))
            return self._told

    def compared(self, base: Course, n: int) -> Comparison:
        """This setting compared with another in the first ``n`` pairs of futures."""
        with self._telling:
            if self._compared is None or self._compared[:2] != (base.key, n):
                self._compared = base.key, n, compare([base.held(n), self.held(n)])
            return self._compared[2]

    def simulate(self, replicate: int, pasts: Pasts) -> Future:
        """One replicate, from the longest past that is known of it; one that raises is told with its error."""
        who = address(replicate, self.study.scenario.seeds_per_draw)
        try:
            setting = self.study.setting(self.seed, who.draw, who.seed)
            return Future(who, self._simulate(setting, who.draw, (self.study.start, self.seed, who), pasts))
        except Exception as error:  # the others go on, and the page says how many failed
            return Future(who, None, f"{type(error).__name__}: {error}")

    def _simulate(self, setting: Setting, draw: int, key: Hashable, pasts: Pasts) -> Kept:
        engine, spans = find_engine(ENGINE), self.bridge_quarters
        past, stops = pasts.best(key, setting)
        if past is None:
            first, *stops = [*stops, setting.quarters]
            outcome = engine(part(setting, 0, first), pasts.world(self.study, self.seed, draw))
            past = Past(first, setting, kept(outcome, spans), outcome.world)
            if first < setting.quarters:
                pasts.add(key, past)
        else:
            stops = [*stops, setting.quarters]
        for stop in stops:
            outcome = engine(part(setting, past.quarters, stop), past.world)
            more = kept(outcome, spans - past.quarters)
            past = Past(stop, setting, joined(past.kept, more), outcome.world)
            if stop < setting.quarters:
                pasts.add(key, past)
        return past.kept
