"""Step 2, founding: projects in preparation open or are lost; idle sponsors commit."""

from typing import Any

import numpy as np

from simulation import decisions
from simulation.draws import identity, uniform
from simulation.engines import events
from simulation.engines.compiled.changes import (
    admit,
    founder_strength_for,
    new_carrier,
    own_lever,
    pay,
    rest,
    tell,
)
from simulation.engines.compiled.columns import carrier as c
from simulation.engines.compiled.columns import district as d
from simulation.engines.compiled.columns import sponsor as s
from simulation.engines.compiled.steps.formation import form_startup
from simulation.kernels import kernel
from simulation.rules import codes
from simulation.rules import founding as rules
from simulation.rules.chance import whole


@kernel
def founding(r: Any, p: Any, operations: Any, formation: Any) -> None:
    """Open what is ready, then let idle sponsors commit while there is floor space."""
    for district in range(len(r.effort)):
        built = r.lever_strength[codes.DISTRICT_NEW_BUILD, r.index, district] * r.space_by_lever[district]
        r.districts[district, d.SPACE] += r.space_growth[district] + int(built)
    sponsors = r.sponsors
    shares = _shares_running(r)
    count = len(sponsors)
    for sponsor in range(count):
        if sponsors[sponsor, s.STATE] == codes.SPONSOR_PREPARING:
            _prepare(r, p, operations, formation, sponsor)
    willing = np.empty(count, np.int64)
    draws = np.empty(count)
    found = 0
    for sponsor in range(count):
        if sponsors[sponsor, s.STATE] == codes.IDLE and sponsors[sponsor, s.FREE_FROM] <= r.now:
            share = shares[sponsors[sponsor, s.DISTRICT], sponsors[sponsor, s.KIND]]
            draw = uniform(r.key, sponsors[sponsor, s.ID], r.now, decisions.COMMIT)
            if draw < _commitment_chance(r, share, sponsor, p):
                willing[found], draws[found] = sponsor, draw
                found += 1
    # The most eager first: floor space may not suffice for all, and a place in a list must not decide.
    for row in np.argsort(draws[:found], kind="mergesort"):
        _begin(r, willing[row], p)


@kernel
def _shares_running(r: Any) -> Any:
    """By district and kind, the share of sponsors that run an operating carrier as the quarter begins."""
    sponsors = r.sponsors
    running = np.zeros((len(r.effort), len(codes.SPONSOR_KINDS)))
    total = np.zeros(running.shape)
    for sponsor in range(len(sponsors)):
        place, kind, carrier = (
            sponsors[sponsor, s.DISTRICT],
            sponsors[sponsor, s.KIND],
            r.sponsors[sponsor, s.RUNS],
        )
        total[place, kind] += 1.0
        if carrier >= 0 and r.carriers[carrier, c.STATUS] == codes.OPERATING:
            running[place, kind] += 1.0
    for place in range(running.shape[0]):
        for kind in range(running.shape[1]):
            if total[place, kind] > 0.0:
                running[place, kind] = running[place, kind] / total[place, kind]
    return running


@kernel
def _commitment_chance(r: Any, share: float, sponsor: int, p: Any) -> float:
    sponsors = r.sponsors
    kind, district = sponsors[sponsor, s.KIND], sponsors[sponsor, s.DISTRICT]
    belts = 0.0
    if kind == codes.UNIVERSITY and r.university[district]:
        belts = r.lever_strength[codes.UNIVERSITY_BELTS, r.index, district]
    tilt = founder_strength_for(r, codes.DISTRICT_SUPPORT_TILT, sponsor)
    encouraged = rules.encouragement(own_lever(r, sponsor), belts, tilt, kind, p)
    role_models = founder_strength_for(r, codes.ROLE_MODELS, sponsor)
    return rules.commitment_chance(kind, r.effort[district], share, role_models, encouraged, p)


@kernel
def _begin(r: Any, sponsor: int, p: Any) -> None:
    """Begin to prepare, if the district has floor space for the carrier the sponsor has in mind."""
    sponsors = r.sponsors
    who, kind, district = sponsors[sponsor, s.ID], sponsors[sponsor, s.KIND], sponsors[sponsor, s.DISTRICT]
    planned = rules.carrier_type(uniform(r.key, who, r.now, decisions.KIND_OF_CARRIER), p)
    area = rules.floor_area(uniform(r.key, who, r.now, decisions.FLOOR_AREA), planned, p)
    if rules.needs_space(kind):
        if r.districts[district, d.SPACE] < area:
            return
        r.districts[district, d.SPACE] -= area
    idle_buildings = own_lever(r, sponsor) if kind == codes.UNIVERSITY else 0.0
    coordination = founder_strength_for(r, codes.COORDINATION, sponsor)
    sponsors[sponsor, s.STATE] = codes.SPONSOR_PREPARING
    sponsors[sponsor, s.PLANNED_TYPE] = planned
    sponsors[sponsor, s.PLANNED_AREA] = area
    quarters = rules.preparation_quarters(
        uniform(r.key, who, r.now, decisions.PREPARATION), kind, coordination, idle_buildings, p
    )
    sponsors[sponsor, s.QUARTERS_LEFT] = quarters
    tell(r, events.COMMITTED, who, planned, quarters)


@kernel
def _prepare(r: Any, p: Any, operations: Any, formation: Any, sponsor: int) -> None:
    sponsors = r.sponsors
    coordination = founder_strength_for(r, codes.COORDINATION, sponsor)
    if uniform(r.key, sponsors[sponsor, s.ID], r.now, decisions.PROJECT_LOST) < rules.loss_chance(
        coordination, p
    ):
        if rules.needs_space(sponsors[sponsor, s.KIND]):
            r.districts[sponsors[sponsor, s.DISTRICT], d.SPACE] += sponsors[sponsor, s.PLANNED_AREA]
        tell(r, events.LOST, sponsors[sponsor, s.ID], sponsors[sponsor, s.PLANNED_TYPE], 0)
        rest(r, sponsor, p.retry_after)
        return
    sponsors[sponsor, s.QUARTERS_LEFT] -= 1
    if sponsors[sponsor, s.QUARTERS_LEFT] <= 0:
        carrier = _open(r, p, operations, sponsor)
        if carrier >= 0:
            _bring_tenants(r, p, formation, sponsor, carrier)


@kernel
def _open(r: Any, p: Any, operations: Any, sponsor: int) -> int:
    """A carrier opens: every draw of what it is like is at its own address."""
    sponsors, carriers = r.sponsors, r.carriers
    who = identity(sponsors[sponsor, s.ID], r.now, 0)
    carrier = new_carrier(r, who)
    if carrier < 0:
        return carrier
    kind, district = sponsors[sponsor, s.KIND], sponsors[sponsor, s.DISTRICT]
    carrier_type, area = sponsors[sponsor, s.PLANNED_TYPE], sponsors[sponsor, s.PLANNED_AREA]
    own = own_lever(r, sponsor)
    tilt = founder_strength_for(r, codes.DISTRICT_SUPPORT_TILT, sponsor)
    draw = uniform(r.key, who, r.now, decisions.SPECIALISED_AT_BIRTH)
    specialised = draw < rules.specialised_chance(carrier_type, own, tilt, p)
    draw = uniform(r.key, who, r.now, decisions.PLATFORM_AT_BIRTH)
    platform = draw < rules.platform_chance(specialised, kind, own, p)
    chain = founder_strength_for(r, codes.FULL_CHAIN_PARKS, sponsor)
    in_park = uniform(r.key, who, r.now, decisions.PARK_AT_BIRTH) < rules.park_chance(chain, p)
    carriers[carrier, c.KIND] = kind
    carriers[carrier, c.DISTRICT] = district
    carriers[carrier, c.TYPE] = carrier_type
    carriers[carrier, c.SECTOR] = sponsors[sponsor, s.SECTOR] if specialised else -1
    carriers[carrier, c.MODE_IN_FACT] = 1 if specialised and platform else 0
    carriers[carrier, c.OPENED] = r.now
    carriers[carrier, c.AREA] = area
    carriers[carrier, c.PLACES] = rules.tenant_places(area, carrier_type, p)
    carriers[carrier, c.PLATFORM] = 1 if platform else 0
    carriers[carrier, c.FUND] = rules.fund_at_birth(
        uniform(r.key, who, r.now, decisions.FUND_AT_BIRTH), carrier_type, p
    )
    r.measures[carrier, c.CAPABILITY] = rules.capability_at_birth(
        uniform(r.key, who, r.now, decisions.CAPABILITY_AT_BIRTH), kind, specialised, own, p
    )
    r.measures[carrier, c.RESERVE] = operations.topped_up_reserve
    carriers[carrier, c.PARK] = r.park[district] if in_park else -1
    sponsors[sponsor, s.STATE] = codes.RUNNING
    sponsors[sponsor, s.PLANNED_TYPE] = 0
    sponsors[sponsor, s.PLANNED_AREA] = 0
    sponsors[sponsor, s.QUARTERS_LEFT] = 0
    r.sponsors[sponsor, s.RUNS] = carrier
    r.carriers[carrier, c.SPONSOR] = sponsor
    tell(r, events.OPENED, who, sponsors[sponsor, s.ID], carrier_type)
    lever = codes.LEVER_OF_KIND[kind]
    if lever >= 0:
        pay(r, district, lever, own, 1)
    return carrier


@kernel
def _bring_tenants(r: Any, p: Any, formation: Any, sponsor: int, carrier: int) -> None:
    """A leading enterprise brings firms of its chain, an R&D institution its spin-offs."""
    sponsors, carriers = r.sponsors, r.carriers
    who = carriers[carrier, c.ID]
    expected = rules.tenants_brought(sponsors[sponsor, s.KIND], own_lever(r, sponsor), p)
    brought = whole(expected, uniform(r.key, who, r.now, decisions.BROUGHT_TENANTS))
    for rank in range(1, min(brought, carriers[carrier, c.PLACES]) + 1):
        startup_id = identity(who, r.now, rank)
        startup = form_startup(
            r, formation, startup_id, carriers[carrier, c.DISTRICT], sponsors[sponsor, s.SECTOR]
        )
        if startup >= 0:
            admit(r, startup, carrier)
