"""The world of a register that a registry gave, for one draw of what it does not say."""

from typing import TYPE_CHECKING

from simulation.engines.setting import Parameters
from simulation.registry import gaps
from simulation.registry.filling import fill
from simulation.registry.register import Register
from simulation.world import F64, World

if TYPE_CHECKING:
    from simulation.scenario.city import CityTables


def world(
    of: Register,
    city: "CityTables",
    baseline: dict[str, float],
    unknowns: dict[str, float],
    parameters: Parameters,
    shares: F64,
    key: int,
) -> World:
    """The world of a register at the end of the city's baseline quarter (see ``synthesise`` for the arguments)."""
    closed = gaps.closed(of, city, baseline, unknowns, parameters, key)
    return fill(closed, city, baseline, parameters, shares, key)
