"""Shapley values of a game with many players, by sampled orderings; exact for few.

The Shapley value (1953) of a player is what it adds when it joins, averaged over all orders in which the players
could join. Whatever the order, what all add comes to the full difference, so that sampled values add up too. Each
sampled order is taken forwards and backwards: what one overrates the other underrates.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
Value = Callable[[int], F64]  # of a coalition (bit i: player i is in it), any number of quantities at once

MOST_EXACT = 8  # players: up to so many, all coalitions are evaluated


def exact(players: int, value: Value) -> F64:
    """(players, quantities) The Shapley values from all 2^n coalitions."""
    values = [value(coalition) for coalition in range(1 << players)]
    weights = [
        math.factorial(size) * math.factorial(players - size - 1) / math.factorial(players)
        for size in range(players)
    ]
    shares = np.zeros((players, len(values[0])))
    for coalition, worth in enumerate(values):
        size = coalition.bit_count()
        for player in range(players):
            if coalition >> player & 1:
                shares[player] += weights[size - 1] * worth
            else:
                shares[player] -= weights[size] * worth
    return shares


def along(orders: Sequence[NDArray[np.integer]], players: int, value: Value) -> F64:
    """(players, quantities) What each player adds when it joins, on average over some orders."""
    shares: F64 | None = None
    for order in orders:
        coalition, before = 0, value(0)
        if shares is None:
            shares = np.zeros((players, len(before)))
        for player in order.tolist():
            coalition |= 1 << player
            after = value(coalition)
            shares[player] += after - before
            before = after
    if shares is None:
        raise ValueError("Shapley values need at least one order")
    return shares / len(orders)


def orders(players: int, pairs: int, seed: Sequence[int]) -> list[NDArray[np.integer]]:
    """Sampled orders in pairs, forwards and backwards; the same for the same seed."""
    rng = np.random.default_rng(list(seed))
    made: list[NDArray[np.integer]] = []
    for _ in range(pairs):
        order = rng.permutation(players)
        made += [order, order[::-1]]
    return made


def coalitions(players: int, sampled: Sequence[NDArray[np.integer]] | None) -> Iterator[int]:
    """The coalitions that are evaluated, each once: the empty and the full one first."""
    full = (1 << players) - 1
    found = dict.fromkeys((0, full))
    if sampled is None:
        found |= dict.fromkeys(range(full))
    else:
        for order in sampled:
            coalition = 0
            for player in order.tolist():
                coalition |= 1 << player
                found[coalition] = None
    yield from found
