"""Step 2, founding: projects in preparation open or are lost; idle sponsors commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation import decisions
from simulation.draws import identity
from simulation.engines import events
from simulation.rules import codes
from simulation.rules import founding as rules
from simulation.rules.chance import whole

if TYPE_CHECKING:
    from simulation.engines.mesa.agents import Carrier, Sponsor
    from simulation.engines.mesa.model import CarrierModel


def founding(model: CarrierModel) -> None:
    """Open what is ready, then let idle sponsors commit while there is floor space."""
    for district in model.districts:
        by_lever = int(
            district.strengths[codes.DISTRICT_NEW_BUILD] * model.setting.city.space_by_lever[district.place]
        )
        district.space += int(model.setting.city.space_growth[district.place]) + by_lever
    shares = _shares_running(model)
    for sponsor in model.sponsors:
        if sponsor.state == codes.SPONSOR_PREPARING:
            _prepare(model, sponsor)
    idle = [
        sponsor
        for sponsor in model.sponsors
        if sponsor.state == codes.IDLE and sponsor.free_from <= model.quarter_number
    ]
    model.draw_ahead(idle, decisions.COMMIT)
    willing = [sponsor for sponsor in idle if sponsor.commits(shares[sponsor.district.place][sponsor.kind])]
    # The most eager first: floor space may not suffice for all, and a place in a list must not decide.
    for sponsor in sorted(willing, key=lambda one: (one.draw(decisions.COMMIT), one.id)):
        sponsor.begin()


def _shares_running(model: CarrierModel) -> list[list[float]]:
    """By district and kind, the share of sponsors that run an operating carrier as the quarter begins."""
    kinds = range(len(codes.SPONSOR_KINDS))
    running = [[0 for _ in kinds] for _ in model.districts]
    sponsors = [[0 for _ in kinds] for _ in model.districts]
    for sponsor in model.sponsors:
        place, kind = sponsor.district.place, sponsor.kind
        sponsors[place][kind] += 1
        if sponsor.carrier is not None and sponsor.carrier.status == codes.OPERATING:
            running[place][kind] += 1
    return [
        [run / total if total else 0.0 for run, total in zip(*rows, strict=True)]
        for rows in zip(running, sponsors, strict=True)
    ]


def _prepare(model: CarrierModel, sponsor: Sponsor) -> None:
    if sponsor.loses_project():
        sponsor.lose_project()
        return
    sponsor.quarters_left -= 1
    if sponsor.quarters_left <= 0:
        _open(model, sponsor)


def _open(model: CarrierModel, sponsor: Sponsor) -> None:
    carrier = model.add_carrier(sponsor.district, sponsor, **_at_birth(model, sponsor))
    sponsor.state = codes.RUNNING
    sponsor.carrier = carrier
    sponsor.quarters_left = sponsor.planned_type = sponsor.planned_area = 0
    carrier.tell(events.OPENED, sponsor.id, carrier.type)
    own_lever = codes.LEVER_OF_KIND[sponsor.kind]
    if own_lever >= 0:
        sponsor.district.pay(own_lever, sponsor.own_lever())
    _bring_tenants(model, sponsor, carrier)


def _at_birth(model: CarrierModel, sponsor: Sponsor) -> dict[str, int | float]:
    """What a new carrier is like: every draw is at its own address."""
    p = model.parameters.founding
    new_id = identity(sponsor.id, model.quarter_number, 0)
    draw = model.draw_of(new_id)
    kind, carrier_type, own = sponsor.kind, sponsor.planned_type, sponsor.own_lever()
    tilt = sponsor.strength(codes.DISTRICT_SUPPORT_TILT)
    specialised = draw(decisions.SPECIALISED_AT_BIRTH) < rules.specialised_chance(carrier_type, own, tilt, p)
    platform = draw(decisions.PLATFORM_AT_BIRTH) < rules.platform_chance(specialised, kind, own, p)
    in_park = sponsor.district.park >= 0 and draw(decisions.PARK_AT_BIRTH) < rules.park_chance(
        sponsor.strength(codes.FULL_CHAIN_PARKS), p
    )
    return {
        **NEW_CARRIER,
        "id": new_id,
        "kind": kind,
        "type": carrier_type,
        "sector": sponsor.sector if specialised else -1,
        "mode_in_fact": codes.SPECIALISED if specialised and platform else codes.COMPREHENSIVE,
        "opened": model.quarter_number,
        "area": sponsor.planned_area,
        "places": rules.tenant_places(sponsor.planned_area, carrier_type, p),
        "platform": int(platform),
        "fund": rules.fund_at_birth(draw(decisions.FUND_AT_BIRTH), carrier_type, p),
        "capability": rules.capability_at_birth(
            draw(decisions.CAPABILITY_AT_BIRTH), kind, specialised, own, p
        ),
        "reserve": model.parameters.operations.topped_up_reserve,
        "park": sponsor.district.park if in_park else -1,
    }


# What every carrier is when it opens, whoever founds it.
NEW_CARRIER = {
    "mode": codes.COMPREHENSIVE,
    "converting_since": 0,
    "converted": 0,
    "level": codes.NONE,
    "status": codes.OPERATING,
    "registered": 0,
    "level_since": 0,
    "stopped": 0,
    "shock": 0.0,
    "graduates": 0,
    "graduates_this_year": 0,
    "graduates_last_year": 0,
    "admitted_this_year": 0,
    "admitted_last_year": 0,
    "grade": codes.UNGRADED,
    "unqualified_years": 0,
    "failed_reviews": 0,
    "unspecialised_years": 0,
    "parent": 0,
    "deregistered": 0,
    "reported": 0,
    "applied_level": codes.NONE,
    "applied_label": 0,
}


def _bring_tenants(model: CarrierModel, sponsor: Sponsor, carrier: Carrier) -> None:
    """A leading enterprise brings firms of its chain, an R&D institution its spin-offs."""
    expected = rules.tenants_brought(sponsor.kind, sponsor.own_lever(), model.parameters.founding)
    brought = min(whole(expected, carrier.draw(decisions.BROUGHT_TENANTS)), carrier.places)
    for rank in range(1, brought + 1):
        startup_id = identity(carrier.id, model.quarter_number, rank)
        carrier.admit(model.form_startup(startup_id, carrier.district, sponsor.sector))
