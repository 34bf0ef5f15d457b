"""Step 1, policy: boundaries move, this quarter's levers are read, districts set their effort."""

from typing import Any

from simulation import decisions
from simulation.draws import uniform
from simulation.engines import events
from simulation.engines.books import MOVED
from simulation.engines.compiled.changes import enter, listed, pay, tell
from simulation.engines.compiled.columns import carrier as c
from simulation.engines.compiled.columns import district as d
from simulation.engines.compiled.columns import sponsor as s
from simulation.engines.compiled.columns import startup as t
from simulation.engines.compiled.state import CARRIERS, STARTUPS
from simulation.kernels import kernel
from simulation.rules import codes
from simulation.rules import policy as rules


@kernel
def policy(r: Any, p: Any) -> None:
    """Carry out the transfers of this quarter, read the levers, set the effort of each district."""
    for row in range(len(r.transfer_quarter)):
        if r.transfer_quarter[row] == r.now:
            _transfer(r, row)
    for district in range(len(r.effort)):
        recognised = _recognised(r, district)
        strength = r.lever_strength[:, r.index, district]
        r.effort[district] = rules.district_effort(
            r.usual_effort[district],
            strength[codes.ACCOUNTABILITY],
            strength[codes.DISTRICT_NEW_BUILD],
            rules.shortfall(recognised, r.milestones[r.index, district]),
            rules.urgency(r.now % 4),
            p,
        )
        if r.seeker_share[r.index, district] > 0.0:
            for lever in codes.PAID_BY_DISTRICT:
                pay(r, district, lever, strength[lever], 1)
            belts = strength[codes.UNIVERSITY_BELTS] if r.university[district] else 0.0
            pay(r, district, codes.UNIVERSITY_BELTS, belts, 1)


@kernel
def _recognised(r: Any, district: int) -> int:
    """The recognised carriers of a district: what accountability holds against its milestone."""
    carriers, count = r.carriers, 0
    for carrier in range(r.used[CARRIERS]):
        if carriers[carrier, c.DISTRICT] == district and carriers[carrier, c.LEVEL] >= codes.MUNICIPAL:
            count += listed(carriers, carrier)
    return count


@kernel
def _transfer(r: Any, row: int) -> None:
    """Carriers, their sponsors and floor go over to another district (划转): no opening and no closure."""
    old, new, share = r.transfer_from[row], r.transfer_to[row], r.transfer_share[row]
    carriers, sponsors = r.carriers, r.sponsors
    for carrier in range(r.used[CARRIERS]):
        if carriers[carrier, c.DISTRICT] == old:
            if uniform(r.key, carriers[carrier, c.ID], r.now, decisions.TRANSFERRED) < share:
                _move(r, carrier, old, new)
    for sponsor in range(len(sponsors)):
        if sponsors[sponsor, s.DISTRICT] == old and r.sponsors[sponsor, s.RUNS] < 0:
            if uniform(r.key, sponsors[sponsor, s.ID], r.now, decisions.TRANSFERRED) < share:
                sponsors[sponsor, s.DISTRICT] = new
    floor = int(r.districts[old, d.SPACE] * share)
    r.districts[old, d.SPACE] -= floor
    r.districts[new, d.SPACE] += floor


@kernel
def _move(r: Any, carrier: int, old: int, new: int) -> None:
    carriers = r.carriers
    enter(r, carrier, codes.TRANSFER, -1)
    carriers[carrier, c.DISTRICT] = new
    enter(r, carrier, codes.TRANSFER, 1)
    tell(r, events.TRANSFERRED, carriers[carrier, c.ID], old, new)
    sponsor = r.carriers[carrier, c.SPONSOR]
    if sponsor >= 0 and r.sponsors[sponsor, s.RUNS] == carrier:
        r.sponsors[sponsor, s.DISTRICT] = new
    for startup in range(r.used[STARTUPS]):
        if r.startups[startup, t.CARRIER] == carrier:
            sector = r.startups[startup, t.SECTOR]
            r.startups[startup, t.DISTRICT] = new
            r.startup_counts[r.index + 1, old, sector, MOVED] -= 1
            r.startup_counts[r.index + 1, new, sector, MOVED] += 1
