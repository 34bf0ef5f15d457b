"""What each player contributes in every replicate: Shapley values of expected values and of chances.

A chance jumps where a value crosses a target, so that a few sampled orders say little of who carries it across. A
stand-in helps: a value to which each player adds as much as it does on average in the **other** replicates, fitted
to both ends of this one. Its Shapley values cost no simulation and are taken over many orders; the sampled orders
then only correct for what truth and stand-in differ in. The stand-in of a replicate knows nothing of its own orders,
so the correction has no bias, and as both come to the same difference the shares still add up to it exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from simulation.projection import shapley

F64 = NDArray[np.float64]
Order = NDArray[np.integer]

_STAND_IN_PAIRS = 300  # of orders, for the stand-in alone


class Paths:
    """The values of one replicate along its sampled orders: (orders, players + 1, quantities)."""

    def __init__(self, orders: Sequence[Order], value: Callable[[int], F64]) -> None:
        self.orders = np.stack(orders)
        self.values = np.stack([self._along(order, value) for order in orders])

    @staticmethod
    def _along(order: Order, value: Callable[[int], F64]) -> F64:
        coalition, met = 0, [value(0)]
        for player in order.tolist():
            coalition |= 1 << player
            met.append(value(coalition))
        return np.stack(met)

    def shares(self, of_values: F64) -> F64:
        """(players, ...) What each player adds on average, of values (orders, players + 1, ...)."""
        return added(self.orders, of_values)


def added(orders: NDArray[np.integer], along: F64) -> F64:
    """(players, ...) What each player adds when it joins, on average over orders (orders, players)."""
    steps = np.diff(along, axis=1)
    by_player = np.empty_like(steps)
    rows = np.arange(len(orders))[:, None]
    by_player[rows, orders] = steps
    return np.asarray(by_player.mean(axis=0), np.float64)


def expected(paths: Sequence[Paths]) -> F64:
    """(replicates, players, quantities) The Shapley values of the values themselves."""
    return np.stack([one.shares(one.values) for one in paths])


def chances(
    paths: Sequence[Paths], shares: F64, columns: Sequence[int], bounds: Sequence[float], seed: int
) -> F64:
    """(replicates, players, chances) The Shapley values of "value of column c is at least its bound".

    ``shares`` are those of the values, from ``expected``: the stand-ins are made of them.
    """
    n, players, _ = shares.shape
    made = np.empty((n, players, len(columns)))
    total = shares.sum(axis=0)
    for row, one in enumerate(paths):
        many = np.stack(shapley.orders(players, _STAND_IN_PAIRS, [seed, row, 1]))
        for at, (column, bound) in enumerate(zip(columns, bounds, strict=True)):
            along = one.values[:, :, column]
            plain = one.shares((along >= bound).astype(np.float64))
            if n > 1 and not _flat(along, bound):
                others = (total[:, column] - shares[row, :, column]) / (n - 1)
                steps = stand_in(others, float(along[0, 0]), float(along[0, -1]))
                far = added(many, (_sums(many, steps, along[0]) >= bound).astype(np.float64))
                near = added(one.orders, (_sums(one.orders, steps, along[0]) >= bound).astype(np.float64))
                plain = plain + far - near
            made[row, :, at] = plain
    return made


def _flat(along: F64, bound: float) -> bool:
    """Whether a bound lies far from all that has been met: then nobody carries anything across."""
    low, high = float(along.min()), float(along.max())
    reach = high - low
    return bound < low - reach or bound > high + reach


def stand_in(others: F64, start: float, end: float) -> F64:
    """(players) What each player adds to the stand-in: as in other replicates, fitted to the difference of this one."""
    size = np.abs(others)
    weights = size / size.sum() if size.sum() > 0.0 else np.full(len(others), 1.0 / len(others))
    fitted: F64 = others + (end - start - others.sum()) * weights
    return fitted


def _sums(orders: NDArray[np.integer], steps: F64, along: F64) -> F64:
    """(orders, players + 1) The stand-in along orders; both ends are the true ones to the last bit."""
    start, end = along[0], along[-1]
    reached = start + np.cumsum(steps[orders], axis=1)
    reached[:, -1] = end
    return np.concatenate([np.full((len(orders), 1), start), reached], axis=1)
