"""Step 5, incubation: tenants fail, graduate, are funded, move up, leave at their term or overstay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation import decisions
from simulation.draws import uniform
from simulation.engines import books, events
from simulation.rules import codes
from simulation.rules import incubation as rules

if TYPE_CHECKING:
    from simulation.engines.mesa.agents import Carrier, Startup
    from simulation.engines.mesa.model import CarrierModel


def incubation(model: CarrierModel) -> None:
    """Let every tenant of every operating carrier live through the quarter."""
    for carrier in model.operating():
        _incubate(model, carrier)


def _incubate(model: CarrierModel, carrier: Carrier) -> None:
    p = model.parameters.incubation
    loans = carrier.strength(codes.BANKS) if carrier.kind == codes.BANK else 0.0
    equity = carrier.strength(codes.INVESTORS) if carrier.kind == codes.INVESTOR else 0.0
    finance = carrier.strength(codes.SCI_TECH_FINANCE)
    funding = rules.funding_chance(finance, equity, p)
    key, quarter = model.key, model.quarter_number
    for startup in list(carrier.tenants.values()):
        startup.age += 1
        startup.stay += 1
        fit = startup.fit(carrier)
        luck = uniform(key, startup.id, quarter, decisions.TENANT_OUTCOME)
        failure = startup.failure_chance(fit, carrier.capability, loans)
        if luck < failure:
            _end(model, carrier, startup, books.FAILED, events.FAILED)
        elif luck < failure + startup.graduation_chance(fit, carrier.capability):
            carrier.graduates += 1
            carrier.graduates_this_year += 1
            _end(model, carrier, startup, books.GRADUATED, events.GRADUATED)
        else:
            if not startup.funded and uniform(key, startup.id, quarter, decisions.FUNDED) < funding:
                _fund(carrier, startup, finance)
            _reach_term(model, carrier, startup)


def _end(model: CarrierModel, carrier: Carrier, startup: Startup, count: int, event: int) -> None:
    carrier.release(startup, count)
    startup.tell(event, carrier.id)
    model.remove_startup(startup)


def _fund(carrier: Carrier, startup: Startup, finance: float) -> None:
    startup.funded = 1
    carrier.funded_tenants += 1
    carrier.district.pay(codes.SCI_TECH_FINANCE, finance)
    startup.tell(events.FUNDED, carrier.id)


def _reach_term(model: CarrierModel, carrier: Carrier, startup: Startup) -> None:
    """Move up the chain, or leave at the end of the term, or stay on."""
    p = model.parameters.incubation
    at_limit = startup.stay >= rules.stay_limit(carrier.type, bool(model.city.long_term[startup.sector]), p)
    if carrier.type == codes.MAKERSPACE:
        full_chain = carrier.strength(codes.FULL_CHAIN_PARKS) if carrier.park >= 0 else 0.0
        moving_up = rules.moving_up_chance(startup.stay, at_limit, full_chain, p)
        if moving_up > 0.0 and startup.draw(decisions.MOVE_UP) < moving_up:
            carrier.release(startup, books.LEFT)
            startup.upward = 1
            startup.tell(events.MOVED_UP, carrier.id)
            return
    if at_limit:
        misfit = carrier.focused and carrier.field != startup.field
        leaving = rules.leaving_chance(misfit, carrier.strength(codes.REPOSITION_SMALL), p)
        if startup.draw(decisions.AT_THE_LIMIT) < leaving:
            _end(model, carrier, startup, books.LEFT, events.LEFT)
