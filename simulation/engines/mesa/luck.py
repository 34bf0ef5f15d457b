"""The luck of a replicate: every draw at its own address, many in one call where a step needs many.

One compiled draw called from Python costs more in the calling than in the drawing. So a step may draw
beforehand what its agents are about to ask for. The numbers are the same either way: a draw depends on its
address and on nothing else, and whatever was not drawn beforehand is drawn when it is asked for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.draws import uniform, uniforms


class Luck:
    """The draws of one quarter after another."""

    def __init__(self, key: int, quarter: int) -> None:
        self.key = key
        self.quarter = quarter
        self._drawn: dict[int, dict[int, float]] = {}

    def turn_to(self, quarter: int) -> None:
        """Go on to a quarter; what was drawn for the last one is forgotten."""
        self.quarter = quarter
        self._drawn.clear()

    def draw(self, who: int, decision: int) -> float:
        """The uniform draw of this quarter at an address."""
        drawn = self._drawn.get(decision)
        number = None if drawn is None else drawn.get(who)
        return uniform(self.key, who, self.quarter, decision) if number is None else number

    def draw_each(self, whos: NDArray[np.int64], decision: int) -> list[float]:
        """The draws of many for one decision, in the order of ``whos``."""
        return uniforms(self.key, whos, self.quarter, decision).tolist()  # type: ignore[no-any-return]

    def draw_ahead(self, whos: list[int], *wanted: int) -> None:
        """Draw for many what they are about to ask for: ``draw`` gives the same numbers sooner."""
        addresses = np.array(whos, np.int64)
        for decision in wanted:
            self._drawn[decision] = dict(zip(whos, self.draw_each(addresses, decision), strict=True))
