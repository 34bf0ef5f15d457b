"""Step 7, conversion: comprehensive carriers become specialised in fact, give up, or split."""

from typing import Any

import numpy as np

from simulation import decisions
from simulation.draws import identity, uniform
from simulation.engines import events
from simulation.engines.books import LEFT
from simulation.engines.compiled.changes import (
    admit,
    delist,
    displace_all,
    enter,
    new_carrier,
    pay,
    release,
    strength_for,
    tell,
)
from simulation.engines.compiled.state import CARRIERS, STARTUPS
from simulation.kernels import kernel
from simulation.rules import codes
from simulation.rules import conversion as rules


@kernel
def conversion(
    state: Any, key: int, index: int, quarter: int, city: Any, levers: Any, p: Any, founding: Any
) -> None:
    """Let every operating carrier start, go on with or give up its conversion; see what it is in fact."""
    carriers = state.carriers
    for carrier in range(state.used[CARRIERS]):  # children of this quarter's splits are not among these
        if carriers.status[carrier] != codes.OPERATING:
            continue
        if carriers.converting_since[carrier]:
            _go_on(state, key, index, quarter, city, levers, carrier, p)
        elif carriers.sector[carrier] < 0:
            if _splits(state, key, index, quarter, levers, carrier, p):
                _split(state, index, quarter, city, levers, founding, carrier, p)
            elif _starts(state, key, index, quarter, city, levers, carrier, p):
                field = _largest_field(state, carrier)
                carriers.sector[carrier] = _leading_sector(state, city.field, carrier, field)
                carriers.converting_since[carrier] = quarter
                tell(state, quarter, events.CONVERTING, carriers.id[carrier], carriers.sector[carrier], 0)
        _see_what_it_is(state, index, quarter, city, carrier, p)


@kernel
def _large(state: Any, carrier: int, p: Any) -> bool:
    return state.links.tenants[carrier] >= p.large


@kernel
def _largest_field(state: Any, carrier: int) -> int:
    """The field of most tenants; of equals the first of the list."""
    return int(np.argmax(state.links.by_field[carrier]))


@kernel
def _leading_sector(state: Any, field_of: Any, carrier: int, field: int) -> int:
    """The sector of most tenants within a field; of equals the first of the list."""
    leading, most = -1, -1
    for sector in range(len(field_of)):
        if field_of[sector] == field and state.links.by_sector[carrier, sector] > most:
            leading, most = sector, state.links.by_sector[carrier, sector]
    return leading


@kernel
def _starts(
    state: Any, key: int, index: int, quarter: int, city: Any, levers: Any, carrier: int, p: Any
) -> bool:
    """Whether a carrier qualifies and starts to become specialised this quarter."""
    carriers, tenants = state.carriers, state.links.tenants[carrier]
    if tenants == 0:
        return False
    share = state.links.by_field[carrier, _largest_field(state, carrier)] / tenants
    capability, district = carriers.capability[carrier], carriers.district[carrier]
    if not rules.qualifies(tenants, share, capability, carriers.reserve[carrier], p):
        return False
    lever = codes.CONVERT_LARGE if _large(state, carrier, p) else codes.REPOSITION_SMALL
    chance = rules.starting_chance(
        share,
        capability,
        strength_for(state, levers, lever, index, carrier),
        strength_for(state, levers, codes.ROLE_MODELS, index, carrier),
        levers.strength[codes.UNIVERSITY_BELTS, index, district] if city.university[district] else 0.0,
        p,
    )
    return uniform(key, carriers.id[carrier], quarter, decisions.START_CONVERTING) < chance


@kernel
def _specialised_now(state: Any, city: Any, carrier: int, p: Any) -> bool:
    """Whether a carrier is specialised in fact, given its tenants and platform."""
    carriers = state.carriers
    sector = carriers.sector[carrier]
    if sector < 0:
        return False
    return rules.specialised_in_fact(
        carriers.mode_in_fact[carrier] == codes.SPECIALISED,
        state.links.tenants[carrier],
        state.links.by_field[carrier, city.field[sector]],
        carriers.platform[carrier] > 0,
        p,
    )


@kernel
def _go_on(
    state: Any, key: int, index: int, quarter: int, city: Any, levers: Any, carrier: int, p: Any
) -> None:
    """It costs; it may get its platform, or after some time give up."""
    carriers = state.carriers
    who, large = carriers.id[carrier], _large(state, carrier, p)
    lever = codes.CONVERT_LARGE if large else codes.REPOSITION_SMALL
    strength = strength_for(state, levers, lever, index, carrier)
    pay(state, levers, index, carriers.district[carrier], lever, strength, 1)
    if not carriers.platform[carrier]:
        sharing = strength_for(state, levers, codes.PLATFORM_SHARING, index, carrier)
        partner = strength_for(state, levers, codes.CONVERT_LARGE, index, carrier) if large else 0.0
        chance = rules.platform_chance(sharing, partner, p)
        if uniform(key, who, quarter, decisions.PLATFORM_BY_CONVERTING) < chance:
            carriers.platform[carrier] = 1
            tell(state, quarter, events.PLATFORM, who, 0, 0)
    converting = quarter - carriers.converting_since[carrier]
    if not _specialised_now(state, city, carrier, p) and rules.may_give_up(converting, p):
        if uniform(key, who, quarter, decisions.GIVE_UP) < p.give_up:
            tell(state, quarter, events.GAVE_UP_CONVERTING, who, converting, 0)
            carriers.sector[carrier] = -1
            carriers.converting_since[carrier] = 0


@kernel
def _see_what_it_is(state: Any, index: int, quarter: int, city: Any, carrier: int, p: Any) -> None:
    carriers = state.carriers
    if carriers.status[carrier] != codes.OPERATING:
        return  # a parent that its children have replaced
    specialised = _specialised_now(state, city, carrier, p)
    if specialised and carriers.mode_in_fact[carrier] == codes.COMPREHENSIVE:
        if carriers.converting_since[carrier]:
            carriers.converted[carrier] = 1
        enter(state, index, carrier, codes.SPECIALISED_IN_FACT, -1)
        carriers.mode_in_fact[carrier] = codes.SPECIALISED
        carriers.converting_since[carrier] = 0
        enter(state, index, carrier, codes.SPECIALISED_IN_FACT, 1)
        converted, sector = carriers.converted[carrier], carriers.sector[carrier]
        tell(state, quarter, events.SPECIALISED_IN_FACT, carriers.id[carrier], sector, converted)
    elif not specialised and carriers.mode_in_fact[carrier] == codes.SPECIALISED:
        enter(state, index, carrier, codes.COMPREHENSIVE_IN_FACT, -1)
        carriers.mode_in_fact[carrier] = codes.COMPREHENSIVE
        enter(state, index, carrier, codes.COMPREHENSIVE_IN_FACT, 1)
        tell(state, quarter, events.COMPREHENSIVE_IN_FACT, carriers.id[carrier], 0, 0)


@kernel
def _splits(state: Any, key: int, index: int, quarter: int, levers: Any, carrier: int, p: Any) -> bool:
    """Whether a carrier splits this quarter."""
    strength = strength_for(state, levers, codes.CONVERT_LARGE, index, carrier)
    chance = rules.splitting_chance(state.links.tenants[carrier], strength, p)
    return uniform(key, state.carriers.id[carrier], quarter, decisions.SPLIT) < chance


@kernel
def _split(
    state: Any, index: int, quarter: int, city: Any, levers: Any, founding: Any, parent: int, p: Any
) -> None:
    """Split one into N (一变N): each further field with tenants enough becomes a child of its own."""
    by_field = state.links.by_field[parent].copy()
    order = np.argsort(-by_field, kind="mergesort")
    children = 0
    for place in range(1, len(order)):
        if by_field[order[place]] >= p.least_split and children < int(p.most_children):
            children += 1
    if children == 0:
        return
    strength = strength_for(state, levers, codes.CONVERT_LARGE, index, parent)
    pay(state, levers, index, state.carriers.district[parent], codes.CONVERT_LARGE, strength, children)
    for rank in range(children):
        child = new_carrier(state, identity(state.carriers.id[parent], quarter, rank))
        if child < 0:
            return
        _found_child(state, index, quarter, city, parent, child, order[rank + 1])
    if p.parent_ends > 0.0:
        displace_all(state, city.field, index, quarter, parent)
        delist(state, founding, index, quarter, parent, codes.SPLIT)


@kernel
def _found_child(
    state: Any, index: int, quarter: int, city: Any, parent: int, child: int, field: int
) -> None:
    """A child starts at district level with its own floor and the tenants of its field."""
    carriers, links, startups = state.carriers, state.links, state.startups
    tenants = links.by_field[parent, field]
    free = carriers.places[parent] - links.tenants[parent]
    places = tenants + free * tenants // links.tenants[parent]
    area = carriers.area[parent] * places // carriers.places[parent]
    carriers.kind[child] = carriers.kind[parent]
    carriers.district[child] = carriers.district[parent]
    carriers.type[child] = carriers.type[parent]
    carriers.sector[child] = _leading_sector(state, city.field, parent, field)
    carriers.mode_in_fact[child] = codes.SPECIALISED if carriers.platform[parent] else codes.COMPREHENSIVE
    carriers.opened[child] = quarter
    carriers.area[child] = area
    carriers.places[child] = places
    carriers.platform[child] = carriers.platform[parent]
    carriers.capability[child] = carriers.capability[parent]
    carriers.reserve[child] = carriers.reserve[parent]
    carriers.park[child] = carriers.park[parent]
    carriers.parent[child] = carriers.id[parent]
    for startup in range(state.used[STARTUPS]):
        if links.carrier[startup] == parent and city.field[startups.sector[startup]] == field:
            stay = startups.stay[startup]
            release(state, city.field, index, startup, LEFT)
            admit(state, city.field, index, quarter, startup, child)
            startups.stay[startup] = stay
    carriers.area[parent] -= area
    carriers.places[parent] -= places
    carriers.level[child] = codes.DISTRICT
    carriers.registered[child] = quarter
    carriers.level_since[child] = quarter
    enter(state, index, child, codes.SPLIT, 1)
    tell(state, quarter, events.SPLIT, carriers.id[parent], carriers.id[child], tenants)
