"""Step 5, incubation: tenants fail, graduate, are funded, move up, leave at their term or overstay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation import decisions
from simulation.engines import books, events
from simulation.engines.mesa.agents import Startup
from simulation.rules import codes
from simulation.rules import incubation as rules

if TYPE_CHECKING:
    from simulation.engines.mesa.agents import Carrier
    from simulation.engines.mesa.model import CarrierModel

# What is drawn for every tenant at once, besides its outcome: whether it is funded, moves up.
DECIDED = (decisions.FUNDED, decisions.MOVE_UP)
# What a subclass may decide otherwise; then the highest chance of a tenant is not known beforehand.
DECIDES = ("fit", "failure_chance", "graduation_chance")
OLD = 40  # quarters: older than any age at which the chance to fail still changes


def incubation(model: CarrierModel) -> None:
    """Let every tenant of every operating carrier live through the quarter."""
    carriers = model.operating()
    ids = np.fromiter(chain.from_iterable(carrier.tenants for carrier in carriers), np.int64)
    outcomes = model.luck.numbers(ids, decisions.TENANT_OUTCOME)
    fates = zip(
        list(chain.from_iterable(carrier.tenants.values() for carrier in carriers)),
        outcomes.tolist(),
        _may_end(model, carriers, outcomes).tolist(),
        *(model.luck.numbers(ids, decision).tolist() for decision in DECIDED),
        strict=True,
    )
    # Only stay, limit and lever decide this chance: the same few cases come up thousands of times.
    moving_up = cache(partial(rules.moving_up_chance, p=model.parameters.incubation))
    for carrier in carriers:
        _incubate(model, carrier, moving_up, islice(fates, len(carrier.tenants)))


def _may_end(
    model: CarrierModel, carriers: list[Carrier], outcomes: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which tenants would fail or graduate if their chance were the highest that one of their carrier can have.

    Nine of ten would not, and need no closer look.
    """
    if any(getattr(model.startup_class, name) is not getattr(Startup, name) for name in DECIDES):
        return np.ones(len(outcomes), bool)
    p = model.parameters.incubation
    worst_age = max(range(OLD), key=lambda age: rules.failure_by_age(age, p))
    highest = [
        (
            rules.failure_chance(
                worst_age,
                1.0 if p.failure_if_match > 0.0 else 0.0,
                carrier.capability,
                p.failure_if_funded > 0.0,
                _loans(carrier),
                p,
            ),
            rules.graduation_chance(
                OLD,
                1.0 if p.graduation_if_match > 0.0 else 0.0,
                carrier.capability,
                p.graduation_if_funded > 0.0,
                p,
            ),
        )
        for carrier in carriers
    ]
    tenants = np.array([len(carrier.tenants) for carrier in carriers], np.int64)
    failing, graduating = np.repeat(np.array(highest).reshape(-1, 2), tenants, axis=0).T
    draws: Any = outcomes  # the rules compare arrays as they compare numbers
    return np.asarray(rules.fails(draws, failing) | rules.graduates(draws, graduating))


def _loans(carrier: Carrier) -> float:
    return carrier.strength(codes.BANKS) if carrier.kind == codes.BANK else 0.0


def _incubate(
    model: CarrierModel,
    carrier: Carrier,
    moving_up: Callable[[int, bool, float], float],
    fates: Iterator[tuple[Startup, float, bool, float, float]],
) -> None:
    """Let the tenants of one carrier live through the quarter, each with what was drawn for it."""
    p = model.parameters.incubation
    equity = carrier.strength(codes.INVESTORS) if carrier.kind == codes.INVESTOR else 0.0
    finance = carrier.strength(codes.SCI_TECH_FINANCE)
    funding = rules.funding_chance(finance, equity, p)
    loans, from_makerspace = _loans(carrier), carrier.type == codes.MAKERSPACE
    limits = [rules.stay_limit(carrier.type, long, p) for long in (False, True)]
    full_chain = carrier.strength(codes.FULL_CHAIN_PARKS) if carrier.park >= 0 else 0.0
    reposition = 0.0 if carrier.large else carrier.strength(codes.REPOSITION_SMALL)
    shortest, long_term = min(limits), model.city.long_term
    for startup, outcome, may_end, funded, moving in fates:
        startup.age += 1
        stay = startup.stay = startup.stay + 1
        if may_end and _ends(model, carrier, startup, outcome, loans):
            continue
        if funded < funding and not startup.funded:
            _fund(carrier, startup, finance)
        at_limit = stay >= shortest and stay >= limits[long_term[startup.sector]]
        if from_makerspace and moving < moving_up(stay, at_limit, full_chain):
            _move_up(carrier, startup)
        elif at_limit:
            misfit = carrier.focused and carrier.field != startup.field
            if startup.draw(decisions.AT_THE_LIMIT) < rules.leaving_chance(misfit, reposition, p):
                _end(model, carrier, startup, books.LEFT, events.LEFT)


def _ends(model: CarrierModel, carrier: Carrier, startup: Startup, outcome: float, loans: float) -> bool:
    """Let a tenant fail or graduate, if its luck has it so; says whether it did."""
    fit, capability = startup.fit(carrier), carrier.capability
    if rules.fails(outcome, startup.failure_chance(fit, capability, loans)):
        _end(model, carrier, startup, books.FAILED, events.FAILED)
        return True
    if rules.graduates(outcome, startup.graduation_chance(fit, capability)):
        carrier.graduates += 1
        carrier.graduates_this_year += 1
        _end(model, carrier, startup, books.GRADUATED, events.GRADUATED)
        return True
    return False


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
