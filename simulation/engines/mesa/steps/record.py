"""Step 11, record: count every stock of the quarter, and at the year's end turn the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.engines import books

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
    cells = [cell for carrier in model.carriers.values() if (cell := carrier.cell()) is not None]
    _add(ledger.stocks[row], cells, [1] * len(cells))
    hosts = [carrier for carrier in model.carriers.values() if carrier.tenants]
    places = [(carrier.district.place,) for carrier in hosts]
    _add(ledger.startups[row, ..., books.TENANTS], places, [carrier.by_sector for carrier in hosts])
    operating = model.operating()
    kinds = [(carrier.type, carrier.level) for carrier in operating]
    measures = [(1, carrier.places, len(carrier.tenants), carrier.area) for carrier in operating]
    _add(ledger.capacity[row], kinds, measures)
    ledger.close_page(row)


def _add(book: NDArray[Any], cells: Sequence[tuple[int, ...]], amounts: Sequence[Any]) -> None:
    """Add amounts to the cells of a book; a cell may come up any number of times."""
    if cells:
        np.add.at(book, tuple(np.array(cells).T), np.array(amounts))
