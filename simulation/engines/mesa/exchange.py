"""From a world to agents, and back."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from simulation import world as tables
from simulation.world import World

if TYPE_CHECKING:
    from simulation.engines.mesa.model import CarrierModel


def populate(model: CarrierModel, world: World) -> None:
    """Make the agents of a world. Raises ``ValueError`` when a row names an agent that is not there."""
    for place, (district_id, space) in enumerate(
        zip(world.districts.id.tolist(), world.districts.space.tolist(), strict=True)
    ):
        model.districts.append(model.district_class(model, place, district_id, space))
    sponsors = {}
    for row in _rows(world.sponsors):
        district, carrier_id = model.districts[row.pop("district")], row.pop("carrier")
        sponsor = model.sponsor_class(model, district, **row)
        model.sponsors.append(sponsor)
        sponsors[sponsor.id] = (sponsor, carrier_id)
    for row in _rows(world.carriers):
        district, sponsor_id = model.districts[row.pop("district")], row.pop("sponsor")
        model.add_carrier(district, _named(sponsors, sponsor_id, "sponsor")[0] if sponsor_id else None, **row)
    for sponsor, carrier_id in sponsors.values():
        sponsor.carrier = _named(model.carriers, carrier_id, "carrier") if carrier_id else None
    for row in _rows(world.startups):
        district, carrier_id = model.districts[row.pop("district")], row.pop("carrier")
        startup = model.startup_class(model, district, **row)
        model.startups[startup.id] = startup
        if carrier_id:
            _named(model.carriers, carrier_id, "carrier").take(startup)


def _rows(table: Any) -> list[dict[str, Any]]:
    columns = [column.tolist() for column in table]
    return [dict(zip(table._fields, values, strict=True)) for values in zip(*columns, strict=True)]


def _named(known: dict[int, Any], wanted: int, what: str) -> Any:
    if wanted not in known:
        raise ValueError(f"the world names a {what} {wanted} that it does not hold")
    return known[wanted]


def world_of(model: CarrierModel) -> World:
    """The world that the agents make up, in canonical order."""
    return World(
        quarter=model.quarter_number,
        districts=_table(tables.Districts, model.districts, {}),
        sponsors=_table(
            tables.Sponsors, model.sponsors, {"district": _place, "carrier": lambda one: _id(one.carrier)}
        ),
        carriers=_table(
            tables.Carriers,
            list(model.carriers.values()),
            {"district": _place, "sponsor": lambda one: _id(one.sponsor)},
        ),
        startups=_table(
            tables.Startups,
            list(model.startups.values()),
            {"district": _place, "carrier": lambda one: _id(one.carrier)},
        ),
    )


def _place(agent: Any) -> int:
    return int(agent.district.place)


def _id(agent: Any) -> int:
    return 0 if agent is None else int(agent.id)


def _table(table: Any, agents: list[Any], special: dict[str, Any]) -> Any:
    columns = {name: list(map(special.get(name) or attrgetter(name), agents)) for name in table._fields}
    return tables.build(table, **columns)
