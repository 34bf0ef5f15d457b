"""Rings on which looks land: how a startup finds a carrier without knowing its place in a list.

Each carrier owns points of the unit interval that follow from its id alone; a look at a number between 0 and 1
meets the carrier that owns the last point at or below it. A carrier that opens or closes changes only the
looks that land on its own stretches: everybody else still sees what they would have seen.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation import decisions
from simulation.draws import uniform
from simulation.rules import admission

if TYPE_CHECKING:
    from simulation.engines.mesa.agents import Carrier

# Both are the last of their list.
CITY = -1  # where looks beyond the district land
ALL = -1  # carriers of every field


def points_of(carrier_id: int, places: int) -> NDArray[np.float64]:
    """The points of a carrier: one, and one more for every four places."""
    return np.array(
        [
            uniform(0, carrier_id, 0, decisions.RING_POINT + point)
            for point in range(admission.ring_points(places))
        ]
    )


class Ring:
    """The carriers that a look may meet, and the points they own."""

    def __init__(self, carriers: list[Carrier]) -> None:
        points = np.concatenate([carrier.points for carrier in carriers]) if carriers else np.empty(0)
        owners = [carrier for carrier in carriers for _ in carrier.points]
        order = np.argsort(points, kind="stable")
        self._points: list[float] = points[order].tolist()
        self._owners = [owners[row] for row in order.tolist()]

    def carrier_at(self, number: float) -> Carrier | None:
        """The carrier that owns ``number`` (0 to 1); none on an empty ring."""
        return self._owners[bisect_right(self._points, number) - 1] if self._owners else None


def make_rings(operating: list[Carrier], districts: int, fields: int) -> list[list[Ring]]:
    """By district and field, the ring of the carriers focused on it; last the ring of ``ALL``, and the ``CITY``."""
    members: list[list[list[Carrier]]] = [[[] for _ in range(fields + 1)] for _ in range(districts + 1)]
    for carrier in operating:
        for place in (CITY, carrier.district.place):
            members[place][ALL].append(carrier)
            if carrier.focused:
                members[place][carrier.field].append(carrier)
    return [[Ring(carriers) for carriers in of_place] for of_place in members]
