"""What the steps of the compiled engine share: entering moves, money and events; tenants come and go."""

from typing import Any

from simulation.engines import events
from simulation.engines.books import ADMITTED, LEFT
from simulation.engines.compiled.state import (
    CARRIERS,
    CARRIERS_FULL,
    COLLISION,
    EVENTS,
    EVENTS_FULL,
    FINE,
    GONE,
    SEEKING,
    STARTUPS,
    STARTUPS_FULL,
)
from simulation.engines.setting import aimed_strength, founder_strength
from simulation.kernels import kernel
from simulation.rules import codes, policy


@kernel
def tell(state: Any, quarter: int, kind: int, who: int, first: int, second: int) -> None:
    """Record an event, if anybody wants events."""
    room = state.log.events.shape[0]
    if room == 0:
        return
    row = state.used[EVENTS]
    if row == room:
        state.status[0], state.status[1] = EVENTS_FULL, who
        return
    state.log.events[row, 0] = quarter
    state.log.events[row, 1] = kind
    state.log.events[row, 2] = who
    state.log.events[row, 3] = first
    state.log.events[row, 4] = second
    state.used[EVENTS] = row + 1


@kernel
def pay(state: Any, levers: Any, index: int, district: int, lever: int, strength: float, units: int) -> None:
    """Enter the cost of a lever in the books of a district."""
    state.log.money[index, district, lever] += policy.cost(strength, levers.unit_cost[lever], units)


@kernel
def strength_for(state: Any, levers: Any, lever: int, index: int, carrier: int) -> float:
    """The strength of a lever for a carrier."""
    carriers = state.carriers
    return aimed_strength(
        levers,
        lever,
        index,
        carriers.district[carrier],
        carriers.type[carrier],
        carriers.level[carrier],
        carriers.mode[carrier],
        carriers.sector[carrier],
        carriers.kind[carrier],
    )


@kernel
def founder_strength_for(state: Any, levers: Any, lever: int, index: int, sponsor: int) -> float:
    """The strength of a lever for a sponsor."""
    sponsors = state.sponsors
    return founder_strength(
        levers, lever, index, sponsors.district[sponsor], sponsors.sector[sponsor], sponsors.kind[sponsor]
    )


@kernel
def own_lever(state: Any, levers: Any, index: int, sponsor: int) -> float:
    """The strength of the lever that encourages founders of the sponsor's kind."""
    lever = codes.LEVER_OF_KIND[state.sponsors.kind[sponsor]]
    return 0.0 if lever < 0 else founder_strength_for(state, levers, lever, index, sponsor)


@kernel
def listed(carriers: Any, carrier: int) -> bool:
    """Whether a carrier is on the list."""
    status = carriers.status[carrier]
    return carriers.level[carrier] >= codes.DISTRICT and (
        status == codes.OPERATING or status == codes.STOPPED
    )


@kernel
def enter(state: Any, index: int, carrier: int, cause: int, sign: int) -> None:
    """Enter a carrier's cell in the flows of a cause: -1 as it leaves its cell, +1 as it comes to the next."""
    carriers = state.carriers
    if not listed(carriers, carrier):
        return
    operating = 1 if carriers.status[carrier] == codes.OPERATING else 0
    state.log.flows[
        index,
        carriers.district[carrier],
        carriers.type[carrier],
        carriers.mode[carrier],
        carriers.mode_in_fact[carrier],
        carriers.level[carrier] - 1,
        operating,
        cause,
    ] += sign


@kernel
def take(state: Any, field: Any, startup: int, carrier: int) -> None:
    """A carrier takes a startup in as a tenant."""
    links, sector = state.links, state.startups.sector[startup]
    links.carrier[startup] = carrier
    links.tenants[carrier] += 1
    links.funded[carrier] += state.startups.funded[startup]
    links.by_sector[carrier, sector] += 1
    links.by_field[carrier, field[sector]] += 1


@kernel
def admit(state: Any, field: Any, index: int, quarter: int, startup: int, carrier: int) -> None:
    """A carrier takes a startup in, and it is entered in the books."""
    take(state, field, startup, carrier)
    startups = state.startups
    startups.stay[startup] = 0
    startups.waiting[startup] = 0
    startups.upward[startup] = 0
    state.carriers.admitted_this_year[carrier] += 1
    state.log.startups[index + 1, state.carriers.district[carrier], startups.sector[startup], ADMITTED] += 1
    tell(state, quarter, events.ADMITTED, startups.id[startup], state.carriers.id[carrier], 0)


@kernel
def release(state: Any, field: Any, index: int, startup: int, count: int) -> None:
    """A carrier lets a tenant go, entered in the books under ``count``; it seeks a place."""
    links, sector = state.links, state.startups.sector[startup]
    carrier = links.carrier[startup]
    links.carrier[startup] = SEEKING
    links.tenants[carrier] -= 1
    links.funded[carrier] -= state.startups.funded[startup]
    links.by_sector[carrier, sector] -= 1
    links.by_field[carrier, field[sector]] -= 1
    state.log.startups[index + 1, state.carriers.district[carrier], sector, count] += 1


@kernel
def end(state: Any, startup: int) -> None:
    """A startup leaves the model."""
    state.links.carrier[startup] = GONE


@kernel
def displace_all(state: Any, field: Any, index: int, quarter: int, carrier: int) -> int:
    """All tenants of a carrier must look for another place; gives how many."""
    displaced = 0
    for startup in range(state.used[STARTUPS]):
        if state.links.carrier[startup] == carrier:
            release(state, field, index, startup, LEFT)
            tell(state, quarter, events.LEFT, state.startups.id[startup], state.carriers.id[carrier], 1)
            displaced += 1
    return displaced


@kernel
def new_carrier(state: Any, carrier_id: int) -> int:
    """A row for a carrier that opens, with what every carrier has at birth; -1 when there is no room."""
    row = state.used[CARRIERS]
    if row == state.carriers.id.shape[0]:
        state.status[0], state.status[1] = CARRIERS_FULL, carrier_id
        return -1
    for other in range(row):
        if state.carriers.id[other] == carrier_id:
            state.status[0], state.status[1] = COLLISION, carrier_id
    state.used[CARRIERS] = row + 1
    state.carriers.id[row] = carrier_id
    state.carriers.status[row] = codes.OPERATING
    state.links.sponsor[row] = -1
    return row


@kernel
def new_startup(state: Any, startup_id: int, district: int, sector: int) -> int:
    """A row for a startup that comes up and seeks a place; -1 when there is no room."""
    row = state.used[STARTUPS]
    if row == state.startups.id.shape[0]:
        state.status[0], state.status[1] = STARTUPS_FULL, startup_id
        return -1
    state.used[STARTUPS] = row + 1
    startups = state.startups
    startups.id[row] = startup_id
    startups.district[row] = district
    startups.sector[row] = sector
    startups.stay[row] = 0
    startups.waiting[row] = 0
    startups.upward[row] = 0
    state.links.carrier[row] = SEEKING
    return row


@kernel
def delist(state: Any, founding: Any, index: int, quarter: int, carrier: int, cause: int) -> None:
    """A carrier is taken off the list (摘牌); its sponsor may found another after a while."""
    carriers = state.carriers
    enter(state, index, carrier, cause, -1)
    carriers.status[carrier] = codes.DELISTED
    tell(state, quarter, events.DELISTED, carriers.id[carrier], carriers.level[carrier], 0)
    sponsor = state.links.sponsor[carrier]
    if sponsor >= 0 and state.links.runs[sponsor] == carrier:
        rest(state, sponsor, quarter, founding.cool_down)


@kernel
def rest(state: Any, sponsor: int, quarter: int, quarters: float) -> None:
    """A sponsor is idle, and does not commit again for a while."""
    sponsors = state.sponsors
    sponsors.state[sponsor] = codes.IDLE
    sponsors.free_from[sponsor] = quarter + int(quarters)
    sponsors.quarters_left[sponsor] = 0
    sponsors.planned_type[sponsor] = 0
    sponsors.planned_area[sponsor] = 0
    state.links.runs[sponsor] = -1


@kernel
def fine(state: Any) -> bool:
    """Whether nothing has run out of room and no ids have collided."""
    return state.status[0] == FINE
