"""What targets ask for, in every future and quarter: a count of carriers, or the share that is specialised."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.ensemble import Result

MEASURES = ("count", "specialised_share")

F64 = NDArray[np.float64]


def values(
    result: Result, measure: str, scope: str, basis: str = "label", district: str | None = None
) -> F64:
    """A measure as an array (replicate, quarter): replicates as in ``result.used``, quarters as in ``quarters``.

    ``basis`` (``label`` or ``fact``) says who is specialised; a count does not depend on it. ``district`` is
    a code, ``None`` the city: a sum of counts, and a share of these sums, never a mean of shares.
    """
    if measure == "count":
        return count(result, scope, district)
    if measure == "specialised_share":
        return specialised_share(result, scope, basis, district)
    raise ValueError(f"no measure {measure!r}: it is one of {', '.join(MEASURES)}")


def count(result: Result, scope: str, district: str | None = None) -> F64:
    """The carriers in a scope."""
    return result.totals(scope, None, district).astype(np.float64)


def specialised_share(result: Result, scope: str, basis: str, district: str | None = None) -> F64:
    """The share of the carriers in a scope that is specialised, 0 to 1; ``nan`` where there are no carriers."""
    specialised = result.totals(scope, basis, district)
    total = result.totals(scope, None, district)
    share = np.full(total.shape, np.nan)
    np.divide(specialised, total, out=share, where=total > 0)
    return share
