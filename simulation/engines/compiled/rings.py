"""Rings on which looks land, as arrays: the same points and owners as in the Mesa engine's rings.

Every ring (all carriers, or the focused ones of a field; of a district, or of the city) is a stretch of one
array of points in order. A look meets the carrier that owns the last point at or below it.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation import decisions
from simulation.draws import uniform
from simulation.engines.compiled.columns import carrier as c
from simulation.engines.compiled.state import CARRIERS
from simulation.kernels import kernel
from simulation.rules import admission, codes

ALL = -1  # carriers of every field


class Rings(NamedTuple):
    """All rings of a quarter. A ring is a place (0: the city, 1 and up: districts) and a field (0: all)."""

    starts: NDArray[np.int64]  # (rings + 1) where each ring's stretch begins
    points: NDArray[np.float64]  # points in order within each stretch
    owners: NDArray[np.int64]  # rows of the carriers that own them
    fields: int  # rings a place: one for all, one a field


@kernel
def ring_of(rings: Any, place: int, field: int) -> int:
    """Which ring is that of a place (a district, or -1 for the city) and a field (or ``ALL``)."""
    return (place + 1) * rings.fields + field + 1


@kernel
def carrier_at(rings: Any, ring: int, number: float) -> int:
    """The row of the carrier that owns ``number`` on a ring; -1 on an empty one."""
    first, last = rings.starts[ring], rings.starts[ring + 1]
    if first == last:
        return -1
    row = first + np.searchsorted(rings.points[first:last], number, side="right") - 1
    return rings.owners[row if row >= first else last - 1]


@kernel
def make_rings(r: Any) -> Rings:
    """The rings of the carriers that operate now."""
    points, owners = _all_points(r)
    order = np.argsort(points, kind="mergesort")
    rings_a_place = r.by_field.shape[1] + 1
    sizes = np.zeros((len(r.effort) + 1) * rings_a_place + 1, np.int64)
    carriers = r.carriers
    for row in order:
        district, sector = carriers[owners[row], c.DISTRICT], carriers[owners[row], c.SECTOR]
        for place in (0, district + 1):
            sizes[place * rings_a_place + 1] += 1
            if sector >= 0:
                sizes[place * rings_a_place + r.field_of[sector] + 2] += 1
    starts = np.cumsum(sizes)
    filled = starts[:-1].copy()
    ring_points, ring_owners = np.empty(starts[-1]), np.empty(starts[-1], np.int64)
    for row in order:
        owner = owners[row]
        district, sector = carriers[owner, c.DISTRICT], carriers[owner, c.SECTOR]
        for place in (0, district + 1):
            _put(ring_points, ring_owners, filled, place * rings_a_place, points[row], owner)
            if sector >= 0:
                ring = place * rings_a_place + r.field_of[sector] + 1
                _put(ring_points, ring_owners, filled, ring, points[row], owner)
    return Rings(starts, ring_points, ring_owners, rings_a_place)


@kernel
def _put(ring_points: Any, ring_owners: Any, filled: Any, ring: int, point: float, owner: int) -> None:
    ring_points[filled[ring]], ring_owners[filled[ring]] = point, owner
    filled[ring] += 1


@kernel
def _all_points(r: Any) -> tuple[Any, Any]:
    """The points of every operating carrier, and the row that owns each."""
    carriers, total = r.carriers, 0
    for carrier in range(r.used[CARRIERS]):
        if carriers[carrier, c.STATUS] == codes.OPERATING:
            total += admission.ring_points(carriers[carrier, c.PLACES])
    points, owners = np.empty(total), np.empty(total, np.int64)
    row = 0
    for carrier in range(r.used[CARRIERS]):
        if carriers[carrier, c.STATUS] == codes.OPERATING:
            for point in range(admission.ring_points(carriers[carrier, c.PLACES])):
                points[row] = uniform(0, carriers[carrier, c.ID], 0, decisions.RING_POINT + point)
                owners[row] = carrier
                row += 1
    return points, owners
