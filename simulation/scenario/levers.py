"""Lever settings as the engines take them: strength by lever, quarter and district, ramps applied."""

from collections.abc import Mapping

import numpy as np

from simulation.engines import setting
from simulation.rules import codes
from simulation.rules.policy import ramped_strength
from simulation.scenario.city import CityTables
from simulation.scenario.schema import AIMS, LeverSetting
from simulation.world import F64, I8

NO_SECTOR = "none"  # aims at carriers without a sector


def lever_arrays(
    levers: Mapping[str, LeverSetting], city: CityTables, first_quarter: int, quarters: int
) -> setting.Levers:
    """The lever settings of a scenario for a run of so many quarters."""
    made = setting.no_levers(quarters, len(city.districts), len(city.sectors))
    costs = {one.name: one.unit_cost for one in city.levers}
    for row, name in enumerate(codes.LEVERS):
        lever = levers[name]
        made.strength[row] = _strength(lever, city, first_quarter, quarters)
        for column, words in AIMS.items():
            _aim({"types": made.of_type, "levels": made.of_level, "modes": made.of_mode,
                  "sponsor_kinds": made.of_kind}[column][row], words, getattr(lever, column))  # fmt: skip
        _aim(made.of_sector[row], (*city.sector_codes, NO_SECTOR), lever.sectors)
        made.unit_cost[row] = costs.get(name, 0) if lever.cost is None else lever.cost
    return made


def _strength(lever: LeverSetting, city: CityTables, first_quarter: int, quarters: int) -> F64:
    """(q, d) The strength of one lever; it acts from its first quarter to its last, both included."""
    strength = np.zeros((quarters, len(city.districts)))
    where = np.array([lever.districts is None or code in lever.districts for code in city.codes])
    for row in range(quarters):
        now = first_quarter + row
        if now >= lever.from_ and (lever.until is None or now <= lever.until):
            strength[row, where] = ramped_strength(lever.strength, now - lever.from_, lever.ramp)
    return strength


def _aim(mask: I8, words: tuple[str, ...], aimed: tuple[str, ...] | None) -> None:
    if aimed is not None:
        mask[:] = [word in aimed for word in words]
