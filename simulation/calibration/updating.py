"""What has been seen so far reweights an ensemble: futures that fit what was counted weigh more (importance sampling).

The weight of a future is the likelihood of the observations given its counts: each observed value is the simulated
one plus a normal error of counting. How many equally weighted futures the weighted ones are worth is the effective
sample size (Kish 1965); with too few of them nothing is told.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.calibration.observations import Observation, Observed
from simulation.calibration.simulated import of_result
from simulation.ensemble import Result
from simulation.projection.bands import LEVELS
from simulation.projection.chances import wilson
from simulation.projection.measures import values
from simulation.projection.targets import TargetAnswer, summarise
from simulation.quarters import quarter, quarter_name
from simulation.world import F64, I64

LEAST_EFFECTIVE = 30.0  # futures: the error of a chance is then 0.09 at most (assumption)


@dataclass(frozen=True)
class Seen:
    """An observation beside what the futures had expected."""

    observation: Observation
    low: float  # 10 % of futures are below
    median: float
    high: float  # 90 % of futures are below
    place: float  # share of futures below the observed value, of equal ones half
    effective: float  # effective sample size with this observation alone
    change: float  # of the first official chance, with this observation alone

    def record(self) -> dict[str, Any]:
        """The fields ready for JSON."""
        one = self.observation
        return {
            "quarter": quarter_name(one.quarter),
            "district": one.district or None,
            "scope": one.scope,
            "basis": one.basis,
            "measure": one.measure,
            "value": one.value,
            "sd": one.sd,
            "known_on": one.known_on.isoformat(),
            "source": one.source,
            "q10": _plain(self.low),
            "median": _plain(self.median),
            "q90": _plain(self.high),
            "place": _plain(self.place),
            "effective_sample_size": _plain(self.effective),
            "chance_change": _plain(self.change),
        }


@dataclass(frozen=True)
class Moved:
    """A target: its answer before, and what the weighted futures say now."""

    before: TargetAnswer
    chance: float
    error: float  # Monte-Carlo, one standard error
    low: float  # Wilson's 95 % interval of as many futures as the effective sample size
    high: float
    quantiles: dict[str, float]  # of the value, by the names of ``bands.LEVELS``

    def record(self) -> dict[str, Any]:
        """The fields ready for JSON."""
        one = self.before
        named = ("scope", "basis", "official", "measure", "district", "at_least", "by")
        return (
            {name: getattr(one, name) for name in named}
            | {"chance_before": one.chance, "chance_before_error": one.chance_error}
            | {"chance": self.chance, "chance_error": self.error}
            | {"chance_low": self.low, "chance_high": self.high, "median_before": one.median}
            | {name: _plain(value) for name, value in self.quantiles.items()}
        )


@dataclass(frozen=True)
class Learned:
    """An unknown number: mean and standard deviation before and now."""

    name: str
    mean_before: float
    sd_before: float
    mean: float
    sd: float

    @property
    def shift(self) -> float:
        """By how many of its former standard deviations the mean moved."""
        return (self.mean - self.mean_before) / self.sd_before if self.sd_before > 0.0 else 0.0

    def record(self) -> dict[str, Any]:
        """The fields ready for JSON."""
        names = ("name", "mean_before", "sd_before", "mean", "sd", "shift")
        return {name: getattr(self, name) for name in names}


class TooFewError(Exception):
    """Too few futures fit what was seen: a chance taken from them would be luck."""

    def __init__(self, effective: float, futures: int, unlikely: Seen) -> None:
        super().__init__(f"{effective:.1f} of {futures} futures fit")
        self.effective, self.futures, self.unlikely = effective, futures, unlikely

    @property
    def needed(self) -> int:
        """How many futures it may take."""
        wanted = self.futures * LEAST_EFFECTIVE / max(self.effective, 1.0)
        return math.ceil(1.5 * wanted / 100.0) * 100


@dataclass(frozen=True)
class Update:
    """An ensemble before and after what was seen."""

    scenario: str
    n: int
    observed: Observed
    weights: F64  # (n) of each future, summing to 1; in the order of ``result.used``
    effective: float
    seen: tuple[Seen, ...]
    targets: tuple[Moved, ...]
    unknowns: tuple[Learned, ...]

    def record(self) -> dict[str, Any]:
        """The answer for programs."""
        return {
            "scenario": self.scenario,
            "n": self.n,
            "known_on": self.observed.known_on.isoformat(),
            "effective_sample_size": self.effective,
            "observations": [one.record() for one in self.seen],
            "targets": [one.record() for one in self.targets],
            "unknowns": [one.record() for one in self.unknowns],
        }


def update(result: Result, observed: Observed, least: float = LEAST_EFFECTIVE) -> Update:
    """Reweight the futures of a result by what was seen.

    Raises ``TooFewError`` when the effective sample size is below ``least``.
    """
    simulated = of_result(result, observed.rows)
    each = np.stack([log_likelihood(simulated[:, row], one) for row, one in enumerate(observed.rows)], axis=1)
    weights = normalised(each.sum(axis=1))
    answers = [one for one in summarise(result) if one.asked]
    first = next((one for one in answers if one.official and one.district is None), None)
    seen = tuple(
        _seen(one, simulated[:, row], normalised(each[:, row]), _met(result, first))
        for row, one in enumerate(observed.rows)
    )
    effective = effective_size(weights)
    if not effective >= least:
        raise TooFewError(effective, result.n_used, min(seen, key=lambda one: one.effective))
    draws = result.used["draw"].to_numpy()
    return Update(
        result.manifest.scenario,
        result.n_used,
        observed,
        weights,
        effective,
        seen,
        tuple(_moved(result, one, weights, effective, draws) for one in answers),
        _learned(result, weights),
    )


def log_likelihood(simulated: F64, one: Observation) -> F64:
    """(n) Of an observed value, each future's own being simulated; minus infinity where it has none."""
    error = (one.value - simulated) / one.sd
    return np.where(np.isfinite(error), -0.5 * error * error, -np.inf)


def normalised(log_weights: F64) -> F64:
    """(n) Weights that sum to 1; all 0 where no future is possible."""
    best = log_weights.max(initial=-np.inf)
    if not np.isfinite(best):
        return np.zeros(len(log_weights))
    weights = np.exp(log_weights - best)
    return np.asarray(weights / weights.sum(), np.float64)


def effective_size(weights: F64) -> float:
    """How many equally weighted futures the weighted ones are worth: 1 over the sum of squares; 0 for none."""
    squares = float((weights * weights).sum())
    return 1.0 / squares if squares > 0.0 else 0.0


def weighted_quantiles(sample: F64, weights: F64, levels: Sequence[float]) -> F64:
    """Quantiles of weighted values (each at the middle of its weight, linear between); nan where there are none."""
    known = np.isfinite(sample) & (weights > 0.0)
    if not known.any():
        return np.full(len(levels), np.nan)
    order = np.argsort(sample[known], kind="stable")
    sample, weights = sample[known][order], weights[known][order]
    middles = (np.cumsum(weights) - 0.5 * weights) / weights.sum()
    return np.asarray(np.interp(levels, middles, sample), np.float64)


def _seen(one: Observation, simulated: F64, weights: F64, met: F64) -> Seen:
    defined = simulated[np.isfinite(simulated)]
    low, median, high = np.quantile(defined, (0.1, 0.5, 0.9)) if len(defined) else (math.nan,) * 3
    below = (defined < one.value).mean() + 0.5 * (defined == one.value).mean() if len(defined) else math.nan
    change = float(weights @ met - met.mean()) if weights.any() else math.nan
    return Seen(one, float(low), float(median), float(high), float(below), effective_size(weights), change)


def _met(result: Result, answer: TargetAnswer | None) -> F64:
    """(n) 1 for each future that meets a target."""
    if answer is None:
        return np.zeros(result.n_used)
    return np.asarray(_at_end(result, answer) >= answer.at_least, np.float64)


def _at_end(result: Result, one: TargetAnswer) -> F64:
    at = quarter(one.by) - quarter(result.quarters[0])
    return values(result, one.measure, one.scope, one.basis, one.district)[:, at]


def _moved(result: Result, one: TargetAnswer, weights: F64, effective: float, draws: I64) -> Moved:
    end = _at_end(result, one)
    met = np.asarray(end >= one.at_least, np.float64)
    chance = float(weights @ met)
    _, draw = np.unique(draws, return_inverse=True)
    by_draw = np.bincount(draw, weights=weights * (met - chance))
    chance = min(1.0, max(0.0, chance))
    if met[weights > 0.0].all() or not met[weights > 0.0].any():
        chance = float(met[weights > 0.0].all())  # rounding must not make a certain thing less than certain
    found = weighted_quantiles(end, weights, list(LEVELS.values()))
    return Moved(
        one,
        chance,
        float(np.sqrt((by_draw * by_draw).sum())),
        *wilson(chance, effective),
        dict(zip(LEVELS, found.tolist(), strict=True)),
    )


def _learned(result: Result, weights: F64) -> tuple[Learned, ...]:
    table = result.unknowns.pivot(index="draw", columns="name", values="value")
    drawn = table.loc[result.used["draw"]]
    found = []
    for name in table.columns:
        column = drawn[name].to_numpy()
        mean = float(weights @ column)
        sd = math.sqrt(max(0.0, float(weights @ (column - mean) ** 2)))
        found.append(Learned(str(name), float(column.mean()), float(column.std()), mean, sd))
    return tuple(sorted(found, key=lambda one: -abs(one.shift)))


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
