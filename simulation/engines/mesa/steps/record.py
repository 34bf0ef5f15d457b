"""Step 11, record: count every stock of the quarter, and at the year's end turn the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.engines import books
from simulation.rules import codes

if TYPE_CHECKING:
    from simulation.engines.mesa.model import CarrierModel


def record(model: CarrierModel) -> None:
    """Count, and make this year's counts last year's when the year ends."""
    count(model, model.index + 1)
    if model.quarter_number % 4 == 3:
        for carrier in model.carriers.values():
            carrier.graduates_last_year, carrier.graduates_this_year = carrier.graduates_this_year, 0
            carrier.admitted_last_year, carrier.admitted_this_year = carrier.admitted_this_year, 0


def count(model: CarrierModel, row: int) -> None:
    """Count the stocks of carriers, tenants and capacity into a row of the books, and close its page of startups."""
    ledger = model.ledger
    for carrier in model.carriers.values():
        cell = carrier.cell()
        if cell is not None:
            ledger.stocks[(row, *cell)] += 1
        if carrier.tenants:
            of_district = ledger.counts[carrier.district.place]
            for counts, tenants in zip(of_district, carrier.by_sector, strict=True):
                counts[books.TENANTS] += tenants
        if carrier.status == codes.OPERATING:
            measures = (1, carrier.places, len(carrier.tenants), carrier.area)
            ledger.capacity[row, carrier.type, carrier.level] += measures
    ledger.close_page(row)
