"""Rings on which looks land: how a startup finds a carrier without knowing its place in a list.

Each carrier owns points of the unit interval that follow from its id alone; a look at a number between 0 and 1
meets the carrier that owns the last point at or below it. A carrier that opens or closes changes only the
looks that land on its own stretches: everybody else still sees what they would have seen.

Every district and the city have a ring of all carriers and one of those focused on each field. All rings are
kept in one array: a point is the rank it has among all points, behind the number of the ring it is on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation import decisions
from simulation.draws import uniform
from simulation.rules import admission

if TYPE_CHECKING:
    from simulation.engines.mesa.agents import Carrier

Rows = NDArray[np.int64]

CITY = -1  # where looks beyond the district land
ALL = -1  # carriers of every field
NOBODY = -1  # whom a look on an empty ring meets


def points_of(carrier_id: int, places: int) -> NDArray[np.float64]:
    """The points of a carrier: one, and one more for every four places."""
    return np.array(
        [
            uniform(0, carrier_id, 0, decisions.RING_POINT + point)
            for point in range(admission.ring_points(places))
        ]
    )


class Rings:
    """The rings of a quarter. They name a carrier by its row in the list they were made of."""

    def __init__(self, carriers: list[Carrier], districts: int, fields: int) -> None:
        self._fields = fields
        points = np.concatenate([np.empty(0), *(carrier.points for carrier in carriers)])
        order = np.argsort(points, kind="stable")
        self._points = points[order]
        owned = np.array([len(carrier.points) for carrier in carriers], np.int64)
        owners = np.repeat(np.arange(len(carriers)), owned)[order]
        places = np.array([carrier.district.place for carrier in carriers], np.int64)[owners]
        focus = np.array([carrier.field for carrier in carriers], np.int64)[owners]
        ranks, focused = np.arange(len(points)), np.flatnonzero(focus >= 0)
        city, everybody = np.full_like(ranks, CITY), np.full_like(ranks, ALL)
        marks = np.concatenate(
            [
                self._mark(city, everybody, ranks),
                self._mark(places, everybody, ranks),
                self._mark(city, focus, ranks)[focused],
                self._mark(places, focus, ranks)[focused],
            ]
        )
        in_order = np.argsort(marks)
        self._marks = marks[in_order]
        self._owners = np.concatenate([owners, owners, owners[focused], owners[focused]])[in_order]
        rings = np.arange((districts + 1) * (fields + 1) + 1)
        self._starts = np.searchsorted(self._marks, rings * (len(points) + 1))

    def _ring(self, places: Rows, fields: Rows) -> Rows:
        return (places + 1) * (self._fields + 1) + fields + 1

    def _mark(self, places: Rows, fields: Rows, ranks: Rows) -> Rows:
        return self._ring(places, fields) * (len(self._points) + 1) + ranks

    def meet(self, places: Rows, fields: Rows, numbers: NDArray[np.float64]) -> Rows:
        """Whom looks meet in a district or the ``CITY``, among those focused on a field or ``ALL``."""
        if not len(self._owners):
            return np.full(numbers.shape, NOBODY)
        ranks = np.searchsorted(self._points, numbers, side="right")
        last = np.searchsorted(self._marks, self._mark(places, fields, ranks)) - 1
        ring = self._ring(places, fields)
        first, end = self._starts[ring], self._starts[ring + 1]
        last = np.where(last < first, end - 1, last)  # below the first point: round the ring to the last
        return np.where(first < end, self._owners[last], NOBODY)
