"""Whether a carrier that holds the national title still has what the title asks for."""

from typing import TYPE_CHECKING

from simulation.registry.register import UNKNOWN
from simulation.rules import codes

if TYPE_CHECKING:
    from simulation.scenario.city import CityTables


def missing(city: "CityTables", carrier_type: int, area: int, tenants: int) -> tuple[str, int] | None:
    """The column and the least number of what a national carrier lacks; ``None`` when nothing is known to lack.

    Of the rules for general and specialised carriers the milder counts: a title once given stays.
    """
    if carrier_type == UNKNOWN:
        return None
    rules = [
        one
        for one in city.recognition
        if (one["type"], one["level"]) == (codes.TYPES[carrier_type], codes.LEVELS[codes.NATIONAL])
    ]
    for name, key, held in (("floor_area_m2", "area", area), ("tenants", "tenants", tenants)):
        least = min((int(float(one[key])) for one in rules), default=0)
        if UNKNOWN < held < least:
            return name, least
    return None
