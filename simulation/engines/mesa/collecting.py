"""What Mesa's DataCollector collects: the one place that knows its interface, which Mesa 4 moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesa import DataCollector

from simulation.engines import books
from simulation.quarters import quarter_name
from simulation.rules import codes

if TYPE_CHECKING:
    from simulation.engines.mesa.model import CarrierModel


def collector() -> DataCollector:
    """A collector of the city's headline counts, one row a quarter, the opening stock first."""
    return DataCollector(
        model_reporters={
            "quarter": lambda model: quarter_name(model.quarter_number),
            "listed": lambda model: _count(model, codes.DISTRICT),
            "recognised": lambda model: _count(model, codes.MUNICIPAL),
            "national": lambda model: _count(model, codes.NATIONAL),
            "specialised_share": _specialised_share,
            "tenants": lambda model: int(model.ledger.startups[model.index + 1, ..., books.TENANTS].sum()),
            "occupancy": _occupancy,
        }
    )


def _count(model: CarrierModel, least_level: int) -> int:
    return int(model.ledger.stocks[model.index + 1, ..., least_level - 1 :, :].sum())


def _specialised_share(model: CarrierModel) -> float | None:
    """The share of recognised carriers with the label; none when nobody is recognised."""
    recognised = model.ledger.stocks[model.index + 1, ..., codes.MUNICIPAL - 1 :, :]
    total = int(recognised.sum())
    return int(recognised[:, :, codes.SPECIALISED].sum()) / total if total else None


def _occupancy(model: CarrierModel) -> float | None:
    """Tenants over places of operating carriers; none without places."""
    _, places, tenants, _ = model.ledger.capacity[model.index + 1].sum(axis=(0, 1)).tolist()
    return tenants / places if places else None
