"""The luck of a replicate: every draw at its own address, many in one call where a step needs many.

One compiled draw called from Python costs more in the calling than in the drawing. So a step may draw
beforehand what its agents are about to ask for. The numbers are the same either way: a draw depends on its
address and on nothing else, and whatever was not drawn beforehand is drawn when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.draws import uniform, uniforms

if TYPE_CHECKING:
    from simulation.engines.mesa.agents import Member


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

    def numbers(self, whos: NDArray[np.int64], decision: int) -> NDArray[np.float64]:
        """The draws of many for one decision, in the order of ``whos``."""
        return uniforms(self.key, whos, self.quarter, decision)

    def draw_ahead(self, whos: NDArray[np.int64], *wanted: int) -> None:
        """Draw for many what they are about to ask for: ``draw`` gives the same numbers sooner."""
        for decision in wanted:
            numbers = self.numbers(whos, decision).tolist()
            self._drawn[decision] = dict(zip(whos.tolist(), numbers, strict=True))


def ids_of(agents: Iterable[Member]) -> NDArray[np.int64]:
    """The ids of agents: where their luck is drawn."""
    return np.array([agent.id for agent in agents], np.int64)
