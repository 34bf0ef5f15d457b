"""Arrays of uniform draws turned into sizes and choices."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from simulation.draws import uniforms
from simulation.world import F64, I64


class Draws:
    """The draws of many agents under one key, each decision at its own address."""

    def __init__(self, key: int, ids: I64) -> None:
        self._key, self._ids = key, ids

    def __call__(self, decision: int) -> F64:
        """One uniform draw an agent for a decision."""
        return uniforms(self._key, self._ids, 0, decision)


def lognormal(draws: F64, median: NDArray[np.float64] | float, spread: NDArray[np.float64] | float) -> F64:
    """Lognormal numbers of a median and a standard deviation of the logarithm."""
    return np.asarray(median * np.exp(spread * ndtri(draws)), np.float64)


def pick(draws: F64, cumulative: F64) -> I64:
    """For each draw the first column of its row of ``cumulative`` (ends at 1) that exceeds it."""
    return np.asarray((draws[:, None] >= cumulative).sum(axis=1), np.int64).clip(0, cumulative.shape[1] - 1)
