"""What the steps of the compiled engine share: entering moves, money and events; tenants come and go."""

from typing import Any

from simulation.engines import events
from simulation.engines.books import ADMITTED, LEFT
from simulation.engines.compiled.columns import carrier as c
from simulation.engines.compiled.columns import sponsor as s
from simulation.engines.compiled.columns import startup as t
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
def tell(r: Any, kind: int, who: int, first: int, second: int) -> None:
    """Record an event, if anybody wants events."""
    room = r.events.shape[0]
    if room == 0:
        return
    row = r.used[EVENTS]
    if row == room:
        r.status[0], r.status[1] = EVENTS_FULL, who
        return
    r.events[row, 0] = r.now
    r.events[row, 1] = kind
    r.events[row, 2] = who
    r.events[row, 3] = first
    r.events[row, 4] = second
    r.used[EVENTS] = row + 1


@kernel
def pay(r: Any, district: int, lever: int, strength: float, units: int) -> None:
    """Enter the cost of a lever in the books of a district."""
    r.money[r.index, district, lever] += policy.cost(strength, r.lever_cost[lever], units)


@kernel
def strength_for(r: Any, lever: int, carrier: int) -> float:
    """The strength of a lever for a carrier."""
    carriers = r.carriers
    strength = r.lever_strength[lever, r.index, carriers[carrier, c.DISTRICT]]
    if strength == 0.0 or r.aimed_at_all[lever]:
        return float(strength)
    return aimed_strength(
        r.levers,
        lever,
        r.index,
        carriers[carrier, c.DISTRICT],
        carriers[carrier, c.TYPE],
        carriers[carrier, c.LEVEL],
        carriers[carrier, c.MODE],
        carriers[carrier, c.SECTOR],
        carriers[carrier, c.KIND],
    )


@kernel
def founder_strength_for(r: Any, lever: int, sponsor: int) -> float:
    """The strength of a lever for a sponsor."""
    sponsors = r.sponsors
    strength = r.lever_strength[lever, r.index, sponsors[sponsor, s.DISTRICT]]
    if strength == 0.0 or r.aimed_at_all[lever]:
        return float(strength)
    return founder_strength(
        r.levers,
        lever,
        r.index,
        sponsors[sponsor, s.DISTRICT],
        sponsors[sponsor, s.SECTOR],
        sponsors[sponsor, s.KIND],
    )


@kernel
def own_lever(r: Any, sponsor: int) -> float:
    """The strength of the lever that encourages founders of the sponsor's kind."""
    lever = codes.LEVER_OF_KIND[r.sponsors[sponsor, s.KIND]]
    return 0.0 if lever < 0 else founder_strength_for(r, lever, sponsor)


@kernel
def listed(carriers: Any, carrier: int) -> bool:
    """Whether a carrier is on the list."""
    status = carriers[carrier, c.STATUS]
    return carriers[carrier, c.LEVEL] >= codes.DISTRICT and (
        status == codes.OPERATING or status == codes.STOPPED
    )


@kernel
def enter(r: Any, carrier: int, cause: int, sign: int) -> None:
    """Enter a carrier's cell in the flows of a cause: -1 as it leaves its cell, +1 as it comes to the next."""
    carriers = r.carriers
    if not listed(carriers, carrier):
        return
    operating = 1 if carriers[carrier, c.STATUS] == codes.OPERATING else 0
    r.flows[
        r.index,
        carriers[carrier, c.DISTRICT],
        carriers[carrier, c.TYPE],
        carriers[carrier, c.MODE],
        carriers[carrier, c.MODE_IN_FACT],
        carriers[carrier, c.LEVEL] - 1,
        operating,
        cause,
    ] += sign


@kernel
def take(r: Any, startup: int, carrier: int) -> None:
    """A carrier takes a startup in as a tenant."""
    sector = r.startups[startup, t.SECTOR]
    r.startups[startup, t.CARRIER] = carrier
    r.carriers[carrier, c.TENANTS] += 1
    r.carriers[carrier, c.FUNDED] += r.startups[startup, t.FUNDED]
    r.by_sector[carrier, sector] += 1
    r.by_field[carrier, r.field_of[sector]] += 1


@kernel
def admit(r: Any, startup: int, carrier: int) -> None:
    """A carrier takes a startup in, and it is entered in the books."""
    take(r, startup, carrier)
    startups = r.startups
    startups[startup, t.STAY] = 0
    startups[startup, t.WAITING] = 0
    startups[startup, t.UPWARD] = 0
    r.carriers[carrier, c.ADMITTED_THIS_YEAR] += 1
    r.startup_counts[r.index + 1, r.carriers[carrier, c.DISTRICT], startups[startup, t.SECTOR], ADMITTED] += 1
    tell(r, events.ADMITTED, startups[startup, t.ID], r.carriers[carrier, c.ID], 0)


@kernel
def release(r: Any, startup: int, count: int) -> None:
    """A carrier lets a tenant go, entered in the books under ``count``; it seeks a place."""
    sector = r.startups[startup, t.SECTOR]
    carrier = r.startups[startup, t.CARRIER]
    r.startups[startup, t.CARRIER] = SEEKING
    r.carriers[carrier, c.TENANTS] -= 1
    r.carriers[carrier, c.FUNDED] -= r.startups[startup, t.FUNDED]
    r.by_sector[carrier, sector] -= 1
    r.by_field[carrier, r.field_of[sector]] -= 1
    r.startup_counts[r.index + 1, r.carriers[carrier, c.DISTRICT], sector, count] += 1


@kernel
def end(r: Any, startup: int) -> None:
    """A startup leaves the model."""
    r.startups[startup, t.CARRIER] = GONE


@kernel
def displace_all(r: Any, carrier: int) -> int:
    """All tenants of a carrier must look for another place; gives how many."""
    displaced = 0
    for startup in range(r.used[STARTUPS]):
        if r.startups[startup, t.CARRIER] == carrier:
            release(r, startup, LEFT)
            tell(r, events.LEFT, r.startups[startup, t.ID], r.carriers[carrier, c.ID], 1)
            displaced += 1
    return displaced


@kernel
def new_carrier(r: Any, carrier_id: int) -> int:
    """A row for a carrier that opens, with what every carrier has at birth; -1 when there is no room."""
    row = r.used[CARRIERS]
    if row == r.carriers.shape[0]:
        r.status[0], r.status[1] = CARRIERS_FULL, carrier_id
        return -1
    for other in range(row):
        if r.carriers[other, c.ID] == carrier_id:
            r.status[0], r.status[1] = COLLISION, carrier_id
    r.used[CARRIERS] = row + 1
    r.carriers[row, c.ID] = carrier_id
    r.carriers[row, c.STATUS] = codes.OPERATING
    r.carriers[row, c.SPONSOR] = -1
    return row


@kernel
def new_startup(r: Any, startup_id: int, district: int, sector: int) -> int:
    """A row for a startup that comes up and seeks a place; -1 when there is no room."""
    row = r.used[STARTUPS]
    if row == r.startups.shape[0]:
        r.status[0], r.status[1] = STARTUPS_FULL, startup_id
        return -1
    r.used[STARTUPS] = row + 1
    startups = r.startups
    startups[row, t.ID] = startup_id
    startups[row, t.DISTRICT] = district
    startups[row, t.SECTOR] = sector
    startups[row, t.STAY] = 0
    startups[row, t.WAITING] = 0
    startups[row, t.UPWARD] = 0
    r.startups[row, t.CARRIER] = SEEKING
    return row


@kernel
def delist(r: Any, founding: Any, carrier: int, cause: int) -> None:
    """A carrier is taken off the list (摘牌); its sponsor may found another after a while."""
    carriers = r.carriers
    enter(r, carrier, cause, -1)
    carriers[carrier, c.STATUS] = codes.DELISTED
    tell(r, events.DELISTED, carriers[carrier, c.ID], carriers[carrier, c.LEVEL], 0)
    sponsor = r.carriers[carrier, c.SPONSOR]
    if sponsor >= 0 and r.sponsors[sponsor, s.RUNS] == carrier:
        rest(r, sponsor, founding.cool_down)


@kernel
def rest(r: Any, sponsor: int, quarters: float) -> None:
    """A sponsor is idle, and does not commit again for a while."""
    sponsors = r.sponsors
    sponsors[sponsor, s.STATE] = codes.IDLE
    sponsors[sponsor, s.FREE_FROM] = r.now + int(quarters)
    sponsors[sponsor, s.QUARTERS_LEFT] = 0
    sponsors[sponsor, s.PLANNED_TYPE] = 0
    sponsors[sponsor, s.PLANNED_AREA] = 0
    r.sponsors[sponsor, s.RUNS] = -1


@kernel
def fine(r: Any) -> bool:
    """Whether nothing has run out of room and no ids have collided."""
    return r.status[0] == FINE
