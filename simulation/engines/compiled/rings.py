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
from simulation.kernels import inner_kernel, kernel
from simulation.rules import admission, codes

ALL = -1  # carriers of every field


class Rings(NamedTuple):
    """All rings of a quarter. A ring is a place (0: the city, 1 and up: districts) and a field (0: all)."""

    starts: NDArray[np.int64]  # (rings + 1) where each ring's stretch begins
    points: NDArray[np.float64]  # points in order within each stretch
    guide: NDArray[np.int64]  # a stretch has as many boxes as points: the first point in or above each box
    owners: NDArray[np.int64]  # rows of the carriers that own them
    fields: int  # rings a place: one for all, one a field


@inner_kernel
def ring_of(rings: Any, place: int, field: int) -> int:
    """Which ring is that of a place (a district, or -1 for the city) and a field (or ``ALL``)."""
    return (place + 1) * rings.fields + field + 1


@inner_kernel
def carrier_at(rings: Any, ring: int, number: float) -> int:
    """The row of the carrier that owns ``number`` on a ring; -1 on an empty one."""
    first, end = rings.starts[ring], rings.starts[ring + 1]
    if first == end:
        return -1
    row = rings.guide[first + box_of(number, end - first)]
    while row < end and rings.points[row] <= number:
        row += 1
    return rings.owners[row - 1 if row > first else end - 1]


@inner_kernel
def box_of(number: float, boxes: int) -> int:
    """Into which of so many boxes of one size a number between 0 and 1 falls."""
    return min(int(number * boxes), boxes - 1)


@kernel
def in_order(numbers: Any) -> Any:
    """The rows of numbers spread evenly between 0 and 1, smallest first, equal ones as they stand.

    Such numbers are nearly in order once each is put into one of as many boxes: time grows with their count
    and no faster.
    """
    count = len(numbers)
    starts, rows = np.zeros(count + 1, np.int64), np.empty(count, np.int64)
    for row in range(count):
        starts[box_of(numbers[row], count) + 1] += 1
    for box in range(count):
        starts[box + 1] += starts[box]
    for row in range(count):
        box = box_of(numbers[row], count)
        rows[starts[box]] = row
        starts[box] += 1
    for place in range(1, count):
        row = rows[place]
        while place > 0 and numbers[rows[place - 1]] > numbers[row]:
            rows[place] = rows[place - 1]
            place -= 1
        rows[place] = row
    return rows


@kernel
def make_rings(r: Any) -> Rings:
    """The rings of the carriers that operate now."""
    points, owners = _all_points(r)
    order = in_order(points)
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
    return Rings(starts, ring_points, _guide(starts, ring_points), ring_owners, rings_a_place)


@kernel
def _guide(starts: Any, points: Any) -> Any:
    """Where to begin looking for a number: the first point in or above each box of each ring, or the ring's end."""
    guide = np.empty(len(points), np.int64)
    for ring in range(len(starts) - 1):
        first, end = starts[ring], starts[ring + 1]
        box = first
        for row in range(first, end):
            last = first + box_of(points[row], end - first)
            while box <= last:
                guide[box] = row
                box += 1
        guide[box:end] = end
    return guide


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
