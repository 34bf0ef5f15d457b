"""Step 1, policy: boundaries move, this quarter's levers are read, districts set their effort."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation import decisions
from simulation.engines import books, events
from simulation.rules import codes

if TYPE_CHECKING:
    from simulation.engines.mesa.agents import Carrier, District
    from simulation.engines.mesa.model import CarrierModel


def policy(model: CarrierModel) -> None:
    """Carry out the transfers of this quarter, read the levers, set the effort of each district."""
    _transfer(model)
    recognised = _recognised(model)
    for district in model.districts:
        district.read_levers()
        district.set_effort(recognised[district.place])
        if district.seeker_share > 0.0:
            _pay(district)


def _pay(district: District) -> None:
    for lever in codes.PAID_BY_DISTRICT:
        district.pay(lever, district.strengths[lever])
    district.pay(codes.UNIVERSITY_BELTS, district.belts())


def _recognised(model: CarrierModel) -> list[int]:
    """The recognised carriers of each district: what accountability holds against its milestone."""
    counts = [0] * len(model.districts)
    for carrier in model.carriers.values():
        if carrier.listed and carrier.level >= codes.MUNICIPAL:
            counts[carrier.district.place] += 1
    return counts


def _transfer(model: CarrierModel) -> None:
    """Carriers, their sponsors and floor go over to another district (划转): no opening and no closure."""
    city = model.setting.city
    for row, quarter in enumerate(city.transfer_quarter.tolist()):
        if quarter != model.quarter_number:
            continue
        old, new = model.districts[city.transfer_from[row]], model.districts[city.transfer_to[row]]
        share = float(city.transfer_share[row])
        for carrier in model.carriers.values():
            if carrier.district is old and carrier.draw(decisions.TRANSFERRED) < share:
                _move(model, carrier, new)
        for sponsor in model.sponsors:
            follows = sponsor.carrier is None and sponsor.draw(decisions.TRANSFERRED) < share
            if sponsor.district is old and follows:
                sponsor.district = new
        floor = int(old.space * share)
        old.space -= floor
        new.space += floor


def _move(model: CarrierModel, carrier: Carrier, new: District) -> None:
    old = carrier.district
    carrier.change(codes.TRANSFER, district=new)
    carrier.tell(events.TRANSFERRED, old.place, new.place)
    if carrier.sponsor is not None and carrier.sponsor.carrier is carrier:
        carrier.sponsor.district = new
    counts = model.ledger.counts
    for startup in carrier.tenants.values():
        startup.district = new
        counts[old.place][startup.sector][books.MOVED] -= 1
        counts[new.place][startup.sector][books.MOVED] += 1
