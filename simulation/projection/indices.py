"""How much of a result hangs on one unknown, from futures that there are already: no run is made for it.

The share of variance that an unknown explains alone is Var(E[Y | X]) / Var(Y) (Sobol 1993). Futures are put into
equally full bins by the unknown; what the bins explain beyond what luck alone would (epsilon squared, Kelley 1935)
is that share without bias, and may come out a little below 0.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
_FUTURES_A_BIN, _LEAST_BINS, _MOST_BINS = 25, 4, 20
_RESAMPLES = 100
_DEGREE = 3


class Index(NamedTuple):
    """A share of variance with one standard error (bootstrap over draws)."""

    value: float
    error: float


def bins_for(number: int) -> int:
    """How many bins so many futures fill."""
    return max(_LEAST_BINS, min(_MOST_BINS, number // _FUTURES_A_BIN))


def ranks(x: F64) -> F64:
    """(draws) Where each value stands among all, from 0 to 1; equal values in the order they are given."""
    order = np.empty(len(x), np.float64)
    order[np.argsort(x, kind="stable")] = (np.arange(len(x)) + 0.5) / len(x)
    return order


def first_order(x: F64, y: F64) -> float:
    """The share of the variance of ``y`` that ``x`` explains alone; 0 where either does not vary."""
    if np.ptp(x) == 0.0 or np.ptp(y) == 0.0:
        return 0.0
    number = bins_for(len(y))
    place = np.minimum((ranks(x) * number).astype(np.intp), number - 1)
    size = np.bincount(place, minlength=number)
    mean = np.bincount(place, weights=y, minlength=number) / np.maximum(size, 1)
    total = float(((y - y.mean()) ** 2).sum())
    within = float(((y - mean[place]) ** 2).sum())
    used = int((size > 0).sum())
    if len(y) <= used:
        return 0.0
    return float((total - within - (used - 1) * within / (len(y) - used)) / total)


def first_order_with_error(x: F64, y: F64, seed: int) -> Index:
    """The same with its standard error."""
    rng = np.random.default_rng([seed, len(y)])
    sample = []
    for _ in range(_RESAMPLES):
        chosen = rng.integers(len(y), size=len(y))
        sample.append(first_order(x[chosen] + 1e-12 * rng.random(len(y)), y[chosen]))
    return Index(first_order(x, y), float(np.std(sample, ddof=1)))


def smoothed(x: F64, y: F64) -> F64:
    """E[y | x] by a cubic in the ranks of ``x`` (orthogonal polynomials): one value a future."""
    design = np.polynomial.legendre.legvander(2.0 * ranks(x) - 1.0, _DEGREE)
    weights, *_ = np.linalg.lstsq(design, y, rcond=None)
    return np.asarray(design @ weights)


def value_of_learning(x: F64, utilities: F64) -> float:
    """How much better one would choose between variants if ``x`` were known exactly (EVPPI).

    ``utilities`` (draws, variants) on the same luck. E[max over variants of E[U | x]] - max of E[U], by regression
    (Strong, Oakley and Brennan 2014). Differences to the first variant are smoothed, so that luck which all share
    drops out. Never below 0.
    """
    if utilities.shape[1] < 2 or np.ptp(x) == 0.0:
        return 0.0
    beyond = utilities - utilities[:, :1]
    expected = np.stack([smoothed(x, beyond[:, place]) for place in range(beyond.shape[1])], axis=1)
    return max(0.0, float(expected.max(axis=1).mean() - expected.mean(axis=0).max()))


def value_with_error(x: F64, utilities: F64, seed: int) -> Index:
    """The same with its standard error."""
    rng = np.random.default_rng([seed, len(x)])
    sample = []
    for _ in range(_RESAMPLES):
        chosen = rng.integers(len(x), size=len(x))
        sample.append(value_of_learning(x[chosen], utilities[chosen]))
    return Index(value_of_learning(x, utilities), float(np.std(sample, ddof=1)))


def choice_by(x: F64, utilities: F64, parts: int = 4) -> list[int]:
    """Which variant is best in each equal part of the range of ``x``, lowest first."""
    beyond = utilities - utilities[:, :1]
    expected = np.stack([smoothed(x, beyond[:, place]) for place in range(beyond.shape[1])], axis=1)
    place = np.minimum((ranks(x) * parts).astype(int), parts - 1)
    return [int(expected[place == part].mean(axis=0).argmax()) for part in range(parts)]
