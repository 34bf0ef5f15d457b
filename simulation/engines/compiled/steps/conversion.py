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
from simulation.engines.compiled.columns import carrier as c
from simulation.engines.compiled.columns import startup as t
from simulation.engines.compiled.state import CARRIERS, STARTUPS
from simulation.kernels import kernel
from simulation.rules import codes
from simulation.rules import conversion as rules


@kernel
def conversion(r: Any, p: Any, founding: Any) -> None:
    """Let every operating carrier start, go on with or give up its conversion; see what it is in fact."""
    carriers = r.carriers
    for carrier in range(r.used[CARRIERS]):  # children of this quarter's splits are not among these
        if carriers[carrier, c.STATUS] != codes.OPERATING:
            continue
        if carriers[carrier, c.CONVERTING_SINCE]:
            _go_on(r, carrier, p)
        elif carriers[carrier, c.SECTOR] < 0:
            if _splits(r, carrier, p):
                _split(r, founding, carrier, p)
            elif _starts(r, carrier, p):
                field = _largest_field(r, carrier)
                carriers[carrier, c.SECTOR] = _leading_sector(r, carrier, field)
                carriers[carrier, c.CONVERTING_SINCE] = r.now
                tell(r, events.CONVERTING, carriers[carrier, c.ID], carriers[carrier, c.SECTOR], 0)
        _see_what_it_is(r, carrier, p)


@kernel
def _large(r: Any, carrier: int, p: Any) -> bool:
    return r.carriers[carrier, c.TENANTS] >= p.large


@kernel
def _largest_field(r: Any, carrier: int) -> int:
    """The field of most tenants; of equals the first of the list."""
    return int(np.argmax(r.by_field[carrier]))


@kernel
def _leading_sector(r: Any, carrier: int, field: int) -> int:
    """The sector of most tenants within a field; of equals the first of the list."""
    leading, most = -1, -1
    for sector in range(len(r.field_of)):
        if r.field_of[sector] == field and r.by_sector[carrier, sector] > most:
            leading, most = sector, r.by_sector[carrier, sector]
    return leading


@kernel
def _starts(r: Any, carrier: int, p: Any) -> bool:
    """Whether a carrier qualifies and starts to become specialised this quarter."""
    carriers, tenants = r.carriers, r.carriers[carrier, c.TENANTS]
    if tenants == 0:
        return False
    share = r.by_field[carrier, _largest_field(r, carrier)] / tenants
    capability, district = r.measures[carrier, c.CAPABILITY], carriers[carrier, c.DISTRICT]
    if not rules.qualifies(tenants, share, capability, r.measures[carrier, c.RESERVE], p):
        return False
    lever = codes.CONVERT_LARGE if _large(r, carrier, p) else codes.REPOSITION_SMALL
    chance = rules.starting_chance(
        share,
        capability,
        strength_for(r, lever, carrier),
        strength_for(r, codes.ROLE_MODELS, carrier),
        r.lever_strength[codes.UNIVERSITY_BELTS, r.index, district] if r.university[district] else 0.0,
        p,
    )
    return uniform(r.key, carriers[carrier, c.ID], r.now, decisions.START_CONVERTING) < chance


@kernel
def _specialised_now(r: Any, carrier: int, p: Any) -> bool:
    """Whether a carrier is specialised in fact, given its tenants and platform."""
    carriers = r.carriers
    sector = carriers[carrier, c.SECTOR]
    if sector < 0:
        return False
    return rules.specialised_in_fact(
        carriers[carrier, c.MODE_IN_FACT] == codes.SPECIALISED,
        r.carriers[carrier, c.TENANTS],
        r.by_field[carrier, r.field_of[sector]],
        carriers[carrier, c.PLATFORM] > 0,
        p,
    )


@kernel
def _go_on(r: Any, carrier: int, p: Any) -> None:
    """It costs; it may get its platform, or after some time give up."""
    carriers = r.carriers
    who, large = carriers[carrier, c.ID], _large(r, carrier, p)
    lever = codes.CONVERT_LARGE if large else codes.REPOSITION_SMALL
    strength = strength_for(r, lever, carrier)
    pay(r, carriers[carrier, c.DISTRICT], lever, strength, 1)
    if not carriers[carrier, c.PLATFORM]:
        sharing = strength_for(r, codes.PLATFORM_SHARING, carrier)
        partner = strength_for(r, codes.CONVERT_LARGE, carrier) if large else 0.0
        chance = rules.platform_chance(sharing, partner, p)
        if uniform(r.key, who, r.now, decisions.PLATFORM_BY_CONVERTING) < chance:
            carriers[carrier, c.PLATFORM] = 1
            tell(r, events.PLATFORM, who, 0, 0)
    converting = r.now - carriers[carrier, c.CONVERTING_SINCE]
    if not _specialised_now(r, carrier, p) and rules.may_give_up(converting, p):
        if uniform(r.key, who, r.now, decisions.GIVE_UP) < p.give_up:
            tell(r, events.GAVE_UP_CONVERTING, who, converting, 0)
            carriers[carrier, c.SECTOR] = -1
            carriers[carrier, c.CONVERTING_SINCE] = 0


@kernel
def _see_what_it_is(r: Any, carrier: int, p: Any) -> None:
    carriers = r.carriers
    if carriers[carrier, c.STATUS] != codes.OPERATING:
        return  # a parent that its children have replaced
    specialised = _specialised_now(r, carrier, p)
    if specialised and carriers[carrier, c.MODE_IN_FACT] == codes.COMPREHENSIVE:
        if carriers[carrier, c.CONVERTING_SINCE]:
            carriers[carrier, c.CONVERTED] = 1
        enter(r, carrier, codes.SPECIALISED_IN_FACT, -1)
        carriers[carrier, c.MODE_IN_FACT] = codes.SPECIALISED
        carriers[carrier, c.CONVERTING_SINCE] = 0
        enter(r, carrier, codes.SPECIALISED_IN_FACT, 1)
        converted, sector = carriers[carrier, c.CONVERTED], carriers[carrier, c.SECTOR]
        tell(r, events.SPECIALISED_IN_FACT, carriers[carrier, c.ID], sector, converted)
    elif not specialised and carriers[carrier, c.MODE_IN_FACT] == codes.SPECIALISED:
        enter(r, carrier, codes.COMPREHENSIVE_IN_FACT, -1)
        carriers[carrier, c.MODE_IN_FACT] = codes.COMPREHENSIVE
        enter(r, carrier, codes.COMPREHENSIVE_IN_FACT, 1)
        tell(r, events.COMPREHENSIVE_IN_FACT, carriers[carrier, c.ID], 0, 0)


@kernel
def _splits(r: Any, carrier: int, p: Any) -> bool:
    """Whether a carrier splits this quarter."""
    strength = strength_for(r, codes.CONVERT_LARGE, carrier)
    chance = rules.splitting_chance(r.carriers[carrier, c.TENANTS], strength, p)
    return uniform(r.key, r.carriers[carrier, c.ID], r.now, decisions.SPLIT) < chance


@kernel
def _split(r: Any, founding: Any, parent: int, p: Any) -> None:
    """Split one into N (一变N): each further field with tenants enough becomes a child of its own."""
    by_field = r.by_field[parent].copy()
    order = np.argsort(-by_field, kind="mergesort")
    children = 0
    for place in range(1, len(order)):
        if by_field[order[place]] >= p.least_split and children < int(p.most_children):
            children += 1
    if children == 0:
        return
    strength = strength_for(r, codes.CONVERT_LARGE, parent)
    pay(r, r.carriers[parent, c.DISTRICT], codes.CONVERT_LARGE, strength, children)
    for rank in range(children):
        child = new_carrier(r, identity(r.carriers[parent, c.ID], r.now, rank))
        if child < 0:
            return
        _found_child(r, parent, child, order[rank + 1])
    if p.parent_ends > 0.0:
        displace_all(r, parent)
        delist(r, founding, parent, codes.SPLIT)


@kernel
def _found_child(r: Any, parent: int, child: int, field: int) -> None:
    """A child starts at district level with its own floor and the tenants of its field."""
    carriers, startups = r.carriers, r.startups
    tenants = r.by_field[parent, field]
    free = carriers[parent, c.PLACES] - r.carriers[parent, c.TENANTS]
    places = tenants + free * tenants // r.carriers[parent, c.TENANTS]
    area = carriers[parent, c.AREA] * places // carriers[parent, c.PLACES]
    carriers[child, c.KIND] = carriers[parent, c.KIND]
    carriers[child, c.DISTRICT] = carriers[parent, c.DISTRICT]
    carriers[child, c.TYPE] = carriers[parent, c.TYPE]
    carriers[child, c.SECTOR] = _leading_sector(r, parent, field)
    carriers[child, c.MODE_IN_FACT] = (
        codes.SPECIALISED if carriers[parent, c.PLATFORM] else codes.COMPREHENSIVE
    )
    carriers[child, c.OPENED] = r.now
    carriers[child, c.AREA] = area
    carriers[child, c.PLACES] = places
    carriers[child, c.PLATFORM] = carriers[parent, c.PLATFORM]
    r.measures[child, c.CAPABILITY] = r.measures[parent, c.CAPABILITY]
    r.measures[child, c.RESERVE] = r.measures[parent, c.RESERVE]
    carriers[child, c.PARK] = carriers[parent, c.PARK]
    carriers[child, c.PARENT] = carriers[parent, c.ID]
    for startup in range(r.used[STARTUPS]):
        if r.startups[startup, t.CARRIER] == parent and r.field_of[startups[startup, t.SECTOR]] == field:
            stay = startups[startup, t.STAY]
            release(r, startup, LEFT)
            admit(r, startup, child)
            startups[startup, t.STAY] = stay
    carriers[parent, c.AREA] -= area
    carriers[parent, c.PLACES] -= places
    carriers[child, c.LEVEL] = codes.DISTRICT
    carriers[child, c.REGISTERED] = r.now
    carriers[child, c.LEVEL_SINCE] = r.now
    enter(r, child, codes.SPLIT, 1)
    tell(r, events.SPLIT, carriers[parent, c.ID], carriers[child, c.ID], tenants)
