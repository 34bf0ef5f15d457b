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
from simulation.engines.compiled.steps.formation import form_startup
from simulation.kernels import kernel
from simulation.rules import codes
from simulation.rules import founding as rules
from simulation.rules.chance import whole


@kernel
def founding(
    state: Any,
    key: int,
    index: int,
    quarter: int,
    city: Any,
    levers: Any,
    p: Any,
    topped_up: float,
    formation: Any,
) -> None:
    """Open what is ready, then let idle sponsors commit while there is floor space."""
    for district in range(len(state.effort)):
        built = levers.strength[codes.DISTRICT_NEW_BUILD, index, district] * city.space_by_lever[district]
        state.districts.space[district] += city.space_growth[district] + int(built)
    sponsors = state.sponsors
    shares = _shares_running(state)
    count = len(sponsors.id)
    for sponsor in range(count):
        if sponsors.state[sponsor] == codes.SPONSOR_PREPARING:
            _prepare(state, key, index, quarter, city, levers, p, topped_up, formation, sponsor)
    willing = np.empty(count, np.int64)
    draws = np.empty(count)
    found = 0
    for sponsor in range(count):
        if sponsors.state[sponsor] == codes.IDLE and sponsors.free_from[sponsor] <= quarter:
            share = shares[sponsors.district[sponsor], sponsors.kind[sponsor]]
            draw = uniform(key, sponsors.id[sponsor], quarter, decisions.COMMIT)
            if draw < _commitment_chance(state, index, city, levers, share, sponsor, p):
                willing[found], draws[found] = sponsor, draw
                found += 1
    # The most eager first: floor space may not suffice for all, and a place in a list must not decide.
    for row in np.argsort(draws[:found], kind="mergesort"):
        _begin(state, key, index, quarter, levers, willing[row], p)


@kernel
def _shares_running(state: Any) -> Any:
    """By district and kind, the share of sponsors that run an operating carrier as the quarter begins."""
    sponsors = state.sponsors
    running = np.zeros((len(state.effort), len(codes.SPONSOR_KINDS)))
    total = np.zeros(running.shape)
    for sponsor in range(len(sponsors.id)):
        place, kind, carrier = sponsors.district[sponsor], sponsors.kind[sponsor], state.links.runs[sponsor]
        total[place, kind] += 1.0
        if carrier >= 0 and state.carriers.status[carrier] == codes.OPERATING:
            running[place, kind] += 1.0
    for place in range(running.shape[0]):
        for kind in range(running.shape[1]):
            if total[place, kind] > 0.0:
                running[place, kind] = running[place, kind] / total[place, kind]
    return running


@kernel
def _commitment_chance(
    state: Any, index: int, city: Any, levers: Any, share: float, sponsor: int, p: Any
) -> float:
    sponsors = state.sponsors
    kind, district = sponsors.kind[sponsor], sponsors.district[sponsor]
    belts = 0.0
    if kind == codes.UNIVERSITY and city.university[district]:
        belts = levers.strength[codes.UNIVERSITY_BELTS, index, district]
    tilt = founder_strength_for(state, levers, codes.DISTRICT_SUPPORT_TILT, index, sponsor)
    encouraged = rules.encouragement(own_lever(state, levers, index, sponsor), belts, tilt, kind, p)
    role_models = founder_strength_for(state, levers, codes.ROLE_MODELS, index, sponsor)
    return rules.commitment_chance(kind, state.effort[district], share, role_models, encouraged, p)


@kernel
def _begin(state: Any, key: int, index: int, quarter: int, levers: Any, sponsor: int, p: Any) -> None:
    """Begin to prepare, if the district has floor space for the carrier the sponsor has in mind."""
    sponsors = state.sponsors
    who, kind, district = sponsors.id[sponsor], sponsors.kind[sponsor], sponsors.district[sponsor]
    planned = rules.carrier_type(uniform(key, who, quarter, decisions.KIND_OF_CARRIER), p)
    area = rules.floor_area(uniform(key, who, quarter, decisions.FLOOR_AREA), planned, p)
    if rules.needs_space(kind):
        if state.districts.space[district] < area:
            return
        state.districts.space[district] -= area
    idle_buildings = own_lever(state, levers, index, sponsor) if kind == codes.UNIVERSITY else 0.0
    coordination = founder_strength_for(state, levers, codes.COORDINATION, index, sponsor)
    sponsors.state[sponsor] = codes.SPONSOR_PREPARING
    sponsors.planned_type[sponsor] = planned
    sponsors.planned_area[sponsor] = area
    quarters = rules.preparation_quarters(
        uniform(key, who, quarter, decisions.PREPARATION), kind, coordination, idle_buildings, p
    )
    sponsors.quarters_left[sponsor] = quarters
    tell(state, quarter, events.COMMITTED, who, planned, quarters)


@kernel
def _prepare(
    state: Any,
    key: int,
    index: int,
    quarter: int,
    city: Any,
    levers: Any,
    p: Any,
    topped_up: float,
    formation: Any,
    sponsor: int,
) -> None:
    sponsors = state.sponsors
    coordination = founder_strength_for(state, levers, codes.COORDINATION, index, sponsor)
    if uniform(key, sponsors.id[sponsor], quarter, decisions.PROJECT_LOST) < rules.loss_chance(
        coordination, p
    ):
        if rules.needs_space(sponsors.kind[sponsor]):
            state.districts.space[sponsors.district[sponsor]] += sponsors.planned_area[sponsor]
        tell(state, quarter, events.LOST, sponsors.id[sponsor], sponsors.planned_type[sponsor], 0)
        rest(state, sponsor, quarter, p.retry_after)
        return
    sponsors.quarters_left[sponsor] -= 1
    if sponsors.quarters_left[sponsor] <= 0:
        carrier = _open(state, key, index, quarter, city, levers, p, topped_up, sponsor)
        if carrier >= 0:
            _bring_tenants(state, key, index, quarter, city, levers, p, formation, sponsor, carrier)


@kernel
def _open(
    state: Any,
    key: int,
    index: int,
    quarter: int,
    city: Any,
    levers: Any,
    p: Any,
    topped_up: float,
    sponsor: int,
) -> int:
    """A carrier opens: every draw of what it is like is at its own address."""
    sponsors, carriers = state.sponsors, state.carriers
    who = identity(sponsors.id[sponsor], quarter, 0)
    carrier = new_carrier(state, who)
    if carrier < 0:
        return carrier
    kind, district = sponsors.kind[sponsor], sponsors.district[sponsor]
    carrier_type, area = sponsors.planned_type[sponsor], sponsors.planned_area[sponsor]
    own = own_lever(state, levers, index, sponsor)
    tilt = founder_strength_for(state, levers, codes.DISTRICT_SUPPORT_TILT, index, sponsor)
    draw = uniform(key, who, quarter, decisions.SPECIALISED_AT_BIRTH)
    specialised = draw < rules.specialised_chance(carrier_type, own, tilt, p)
    draw = uniform(key, who, quarter, decisions.PLATFORM_AT_BIRTH)
    platform = draw < rules.platform_chance(specialised, kind, own, p)
    chain = founder_strength_for(state, levers, codes.FULL_CHAIN_PARKS, index, sponsor)
    in_park = uniform(key, who, quarter, decisions.PARK_AT_BIRTH) < rules.park_chance(chain, p)
    carriers.kind[carrier] = kind
    carriers.district[carrier] = district
    carriers.type[carrier] = carrier_type
    carriers.sector[carrier] = sponsors.sector[sponsor] if specialised else -1
    carriers.mode_in_fact[carrier] = 1 if specialised and platform else 0
    carriers.opened[carrier] = quarter
    carriers.area[carrier] = area
    carriers.places[carrier] = rules.tenant_places(area, carrier_type, p)
    carriers.platform[carrier] = 1 if platform else 0
    carriers.fund[carrier] = rules.fund_at_birth(
        uniform(key, who, quarter, decisions.FUND_AT_BIRTH), carrier_type, p
    )
    carriers.capability[carrier] = rules.capability_at_birth(
        uniform(key, who, quarter, decisions.CAPABILITY_AT_BIRTH), kind, specialised, own, p
    )
    carriers.reserve[carrier] = topped_up
    carriers.park[carrier] = city.park[district] if in_park else -1
    sponsors.state[sponsor] = codes.RUNNING
    sponsors.planned_type[sponsor] = 0
    sponsors.planned_area[sponsor] = 0
    sponsors.quarters_left[sponsor] = 0
    state.links.runs[sponsor] = carrier
    state.links.sponsor[carrier] = sponsor
    tell(state, quarter, events.OPENED, who, sponsors.id[sponsor], carrier_type)
    lever = codes.LEVER_OF_KIND[kind]
    if lever >= 0:
        pay(state, levers, index, district, lever, own, 1)
    return carrier


@kernel
def _bring_tenants(
    state: Any,
    key: int,
    index: int,
    quarter: int,
    city: Any,
    levers: Any,
    p: Any,
    formation: Any,
    sponsor: int,
    carrier: int,
) -> None:
    """A leading enterprise brings firms of its chain, an R&D institution its spin-offs."""
    sponsors, carriers = state.sponsors, state.carriers
    who = carriers.id[carrier]
    expected = rules.tenants_brought(sponsors.kind[sponsor], own_lever(state, levers, index, sponsor), p)
    brought = whole(expected, uniform(key, who, quarter, decisions.BROUGHT_TENANTS))
    for rank in range(1, min(brought, carriers.places[carrier]) + 1):
        startup_id = identity(who, quarter, rank)
        startup = form_startup(
            state,
            key,
            index,
            quarter,
            formation,
            startup_id,
            carriers.district[carrier],
            sponsors.sector[sponsor],
        )
        if startup >= 0:
            admit(state, city.field, index, quarter, startup, carrier)
