"""Step 5, incubation: tenants fail, graduate, are funded, move up, leave at their term or overstay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np

from simulation import decisions
from simulation.engines import books, events
from simulation.rules import codes
from simulation.rules import incubation as rules

if TYPE_CHECKING:
    from simulation.engines.mesa.agents import Carrier, Startup
    from simulation.engines.mesa.model import CarrierModel

# What is drawn for every tenant at once: whether it fails or graduates, is funded, moves up.
DECIDED = (decisions.TENANT_OUTCOME, decisions.FUNDED, decisions.MOVE_UP)


def incubation(model: CarrierModel) -> None:
    """Let every tenant of every operating carrier live through the quarter."""
    carriers = model.operating()
    ids = np.fromiter(chain.from_iterable(carrier.tenants for carrier in carriers), np.int64)
    fates = zip(
        list(chain.from_iterable(carrier.tenants.values() for carrier in carriers)),
        *(model.luck.numbers(ids, decision).tolist() for decision in DECIDED),
        strict=True,
    )
    # Only stay, limit and lever decide this chance: the same few cases come up thousands of times.
    moving_up = cache(partial(rules.moving_up_chance, p=model.parameters.incubation))
    for carrier in carriers:
        _incubate(model, carrier, moving_up, islice(fates, len(carrier.tenants)))


def _incubate(
    model: CarrierModel,
    carrier: Carrier,
    moving_up: Callable[[int, bool, float], float],
    fates: Iterator[tuple[Startup, float, float, float]],
) -> None:
    """Let the tenants of one carrier live through the quarter, each with what was drawn for it."""
    p = model.parameters.incubation
    loans = carrier.strength(codes.BANKS) if carrier.kind == codes.BANK else 0.0
    equity = carrier.strength(codes.INVESTORS) if carrier.kind == codes.INVESTOR else 0.0
    finance = carrier.strength(codes.SCI_TECH_FINANCE)
    funding = rules.funding_chance(finance, equity, p)
    capability, from_makerspace = carrier.capability, carrier.type == codes.MAKERSPACE
    limits = [rules.stay_limit(carrier.type, long, p) for long in (False, True)]
    full_chain = carrier.strength(codes.FULL_CHAIN_PARKS) if carrier.park >= 0 else 0.0
    reposition, long_term = carrier.strength(codes.REPOSITION_SMALL), model.city.long_term
    for startup, outcome, funded, moving in fates:
        startup.age += 1
        startup.stay += 1
        fit = startup.fit(carrier)
        failure = startup.failure_chance(fit, capability, loans)
        if outcome < failure:
            _end(model, carrier, startup, books.FAILED, events.FAILED)
        elif outcome < failure + startup.graduation_chance(fit, capability):
            carrier.graduates += 1
            carrier.graduates_this_year += 1
            _end(model, carrier, startup, books.GRADUATED, events.GRADUATED)
        else:
            if funded < funding and not startup.funded:
                _fund(carrier, startup, finance)
            at_limit = startup.stay >= limits[long_term[startup.sector]]
            if from_makerspace and moving < moving_up(startup.stay, at_limit, full_chain):
                _move_up(carrier, startup)
            elif at_limit:
                misfit = carrier.focused and carrier.field != startup.field
                if startup.draw(decisions.AT_THE_LIMIT) < rules.leaving_chance(misfit, reposition, p):
                    _end(model, carrier, startup, books.LEFT, events.LEFT)


def _end(model: CarrierModel, carrier: Carrier, startup: Startup, count: int, event: int) -> None:
    carrier.release(startup, count)
    startup.tell(event, carrier.id)
    model.remove_startup(startup)


def _fund(carrier: Carrier, startup: Startup, finance: float) -> None:
    startup.funded = 1
    carrier.funded_tenants += 1
    carrier.district.pay(codes.SCI_TECH_FINANCE, finance)
    startup.tell(events.FUNDED, carrier.id)


def _move_up(carrier: Carrier, startup: Startup) -> None:
    """It leaves a makerspace for an incubator or accelerator, and looks for one in the next quarter."""
    carrier.release(startup, books.LEFT)
    startup.upward = 1
    startup.tell(events.MOVED_UP, carrier.id)
