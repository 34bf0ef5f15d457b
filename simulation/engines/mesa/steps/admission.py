"""Step 4, admission: startups that seek a place look at a few carriers and take the best with a free place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

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
    ids = np.array([startup.id for startup in seekers], np.int64)
    homes = np.array([startup.district.place for startup in seekers], np.int64)
    met: list[list[Carrier]] = [[] for _ in seekers]
    for look in range(int(model.parameters.admission.looks)):
        where, guided = _where(model, ids, homes, look)
        points = model.luck.draw_each(ids, decisions.LOOK_PLACE + look)
        for startup, carriers, place, is_guided, point in zip(
            seekers, met, where, guided, points, strict=True
        ):
            found = rings[place][startup.field].carrier_at(point) if is_guided else None
            if found is None:
                found = rings[place][ALL].carrier_at(point)
            if found is not None:
                carriers.append(found)
    return met


def _where(
    model: CarrierModel, ids: NDArray[np.int64], homes: NDArray[np.int64], look: int
) -> tuple[list[int], list[bool]]:
    """Where a look of each seeker goes, its home district or the city, and whether it is guided to its field."""
    p = model.parameters.admission
    chances = np.array([rules.guided_chance(one.strengths[codes.MATCHMAKING], p) for one in model.districts])
    draws = np.array(model.luck.draw_each(ids, decisions.LOOK_WHERE + look))
    # One draw says both: whether the look stays at home and, within that, whether it is guided.
    at_home = draws < p.home_share
    within = np.where(at_home, draws / p.home_share, (draws - p.home_share) / (1.0 - p.home_share))
    guided = (within < chances[homes]) if look > 0 else np.zeros(len(ids), bool)
    return np.where(at_home, homes, CITY).tolist(), guided.tolist()


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
