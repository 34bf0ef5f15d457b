"""Step 5, incubation: tenants fail, graduate, are funded, move up, leave at their term or overstay."""

from typing import Any, NamedTuple

import numpy as np

from simulation import decisions
from simulation.draws import uniform
from simulation.engines import events
from simulation.engines.books import FAILED, GRADUATED, LEFT
from simulation.engines.compiled.changes import end, pay, release, strength_for, tell
from simulation.engines.compiled.columns import carrier as c
from simulation.engines.compiled.columns import startup as t
from simulation.engines.compiled.state import CARRIERS, STARTUPS
from simulation.engines.compiled.steps.admission import fit
from simulation.kernels import kernel
from simulation.rules import codes
from simulation.rules import incubation as rules
from simulation.world import F64, I64


class Hosts(NamedTuple):
    """What all tenants of a carrier share this quarter, a row a carrier."""

    loans: F64  # strength of banks
    funding: F64  # chance that a tenant without funding gets its first
    full_chain: F64  # strength of full_chain_parks
    reposition: F64  # strength of reposition_small
    limits: I64  # (carriers, 2) quarters of stay: of most sectors, of those with a long term


@kernel
def incubation(r: Any, p: Any, admission: Any, conversion: Any) -> None:
    """Let every tenant of every operating carrier live through the quarter."""
    # Read once: every look into ``r`` counts references, and there are tens of thousands of tenants.
    key, now, field_of, long_term = r.key, r.now, r.field_of, r.long_term
    startups, carriers, measures = r.startups, r.carriers, r.measures
    hosts = _hosts(r, p, conversion)
    loans, funding, full_chain, limits = hosts.loans, hosts.funding, hosts.full_chain, hosts.limits
    for startup in range(r.used[STARTUPS]):
        carrier = startups[startup, t.CARRIER]
        if carrier < 0:
            continue
        startups[startup, t.AGE] += 1
        startups[startup, t.STAY] += 1
        who, stay, sector = startups[startup, t.ID], startups[startup, t.STAY], startups[startup, t.SECTOR]
        match = fit(field_of, carriers[carrier, c.SECTOR], sector, admission)
        capability, funded = measures[carrier, c.CAPABILITY], startups[startup, t.FUNDED] > 0
        luck = uniform(key, who, now, decisions.TENANT_OUTCOME)
        age = startups[startup, t.AGE]
        if rules.fails(luck, rules.failure_chance(age, match, capability, funded, loans[carrier], p)):
            _end(r, startup, carrier, FAILED, events.FAILED)
            continue
        if rules.graduates(luck, rules.graduation_chance(stay, match, capability, funded, p)):
            carriers[carrier, c.GRADUATES] += 1
            carriers[carrier, c.GRADUATES_THIS_YEAR] += 1
            _end(r, startup, carrier, GRADUATED, events.GRADUATED)
            continue
        if not funded and uniform(key, who, now, decisions.FUNDED) < funding[carrier]:
            _fund(r, startup, carrier)
        at_limit = stay >= limits[carrier, long_term[sector]]
        if carriers[carrier, c.TYPE] == codes.MAKERSPACE:
            moving_up = rules.moving_up_chance(stay, at_limit, full_chain[carrier], p)
            if moving_up > 0.0 and uniform(key, who, now, decisions.MOVE_UP) < moving_up:
                _move_up(r, startup, carrier)
                continue
        if at_limit:
            _reach_limit(r, p, startup, carrier, hosts.reposition[carrier])


@kernel
def _hosts(r: Any, p: Any, conversion: Any) -> Hosts:
    """What the tenants of each carrier share, as the quarter's incubation begins."""
    carriers, used = r.carriers, r.used[CARRIERS]
    loans, funding, full_chain = np.zeros(used), np.zeros(used), np.zeros(used)
    reposition, limits = np.zeros(used), np.zeros((used, 2), np.int64)
    for carrier in range(used):
        kind, carrier_type = carriers[carrier, c.KIND], carriers[carrier, c.TYPE]
        equity = 0.0
        if kind == codes.BANK:
            loans[carrier] = strength_for(r, codes.BANKS, carrier)
        if kind == codes.INVESTOR:
            equity = strength_for(r, codes.INVESTORS, carrier)
        funding[carrier] = rules.funding_chance(strength_for(r, codes.SCI_TECH_FINANCE, carrier), equity, p)
        if carriers[carrier, c.PARK] >= 0:
            full_chain[carrier] = strength_for(r, codes.FULL_CHAIN_PARKS, carrier)
        if carriers[carrier, c.TENANTS] < conversion.large:
            reposition[carrier] = strength_for(r, codes.REPOSITION_SMALL, carrier)
        limits[carrier, 0] = rules.stay_limit(carrier_type, False, p)
        limits[carrier, 1] = rules.stay_limit(carrier_type, True, p)
    return Hosts(loans, funding, full_chain, reposition, limits)


@kernel
def _end(r: Any, startup: int, carrier: int, count: int, event: int) -> None:
    """A tenant leaves its carrier and the model."""
    release(r, startup, count)
    tell(r, event, r.startups[startup, t.ID], r.carriers[carrier, c.ID], 0)
    end(r, startup)


@kernel
def _fund(r: Any, startup: int, carrier: int) -> None:
    """A tenant gets its first funding."""
    r.startups[startup, t.FUNDED] = 1
    r.carriers[carrier, c.FUNDED] += 1
    finance = strength_for(r, codes.SCI_TECH_FINANCE, carrier)
    pay(r, r.carriers[carrier, c.DISTRICT], codes.SCI_TECH_FINANCE, finance, 1)
    tell(r, events.FUNDED, r.startups[startup, t.ID], r.carriers[carrier, c.ID], 0)


@kernel
def _move_up(r: Any, startup: int, carrier: int) -> None:
    """It leaves a makerspace for an incubator or accelerator, and looks for one in the next quarter."""
    release(r, startup, LEFT)
    r.startups[startup, t.UPWARD] = 1
    tell(r, events.MOVED_UP, r.startups[startup, t.ID], r.carriers[carrier, c.ID], 0)


@kernel
def _reach_limit(r: Any, p: Any, startup: int, carrier: int, reposition: float) -> None:
    """Leave at the end of the term, or stay on."""
    focus, sector = r.carriers[carrier, c.SECTOR], r.startups[startup, t.SECTOR]
    misfit = focus >= 0 and r.field_of[focus] != r.field_of[sector]
    draw = uniform(r.key, r.startups[startup, t.ID], r.now, decisions.AT_THE_LIMIT)
    if draw < rules.leaving_chance(misfit, reposition, p):
        _end(r, startup, carrier, LEFT, events.LEFT)
