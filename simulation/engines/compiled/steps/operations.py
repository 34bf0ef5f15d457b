"""Step 6, operations: carriers earn and spend, improve, get platforms and funds, and stop."""

from typing import Any

import numpy as np

from simulation import decisions
from simulation.draws import uniform
from simulation.engines import events
from simulation.engines.compiled.changes import delist, displace_all, enter, pay, strength_for, tell
from simulation.engines.compiled.columns import carrier as c
from simulation.engines.compiled.columns import district as d
from simulation.engines.compiled.state import CARRIERS
from simulation.kernels import kernel
from simulation.rules import codes
from simulation.rules import founding as founding_rules
from simulation.rules import operations as rules


@kernel
def operations(r: Any, p: Any, founding: Any) -> None:
    """Let every operating carrier run for the quarter; some stop."""
    outside = _outside_shares(r)
    carriers = r.carriers
    for carrier in range(r.used[CARRIERS]):
        if carriers[carrier, c.STATUS] == codes.OPERATING:
            _subsidise(r, carrier, p)
            _run(r, carrier, p)
            _improve(r, carrier, outside[carriers[carrier, c.DISTRICT]], p)
            _equip(r, carrier, p)
            if _stops(r, carrier, p):
                _stop(r, founding, carrier)


@kernel
def _outside_shares(r: Any) -> Any:
    """The share of each district's operating carriers that operators of other cities run."""
    carriers = r.carriers
    outside, total = np.zeros(len(r.effort)), np.zeros(len(r.effort))
    for carrier in range(r.used[CARRIERS]):
        if carriers[carrier, c.STATUS] == codes.OPERATING:
            total[carriers[carrier, c.DISTRICT]] += 1.0
            if carriers[carrier, c.KIND] == codes.OUTSIDE_OPERATOR:
                outside[carriers[carrier, c.DISTRICT]] += 1.0
    for district in range(len(total)):
        if total[district] > 0.0:
            outside[district] = outside[district] / total[district]
    return outside


@kernel
def receive(r: Any, carrier: int, amount: float, p: Any) -> None:
    """A carrier receives a subsidy of so many CNY."""
    carriers = r.carriers
    cost = rules.running_cost(carriers[carrier, c.AREA], carriers[carrier, c.TYPE], p)
    r.measures[carrier, c.RESERVE] = rules.with_subsidy(r.measures[carrier, c.RESERVE], amount / cost, p)


@kernel
def _subsidise(r: Any, carrier: int, p: Any) -> None:
    """District support and close service: what is paid is what arrives."""
    carriers = r.carriers
    district = carriers[carrier, c.DISTRICT]
    if carriers[carrier, c.MODE_IN_FACT] == codes.SPECIALISED:
        tilt = strength_for(r, codes.DISTRICT_SUPPORT_TILT, carrier)
        if tilt > 0.0:
            pay(r, district, codes.DISTRICT_SUPPORT_TILT, tilt, 1)
            receive(r, carrier, tilt * r.lever_cost[codes.DISTRICT_SUPPORT_TILT], p)
    service = strength_for(r, codes.TAILORED_SERVICE, carrier)
    pay(r, district, codes.TAILORED_SERVICE, service, 1)
    if carriers[carrier, c.PLATFORM]:
        sharing = strength_for(r, codes.PLATFORM_SHARING, carrier)
        pay(r, district, codes.PLATFORM_SHARING, sharing, 1)
    if carriers[carrier, c.PARK] >= 0:
        chain = strength_for(r, codes.FULL_CHAIN_PARKS, carrier)
        pay(r, district, codes.FULL_CHAIN_PARKS, chain, 1)


@kernel
def _run(r: Any, carrier: int, p: Any) -> None:
    """Earn and spend for a quarter."""
    carriers = r.carriers
    who = carriers[carrier, c.ID]
    occupancy = r.carriers[carrier, c.TENANTS] / carriers[carrier, c.PLACES]
    draw = uniform(r.key, who, r.now, decisions.INCOME)
    r.measures[carrier, c.SHOCK] = rules.income_shock(r.measures[carrier, c.SHOCK], draw, p)
    earned = rules.income_to_cost(carriers[carrier, c.TYPE], occupancy, r.measures[carrier, c.CAPABILITY], p)
    margin = earned + r.measures[carrier, c.SHOCK] - 1.0
    topped_up = uniform(r.key, who, r.now, decisions.TOP_UP) < p.top_up[carriers[carrier, c.KIND]]
    r.measures[carrier, c.RESERVE] = rules.next_reserve(r.measures[carrier, c.RESERVE], margin, topped_up, p)


@kernel
def _improve(r: Any, carrier: int, outside_share: float, p: Any) -> None:
    """Drift to the capability it tends to."""
    carriers = r.carriers
    methods = (
        r.lever_strength[codes.OUTSIDE_OPERATORS, r.index, carriers[carrier, c.DISTRICT]] * outside_share
    )
    target = rules.capability_target(
        carriers[carrier, c.KIND],
        carriers[carrier, c.LEVEL],
        carriers[carrier, c.MODE_IN_FACT] == codes.SPECIALISED,
        carriers[carrier, c.PLATFORM] > 0,
        strength_for(r, codes.TAILORED_SERVICE, carrier),
        methods,
        strength_for(r, codes.PLATFORM_SHARING, carrier),
        p,
    )
    r.measures[carrier, c.CAPABILITY] = rules.next_capability(r.measures[carrier, c.CAPABILITY], target, p)


@kernel
def _equip(r: Any, carrier: int, p: Any) -> None:
    carriers = r.carriers
    who = carriers[carrier, c.ID]
    if not carriers[carrier, c.PLATFORM]:
        sharing = strength_for(r, codes.PLATFORM_SHARING, carrier)
        if uniform(r.key, who, r.now, decisions.PLATFORM) < rules.platform_chance(sharing, p):
            carriers[carrier, c.PLATFORM] = 1
            tell(r, events.PLATFORM, who, 0, 0)
    size = int(p.fund_size)
    if carriers[carrier, c.FUND] < size:
        specialised = carriers[carrier, c.MODE_IN_FACT] == codes.SPECIALISED
        finance = strength_for(r, codes.SCI_TECH_FINANCE, carrier)
        chance = rules.fund_chance(carriers[carrier, c.TYPE], specialised, finance, p)
        if uniform(r.key, who, r.now, decisions.SEED_FUND) < chance:
            carriers[carrier, c.FUND] = size
            tell(r, events.FUND, who, size, 0)


@kernel
def _stops(r: Any, carrier: int, p: Any) -> bool:
    """Whether a carrier stops operating this quarter."""
    carriers = r.carriers
    chance = rules.stopping_chance(
        carriers[carrier, c.TYPE],
        carriers[carrier, c.LEVEL],
        r.carriers[carrier, c.TENANTS] / carriers[carrier, c.PLACES],
        r.measures[carrier, c.RESERVE],
        strength_for(r, codes.TAILORED_SERVICE, carrier),
        p,
    )
    return uniform(r.key, carriers[carrier, c.ID], r.now, decisions.STOPPING) < chance


@kernel
def _stop(r: Any, founding: Any, carrier: int) -> None:
    """It stops (停运): tenants look for another place, the floor is free; on the list it stays until found."""
    carriers = r.carriers
    displaced = displace_all(r, carrier)
    enter(r, carrier, codes.STOP, -1)
    carriers[carrier, c.STATUS] = codes.STOPPED
    carriers[carrier, c.STOPPED] = r.now
    enter(r, carrier, codes.STOP, 1)
    tell(r, events.STOPPED, carriers[carrier, c.ID], displaced, 0)
    if carriers[carrier, c.CONVERTING_SINCE]:
        carriers[carrier, c.SECTOR] = -1
    carriers[carrier, c.CONVERTING_SINCE] = 0
    carriers[carrier, c.APPLIED_LEVEL] = codes.NONE
    carriers[carrier, c.APPLIED_LABEL] = 0
    if founding_rules.needs_space(carriers[carrier, c.KIND]):
        r.districts[carriers[carrier, c.DISTRICT], d.SPACE] += carriers[carrier, c.AREA]
    if carriers[carrier, c.LEVEL] == codes.NONE:
        delist(r, founding, carrier, codes.DELISTING)
