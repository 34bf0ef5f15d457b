"""The books: what both engines hand back, in whole numbers, so that order cannot matter and sums are exact.

A carrier on the list stands in exactly one cell: district × type × mode by label × mode in fact × level ×
operating or not. Every change moves it from one cell to another (or on or off the list) for one cause, so that
opening + flows = closing holds for every cell and every sum of cells.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.rules import codes
from simulation.world import World

# The axes of a cell, in order; ``operating`` is 0 for a carrier that has stopped but is still on the list.
CELL = ("district", "type", "mode", "mode_in_fact", "level", "operating")

# What is counted of startups, by district and sector. ``tenants`` is a stock, the rest are flows; ``moved`` is
# signed: tenants whose carrier was transferred between districts.
STARTUP_COUNTS = ("tenants", "formed", "admitted", "failed", "graduated", "left", "moved")
TENANTS, FORMED, ADMITTED, FAILED, GRADUATED, LEFT, MOVED = range(7)

# What is measured of operating carriers, by type and level (``none`` included).
CAPACITY = ("carriers", "places", "tenants", "area")


class Outcome(NamedTuple):
    """What happened in one replicate. Shapes: q quarters, d districts, s sectors."""

    stocks: NDArray[np.int32]  # (q + 1, d, types, modes, modes, listed levels, 2), first the opening stock
    flows: NDArray[np.int32]  # (q, d, types, modes, modes, listed levels, 2, causes), signed
    startups: NDArray[np.int64]  # (q + 1, d, s, counts); flows of the opening row are 0
    money: NDArray[np.int64]  # (q, d, levers), CNY
    capacity: NDArray[np.int64]  # (q + 1, types, levels, measures)
    world: World  # at the end
    events: NDArray[
        np.int64
    ]  # (n, 5): quarter, kind, who, two details; canonical order; empty unless asked for


def blank_stocks(quarters: int, districts: int) -> NDArray[np.int32]:
    """Stocks of every cell, all 0."""
    return np.zeros(
        (
            quarters + 1,
            districts,
            len(codes.TYPES),
            len(codes.MODES),
            len(codes.MODES),
            len(codes.LISTED_LEVELS),
            2,
        ),
        np.int32,
    )


def blank_flows(quarters: int, districts: int) -> NDArray[np.int32]:
    """Flows of every cell and cause, all 0."""
    return np.zeros((*blank_stocks(quarters - 1, districts).shape, len(codes.CAUSES)), np.int32)


def blank_startups(quarters: int, districts: int, sectors: int) -> NDArray[np.int64]:
    """Counts of startups, all 0."""
    return np.zeros((quarters + 1, districts, sectors, len(STARTUP_COUNTS)), np.int64)


def blank_capacity(quarters: int) -> NDArray[np.int64]:
    """Measures of operating carriers, all 0."""
    return np.zeros((quarters + 1, len(codes.TYPES), len(codes.LEVELS), len(CAPACITY)), np.int64)


def imbalance(outcome: Outcome) -> list[str]:
    """Where the books do not balance: a sentence a quarter and book, none when they do."""
    found = []
    for quarter in range(len(outcome.flows)):
        expected = outcome.stocks[quarter] + outcome.flows[quarter].sum(axis=-1)
        wrong = np.argwhere(expected != outcome.stocks[quarter + 1])
        if len(wrong):
            cell = dict(zip(CELL, wrong[0].tolist(), strict=True))
            found.append(f"quarter {quarter}: {len(wrong)} cells of the list, the first {cell}")
        counts = outcome.startups[quarter + 1]
        left = counts[..., FAILED] + counts[..., GRADUATED] + counts[..., LEFT]
        tenants = outcome.startups[quarter][..., TENANTS] + counts[..., ADMITTED] - left + counts[..., MOVED]
        wrong = np.argwhere(tenants != counts[..., TENANTS])
        if len(wrong):
            found.append(
                f"quarter {quarter}: tenants of {len(wrong)} districts and sectors, first {wrong[0]}"
            )
    return found
