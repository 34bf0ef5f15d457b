"""Step 4, admission: startups that seek a place look at a few carriers and take the best with a free place."""

from typing import Any

import numpy as np

from simulation import decisions
from simulation.draws import uniform
from simulation.engines import events
from simulation.engines.compiled.changes import admit, end, tell
from simulation.engines.compiled.columns import carrier as c
from simulation.engines.compiled.columns import startup as t
from simulation.engines.compiled.rings import ALL, carrier_at, make_rings, ring_of
from simulation.engines.compiled.state import SEEKING, STARTUPS
from simulation.kernels import kernel
from simulation.rules import admission as rules
from simulation.rules import codes


@kernel
def admission(r: Any, p: Any) -> None:
    """Let every seeker look, in an order that draws decide."""
    rings = make_rings(r)
    used = r.used[STARTUPS]
    seekers = np.empty(used, np.int64)
    draws = np.empty(used)
    found = 0
    for startup in range(used):
        if r.startups[startup, t.CARRIER] == SEEKING:
            seekers[found] = startup
            draws[found] = uniform(r.key, r.startups[startup, t.ID], r.now, decisions.ORDER)
            found += 1
    for row in np.argsort(draws[:found], kind="mergesort"):
        startup = seekers[row]
        best = _best_place(r, rings, startup, p)
        if best >= 0:
            admit(r, startup, best)
        else:
            _wait(r, startup, p)


@kernel
def _best_place(r: Any, rings: Any, startup: int, p: Any) -> int:
    """The row of the most attractive of the carriers looked at that have a place; -1 for none."""
    who, home = r.startups[startup, t.ID], r.startups[startup, t.DISTRICT]
    field = r.field_of[r.startups[startup, t.SECTOR]]
    guided = rules.guided_chance(r.lever_strength[codes.MATCHMAKING, r.index, home], p)
    best, best_attraction = -1, 0.0
    for look in range(int(p.looks)):
        where = uniform(r.key, who, r.now, decisions.LOOK_WHERE + look)
        point = uniform(r.key, who, r.now, decisions.LOOK_PLACE + look)
        at_home = where < p.home_share
        within = where / p.home_share if at_home else (where - p.home_share) / (1.0 - p.home_share)
        place = home if at_home else -1
        found = -1
        if look > 0 and within < guided:
            found = _open_to(r, startup, carrier_at(rings, ring_of(rings, place, field), point), p)
        if found < 0:
            found = _open_to(r, startup, carrier_at(rings, ring_of(rings, place, ALL), point), p)
        if found < 0 or found == best:
            continue
        attraction = _attraction(r, startup, found, p)
        if best < 0 or attraction > best_attraction:
            best, best_attraction = found, attraction
    return best


@kernel
def _open_to(r: Any, startup: int, carrier: int, p: Any) -> int:
    """The carrier that a look met, if it takes the startup; -1 if not."""
    return carrier if carrier >= 0 and _takes(r, carrier, startup, p) else -1


@kernel
def _takes(r: Any, carrier: int, startup: int, p: Any) -> bool:
    """Whether a carrier has a free place for a startup, and takes its field."""
    carriers = r.carriers
    if r.carriers[carrier, c.TENANTS] >= carriers[carrier, c.PLACES]:
        return False
    if r.startups[startup, t.UPWARD] and carriers[carrier, c.TYPE] == codes.MAKERSPACE:
        return False
    sector = carriers[carrier, c.SECTOR]
    if sector < 0:
        return True
    field = r.field_of[sector]
    return rules.takes(
        r.field_of[r.startups[startup, t.SECTOR]] == field,
        True,
        carriers[carrier, c.CONVERTING_SINCE] > 0,
        r.carriers[carrier, c.TENANTS],
        r.by_field[carrier, field],
        p,
    )


@kernel
def _attraction(r: Any, startup: int, carrier: int, p: Any) -> float:
    """How much a place in a carrier appeals to a startup, personal taste included."""
    carriers, startups = r.carriers, r.startups
    return rules.attraction(
        fit(r.field_of, carriers[carrier, c.SECTOR], startups[startup, t.SECTOR], p),
        r.measures[carrier, c.CAPABILITY],
        1.0 - r.carriers[carrier, c.TENANTS] / carriers[carrier, c.PLACES],
        rules.rent(carriers[carrier, c.KIND], r.rent[carriers[carrier, c.DISTRICT]], p),
        carriers[carrier, c.TYPE],
        startups[startup, t.AGE],
        uniform(r.key, startups[startup, t.ID] ^ carriers[carrier, c.ID], r.now, decisions.TASTE),
        p,
    )


@kernel
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
