"""Step 4, admission: startups that seek a place look at a few carriers and take the best with a free place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation import decisions
from simulation.engines import events
from simulation.engines.mesa.rings import ALL, CITY, make_rings
from simulation.rules import admission as rules
from simulation.rules import codes

if TYPE_CHECKING:
    from simulation.engines.mesa.agents import Carrier, Startup
    from simulation.engines.mesa.model import CarrierModel


def admission(model: CarrierModel) -> None:
    """Let every seeker look, in an order that draws decide."""
    seekers = _in_order(model)
    met = _meetings(model, seekers)
    tastes = [
        startup.id ^ carrier.id
        for startup, carriers in zip(seekers, met, strict=True)
        for carrier in carriers
    ]
    model.luck.draw_ahead(tastes, decisions.TASTE)
    for startup, carriers in zip(seekers, met, strict=True):
        best = _best_place(startup, carriers)
        if best is not None:
            best.admit(startup)
        else:
            _wait(model, startup)


def _in_order(model: CarrierModel) -> list[Startup]:
    """Those who seek a place, in the order in which they choose."""
    seekers = {startup.id: startup for startup in model.startups.values() if startup.carrier is None}
    order = model.luck.draw_each(np.array(list(seekers), np.int64), decisions.ORDER)
    return [seekers[startup_id] for _, startup_id in sorted(zip(order, seekers, strict=True))]


def _meetings(model: CarrierModel, seekers: list[Startup]) -> list[list[Carrier]]:
    """The carriers that the looks of each seeker meet, first look first."""
    rings = make_rings(model.operating(), len(model.districts), model.setting.fields)
    home_share = model.parameters.admission.home_share
    guided = [
        rules.guided_chance(district.strengths[codes.MATCHMAKING], model.parameters.admission)
        for district in model.districts
    ]
    ids = np.array([startup.id for startup in seekers], np.int64)
    met: list[list[Carrier]] = [[] for _ in seekers]
    for look in range(int(model.parameters.admission.looks)):
        wheres = model.luck.draw_each(ids, decisions.LOOK_WHERE + look)
        points = model.luck.draw_each(ids, decisions.LOOK_PLACE + look)
        for startup, carriers, where, point in zip(seekers, met, wheres, points, strict=True):
            home = startup.district.place
            # One draw says both: whether the look stays at home and, within that, whether it is guided.
            if where < home_share:
                place, within = home, where / home_share
            else:
                place, within = CITY, (where - home_share) / (1.0 - home_share)
            found = None
            if look > 0 and within < guided[home]:
                found = rings[place][startup.field].carrier_at(point)
            if found is None:
                found = rings[place][ALL].carrier_at(point)
            if found is not None:
                carriers.append(found)
    return met


def _best_place(startup: Startup, carriers: list[Carrier]) -> Carrier | None:
    """The most attractive of the carriers it looks at that have a place for it."""
    best, best_attraction = None, 0.0
    for carrier in carriers:
        if carrier is best or not carrier.takes(startup):
            continue
        attraction = startup.attraction(carrier)
        if best is None or attraction > best_attraction:
            best, best_attraction = carrier, attraction
    return best


def _wait(model: CarrierModel, startup: Startup) -> None:
    startup.age += 1
    startup.waiting += 1
    if startup.gives_up_looking():
        startup.tell(events.GAVE_UP_LOOKING, startup.waiting)
        model.remove_startup(startup)
