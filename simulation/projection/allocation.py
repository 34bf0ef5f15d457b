"""Tasks of the districts in whole carriers that add up to the city's target and are equally likely to be met.

The notice's annex is not published. Here each carrier of a target goes, one after another, to the district that is
most likely to reach one more. What comes out cannot be bettered: moving a carrier from one district to another
never raises the lower of their two chances. Beside it stands the usual way, shares of the baseline.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.ensemble import Result
from simulation.projection.chances import chance
from simulation.projection.measures import values
from simulation.quarters import quarter_name
from simulation.scenario import Study
from simulation.scenario.tasks import Target, apportion, units_with_task, whole_carriers, yearly_milestones

F64 = NDArray[np.float64]
SHARE = "specialised_share"
_FLAT = 1e-9  # a spread below which all futures of a district are alike


class Bound(NamedTuple):
    """What a planner fixes beforehand of one district's task: at least, at most, in whole carriers."""

    low: int = 0
    high: int | None = None


Bounds = Mapping[tuple[str, str], Bound]  # by scope (or SHARE) and district


class AllocationError(ValueError):
    """Bounds that no allocation can keep: ``reason`` is one word, ``told`` what a sentence about it needs."""

    def __init__(self, reason: str, **told: Any) -> None:
        super().__init__(f"{reason}: {told}")
        self.reason, self.told = reason, told


class Task(NamedTuple):
    """The task of a district under one target, as whole carriers and as the target measures it, twice."""

    district: str
    base: int  # carriers of the scope at the start
    whole: int  # carriers (of a share: specialised ones), equal risk
    at_least: float
    chance: float
    chance_error: float
    proportional: int  # carriers by shares of the baseline
    proportional_at_least: float
    proportional_chance: float


@dataclass(frozen=True)
class Allocation:
    """One target of the city, shared out."""

    target: Target
    total: int  # whole carriers that the tasks add up to
    tasks: tuple[Task, ...]  # in official order
    city_chance: float
    all_meet: float  # chance that every district meets its task
    proportional_all_meet: float

    @property
    def lowest(self) -> float:
        """The lowest chance of a district."""
        return min(one.chance for one in self.tasks)

    @property
    def highest(self) -> float:
        """The highest chance of a district."""
        return max(one.chance for one in self.tasks)


@dataclass(frozen=True)
class Allocations:
    """All targets of a scenario, shared out over its districts."""

    scenario: str
    n: int
    n_requested: int
    allocations: tuple[Allocation, ...]
    milestones: dict[str, tuple[int, ...]]  # by district: recognised carriers at each year's end
    years: tuple[int, ...]

    def targets(self) -> list[Target]:
        """The tasks as a scenario's annex has them."""
        return [
            one.target._replace(at_least=task.at_least, district=task.district, grade="scenario")
            for one in self.allocations
            for task in one.tasks
        ]

    def record(self) -> dict[str, Any]:
        """The answer for other programs."""
        return {
            "scenario": self.scenario,
            "n_requested": self.n_requested,
            "n_used": self.n,
            "targets": [
                {
                    "scope": one.target.scope,
                    "basis": one.target.basis,
                    "measure": one.target.measure,
                    "at_least": one.target.at_least,
                    "by": quarter_name(one.target.by),
                    "official": one.target.official,
                    "carriers": one.total,
                    "city_chance": one.city_chance,
                    "all_meet": one.all_meet,
                    "proportional_all_meet": one.proportional_all_meet,
                    "tasks": [task._asdict() for task in one.tasks],
                }
                for one in self.allocations
            ],
            "milestones": [
                {"district": code, "year": year, "carriers": number}
                for code, numbers in self.milestones.items()
                for year, number in zip(self.years, numbers, strict=True)
            ],
        }


def allocate(result: Result, study: Study, bounds: Bounds | None = None) -> Allocations:
    """Share out every target of the city within the run. Raises ``AllocationError`` for bounds that cannot be kept.

    Targets are taken counts first, the widest scope first, so that no district is asked for more national or
    specialised carriers than carriers. ``result`` is a run of ``study`` with at least one finished future.
    """
    made: list[Allocation] = []
    targets = [one for one in study.targets if one.measure == "count"]
    targets.sort(key=lambda one: (one.by, -one.at_least))
    targets += [one for one in study.targets if one.measure != "count"]
    for target in targets:
        made.append(_Sharing(result, study, target, made, bounds or {}).allocation())
    made.sort(key=lambda one: study.targets.index(one.target))
    years, milestones = _milestones(study, made)
    return Allocations(study.scenario.name, result.n_used, result.n_requested, tuple(made), milestones, years)


def equal_risk(
    samples: F64, steps: Sequence[F64], total: int, bounds: Sequence[tuple[int, int]]
) -> list[int]:
    """Whole numbers that add up to ``total`` and are as equally likely to be reached as whole numbers can be.

    ``samples`` (futures, districts) is what each district comes to; ``steps[d][n]`` the value that a task of ``n``
    asks of district d, not falling with n; ``bounds`` the lowest and highest task of each. Ties of chances go to
    the task that lies deepest below the district's mean, in its standard deviations; then to the first.
    """
    tasks = [low for low, _ in bounds]
    ladders = [_Ladder(samples[:, place], step) for place, step in enumerate(steps)]
    queue = [
        (*ladders[place].height(low + 1), place) for place, (low, high) in enumerate(bounds) if low < high
    ]
    heapq.heapify(queue)
    for _ in range(total - sum(tasks)):
        place = heapq.heappop(queue)[-1]
        tasks[place] += 1
        if tasks[place] < bounds[place][1]:
            heapq.heappush(queue, (*ladders[place].height(tasks[place] + 1), place))
    return tasks


class _Ladder:
    """How hard each task of one district is."""

    def __init__(self, sample: F64, steps: F64) -> None:
        self._sorted = np.sort(sample)
        self._steps = steps
        finite = sample[np.isfinite(sample)]
        self._mean = float(finite.mean()) if len(finite) else 0.0
        self._spread = max(float(finite.std()) if len(finite) else 0.0, _FLAT)

    def height(self, task: int) -> tuple[float, float]:
        """The easier the smaller: chance not to meet it, then how far it lies above the mean."""
        asked = float(self._steps[task])
        missed = np.searchsorted(self._sorted, asked, side="left") / len(self._sorted)
        return float(missed), (asked - self._mean) / self._spread


class _Sharing:
    """Shares out one target; ``earlier`` are those that bound it."""

    def __init__(
        self, result: Result, study: Study, target: Target, earlier: Sequence[Allocation], bounds: Bounds
    ) -> None:
        self.result, self.study, self.target, self.earlier = result, study, target, earlier
        units = units_with_task(study.city)
        self.codes = [one.code for one in units]
        self.share = target.measure == SHARE
        self._given = {
            code: bounds[key]
            for code in self.codes
            if (key := (SHARE if self.share else target.scope, code)) in bounds
        }
        self.at = result.quarters.index(quarter_name(target.by))
        opening = np.array([self._sample("count", code)[:, 0].mean() for code in self.codes])
        weights = opening if opening.sum() > 0 else np.array([one.share for one in units])
        self.weights = weights.tolist()
        self.base = apportion(round(float(opening.sum())), self.weights)

    def _sample(self, measure: str, code: str | None) -> F64:
        return values(self.result, measure, self.target.scope, self.target.basis, code)

    def allocation(self) -> Allocation:
        """The target shared out both ways."""
        of_scope = self._of_scope()
        total = (
            whole_carriers(self.target.at_least, sum(of_scope)) if self.share else int(self.target.at_least)
        )
        caps = self._caps(of_scope, total)
        samples = np.stack(
            [self._sample(self.target.measure, code)[:, self.at] for code in self.codes], axis=1
        )
        samples = np.where(np.isnan(samples), -np.inf, samples)
        most = max(total, *caps) + 2
        steps = [
            np.arange(most) / max(whole, 1) if self.share else np.arange(most, dtype=np.float64)
            for whole in of_scope
        ]
        low = [self._given.get(code, Bound()).low for code in self.codes]
        tasks = equal_risk(samples, steps, total, list(zip(low, caps, strict=True)))
        usual = apportion(total, of_scope if self.share else self.weights)
        return self._told(total, samples, steps, tasks, usual)

    def _told(
        self, total: int, samples: F64, steps: list[F64], tasks: list[int], usual: list[int]
    ) -> Allocation:
        draw, k = self.result.used["draw"].to_numpy(), self.result.manifest.seeds_per_draw
        asked, asked_usual = (
            np.array([float(step[task]) for step, task in zip(steps, which, strict=True)])
            for which in (tasks, usual)
        )
        met = (samples >= asked) | (np.array(tasks) == 0)  # who is asked for nothing has done it
        met_usual = (samples >= asked_usual) | (np.array(usual) == 0)
        made = []
        for place, code in enumerate(self.codes):
            one, other = (chance(which[:, place], draw, k) for which in (met, met_usual))
            made.append(
                Task(
                    code, self.base[place], tasks[place], float(asked[place]), one.chance, one.error,
                    usual[place], float(asked_usual[place]), other.chance,
                )
            )  # fmt: skip
        city = self._sample(self.target.measure, None)[:, self.at] >= self.target.at_least
        return Allocation(
            self.target,
            total,
            tuple(made),
            float(city.mean()),
            float(met.all(axis=1).mean()),
            float(met_usual.all(axis=1).mean()),
        )

    def _of_scope(self) -> list[int]:
        """Of a share: the carriers of which it is one, by district: their task, or what is expected of them."""
        if not self.share:
            return [0] * len(self.codes)
        for one in self.earlier:
            if one.target.scope == self.target.scope and one.target.by == self.target.by:
                return [task.whole for task in one.tasks]
        expected = np.array([self._sample("count", code)[:, self.at].mean() for code in self.codes])
        return apportion(round(float(expected.sum())), expected.tolist())

    def _caps(self, of_scope: list[int], total: int) -> list[int]:
        """The most that each district may be asked for; refuses bounds that cannot be kept."""
        natural = of_scope if self.share else self._carriers_asked(total)
        caps, low = [], []
        for code, most in zip(self.codes, natural, strict=True):
            bound = self._given.get(code, Bound())
            cap = most if bound.high is None else min(most, bound.high)
            if bound.low > cap:
                raise AllocationError("crossed", district=code, low=bound.low, high=cap)
            caps.append(cap)
            low.append(bound.low)
        what = SHARE if self.share else self.target.scope
        if sum(low) > total:
            raise AllocationError("floors", what=what, sum=sum(low), total=total)
        if sum(caps) < total:
            raise AllocationError("caps", what=what, sum=sum(caps), total=total)
        return caps

    def _carriers_asked(self, total: int) -> list[int]:
        """Of national carriers: no more than a district's carriers in all; no bound otherwise."""
        if self.target.scope == "national":
            for one in self.earlier:
                if one.target.scope in ("recognised", "listed") and one.target.by == self.target.by:
                    return [task.whole for task in one.tasks]
        return [total] * len(self.codes)


def _milestones(
    study: Study, made: Sequence[Allocation]
) -> tuple[tuple[int, ...], dict[str, tuple[int, ...]]]:
    """The years, and by district the carriers at each year's end on an even way to its task."""
    counts = [one for one in made if one.target.measure == "count" and one.target.scope == "recognised"]
    if not counts:
        return (), {}
    tasks = [
        one.target._replace(at_least=task.at_least, district=task.district)
        for one in counts
        for task in one.tasks
    ]
    first = study.first_milestone_year
    rows = yearly_milestones(int(study.baseline_numbers["recognised"]), first, tasks, study.city)
    years = tuple(range(first, first + len(rows)))
    found = {
        task.district: tuple(int(row[study.city.index(task.district)]) for row in rows)
        for task in counts[0].tasks
    }
    return years, found
