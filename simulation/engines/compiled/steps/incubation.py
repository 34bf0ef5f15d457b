"""Step 5, incubation: tenants fail, graduate, are funded, move up, leave at their term or overstay."""

from typing import Any

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


@kernel
def incubation(r: Any, p: Any, admission: Any, conversion: Any) -> None:
    """Let every tenant of every operating carrier live through the quarter."""
    key, now, field_of = r.key, r.now, r.field_of
    startups, carriers, measures = r.startups, r.carriers, r.measures
    small = _small(r, conversion)
    for startup in range(r.used[STARTUPS]):
        carrier = startups[startup, t.CARRIER]
        if carrier < 0:
            continue
        startups[startup, t.AGE] += 1
        startups[startup, t.STAY] += 1
        loans = strength_for(r, codes.BANKS, carrier) if carriers[carrier, c.KIND] == codes.BANK else 0.0
        focus, sector = carriers[carrier, c.SECTOR], startups[startup, t.SECTOR]
        match = fit(field_of, focus, sector, admission)
        capability, funded = measures[carrier, c.CAPABILITY], startups[startup, t.FUNDED] > 0
        luck = uniform(key, startups[startup, t.ID], now, decisions.TENANT_OUTCOME)
        if rules.fails(
            luck, rules.failure_chance(startups[startup, t.AGE], match, capability, funded, loans, p)
        ):
            _end(r, startup, carrier, FAILED, events.FAILED)
        elif rules.graduates(
            luck, rules.graduation_chance(startups[startup, t.STAY], match, capability, funded, p)
        ):
            carriers[carrier, c.GRADUATES] += 1
            carriers[carrier, c.GRADUATES_THIS_YEAR] += 1
            _end(r, startup, carrier, GRADUATED, events.GRADUATED)
        else:
            if not funded:
                _seek_funds(r, p, startup, carrier)
            _reach_term(r, p, startup, carrier, small[carrier])


@kernel
def _small(r: Any, p: Any) -> Any:
    """Whether each carrier counts as a small one as the quarter's incubation begins."""
    return r.carriers[: r.used[CARRIERS], c.TENANTS] < p.large


@kernel
def _end(r: Any, startup: int, carrier: int, count: int, event: int) -> None:
    """A tenant leaves its carrier and the model."""
    release(r, startup, count)
    tell(r, event, r.startups[startup, t.ID], r.carriers[carrier, c.ID], 0)
    end(r, startup)


@kernel
def _seek_funds(r: Any, p: Any, startup: int, carrier: int) -> None:
    carriers, who = r.carriers, r.startups[startup, t.ID]
    equity = 0.0
    if carriers[carrier, c.KIND] == codes.INVESTOR:
        equity = strength_for(r, codes.INVESTORS, carrier)
    finance = strength_for(r, codes.SCI_TECH_FINANCE, carrier)
    if uniform(r.key, who, r.now, decisions.FUNDED) < rules.funding_chance(finance, equity, p):
        r.startups[startup, t.FUNDED] = 1
        r.carriers[carrier, c.FUNDED] += 1
        pay(r, carriers[carrier, c.DISTRICT], codes.SCI_TECH_FINANCE, finance, 1)
        tell(r, events.FUNDED, who, carriers[carrier, c.ID], 0)


@kernel
def _reach_term(r: Any, p: Any, startup: int, carrier: int, small: bool) -> None:
    """Move up the chain, or leave at the end of the term, or stay on."""
    carriers, startups = r.carriers, r.startups
    who, stay, sector = startups[startup, t.ID], startups[startup, t.STAY], startups[startup, t.SECTOR]
    at_limit = stay >= rules.stay_limit(carriers[carrier, c.TYPE], r.long_term[sector] > 0, p)
    if carriers[carrier, c.TYPE] == codes.MAKERSPACE:
        full_chain = 0.0
        if carriers[carrier, c.PARK] >= 0:
            full_chain = strength_for(r, codes.FULL_CHAIN_PARKS, carrier)
        moving_up = rules.moving_up_chance(stay, at_limit, full_chain, p)
        if moving_up > 0.0 and uniform(r.key, who, r.now, decisions.MOVE_UP) < moving_up:
            release(r, startup, LEFT)
            startups[startup, t.UPWARD] = 1
            tell(r, events.MOVED_UP, who, carriers[carrier, c.ID], 0)
            return
    if at_limit:
        focus = carriers[carrier, c.SECTOR]
        misfit = focus >= 0 and r.field_of[focus] != r.field_of[sector]
        reposition = strength_for(r, codes.REPOSITION_SMALL, carrier) if small else 0.0
        if uniform(r.key, who, r.now, decisions.AT_THE_LIMIT) < rules.leaving_chance(misfit, reposition, p):
            release(r, startup, LEFT)
            tell(r, events.LEFT, who, carriers[carrier, c.ID], 0)
            end(r, startup)
