"""Step 3, formation: each district forms startups that seek a place, by sector."""

from typing import Any

import numpy as np

from simulation import decisions
from simulation.draws import identity, uniform
from simulation.engines import events
from simulation.engines.books import FORMED
from simulation.engines.compiled.changes import new_startup, tell
from simulation.kernels import kernel
from simulation.rules import codes
from simulation.rules import formation as rules
from simulation.rules.chance import whole


@kernel
def formation(state: Any, key: int, index: int, quarter: int, city: Any, levers: Any, p: Any) -> None:
    """Form this quarter's seekers; one more or fewer changes none of the others."""
    for district in range(len(state.effort)):
        who = state.districts.id[district]
        for rank in range(_seekers(state, key, index, quarter, city, levers, p, district)):
            startup_id = identity(who, quarter, rank)
            draw = uniform(key, startup_id, quarter, decisions.SECTOR)
            sector = int(np.searchsorted(city.sector_cumulative[district], draw, side="right"))
            form_startup(state, key, index, quarter, p, startup_id, district, sector)


@kernel
def _seekers(
    state: Any, key: int, index: int, quarter: int, city: Any, levers: Any, p: Any, district: int
) -> int:
    """How many startups begin to look for a carrier in a district this quarter."""
    strength = levers.strength[:, index, district]
    demanded = rules.demand(
        strength[codes.LEAD_ENTERPRISES],
        strength[codes.UNIVERSITIES],
        strength[codes.UNIVERSITY_BELTS] if city.university[district] else 0.0,
        strength[codes.NEW_RD_INSTITUTIONS],
        strength[codes.SCI_TECH_FINANCE],
        strength[codes.FULL_CHAIN_PARKS] if city.park[district] >= 0 else 0.0,
        strength[codes.EVENTS],
        p,
    )
    expected = rules.expected_seekers(city.seeker_share[index, district], 0.25 * index, demanded, p)
    return whole(expected, uniform(key, state.districts.id[district], quarter, decisions.SEEKERS))


@kernel
def form_startup(
    state: Any, key: int, index: int, quarter: int, p: Any, startup_id: int, district: int, sector: int
) -> int:
    """A startup comes up, with the age and funding that its draws give it; gives its row, -1 without room."""
    startup = new_startup(state, startup_id, district, sector)
    if startup < 0:
        return startup
    state.startups.age[startup] = rules.age_at_entry(
        uniform(key, startup_id, quarter, decisions.AGE_AT_ENTRY_1),
        uniform(key, startup_id, quarter, decisions.AGE_AT_ENTRY_2),
        p,
    )
    funded = uniform(key, startup_id, quarter, decisions.FUNDED_AT_ENTRY) < p.funded_at_entry
    state.startups.funded[startup] = 1 if funded else 0
    state.log.startups[index + 1, district, sector, FORMED] += 1
    tell(state, quarter, events.FORMED, startup_id, district, sector)
    return startup
