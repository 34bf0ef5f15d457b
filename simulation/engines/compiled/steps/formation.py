"""Step 3, formation: each district forms startups that seek a place, by sector."""

from typing import Any

import numpy as np

from simulation import decisions
from simulation.draws import identity, uniform
from simulation.engines import events
from simulation.engines.books import FORMED
from simulation.engines.compiled.changes import new_startup, tell
from simulation.engines.compiled.columns import district as d
from simulation.engines.compiled.columns import startup as t
from simulation.kernels import kernel
from simulation.rules import codes
from simulation.rules import formation as rules
from simulation.rules.chance import whole


@kernel
def formation(r: Any, p: Any) -> None:
    """Form this quarter's seekers; one more or fewer changes none of the others."""
    for district in range(len(r.effort)):
        who = r.districts[district, d.ID]
        for rank in range(_seekers(r, p, district)):
            startup_id = identity(who, r.now, rank)
            draw = uniform(r.key, startup_id, r.now, decisions.SECTOR)
            sector = int(np.searchsorted(r.sector_cumulative[district], draw, side="right"))
            form_startup(r, p, startup_id, district, sector)


@kernel
def _seekers(r: Any, p: Any, district: int) -> int:
    """How many startups begin to look for a carrier in a district this quarter."""
    strength = r.lever_strength[:, r.index, district]
    demanded = rules.demand(
        strength[codes.LEAD_ENTERPRISES],
        strength[codes.UNIVERSITIES],
        strength[codes.UNIVERSITY_BELTS] if r.university[district] else 0.0,
        strength[codes.NEW_RD_INSTITUTIONS],
        strength[codes.SCI_TECH_FINANCE],
        strength[codes.FULL_CHAIN_PARKS] if r.park[district] >= 0 else 0.0,
        strength[codes.EVENTS],
        p,
    )
    years = 0.25 * (r.now - r.seekers_since)
    expected = rules.expected_seekers(r.seeker_share[r.index, district], years, demanded, p)
    return whole(expected, uniform(r.key, r.districts[district, d.ID], r.now, decisions.SEEKERS))


@kernel
def form_startup(r: Any, p: Any, startup_id: int, district: int, sector: int) -> int:
    """A startup comes up, with the age and funding that its draws give it; gives its row, -1 without room."""
    startup = new_startup(r, startup_id, district, sector)
    if startup < 0:
        return startup
    r.startups[startup, t.AGE] = rules.age_at_entry(
        uniform(r.key, startup_id, r.now, decisions.AGE_AT_ENTRY_1),
        uniform(r.key, startup_id, r.now, decisions.AGE_AT_ENTRY_2),
        p,
    )
    funded = uniform(r.key, startup_id, r.now, decisions.FUNDED_AT_ENTRY) < p.funded_at_entry
    r.startups[startup, t.FUNDED] = 1 if funded else 0
    r.startup_counts[r.index + 1, district, sector, FORMED] += 1
    tell(r, events.FORMED, startup_id, district, sector)
    return startup
