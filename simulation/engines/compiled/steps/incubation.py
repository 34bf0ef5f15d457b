"""Step 5, incubation: tenants fail, graduate, are funded, move up, leave at their term or overstay."""

from typing import Any

from simulation import decisions
from simulation.draws import uniform
from simulation.engines import events
from simulation.engines.books import FAILED, GRADUATED, LEFT
from simulation.engines.compiled.changes import end, pay, release, strength_for, tell
from simulation.engines.compiled.state import STARTUPS
from simulation.engines.compiled.steps.admission import fit
from simulation.kernels import kernel
from simulation.rules import codes
from simulation.rules import incubation as rules


@kernel
def incubation(
    state: Any, key: int, index: int, quarter: int, city: Any, levers: Any, p: Any, admission: Any
) -> None:
    """Let every tenant of every operating carrier live through the quarter."""
    for startup in range(state.used[STARTUPS]):
        if state.links.carrier[startup] >= 0:
            _incubate(state, key, index, quarter, city, levers, p, admission, startup)


@kernel
def _incubate(
    state: Any,
    key: int,
    index: int,
    quarter: int,
    city: Any,
    levers: Any,
    p: Any,
    admission: Any,
    startup: int,
) -> None:
    carriers, startups = state.carriers, state.startups
    carrier, who = state.links.carrier[startup], startups.id[startup]
    kind, capability = carriers.kind[carrier], carriers.capability[carrier]
    loans = strength_for(state, levers, codes.BANKS, index, carrier) if kind == codes.BANK else 0.0
    startups.age[startup] += 1
    startups.stay[startup] += 1
    age, stay, funded = startups.age[startup], startups.stay[startup], startups.funded[startup] > 0
    match = fit(state, city.field, startup, carrier, admission)
    luck = uniform(key, who, quarter, decisions.TENANT_OUTCOME)
    failure = rules.failure_chance(age, match, capability, funded, loans, p)
    if luck < failure:
        release(state, city.field, index, startup, FAILED)
        tell(state, quarter, events.FAILED, who, carriers.id[carrier], 0)
        end(state, startup)
    elif luck < failure + rules.graduation_chance(stay, match, capability, funded, p):
        carriers.graduates[carrier] += 1
        carriers.graduates_this_year[carrier] += 1
        release(state, city.field, index, startup, GRADUATED)
        tell(state, quarter, events.GRADUATED, who, carriers.id[carrier], 0)
        end(state, startup)
    else:
        if not funded:
            _seek_funds(state, key, index, quarter, levers, p, startup, carrier)
        _reach_term(state, key, index, quarter, city, levers, p, startup, carrier)


@kernel
def _seek_funds(
    state: Any, key: int, index: int, quarter: int, levers: Any, p: Any, startup: int, carrier: int
) -> None:
    carriers, who = state.carriers, state.startups.id[startup]
    equity = 0.0
    if carriers.kind[carrier] == codes.INVESTOR:
        equity = strength_for(state, levers, codes.INVESTORS, index, carrier)
    finance = strength_for(state, levers, codes.SCI_TECH_FINANCE, index, carrier)
    if uniform(key, who, quarter, decisions.FUNDED) < rules.funding_chance(finance, equity, p):
        state.startups.funded[startup] = 1
        state.links.funded[carrier] += 1
        pay(state, levers, index, carriers.district[carrier], codes.SCI_TECH_FINANCE, finance, 1)
        tell(state, quarter, events.FUNDED, who, carriers.id[carrier], 0)


@kernel
def _reach_term(
    state: Any, key: int, index: int, quarter: int, city: Any, levers: Any, p: Any, startup: int, carrier: int
) -> None:
    """Move up the chain, or leave at the end of the term, or stay on."""
    carriers, startups = state.carriers, state.startups
    who, stay, sector = startups.id[startup], startups.stay[startup], startups.sector[startup]
    at_limit = stay >= rules.stay_limit(carriers.type[carrier], city.long_term[sector] > 0, p)
    if carriers.type[carrier] == codes.MAKERSPACE:
        full_chain = 0.0
        if carriers.park[carrier] >= 0:
            full_chain = strength_for(state, levers, codes.FULL_CHAIN_PARKS, index, carrier)
        moving_up = rules.moving_up_chance(stay, at_limit, full_chain, p)
        if moving_up > 0.0 and uniform(key, who, quarter, decisions.MOVE_UP) < moving_up:
            release(state, city.field, index, startup, LEFT)
            startups.upward[startup] = 1
            tell(state, quarter, events.MOVED_UP, who, carriers.id[carrier], 0)
            return
    if at_limit:
        focus = carriers.sector[carrier]
        misfit = focus >= 0 and city.field[focus] != city.field[sector]
        reposition = strength_for(state, levers, codes.REPOSITION_SMALL, index, carrier)
        if uniform(key, who, quarter, decisions.AT_THE_LIMIT) < rules.leaving_chance(misfit, reposition, p):
            release(state, city.field, index, startup, LEFT)
            tell(state, quarter, events.LEFT, who, carriers.id[carrier], 0)
            end(state, startup)
