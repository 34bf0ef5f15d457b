"""Scores of a forecast given by seven quantiles: pinball loss, interval score, error of the median, coverage."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binomtest

from simulation.world import F64

LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
NAMES = ("q025", "q10", "q25", "median", "q75", "q90", "q975")
_MEDIAN = 3
_INTERVALS = ((0.5, 2, 4), (0.2, 1, 5), (0.05, 0, 6))  # share outside, place of the lower and upper bound


def pinball(quantiles: ArrayLike, actual: ArrayLike) -> F64:
    """Mean pinball loss over the seven quantiles (last axis); half the continuous ranked probability score."""
    miss = np.asarray(actual, np.float64)[..., None] - np.asarray(quantiles, np.float64)
    levels = np.array(LEVELS)
    return np.asarray(np.maximum(levels * miss, (levels - 1.0) * miss).mean(axis=-1))


def weighted_interval_score(quantiles: ArrayLike, actual: ArrayLike) -> F64:
    """The weighted interval score of median and three intervals (Bracher, Ray, Gneiting and Reich 2021)."""
    q, y = np.asarray(quantiles, np.float64), np.asarray(actual, np.float64)
    total = 0.5 * np.abs(y - q[..., _MEDIAN])
    for outside, low, high in _INTERVALS:
        below, above = np.maximum(q[..., low] - y, 0.0), np.maximum(y - q[..., high], 0.0)
        width = q[..., high] - q[..., low]
        total = total + outside / 2.0 * (width + 2.0 / outside * (below + above))
    return np.asarray(total / (len(_INTERVALS) + 0.5))


def covered(quantiles: ArrayLike, actual: ArrayLike) -> tuple[F64, F64, F64]:
    """Whether the actual lies in the 50, 80 and 95 % interval, bounds included."""
    q, y = np.asarray(quantiles, np.float64), np.asarray(actual, np.float64)
    found = [np.asarray((q[..., low] <= y) & (y <= q[..., high]), np.float64) for _, low, high in _INTERVALS]
    return found[0], found[1], found[2]


class Score(NamedTuple):
    """Means over ``n`` forecasts; ``nan`` where there is nothing to take a mean of."""

    crps: float  # mean pinball loss over the scale (the stock at the origin; a flow's past mean)
    wis: float  # in carriers
    mape: float  # of the median, where the actual is not 0
    coverage_50: float
    coverage_80: float
    coverage_95: float
    n: int


def score(quantiles: F64, actual: F64, scale: F64) -> Score:
    """The scores of forecasts. Shapes: quantiles (n, 7), actual (n), scale (n; nan or 0 where there is none)."""
    losses = pinball(quantiles, actual)
    usable = np.isfinite(scale) & (scale > 0.0)
    nonzero = actual > 0.0
    errors = np.abs(quantiles[nonzero, _MEDIAN] - actual[nonzero]) / actual[nonzero]
    inside_50, inside_80, inside_95 = (_mean(one) for one in covered(quantiles, actual))
    return Score(
        _mean(losses[usable] / scale[usable]),
        _mean(weighted_interval_score(quantiles, actual)),
        _mean(errors),
        inside_50,
        inside_80,
        inside_95,
        len(actual),
    )


def coverage_test(shares: Iterable[float], nominal: float) -> float:
    """How likely coverage this far from nominal is by luck, an origin counting once however many points it has.

    ``shares`` are the covered shares of each origin's points; their sum, rounded, is the number of hits. The
    origins of one series are taken as independent.
    """
    found = list(shares)
    hits = int(np.floor(sum(found) + 0.5))
    return float(binomtest(hits, len(found), nominal).pvalue) if found else 1.0


def _mean(values: F64) -> float:
    return float(values.mean()) if len(values) else float("nan")
