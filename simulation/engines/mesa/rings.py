"""Rings on which looks land: how a startup finds a carrier without knowing its place in a list.

Each carrier owns points of the unit interval that follow from its id alone; a look at a number between 0 and 1
meets the carrier that owns the last point at or below it. A carrier that opens or closes changes only the
looks that land on its own stretches: everybody else still sees what they would have seen.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from simulation import decisions
from simulation.draws import uniform
from simulation.rules import admission

if TYPE_CHECKING:
    from simulation.engines.mesa.agents import Carrier


def points_of(carrier_id: int, places: int) -> list[float]:
    """The points of a carrier: one, and one more for every four places."""
    return [
        uniform(0, carrier_id, 0, decisions.RING_POINT + point)
        for point in range(admission.ring_points(places))
    ]


class Ring:
    """The carriers that a look may meet."""

    def __init__(self) -> None:
        self._points: list[tuple[float, int]] = []
        self._carriers: list[Carrier] = []
        self._starts: list[float] = []

    def add(self, carrier: Carrier) -> None:
        """Put a carrier on the ring."""
        place = len(self._carriers)
        self._carriers.append(carrier)
        self._points += [(point, place) for point in carrier.points]

    def close(self) -> None:
        """Put the points in order, once all carriers are on the ring."""
        self._points.sort()
        self._starts = [point for point, _ in self._points]

    def carrier_at(self, number: float) -> Carrier | None:
        """The carrier that owns ``number`` (0 to 1); none on an empty ring."""
        if not self._starts:
            return None
        return self._carriers[self._points[bisect_right(self._starts, number) - 1][1]]
