"""Step 6, operations: carriers earn and spend, improve, get platforms and funds, and stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation import decisions
from simulation.engines import books, events
from simulation.rules import codes, founding

if TYPE_CHECKING:
    from simulation.engines.mesa.agents import Carrier
    from simulation.engines.mesa.model import CarrierModel

DECIDED = (
    decisions.INCOME,
    decisions.TOP_UP,
    decisions.PLATFORM,
    decisions.SEED_FUND,
    decisions.STOPPING,
)


def operations(model: CarrierModel) -> None:
    """Let every operating carrier run for the quarter; some stop."""
    carriers = model.operating()
    outside = _outside_shares(model, carriers)
    model.draw_ahead(carriers, *DECIDED)
    for carrier in carriers:
        _subsidise(carrier)
        carrier.run()
        carrier.improve(outside[carrier.district.place])
        _equip(model, carrier)
        if carrier.stops():
            _stop(model, carrier)


def _outside_shares(model: CarrierModel, operating: list[Carrier]) -> list[float]:
    """The share of each district's operating carriers that operators of other cities run."""
    outside, carriers = [0] * len(model.districts), [0] * len(model.districts)
    for carrier in operating:
        carriers[carrier.district.place] += 1
        outside[carrier.district.place] += carrier.kind == codes.OUTSIDE_OPERATOR
    return [part / total if total else 0.0 for part, total in zip(outside, carriers, strict=True)]


def _subsidise(carrier: Carrier) -> None:
    """District support and close service: what is paid is what arrives."""
    levers = carrier.model.setting.levers
    if carrier.mode_in_fact == codes.SPECIALISED:
        tilt = carrier.strength(codes.DISTRICT_SUPPORT_TILT)
        if tilt > 0.0:
            carrier.district.pay(codes.DISTRICT_SUPPORT_TILT, tilt)
            carrier.receive(tilt * float(levers.unit_cost[codes.DISTRICT_SUPPORT_TILT]))
    carrier.district.pay(codes.TAILORED_SERVICE, carrier.strength(codes.TAILORED_SERVICE))
    if carrier.platform:
        carrier.district.pay(codes.PLATFORM_SHARING, carrier.strength(codes.PLATFORM_SHARING))
    if carrier.park >= 0:
        carrier.district.pay(codes.FULL_CHAIN_PARKS, carrier.strength(codes.FULL_CHAIN_PARKS))


def _equip(model: CarrierModel, carrier: Carrier) -> None:
    if not carrier.platform and carrier.gets_platform():
        carrier.platform = 1
        carrier.tell(events.PLATFORM)
    size = int(model.parameters.operations.fund_size)
    if carrier.fund < size and carrier.sets_up_fund():
        carrier.fund = size
        carrier.tell(events.FUND, size)


def _stop(model: CarrierModel, carrier: Carrier) -> None:
    """It stops (停运): tenants look for another place, the floor is free; on the list it stays until found."""
    tenants = list(carrier.tenants.values())
    for startup in tenants:
        carrier.release(startup, books.LEFT)
        startup.tell(events.LEFT, carrier.id, 1)
    carrier.change(codes.STOP, status=codes.STOPPED, stopped=model.quarter_number)
    carrier.tell(events.STOPPED, len(tenants))
    carrier.sector = -1 if carrier.converting_since else carrier.sector
    carrier.converting_since = carrier.applied_level = carrier.applied_label = 0
    if founding.needs_space(carrier.kind):
        carrier.district.space += carrier.area
    if carrier.level == codes.NONE:  # it never came on the list, so nobody need take it off
        model.delist(carrier)
