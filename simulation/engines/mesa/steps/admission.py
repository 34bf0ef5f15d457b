"""Step 4, admission: startups that seek a place look at a few carriers and take the best with a free place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation import decisions
from simulation.engines import events
from simulation.engines.mesa.luck import ids_of
from simulation.engines.mesa.rings import ALL, CITY, NOBODY, Rings
from simulation.rules import admission as rules
from simulation.rules import codes

if TYPE_CHECKING:
    from simulation.engines.mesa.agents import Carrier, Startup
    from simulation.engines.mesa.model import CarrierModel


def admission(model: CarrierModel) -> None:
    """Let every seeker look, in an order that draws decide."""
    carriers = model.operating()
    seekers = _in_order(model)
    guided, blind = _meetings(model, seekers, carriers)
    for startup, of_its_field, of_any in zip(seekers, guided.tolist(), blind.tolist(), strict=True):
        best = _best_place(startup, carriers, of_its_field, of_any)
        if best is not None:
            best.admit(startup)
        else:
            _wait(model, startup)


def _in_order(model: CarrierModel) -> list[Startup]:
    """Those who seek a place, in the order in which they choose."""
    seekers = [startup for startup in model.startups.values() if startup.carrier is None]
    ids = ids_of(seekers)
    return [seekers[row] for row in np.lexsort((ids, model.luck.numbers(ids, decisions.ORDER))).tolist()]


def _meetings(
    model: CarrierModel, seekers: list[Startup], carriers: list[Carrier]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows of the carriers that the looks of each seeker meet, first look first; tastes are drawn ahead.

    Two tables, a row a seeker and a column a look: whom the look meets if it is guided to the seeker's field
    (nobody if it is not), and whom it meets among all.
    """
    rings = Rings(carriers, len(model.districts), model.setting.fields)
    looks = int(model.parameters.admission.looks)
    ids = ids_of(seekers)
    points = _of_each_look(model, ids, decisions.LOOK_PLACE, looks)
    places, guided = _where(model, seekers, ids, looks)
    of_any = rings.meet(places, np.full_like(places, ALL), points)
    of_field = np.full_like(places, NOBODY)
    fields = np.broadcast_to(np.array([one.field for one in seekers], np.int64), places.shape)
    of_field[guided] = rings.meet(places[guided], fields[guided], points[guided])
    met = np.stack((of_field, of_any))
    pairs = (ids ^ np.append(ids_of(carriers), 0)[met])[met != NOBODY]  # nobody is the last
    model.luck.draw_ahead(pairs, decisions.TASTE)
    return of_field.T, of_any.T


def _where(
    model: CarrierModel, seekers: list[Startup], ids: NDArray[np.int64], looks: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where looks go, to the seeker's district or the city, and whether they are guided to its field."""
    p = model.parameters.admission
    chances = np.array([rules.guided_chance(one.strengths[codes.MATCHMAKING], p) for one in model.districts])
    homes = np.array([startup.district.place for startup in seekers], np.int64)
    draws = _of_each_look(model, ids, decisions.LOOK_WHERE, looks)
    # One draw says both: whether the look stays at home and, within that, whether it is guided.
    at_home = draws < p.home_share
    within = np.where(at_home, draws / p.home_share, (draws - p.home_share) / (1.0 - p.home_share))
    guided = within < chances[homes]
    guided[:1] = False  # the first look is never guided
    return np.where(at_home, homes, CITY), guided


def _of_each_look(
    model: CarrierModel, ids: NDArray[np.int64], decision: int, looks: int
) -> NDArray[np.float64]:
    """A draw for every look and seeker."""
    draws = [model.luck.numbers(ids, decision + look) for look in range(looks)]
    return np.array(draws).reshape(looks, len(ids))


def _best_place(
    startup: Startup, carriers: list[Carrier], of_its_field: list[int], of_any: list[int]
) -> Carrier | None:
    """The most attractive of the carriers it meets that have a place for it.

    A guided look at a carrier that has none goes on to the one it would have met unguided.
    """
    best, best_attraction = None, 0.0
    for guided, blind in zip(of_its_field, of_any, strict=True):
        if guided != NOBODY and carriers[guided].takes(startup):
            carrier = carriers[guided]
        elif blind != NOBODY and carriers[blind].takes(startup):
            carrier = carriers[blind]
        else:
            continue
        if carrier is best:
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
