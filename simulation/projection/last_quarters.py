"""Until when a lever still counts: the last quarter in which it can begin and yet move a target by its date.

Found by running, lever by lever and future by future: the scenario without the lever is simulated once, its world
kept at the end of every quarter, and the lever is switched on from some quarter on, on the same luck. Bisection
finds the last start after which the target's value still comes out different, and the flow by which it does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.engines.setting import Setting
from simulation.ensemble.futures import part
from simulation.ensemble.labels import address
from simulation.projection.evaluations import Evaluator, Job, Progress, measured
from simulation.projection.sweep import target_record
from simulation.quarters import quarter_name
from simulation.rules import codes
from simulation.scenario import Study, study
from simulation.scenario.levers import lever_arrays
from simulation.scenario.rounds import Dated, dated
from simulation.scenario.schema import LeverSetting
from simulation.scenario.tasks import Target
from simulation.scenario.variants import varied

FILES = ("last_quarters.csv", "calendar.csv", "evaluations.jsonl")
_LOWEST = {"recognised": codes.MUNICIPAL, "national": codes.NATIONAL}
_WIDTH = 4  # values a target: last start, cause, its quarter, change of the value when begun at once
_ROUND_OF = {
    "recognition": "municipal",
    "labelling": "municipal",
    "conversion": "municipal",
    "promotion_provincial": "provincial",
    "promotion_national": "national",
    "demotion": "national_review",
    "withdrawal": "evaluation",
    "label_loss": "evaluation",
}


class Binding(NamedTuple):
    """The rule that binds: the flow that moves the target last, when, and the round or evaluation that gates it."""

    cause: str  # of codes.CAUSES
    quarter: int  # in which the flow differs first
    opened: int | None  # when its round opened; None where no round gates it


@dataclass(frozen=True)
class Last:
    """Until when one lever can still move one target."""

    lever: str
    target: int  # its place
    last: int | None  # the last quarter of any future; None where it moves the target in none
    half: int | None  # the last quarter in which it still moves the target in half of the futures
    moved: float  # share of futures in which it moves the target when begun at once
    change: float  # mean change of the value when begun at once
    binding: Binding | None


@dataclass(frozen=True)
class LastQuarters:
    """The calendar of a scenario, and until when each lever counts."""

    scenario: str
    first: int  # the earliest start that was tried
    targets: tuple[Target, ...]
    lasts: tuple[Last, ...]
    events: tuple[Dated, ...]
    n: int
    failed: int

    def record(self) -> dict[str, Any]:
        """The answer for other programs."""

        def named(quarter: int | None) -> str | None:
            return None if quarter is None else quarter_name(quarter)

        return {
            "scenario": self.scenario,
            "from": quarter_name(self.first),
            "n_used": self.n,
            "failed": self.failed,
            "events": [
                {"event": one.event, "opens": named(one.opens), "announces": named(one.announces)}
                for one in self.events
            ],
            "targets": [target_record(one) for one in self.targets],
            "levers": [
                {
                    "lever": one.lever,
                    "target": one.target,
                    "last": named(one.last),
                    "last_in_half": named(one.half),
                    "moved_share": one.moved,
                    "mean_change": one.change,
                    "cause": one.binding.cause if one.binding else None,
                    "in": named(one.binding.quarter) if one.binding else None,
                    "round_opened": named(one.binding.opened) if one.binding else None,
                }
                for one in self.lasts
            ],
        }


def last_true(holds: Callable[[int], bool], first: int, last: int) -> int | None:
    """The last place from ``first`` to ``last`` at which something holds that once it fails fails ever after."""
    if not holds(first):
        return None
    low, high = first, last + 1  # holds at low, not (taken to be) at high
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            low = middle
        else:
            high = middle
    return low


class Prober(Evaluator):
    """Evaluates levers instead of variants: a job's values are those of every target, ``_WIDTH`` each."""

    first: int = 0  # the earliest start
    given: Mapping[str, LeverSetting] = {}  # the levers as the scenario has them

    @property
    def width(self) -> int:
        """How many values a future has."""
        return _WIDTH * len(self.targets)

    def evaluated(self, studies: Mapping[str, Study], job: Job) -> tuple[float, ...]:
        """Until when one lever counts in one future."""
        return self._probe(studies[job.key], job.key, job.replicate)

    def _probe(self, without: Study, lever: str, replicate: int) -> tuple[float, ...]:
        where = address(replicate, without.scenario.seeds_per_draw)
        end = max(one.by for one in self.targets) - without.first_quarter + 1
        setting = part(without.setting(self.seed, where.draw, where.seed), 0, end)
        past = _Past(self.engine, setting, self.world(without, where.draw, where.seed))
        probe = _Probe(past, without, lever, self.given[lever], self.targets)
        first = self.first - without.first_quarter
        found: list[float] = []
        for place, target in enumerate(self.targets):
            stop = target.by - without.first_quarter
            last = last_true(partial(probe.moves, place=place), first, stop)
            change = probe.change(first, place)
            if last is None:
                found += [math.nan, math.nan, math.nan, change]
                continue
            cause, quarter = probe.cause(last, place)
            found += [float(last + without.first_quarter), cause, quarter, change]
        return tuple(found)


class _Past:
    """The scenario without the lever: its outcome, and its world at the end of every quarter."""

    def __init__(self, engine: Any, setting: Setting, world: Any) -> None:
        self.engine, self.setting = engine, setting
        self.worlds = [world]
        stocks, flows = [], []
        for quarter in range(setting.quarters):
            outcome = engine(part(setting, quarter, quarter + 1), self.worlds[-1])
            self.worlds.append(outcome.world)
            stocks.append(outcome.stocks if quarter == 0 else outcome.stocks[1:])
            flows.append(outcome.flows)
        self.all_stocks = np.concatenate(stocks)
        self.all_flows = np.concatenate(flows)


class _Outcome(NamedTuple):
    stocks: NDArray[np.integer]
    flows: NDArray[np.integer]
    money: NDArray[np.integer]


class _Probe:
    """The lever begun at some quarter, each simulated once."""

    def __init__(
        self, past: _Past, without: Study, lever: str, given: LeverSetting, targets: Sequence[Target]
    ) -> None:
        self.past, self.without, self.lever, self.targets = past, without, lever, targets
        self.given = given
        self.known: dict[int, _Outcome] = {}
        opening = without.first_quarter - 1
        nothing = np.zeros((past.setting.quarters, 1), np.int64)
        self._opening = opening
        self.base = measured(_Outcome(past.all_stocks, past.all_flows, nothing), targets, opening)

    def begun(self, start: int) -> _Outcome:
        """The outcome with the lever from quarter ``start`` on; the quarters before are the scenario's without."""
        if start not in self.known:
            past, setting = self.past, self.past.setting
            given = self.given
            first = self.without.first_quarter
            begun = given.model_copy(
                update={"strength": given.strength or 1.0, "from_": first + start, "until": None}
            )
            levers = lever_arrays(
                {**self.without.scenario.levers, self.lever: begun},
                self.without.city,
                first,
                setting.quarters,
            )
            whole = setting._replace(levers=levers)
            future = past.engine(part(whole, start, setting.quarters), past.worlds[start])
            self.known[start] = _Outcome(
                np.concatenate([past.all_stocks[: start + 1], future.stocks[1:]]),
                np.concatenate([past.all_flows[:start], future.flows]),
                np.zeros((setting.quarters, 1), np.int64),
            )
        return self.known[start]

    def change(self, start: int, place: int) -> float:
        """By how much the lever begun at ``start`` moves a target's value."""
        return measured(self.begun(start), self.targets, self._opening)[place] - self.base[place]

    def moves(self, start: int, *, place: int) -> bool:
        """Whether it does."""
        change = self.change(start, place)
        return bool(change != 0.0 and not math.isnan(change))

    def cause(self, start: int, place: int) -> tuple[float, float]:
        """The flow that differs most in the target's scope up to its date, and the first quarter in which it does."""
        target = self.targets[place]
        until = target.by - self._opening
        lowest = _LOWEST.get(target.scope, codes.DISTRICT) - codes.DISTRICT
        differs = (
            self.begun(start).flows[:until, ..., lowest:, :, :].astype(np.int64)
            - self.past.all_flows[:until, ..., lowest:, :, :]
        )
        if target.measure == "count":  # what only changes mode or level moves no count
            differs = differs.sum(axis=(1, 2, 3, 4, 5, 6))[:, None, :]
        by_cause = np.abs(differs).reshape(until, -1, differs.shape[-1]).sum(axis=1)
        cause = int(by_cause.sum(axis=0).argmax())
        first = int(np.flatnonzero(by_cause[:, cause])[0]) if by_cause[:, cause].any() else until - 1
        return float(cause), float(first + self._opening + 1)


def switched_off(base: Study, lever: str) -> Study:
    """The scenario without a lever."""
    return study(varied(base.scenario, {f"levers.{lever}.strength": 0.0}))


def last_quarters(
    base: Study, levers: Sequence[str], prober: Prober, replicates: int, progress: Progress | None = None
) -> LastQuarters:
    """The calendar of a study, and until when each lever counts; ``prober.first`` is the earliest start."""
    studies = {name: switched_off(base, name) for name in levers}
    prober.given = base.scenario.levers
    found = prober.run(studies, range(replicates), progress)
    rows = [
        _last(name, place, found[name][:, _WIDTH * place : _WIDTH * (place + 1)], base)
        for place in range(len(prober.targets))
        for name in levers
    ]
    failed = sum(1 for job in prober.kept.errors if job.key in studies)
    events = dated(base.city.calendar, prober.first, base.scenario.until - prober.first + 1)
    return LastQuarters(
        base.scenario.name, prober.first, prober.targets, tuple(rows), tuple(events), replicates, failed
    )


def _last(lever: str, place: int, values: NDArray[np.float64], base: Study) -> Last:
    moving = values[~np.isnan(values[:, 0])]
    changes = values[:, 3][~np.isnan(values[:, 3])]
    change = float(changes.mean()) if len(changes) else 0.0
    share = len(moving) / len(values)
    if not len(moving):
        return Last(lever, place, None, None, 0.0, change, None)
    starts = np.sort(moving[:, 0])[::-1]
    needed = (len(values) + 1) // 2
    half = int(starts[needed - 1]) if len(starts) >= needed else None
    latest = moving[moving[:, 0] == starts[0]]
    names, counts = np.unique(latest[:, 1], return_counts=True)
    cause = names[counts.argmax()]
    quarter = int(latest[latest[:, 1] == cause][:, 2].min())
    return Last(lever, place, int(starts[0]), half, share, change, _binding(int(cause), quarter, base))


def _binding(cause: int, quarter: int, base: Study) -> Binding:
    """The cause, and the latest round that announces in that quarter."""
    name = codes.CAUSES[cause]
    first = base.first_quarter - 8
    gates = dated(base.city.calendar, first, quarter - first + 1)
    opened = [one.opens for one in gates if one.event == _ROUND_OF.get(name, "") and one.announces == quarter]
    return Binding(name, quarter, max(opened, default=None))
