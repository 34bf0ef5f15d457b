"""Step 6, operations: carriers earn and spend, improve, get platforms and funds, and stop."""

from typing import Any

import numpy as np

from simulation import decisions
from simulation.draws import uniform
from simulation.engines import events
from simulation.engines.compiled.changes import delist, displace_all, enter, pay, strength_for, tell
from simulation.engines.compiled.state import CARRIERS
from simulation.kernels import kernel
from simulation.rules import codes
from simulation.rules import founding as founding_rules
from simulation.rules import operations as rules


@kernel
def operations(
    state: Any, key: int, index: int, quarter: int, city: Any, levers: Any, p: Any, founding: Any
) -> None:
    """Let every operating carrier run for the quarter; some stop."""
    outside = _outside_shares(state)
    carriers = state.carriers
    for carrier in range(state.used[CARRIERS]):
        if carriers.status[carrier] == codes.OPERATING:
            _subsidise(state, index, levers, carrier, p)
            _run(state, key, quarter, carrier, p)
            _improve(state, index, levers, carrier, outside[carriers.district[carrier]], p)
            _equip(state, key, index, quarter, levers, carrier, p)
            if _stops(state, key, index, quarter, levers, carrier, p):
                _stop(state, index, quarter, city, founding, carrier)


@kernel
def _outside_shares(state: Any) -> Any:
    """The share of each district's operating carriers that operators of other cities run."""
    carriers = state.carriers
    outside, total = np.zeros(len(state.effort)), np.zeros(len(state.effort))
    for carrier in range(state.used[CARRIERS]):
        if carriers.status[carrier] == codes.OPERATING:
            total[carriers.district[carrier]] += 1.0
            if carriers.kind[carrier] == codes.OUTSIDE_OPERATOR:
                outside[carriers.district[carrier]] += 1.0
    for district in range(len(total)):
        if total[district] > 0.0:
            outside[district] = outside[district] / total[district]
    return outside


@kernel
def receive(state: Any, carrier: int, amount: float, p: Any) -> None:
    """A carrier receives a subsidy of so many CNY."""
    carriers = state.carriers
    cost = rules.running_cost(carriers.area[carrier], carriers.type[carrier], p)
    carriers.reserve[carrier] = rules.with_subsidy(carriers.reserve[carrier], amount / cost, p)


@kernel
def _subsidise(state: Any, index: int, levers: Any, carrier: int, p: Any) -> None:
    """District support and close service: what is paid is what arrives."""
    carriers = state.carriers
    district = carriers.district[carrier]
    if carriers.mode_in_fact[carrier] == codes.SPECIALISED:
        tilt = strength_for(state, levers, codes.DISTRICT_SUPPORT_TILT, index, carrier)
        if tilt > 0.0:
            pay(state, levers, index, district, codes.DISTRICT_SUPPORT_TILT, tilt, 1)
            receive(state, carrier, tilt * levers.unit_cost[codes.DISTRICT_SUPPORT_TILT], p)
    service = strength_for(state, levers, codes.TAILORED_SERVICE, index, carrier)
    pay(state, levers, index, district, codes.TAILORED_SERVICE, service, 1)
    if carriers.platform[carrier]:
        sharing = strength_for(state, levers, codes.PLATFORM_SHARING, index, carrier)
        pay(state, levers, index, district, codes.PLATFORM_SHARING, sharing, 1)
    if carriers.park[carrier] >= 0:
        chain = strength_for(state, levers, codes.FULL_CHAIN_PARKS, index, carrier)
        pay(state, levers, index, district, codes.FULL_CHAIN_PARKS, chain, 1)


@kernel
def _run(state: Any, key: int, quarter: int, carrier: int, p: Any) -> None:
    """Earn and spend for a quarter."""
    carriers = state.carriers
    who = carriers.id[carrier]
    occupancy = state.links.tenants[carrier] / carriers.places[carrier]
    draw = uniform(key, who, quarter, decisions.INCOME)
    carriers.shock[carrier] = rules.income_shock(carriers.shock[carrier], draw, p)
    earned = rules.income_to_cost(carriers.type[carrier], occupancy, carriers.capability[carrier], p)
    margin = earned + carriers.shock[carrier] - 1.0
    topped_up = uniform(key, who, quarter, decisions.TOP_UP) < p.top_up[carriers.kind[carrier]]
    carriers.reserve[carrier] = rules.next_reserve(carriers.reserve[carrier], margin, topped_up, p)


@kernel
def _improve(state: Any, index: int, levers: Any, carrier: int, outside_share: float, p: Any) -> None:
    """Drift to the capability it tends to."""
    carriers = state.carriers
    methods = levers.strength[codes.OUTSIDE_OPERATORS, index, carriers.district[carrier]] * outside_share
    target = rules.capability_target(
        carriers.kind[carrier],
        carriers.level[carrier],
        carriers.mode_in_fact[carrier] == codes.SPECIALISED,
        carriers.platform[carrier] > 0,
        strength_for(state, levers, codes.TAILORED_SERVICE, index, carrier),
        methods,
        strength_for(state, levers, codes.PLATFORM_SHARING, index, carrier),
        p,
    )
    carriers.capability[carrier] = rules.next_capability(carriers.capability[carrier], target, p)


@kernel
def _equip(state: Any, key: int, index: int, quarter: int, levers: Any, carrier: int, p: Any) -> None:
    carriers = state.carriers
    who = carriers.id[carrier]
    if not carriers.platform[carrier]:
        sharing = strength_for(state, levers, codes.PLATFORM_SHARING, index, carrier)
        if uniform(key, who, quarter, decisions.PLATFORM) < rules.platform_chance(sharing, p):
            carriers.platform[carrier] = 1
            tell(state, quarter, events.PLATFORM, who, 0, 0)
    size = int(p.fund_size)
    if carriers.fund[carrier] < size:
        specialised = carriers.mode_in_fact[carrier] == codes.SPECIALISED
        finance = strength_for(state, levers, codes.SCI_TECH_FINANCE, index, carrier)
        chance = rules.fund_chance(carriers.type[carrier], specialised, finance, p)
        if uniform(key, who, quarter, decisions.SEED_FUND) < chance:
            carriers.fund[carrier] = size
            tell(state, quarter, events.FUND, who, size, 0)


@kernel
def _stops(state: Any, key: int, index: int, quarter: int, levers: Any, carrier: int, p: Any) -> bool:
    """Whether a carrier stops operating this quarter."""
    carriers = state.carriers
    chance = rules.stopping_chance(
        carriers.type[carrier],
        carriers.level[carrier],
        state.links.tenants[carrier] / carriers.places[carrier],
        carriers.reserve[carrier],
        strength_for(state, levers, codes.TAILORED_SERVICE, index, carrier),
        p,
    )
    return uniform(key, carriers.id[carrier], quarter, decisions.STOPPING) < chance


@kernel
def _stop(state: Any, index: int, quarter: int, city: Any, founding: Any, carrier: int) -> None:
    """It stops (停运): tenants look for another place, the floor is free; on the list it stays until found."""
    carriers = state.carriers
    displaced = displace_all(state, city.field, index, quarter, carrier)
    enter(state, index, carrier, codes.STOP, -1)
    carriers.status[carrier] = codes.STOPPED
    carriers.stopped[carrier] = quarter
    enter(state, index, carrier, codes.STOP, 1)
    tell(state, quarter, events.STOPPED, carriers.id[carrier], displaced, 0)
    if carriers.converting_since[carrier]:
        carriers.sector[carrier] = -1
    carriers.converting_since[carrier] = 0
    carriers.applied_level[carrier] = codes.NONE
    carriers.applied_label[carrier] = 0
    if founding_rules.needs_space(carriers.kind[carrier]):
        state.districts.space[carriers.district[carrier]] += carriers.area[carrier]
    if carriers.level[carrier] == codes.NONE:
        delist(state, founding, index, quarter, carrier, codes.DELISTING)
