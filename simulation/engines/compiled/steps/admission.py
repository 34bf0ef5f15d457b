"""Step 4, admission: startups that seek a place look at a few carriers and take the best with a free place."""

from typing import Any, NamedTuple

import numpy as np

from simulation import decisions
from simulation.draws import uniform
from simulation.engines import events
from simulation.engines.compiled.changes import admit, end, tell
from simulation.engines.compiled.columns import carrier as c
from simulation.engines.compiled.columns import startup as t
from simulation.engines.compiled.rings import ALL, Rings, carrier_at, in_order, make_rings, ring_of
from simulation.engines.compiled.state import SEEKING, STARTUPS
from simulation.kernels import inner_kernel, kernel
from simulation.rules import admission as rules
from simulation.rules import codes
from simulation.world import F64, I8, I32, I64


class Market(NamedTuple):
    """What every seeker looks at: read once, because each look into ``r`` counts references."""

    key: int
    now: int
    startups: I64
    carriers: I64
    measures: F64
    by_field: I32
    field_of: I8
    rent: F64  # (districts)
    guided: F64  # (districts) chance that a look after the first is guided
    rings: Rings


@kernel
def admission(r: Any, p: Any) -> None:
    """Let every seeker look, in an order that draws decide."""
    market = _market(r, p)
    for startup in _in_order(r):
        best = _best_place(market, startup, p)
        if best >= 0:
            admit(r, startup, best)
        else:
            _wait(r, startup, p)


@kernel
def _market(r: Any, p: Any) -> Market:
    """The carriers of the quarter, on rings."""
    guided = np.empty(len(r.effort))
    for district in range(len(guided)):
        guided[district] = rules.guided_chance(r.lever_strength[codes.MATCHMAKING, r.index, district], p)
    return Market(
        r.key,
        r.now,
        r.startups,
        r.carriers,
        r.measures,
        r.by_field,
        r.field_of,
        r.rent,
        guided,
        make_rings(r),
    )


@kernel
def _in_order(r: Any) -> Any:
    """The rows of those who seek a place, in the order in which they choose."""
    startups, used, key, now = r.startups, r.used[STARTUPS], r.key, r.now
    seekers = np.empty(used, np.int64)
    draws = np.empty(used)
    found = 0
    for startup in range(used):
        if startups[startup, t.CARRIER] == SEEKING:
            seekers[found] = startup
            draws[found] = uniform(key, startups[startup, t.ID], now, decisions.ORDER)
            found += 1
    return seekers[:found][in_order(draws[:found])]


@inner_kernel
def _best_place(m: Any, startup: int, p: Any) -> int:
    """The row of the most attractive of the carriers looked at that have a place; -1 for none."""
    key, now, startups, carriers, field_of = m.key, m.now, m.startups, m.carriers, m.field_of
    measures, by_field, rings = m.measures, m.by_field, m.rings
    who, home, age = startups[startup, t.ID], startups[startup, t.DISTRICT], startups[startup, t.AGE]
    sector, upward = startups[startup, t.SECTOR], startups[startup, t.UPWARD] > 0
    field, guided = field_of[sector], m.guided[home]
    best, best_attraction = -1, 0.0
    for look in range(int(p.looks)):
        where = uniform(key, who, now, decisions.LOOK_WHERE + look)
        point = uniform(key, who, now, decisions.LOOK_PLACE + look)
        at_home = where < p.home_share
        within = where / p.home_share if at_home else (where - p.home_share) / (1.0 - p.home_share)
        place = home if at_home else -1
        found = -1
        if look > 0 and within < guided:
            found = carrier_at(rings, ring_of(rings, place, field), point)
            if found >= 0 and not _takes(carriers, by_field, field_of, found, field, upward, p):
                found = -1
        if found < 0:
            found = carrier_at(rings, ring_of(rings, place, ALL), point)
            if found < 0 or not _takes(carriers, by_field, field_of, found, field, upward, p):
                continue
        if found == best:
            continue
        attraction = rules.attraction(
            fit(field_of, carriers[found, c.SECTOR], sector, p),
            measures[found, c.CAPABILITY],
            1.0 - carriers[found, c.TENANTS] / carriers[found, c.PLACES],
            rules.rent(carriers[found, c.KIND], m.rent[carriers[found, c.DISTRICT]], p),
            carriers[found, c.TYPE],
            age,
            uniform(key, who ^ carriers[found, c.ID], now, decisions.TASTE),
            p,
        )
        if best < 0 or attraction > best_attraction:
            best, best_attraction = found, attraction
    return best


@inner_kernel
def _takes(
    carriers: Any, by_field: Any, field_of: Any, carrier: int, field: int, upward: bool, p: Any
) -> bool:
    """Whether a carrier has a free place for a startup of a field, and takes the field."""
    tenants = carriers[carrier, c.TENANTS]
    if tenants >= carriers[carrier, c.PLACES] or (upward and carriers[carrier, c.TYPE] == codes.MAKERSPACE):
        return False
    sector = carriers[carrier, c.SECTOR]
    if sector < 0:
        return True
    own = field_of[sector]
    converting = carriers[carrier, c.CONVERTING_SINCE] > 0
    return rules.takes(field == own, True, converting, tenants, by_field[carrier, own], p)


@inner_kernel
def fit(field_of: Any, focus: int, sector: int, p: Any) -> float:
    """How well a carrier's focus (a sector, or none) fits a startup's sector."""
    if focus < 0:
        return rules.match(False, False, False, p)
    return rules.match(True, focus == sector, field_of[focus] == field_of[sector], p)


@kernel
def _wait(r: Any, startup: int, p: Any) -> None:
    startups = r.startups
    startups[startup, t.AGE] += 1
    startups[startup, t.WAITING] += 1
    if rules.gives_up(startups[startup, t.WAITING], p):
        tell(r, events.GAVE_UP_LOOKING, startups[startup, t.ID], startups[startup, t.WAITING], 0)
        end(r, startup)
