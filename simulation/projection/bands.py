"""Bands: the quantiles of a measure over the futures, quarter by quarter, for a fan chart."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.ensemble import Result
from simulation.projection.measures import values

# The ends of the 95, 80 and 50 % ranges, and the median.
LEVELS = {"q025": 0.025, "q10": 0.10, "q25": 0.25, "median": 0.50, "q75": 0.75, "q90": 0.90, "q975": 0.975}


def bands(
    result: Result, measure: str, scope: str, basis: str = "label", district: str | None = None
) -> pd.DataFrame:
    """Quantiles by quarter: the index names the quarters, the columns are those of ``LEVELS``.

    Quantiles are of each future's total of the city or of one district, so those of districts do not add up
    to the city's. A quarter in which no future has a value (a share of no carriers) has ``nan``.
    """
    paths = values(result, measure, scope, basis, district)
    table = np.array([list(quantiles(column).values()) for column in paths.T]).reshape(-1, len(LEVELS))
    index = pd.Index(result.quarters, name="quarter")
    return pd.DataFrame(table, index=index, columns=list(LEVELS))


def quantiles(sample: NDArray[np.float64]) -> dict[str, float]:
    """The quantiles of a sample by name (linear between order statistics), undefined values left out."""
    defined = sample[~np.isnan(sample)]
    if not len(defined):
        return dict.fromkeys(LEVELS, np.nan)
    found = np.quantile(defined, list(LEVELS.values()))
    return dict(zip(LEVELS, found.tolist(), strict=True))
