"""A registry of some districts, and for the others a population drawn to what the published margins leave.

The margins of the city less the carriers of the registry, by type and level, are the carriers of the rest.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from simulation.engines.setting import Parameters
from simulation.registry import gaps, synthesis
from simulation.registry.filling import fill
from simulation.registry.register import Projects, Register
from simulation.rules import codes
from simulation.world import F64, World

if TYPE_CHECKING:
    from simulation.scenario.city import CityTables


def world(
    of: Register,
    covered: Sequence[int],
    city: "CityTables",
    baseline: dict[str, float],
    unknowns: dict[str, float],
    parameters: Parameters,
    shares: F64,
    key: int,
) -> World:
    """The world of a register that covers some districts alone (see ``synthesise`` for the other arguments)."""
    closed = gaps.closed(of, city, baseline, unknowns, parameters, key)
    left = remaining(closed, baseline)
    elsewhere = shares.copy()
    elsewhere[list(covered)] = 0.0
    count = sum(value for name, value in left.items() if name.startswith("carriers["))
    if count == 0 or elsewhere.sum() == 0.0:
        return fill(closed, city, baseline, parameters, shares, key)
    rest = synthesis.register(city, left, unknowns, elsewhere / elsewhere.sum(), key)
    return fill(joined(closed, rest), city, baseline, parameters, shares, key)


def remaining(of: Register, baseline: dict[str, float]) -> dict[str, float]:
    """The margins of the rest: those of the city less what the register has, none below 0."""
    left = dict(baseline)
    for carrier_type, kind in enumerate(codes.TYPES):
        for level in range(codes.DISTRICT, codes.NATIONAL + 1):
            name = f"carriers[{kind}][{codes.LEVELS[level]}]"
            left[name] = max(0.0, left[name] - int(((of.type == carrier_type) & (of.level == level)).sum()))
    recognised = of.level >= codes.MUNICIPAL
    count = sum(
        left[f"carriers[{kind}][{codes.LEVELS[level]}]"]
        for kind in codes.TYPES
        for level in range(codes.MUNICIPAL, codes.NATIONAL + 1)
    )
    universities = int((recognised & (of.kind == codes.UNIVERSITY)).sum())
    left["university_run"] = float(np.clip(left["university_run"] - universities, 0.0, count))
    for sponsor_kind, name in enumerate(codes.SPONSOR_KINDS):
        # One at least of each kind, so that shares of kinds exist for whatever is left.
        left[f"running[{name}]"] = max(1.0, left[f"running[{name}]"] - int((of.kind == sponsor_kind).sum()))
    left["floor_area"] = max(0.0, left["floor_area"] - int(of.area[recognised].sum()))
    return left


def joined(first: Register, second: Register) -> Register:
    """Two registers as one."""
    projects = Projects(*(np.concatenate(pair) for pair in zip(first.projects, second.projects, strict=True)))
    arrays = {
        name: np.concatenate([ours, theirs])
        for name, ours, theirs in zip(Register._fields, first, second, strict=True)
        if name not in ("label", "name", "projects")
    }
    return Register(
        label=first.label + second.label, name=first.name + second.name, projects=projects, **arrays
    )
