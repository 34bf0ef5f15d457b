"""Step 4, admission: startups that seek a place look at a few carriers and take the best with a free place."""

from typing import Any

import numpy as np

from simulation import decisions
from simulation.draws import uniform
from simulation.engines import events
from simulation.engines.compiled.changes import admit, end, tell
from simulation.engines.compiled.rings import ALL, carrier_at, make_rings, ring_of
from simulation.engines.compiled.state import SEEKING, STARTUPS
from simulation.kernels import kernel
from simulation.rules import admission as rules
from simulation.rules import codes


@kernel
def admission(state: Any, key: int, index: int, quarter: int, city: Any, levers: Any, p: Any) -> None:
    """Let every seeker look, in an order that draws decide."""
    rings = make_rings(state, city.field)
    used = state.used[STARTUPS]
    seekers = np.empty(used, np.int64)
    draws = np.empty(used)
    found = 0
    for startup in range(used):
        if state.links.carrier[startup] == SEEKING:
            seekers[found] = startup
            draws[found] = uniform(key, state.startups.id[startup], quarter, decisions.ORDER)
            found += 1
    for row in np.argsort(draws[:found], kind="mergesort"):
        startup = seekers[row]
        best = _best_place(state, rings, key, index, quarter, city, levers, startup, p)
        if best >= 0:
            admit(state, city.field, index, quarter, startup, best)
        else:
            _wait(state, quarter, startup, p)


@kernel
def _best_place(
    state: Any, rings: Any, key: int, index: int, quarter: int, city: Any, levers: Any, startup: int, p: Any
) -> int:
    """The row of the most attractive of the carriers looked at that have a place; -1 for none."""
    who, home = state.startups.id[startup], state.startups.district[startup]
    field = city.field[state.startups.sector[startup]]
    guided = rules.guided_chance(levers.strength[codes.MATCHMAKING, index, home], p)
    best, best_attraction = -1, 0.0
    for look in range(int(p.looks)):
        where = uniform(key, who, quarter, decisions.LOOK_WHERE + look)
        point = uniform(key, who, quarter, decisions.LOOK_PLACE + look)
        at_home = where < p.home_share
        within = where / p.home_share if at_home else (where - p.home_share) / (1.0 - p.home_share)
        place = home if at_home else -1
        found = -1
        if look > 0 and within < guided:
            found = carrier_at(rings, ring_of(rings, place, field), point)
        if found < 0:
            found = carrier_at(rings, ring_of(rings, place, ALL), point)
        if found < 0 or found == best or not _takes(state, city.field, found, startup, p):
            continue
        attraction = _attraction(state, key, quarter, city, startup, found, p)
        if best < 0 or attraction > best_attraction:
            best, best_attraction = found, attraction
    return best


@kernel
def _takes(state: Any, field_of: Any, carrier: int, startup: int, p: Any) -> bool:
    """Whether a carrier has a free place for a startup, and takes its field."""
    carriers, links = state.carriers, state.links
    if links.tenants[carrier] >= carriers.places[carrier]:
        return False
    if state.startups.upward[startup] and carriers.type[carrier] == codes.MAKERSPACE:
        return False
    sector = carriers.sector[carrier]
    if sector < 0:
        return True
    field = field_of[sector]
    return rules.takes(
        field_of[state.startups.sector[startup]] == field,
        True,
        carriers.converting_since[carrier] > 0,
        links.tenants[carrier],
        links.by_field[carrier, field],
        p,
    )


@kernel
def _attraction(state: Any, key: int, quarter: int, city: Any, startup: int, carrier: int, p: Any) -> float:
    """How much a place in a carrier appeals to a startup, personal taste included."""
    carriers, startups = state.carriers, state.startups
    return rules.attraction(
        fit(state, city.field, startup, carrier, p),
        carriers.capability[carrier],
        1.0 - state.links.tenants[carrier] / carriers.places[carrier],
        rules.rent(carriers.kind[carrier], city.rent[carriers.district[carrier]], p),
        carriers.type[carrier],
        startups.age[startup],
        uniform(key, startups.id[startup] ^ carriers.id[carrier], quarter, decisions.TASTE),
        p,
    )


@kernel
def fit(state: Any, field_of: Any, startup: int, carrier: int, p: Any) -> float:
    """How well a carrier's focus fits a startup."""
    focus, sector = state.carriers.sector[carrier], state.startups.sector[startup]
    if focus < 0:
        return rules.match(False, False, False, p)
    return rules.match(True, focus == sector, field_of[focus] == field_of[sector], p)


@kernel
def _wait(state: Any, quarter: int, startup: int, p: Any) -> None:
    startups = state.startups
    startups.age[startup] += 1
    startups.waiting[startup] += 1
    if rules.gives_up(startups.waiting[startup], p):
        tell(state, quarter, events.GAVE_UP_LOOKING, startups.id[startup], startups.waiting[startup], 0)
        end(state, startup)
