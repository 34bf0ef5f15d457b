"""Step 11, record: count every stock of the quarter, and at the year's end turn the page."""

from typing import Any

from simulation.engines.books import TENANTS
from simulation.engines.compiled.changes import listed
from simulation.engines.compiled.state import CARRIERS, GONE, STARTUPS
from simulation.kernels import kernel
from simulation.rules import codes


@kernel
def record(state: Any, index: int, quarter: int) -> None:
    """Count; make this year's counts last year's when the year ends; drop startups that are gone."""
    count(state, index + 1)
    carriers = state.carriers
    if quarter % 4 == 3:
        for carrier in range(state.used[CARRIERS]):
            carriers.graduates_last_year[carrier] = carriers.graduates_this_year[carrier]
            carriers.graduates_this_year[carrier] = 0
            carriers.admitted_last_year[carrier] = carriers.admitted_this_year[carrier]
            carriers.admitted_this_year[carrier] = 0
    _close_ranks(state)


@kernel
def count(state: Any, row: int) -> None:
    """Count the stocks of carriers, tenants and capacity into a row of the books."""
    carriers, links, log = state.carriers, state.links, state.log
    for carrier in range(state.used[CARRIERS]):
        district, operating = carriers.district[carrier], carriers.status[carrier] == codes.OPERATING
        if listed(carriers, carrier):
            log.stocks[
                row,
                district,
                carriers.type[carrier],
                carriers.mode[carrier],
                carriers.mode_in_fact[carrier],
                carriers.level[carrier] - 1,
                1 if operating else 0,
            ] += 1
        for sector in range(links.by_sector.shape[1]):
            log.startups[row, district, sector, TENANTS] += links.by_sector[carrier, sector]
        if operating:
            measures = log.capacity[row, carriers.type[carrier], carriers.level[carrier]]
            measures[0] += 1
            measures[1] += carriers.places[carrier]
            measures[2] += links.tenants[carrier]
            measures[3] += carriers.area[carrier]


@kernel
def _close_ranks(state: Any) -> None:
    """Move the startups that remain to the front, so that rows of those gone are used again."""
    startups, kept = state.startups, 0
    for row in range(state.used[STARTUPS]):
        if state.links.carrier[row] == GONE:
            continue
        if kept != row:
            startups.id[kept] = startups.id[row]
            startups.district[kept] = startups.district[row]
            startups.sector[kept] = startups.sector[row]
            startups.age[kept] = startups.age[row]
            startups.stay[kept] = startups.stay[row]
            startups.funded[kept] = startups.funded[row]
            startups.waiting[kept] = startups.waiting[row]
            startups.upward[kept] = startups.upward[row]
            state.links.carrier[kept] = state.links.carrier[row]
        kept += 1
    state.used[STARTUPS] = kept
