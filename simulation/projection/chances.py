"""A chance from a number of futures, and how far off it may be because they are so few."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_Z_95 = 1.959963984540054  # of the normal distribution, two-sided 95 %


class Chance(NamedTuple):
    """A share of futures with its Monte-Carlo error (one standard error) and Wilson's 95 % interval."""

    chance: float
    error: float
    low: float
    high: float


def chance(met: NDArray[np.bool_], draw: NDArray[np.integer], seeds_per_draw: int) -> Chance:
    """The chance of what ``met`` says of each future; ``draw`` tells which share their unknown numbers.

    With one seed per draw the futures are independent. With more, those of one draw are alike: the error is
    taken over draws, and the interval is of as many independent futures as have that error.
    """
    share = float(met.mean())
    if seeds_per_draw == 1:
        return Chance(share, math.sqrt(share * (1.0 - share) / len(met)), *wilson(share, len(met)))
    error = _error_over_draws(met, draw)
    return Chance(share, error, *wilson(share, _effective_number(share, error, len(met), draw)))


def wilson(share: float, number: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a share in so many independent trials (Wilson 1927)."""
    z = _Z_95
    middle = share + z * z / (2.0 * number)
    reach = z * math.sqrt(share * (1.0 - share) / number + z * z / (4.0 * number * number))
    whole = 1.0 + z * z / number
    # At a share of 0 or 1 one bound is the share itself, and rounding must not carry it past.
    return max(0.0, min(share, (middle - reach) / whole)), min(1.0, max(share, (middle + reach) / whole))


def _error_over_draws(met: NDArray[np.bool_], draw: NDArray[np.integer]) -> float:
    """The standard error of a share when the futures of a draw are alike: that of a ratio of cluster totals.

    With equally many futures in each draw this is the standard deviation of the draws' shares over the root
    of their number. A single draw says nothing about others: it counts as one future.
    """
    share = float(met.mean())
    _, place = np.unique(draw, return_inverse=True)
    of_draw = np.bincount(place, weights=met - share)  # what each draw adds above its part
    draws = len(of_draw)
    if draws == 1:
        return math.sqrt(share * (1.0 - share))
    return math.sqrt(draws / (draws - 1) * float(of_draw @ of_draw)) / len(met)


def _effective_number(share: float, error: float, number: int, draw: NDArray[np.integer]) -> float:
    """How many independent futures have that error; never more than there are, and when none differ, the draws."""
    draws = len(np.unique(draw))
    if share in (0.0, 1.0):
        return float(draws)
    if error == 0.0:
        return float(number)
    return min(share * (1.0 - share) / (error * error), float(number))
