"""Intervals of paired differences: the mean over matched futures, and the change of a chance.

Futures are paired by draw and seed, so what both share cancels. With one seed per draw the pairs are
independent; with more, those of one draw are alike and errors are taken over draws.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

F64 = NDArray[np.float64]
Z_95 = 1.959963984540054  # of the normal distribution, two-sided 95 %
Z_POWER = 0.8416212335729143  # its 80 % quantile
_NO_PAIR_DIFFERS = 3.0  # of n pairs: at 95 % at most about 3 / n of all futures do ("rule of three")


class Clusters(NamedTuple):
    """Which pairs share a draw: as many sums as draws are the independent things that an error is taken over."""

    place: NDArray[np.intp]  # (pairs) the draw of each pair, counted from 0
    size: F64  # (draws) pairs of each draw

    @classmethod
    def of(cls, draw: NDArray[np.integer]) -> Clusters:
        """The clusters of pairs whose draws are given."""
        _, place, size = np.unique(draw, return_inverse=True, return_counts=True)
        return cls(place.astype(np.intp), size.astype(np.float64))

    @property
    def number(self) -> int:
        """How many draws."""
        return len(self.size)

    def sums(self, values: F64) -> F64:
        """(draws, ...) Values (pairs, ...) added up within each draw."""
        if self.number == len(self.place):
            ordered = np.empty_like(values)
            ordered[self.place] = values
            return ordered
        found = np.zeros((self.number, *values.shape[1:]))
        np.add.at(found, self.place, values)
        return found


class Means(NamedTuple):
    """Mean paired differences with their standard errors and 95 % intervals; arrays of one shape."""

    mean: F64
    error: F64
    low: F64
    high: F64


def means(differences: F64, clusters: Clusters, step: F64 | float, identical: bool) -> Means:
    """The mean of paired differences (pairs, ...) with Student's 95 % interval over draws.

    The error is that of a ratio of cluster totals, for one seed per draw the usual one of a paired t-test.
    Where no pair differs, n pairs say no more than that few of all futures do (at most about 3 in n): the
    interval then reaches that share times ``step``, the smallest difference there can be. When the runs are
    ``identical`` by their inputs it is exactly 0.
    """
    count = len(differences)
    mean = differences.mean(axis=0)
    draws = clusters.number
    if draws > 1:
        beside = clusters.sums(differences - mean)
        error = np.sqrt(draws / (draws - 1) * (beside * beside).sum(axis=0)) / count
        reach = error * float(stdtrit(draws - 1, 0.975))
    else:  # a single draw says nothing about others
        error = np.full(mean.shape, np.inf)
        reach = error
    still = ~differences.any(axis=0)
    bound = np.zeros(mean.shape) if identical else np.broadcast_to(_bound(draws) * step, mean.shape)
    error = np.where(still, bound / Z_95, error)
    reach = np.where(still, bound, reach)
    return Means(mean, error, mean - reach, mean + reach)


def _bound(draws: int) -> float:
    return min(1.0, _NO_PAIR_DIFFERS / draws)


def needed(mean: F64, error: F64, draws: int) -> F64:
    """How many draws would tell a mean of this size from 0 (95 %) with a chance of 80 %; ``inf`` for 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (Z_95 + Z_POWER) * error / np.abs(mean)
    return np.where(mean == 0.0, np.inf, np.ceil(ratio * ratio * draws))


class Change(NamedTuple):
    """The change of a chance between paired runs: the plain difference, one standard error, a 95 % interval."""

    difference: float
    error: float
    low: float
    high: float
    gained: int  # futures in which only the variant meets it
    lost: int  # futures in which only the base does


def change(
    base: NDArray[np.bool_], variant: NDArray[np.bool_], clusters: Clusters, identical: bool
) -> Change:
    """The change of the chance that a future meets something, from pairs of futures.

    Only pairs that disagree count (McNemar 1947). The interval is Bonett and Price's (2012, J. Educ. Behav.
    Stat. 37, 479-488): two made-up draws are added, one in which only the variant meets it and one in which
    only the base does. So the error is never 0 unless the runs are ``identical`` by their inputs: where no
    pair disagrees it reaches about 2.8 / n, close to the rule of three.
    """
    differs = variant.astype(np.int8) - base.astype(np.int8)
    gained, lost = int((differs > 0).sum()), int((differs < 0).sum())
    count, draws = len(differs), clusters.number
    plain = (gained - lost) / count
    if identical:
        return Change(plain, 0.0, plain, plain, gained, lost)
    size = count / draws
    sums = np.append(clusters.sums(differs.astype(np.float64)), [size, -size])
    sizes = np.append(clusters.size, [size, size])
    total = float(sizes.sum())
    middle = float(sums.sum()) / total
    beside = sums - middle * sizes
    error = math.sqrt(float(beside @ beside)) / total
    return Change(
        plain, error, max(-1.0, middle - Z_95 * error), min(1.0, middle + Z_95 * error), gained, lost
    )


class Ratio(NamedTuple):
    """A ratio of two means with its 95 % interval; no value where the divisor cannot be told from 0."""

    value: float | None
    low: float | None
    high: float | None


def ratio(above: F64, below: F64, clusters: Clusters) -> Ratio:
    """The ratio of two paired means with Fieller's interval (1954), over draws.

    Where the interval of the divisor holds 0, the ratio could be anything and there is none.
    """
    draws = clusters.number
    if draws < 2:
        return Ratio(None, None, None)
    a, b = float(above.mean()), float(below.mean())
    both = clusters.sums(np.stack([above - a, below - b], axis=1))
    cov = draws / (draws - 1) * (both.T @ both) / len(above) ** 2
    t = float(stdtrit(draws - 1, 0.975)) ** 2
    lead = b * b - t * cov[1, 1]
    if lead <= 0.0:
        return Ratio(None, None, None)
    middle = a * b - t * cov[0, 1]
    inside = max(0.0, middle * middle - lead * (a * a - t * cov[0, 0]))
    reach = math.sqrt(inside)
    return Ratio(a / b, (middle - reach) / lead, (middle + reach) / lead)
