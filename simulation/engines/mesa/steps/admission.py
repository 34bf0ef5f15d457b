"""Step 4, admission: startups that seek a place look at a few carriers and take the best with a free place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation import decisions
from simulation.draws import uniform
from simulation.engines import events
from simulation.engines.mesa.rings import Ring
from simulation.rules import admission as rules
from simulation.rules import codes

if TYPE_CHECKING:
    from simulation.engines.mesa.agents import Carrier, Startup
    from simulation.engines.mesa.model import CarrierModel

CITY = -1  # where looks beyond the district land
ALL = -1  # carriers of every field
Rings = dict[tuple[int, int], Ring]


def admission(model: CarrierModel) -> None:
    """Let every seeker look, in an order that draws decide."""
    rings = _rings(model)
    key, quarter = model.key, model.quarter_number
    seekers = [startup for startup in model.startups.values() if startup.carrier is None]
    seekers.sort(key=lambda startup: (uniform(key, startup.id, quarter, decisions.ORDER), startup.id))
    for startup in seekers:
        best = _best_place(model, rings, startup)
        if best is not None:
            best.admit(startup)
        else:
            _wait(model, startup)


def _rings(model: CarrierModel) -> Rings:
    """Rings of all carriers and of the specialised ones of each field, by district and for the city."""
    places = [CITY, *(district.place for district in model.districts)]
    rings = {(place, field): Ring() for place in places for field in (ALL, *range(model.setting.fields))}
    for carrier in model.operating():
        for place in (CITY, carrier.district.place):
            rings[place, ALL].add(carrier)
            if carrier.focused:
                rings[place, carrier.field].add(carrier)
    for ring in rings.values():
        ring.close()
    return rings


def _best_place(model: CarrierModel, rings: Rings, startup: Startup) -> Carrier | None:
    """The most attractive of the carriers it looks at that have a place for it."""
    p = model.parameters.admission
    key, quarter = model.key, model.quarter_number
    home = startup.district.place
    guided = rules.guided_chance(startup.district.strengths[codes.MATCHMAKING], p)
    best, best_attraction = None, 0.0
    for look in range(int(p.looks)):
        where = uniform(key, startup.id, quarter, decisions.LOOK_WHERE + look)
        point = uniform(key, startup.id, quarter, decisions.LOOK_PLACE + look)
        # One draw says both: whether the look stays at home and, within that, whether it is guided.
        at_home = where < p.home_share
        within = where / p.home_share if at_home else (where - p.home_share) / (1.0 - p.home_share)
        place = home if at_home else CITY
        found = None
        if look > 0 and within < guided:
            found = rings[place, startup.field].carrier_at(point)
        if found is None:
            found = rings[place, ALL].carrier_at(point)
        if found is None or found is best or not found.takes(startup):
            continue
        attraction = startup.attraction(found)
        if best is None or attraction > best_attraction:
            best, best_attraction = found, attraction
    return best


def _wait(model: CarrierModel, startup: Startup) -> None:
    startup.age += 1
    startup.waiting += 1
    if startup.gives_up_looking():
        startup.tell(events.GAVE_UP_LOOKING, startup.waiting)
        model.remove_startup(startup)
