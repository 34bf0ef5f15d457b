"""Step 7, conversion: comprehensive carriers become specialised in fact, give up, or split."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation import decisions
from simulation.draws import identity
from simulation.engines import books, events
from simulation.engines.mesa.steps.founding import NEW_CARRIER
from simulation.rules import codes

if TYPE_CHECKING:
    from simulation.engines.mesa.agents import Carrier
    from simulation.engines.mesa.model import CarrierModel


def conversion(model: CarrierModel) -> None:
    """Let every operating carrier start, go on with or give up its conversion; see what it is in fact."""
    carriers = model.operating()
    model.draw_ahead(carriers, decisions.SPLIT, decisions.START_CONVERTING)
    for carrier in carriers:
        if carrier.converting_since:
            _go_on(model, carrier)
        elif not carrier.focused and carrier.splits():
            _split(model, carrier)
        elif not carrier.focused and carrier.starts_converting():
            _start(model, carrier)
        _see_what_it_is(carrier)


def _start(model: CarrierModel, carrier: Carrier) -> None:
    carrier.sector = carrier.leading_sector(carrier.largest_field())
    carrier.converting_since = model.quarter_number
    carrier.tell(events.CONVERTING, carrier.sector)


def _go_on(model: CarrierModel, carrier: Carrier) -> None:
    """It costs; it may get its platform, or after some time give up."""
    lever = codes.CONVERT_LARGE if carrier.large else codes.REPOSITION_SMALL
    carrier.district.pay(lever, carrier.strength(lever))
    if not carrier.platform and carrier.gets_platform_by_converting():
        carrier.platform = 1
        carrier.tell(events.PLATFORM)
    if not carrier.specialised_now() and carrier.gives_up_converting():
        carrier.tell(events.GAVE_UP_CONVERTING, model.quarter_number - carrier.converting_since)
        carrier.sector, carrier.converting_since = -1, 0


def _see_what_it_is(carrier: Carrier) -> None:
    specialised = carrier.specialised_now()
    if specialised and carrier.mode_in_fact == codes.COMPREHENSIVE:
        carrier.converted = 1 if carrier.converting_since else carrier.converted
        carrier.change(codes.SPECIALISED_IN_FACT, mode_in_fact=codes.SPECIALISED, converting_since=0)
        carrier.tell(events.SPECIALISED_IN_FACT, carrier.sector, carrier.converted)
    elif not specialised and carrier.mode_in_fact == codes.SPECIALISED:
        carrier.change(codes.COMPREHENSIVE_IN_FACT, mode_in_fact=codes.COMPREHENSIVE)
        carrier.tell(events.COMPREHENSIVE_IN_FACT)


def _split(model: CarrierModel, parent: Carrier) -> None:
    """Split one into N (一变N): each further field with tenants enough becomes a child of its own.

    The parent keeps id, name, level and its largest field; a child starts at district level with its own
    floor and tenants. Nothing is counted twice.
    """
    p = model.parameters.conversion
    order = sorted(range(model.setting.fields), key=lambda field: (-parent.by_field[field], field))
    fields = [field for field in order[1:] if parent.by_field[field] >= p.least_split][: int(p.most_children)]
    if not fields:
        return
    parent.district.pay(codes.CONVERT_LARGE, parent.strength(codes.CONVERT_LARGE), len(fields))
    for rank, field in enumerate(fields):
        _found_child(model, parent, identity(parent.id, model.quarter_number, rank), field)
    if p.parent_ends > 0.0:
        _end_parent(model, parent)


def _found_child(model: CarrierModel, parent: Carrier, child_id: int, field: int) -> None:
    tenants = [startup for startup in parent.tenants.values() if startup.field == field]
    free = parent.places - len(parent.tenants)
    places = len(tenants) + free * len(tenants) // len(parent.tenants)
    area = parent.area * places // parent.places
    child = model.add_carrier(
        parent.district,
        None,
        **{
            **NEW_CARRIER,
            "id": child_id,
            "kind": parent.kind,
            "type": parent.type,
            "sector": parent.leading_sector(field),
            "mode_in_fact": codes.SPECIALISED if parent.platform else codes.COMPREHENSIVE,
            "opened": model.quarter_number,
            "area": area,
            "places": places,
            "platform": parent.platform,
            "fund": 0,
            "capability": parent.capability,
            "reserve": parent.reserve,
            "park": parent.park,
            "parent": parent.id,
        },
    )
    for startup in tenants:
        stay = startup.stay
        parent.release(startup, books.LEFT)
        child.admit(startup)
        startup.stay = stay
    parent.resize(parent.area - area, parent.places - places)
    child.change(
        codes.SPLIT, level=codes.DISTRICT, registered=model.quarter_number, level_since=model.quarter_number
    )
    parent.tell(events.SPLIT, child.id, len(tenants))


def _end_parent(model: CarrierModel, parent: Carrier) -> None:
    """Where the children replace the parent: it ends, and its last tenants look for a place."""
    for startup in list(parent.tenants.values()):
        parent.release(startup, books.LEFT)
        startup.tell(events.LEFT, parent.id, 1)
    model.delist(parent, codes.SPLIT)
