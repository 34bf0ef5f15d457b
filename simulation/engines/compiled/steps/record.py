"""Step 11, record: count every stock of the quarter, and at the year's end turn the page."""

from typing import Any

import numpy as np

from simulation.engines.books import TENANTS
from simulation.engines.compiled.changes import listed
from simulation.engines.compiled.columns import carrier as c
from simulation.engines.compiled.columns import startup as t
from simulation.engines.compiled.state import CARRIERS, COLLISION, EARLIER_STARTUPS, GONE, STARTUPS
from simulation.kernels import kernel
from simulation.rules import codes

MARKS = 1 << 20  # some fifty times the startups of a large city


@kernel
def record(r: Any) -> None:
    """Count; make this year's counts last year's when the year ends; drop startups that are gone."""
    _refuse_collision(r)
    count(r, r.index + 1)
    carriers = r.carriers
    if r.now % 4 == 3:
        for carrier in range(r.used[CARRIERS]):
            carriers[carrier, c.GRADUATES_LAST_YEAR] = carriers[carrier, c.GRADUATES_THIS_YEAR]
            carriers[carrier, c.GRADUATES_THIS_YEAR] = 0
            carriers[carrier, c.ADMITTED_LAST_YEAR] = carriers[carrier, c.ADMITTED_THIS_YEAR]
            carriers[carrier, c.ADMITTED_THIS_YEAR] = 0
    _close_ranks(r)


@kernel
def count(r: Any, row: int) -> None:
    """Count the stocks of carriers, tenants and capacity into a row of the books."""
    carriers, by_sector, counts = r.carriers, r.by_sector, r.startup_counts
    for carrier in range(r.used[CARRIERS]):
        district, operating = carriers[carrier, c.DISTRICT], carriers[carrier, c.STATUS] == codes.OPERATING
        if listed(carriers, carrier):
            r.stocks[
                row,
                district,
                carriers[carrier, c.TYPE],
                carriers[carrier, c.MODE],
                carriers[carrier, c.MODE_IN_FACT],
                carriers[carrier, c.LEVEL] - 1,
                1 if operating else 0,
            ] += 1
        if carriers[carrier, c.TENANTS] > 0:
            for sector in range(by_sector.shape[1]):
                counts[row, district, sector, TENANTS] += by_sector[carrier, sector]
        if operating:
            measures = r.capacity[row, carriers[carrier, c.TYPE], carriers[carrier, c.LEVEL]]
            measures[0] += 1
            measures[1] += carriers[carrier, c.PLACES]
            measures[2] += r.carriers[carrier, c.TENANTS]
            measures[3] += carriers[carrier, c.AREA]


@kernel
def _refuse_collision(r: Any) -> None:
    """Set the status when a startup that came up this quarter has the id of another.

    Newcomers leave a mark each; only those that find their place marked are compared with them.
    """
    startups, earlier, used = r.startups, r.used[EARLIER_STARTUPS], r.used[STARTUPS]
    marked = np.zeros(MARKS, np.bool_)
    for row in range(earlier, used):
        who = startups[row, t.ID]
        if marked[who % MARKS]:
            _compare(r, row, earlier, row)
        marked[who % MARKS] = True
    for row in range(earlier):
        if marked[startups[row, t.ID] % MARKS]:
            _compare(r, row, earlier, used)


@kernel
def _compare(r: Any, row: int, first: int, last: int) -> None:
    """Set the status when one of the startups from ``first`` to before ``last`` has the id of that in ``row``."""
    startups, who = r.startups, r.startups[row, t.ID]
    for other in range(first, last):
        if startups[other, t.ID] == who:
            r.status[0], r.status[1] = COLLISION, who


@kernel
def _close_ranks(r: Any) -> None:
    """Move the startups that remain to the front, so that rows of those gone are used again."""
    startups, kept = r.startups, 0
    for row in range(r.used[STARTUPS]):
        if startups[row, t.CARRIER] == GONE:
            continue
        if kept != row:
            startups[kept, t.ID] = startups[row, t.ID]
            startups[kept, t.DISTRICT] = startups[row, t.DISTRICT]
            startups[kept, t.SECTOR] = startups[row, t.SECTOR]
            startups[kept, t.AGE] = startups[row, t.AGE]
            startups[kept, t.STAY] = startups[row, t.STAY]
            startups[kept, t.FUNDED] = startups[row, t.FUNDED]
            startups[kept, t.WAITING] = startups[row, t.WAITING]
            startups[kept, t.UPWARD] = startups[row, t.UPWARD]
            startups[kept, t.CARRIER] = startups[row, t.CARRIER]
        kept += 1
    r.used[STARTUPS] = r.used[EARLIER_STARTUPS] = kept


@kernel
def count_tenants(r: Any) -> None:
    """Count the tenants of every carrier, once, as a replicate begins."""
    for row in range(r.used[STARTUPS]):
        home = r.startups[row, t.CARRIER]
        if home >= 0:
            sector = r.startups[row, t.SECTOR]
            r.carriers[home, c.TENANTS] += 1
            r.carriers[home, c.FUNDED] += r.startups[row, t.FUNDED]
            r.by_sector[home, sector] += 1
            r.by_field[home, r.field_of[sector]] += 1
