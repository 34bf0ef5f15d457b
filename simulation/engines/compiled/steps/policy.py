"""Step 1, policy: boundaries move, this quarter's levers are read, districts set their effort."""

from typing import Any

from simulation import decisions
from simulation.draws import uniform
from simulation.engines import events
from simulation.engines.books import MOVED
from simulation.engines.compiled.changes import enter, listed, pay, tell
from simulation.engines.compiled.state import CARRIERS, STARTUPS
from simulation.kernels import kernel
from simulation.rules import codes
from simulation.rules import policy as rules

# Levers that cost so much a district and quarter, whatever happens under them.
BY_DISTRICT = (
    codes.ACCOUNTABILITY,
    codes.COORDINATION,
    codes.STOCKTAKE,
    codes.CLEAN_UP,
    codes.MATCHMAKING,
    codes.EVENTS,
    codes.ROLE_MODELS,
)


@kernel
def policy(
    state: Any, key: int, index: int, quarter: int, city: Any, levers: Any, milestones: Any, p: Any
) -> None:
    """Carry out the transfers of this quarter, read the levers, set the effort of each district."""
    for row in range(len(city.transfer_quarter)):
        if city.transfer_quarter[row] == quarter:
            _transfer(state, key, index, quarter, city, row)
    for district in range(len(state.effort)):
        recognised = _recognised(state, district)
        strength = levers.strength[:, index, district]
        state.effort[district] = rules.district_effort(
            city.usual_effort[district],
            strength[codes.ACCOUNTABILITY],
            strength[codes.DISTRICT_NEW_BUILD],
            rules.shortfall(recognised, milestones[index, district]),
            rules.urgency(quarter % 4),
            p,
        )
        if city.seeker_share[index, district] > 0.0:
            for lever in BY_DISTRICT:
                pay(state, levers, index, district, lever, strength[lever], 1)
            belts = strength[codes.UNIVERSITY_BELTS] if city.university[district] else 0.0
            pay(state, levers, index, district, codes.UNIVERSITY_BELTS, belts, 1)


@kernel
def _recognised(state: Any, district: int) -> int:
    """The recognised carriers of a district: what accountability holds against its milestone."""
    carriers, count = state.carriers, 0
    for carrier in range(state.used[CARRIERS]):
        if carriers.district[carrier] == district and carriers.level[carrier] >= codes.MUNICIPAL:
            count += listed(carriers, carrier)
    return count


@kernel
def _transfer(state: Any, key: int, index: int, quarter: int, city: Any, row: int) -> None:
    """Carriers, their sponsors and floor go over to another district (划转): no opening and no closure."""
    old, new, share = city.transfer_from[row], city.transfer_to[row], city.transfer_share[row]
    carriers, sponsors = state.carriers, state.sponsors
    for carrier in range(state.used[CARRIERS]):
        if carriers.district[carrier] == old:
            if uniform(key, carriers.id[carrier], quarter, decisions.TRANSFERRED) < share:
                _move(state, index, quarter, carrier, old, new)
    for sponsor in range(len(sponsors.id)):
        if sponsors.district[sponsor] == old and state.links.runs[sponsor] < 0:
            if uniform(key, sponsors.id[sponsor], quarter, decisions.TRANSFERRED) < share:
                sponsors.district[sponsor] = new
    floor = int(state.districts.space[old] * share)
    state.districts.space[old] -= floor
    state.districts.space[new] += floor


@kernel
def _move(state: Any, index: int, quarter: int, carrier: int, old: int, new: int) -> None:
    carriers, links = state.carriers, state.links
    enter(state, index, carrier, codes.TRANSFER, -1)
    carriers.district[carrier] = new
    enter(state, index, carrier, codes.TRANSFER, 1)
    tell(state, quarter, events.TRANSFERRED, carriers.id[carrier], old, new)
    sponsor = links.sponsor[carrier]
    if sponsor >= 0 and links.runs[sponsor] == carrier:
        state.sponsors.district[sponsor] = new
    for startup in range(state.used[STARTUPS]):
        if links.carrier[startup] == carrier:
            sector = state.startups.sector[startup]
            state.startups.district[startup] = new
            state.log.startups[index + 1, old, sector, MOVED] -= 1
            state.log.startups[index + 1, new, sector, MOVED] += 1
