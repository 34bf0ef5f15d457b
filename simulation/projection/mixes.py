"""Mixes of levers as decisions: how strong each is, from when, and in which districts; what each mix is judged by."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from simulation.projection.chances import chance
from simulation.projection.evaluations import F64, met
from simulation.scenario import Scenario, Study
from simulation.scenario.tasks import Target, units_with_task

STEPS = 4  # strengths are 0, 1/4, 1/2, 3/4 and 1 of the most
OVER_BUDGET = 10.0  # standard deviations by which a mix above the budget is set back, the excess on top


class Dose(NamedTuple):
    """How one lever is set in a mix."""

    strength: float
    start: int  # quarter
    leading: bool = False  # only in the districts that together hold half of the baseline


Mix = Mapping[str, Dose]  # by lever


@dataclass(frozen=True)
class Space:
    """What may be decided: the levers, how strong at most, and whether starts and districts are open too."""

    study: Study
    levers: tuple[str, ...]
    most: float = 1.0
    starts: bool = False
    districts: bool = False

    def earliest(self, lever: str) -> int:
        """The first quarter in which a lever can begin: that of the scenario."""
        return max(self.study.scenario.levers[lever].from_, self.study.first_quarter)

    def latest(self, lever: str) -> int:
        """The last quarter that is tried."""
        return max(self.earliest(lever), max(one.by for one in self.study.targets))

    def whole(self, lever: str, strength: float) -> Dose:
        """A lever at a strength from its first quarter on, everywhere."""
        return Dose(strength, self.earliest(lever))

    def mix(self, strengths: Mapping[str, float]) -> dict[str, Dose]:
        """Levers at some strengths, the others off."""
        return {name: self.whole(name, strengths.get(name, 0.0)) for name in self.levers}

    @property
    def leading(self) -> tuple[str, ...]:
        """The largest districts that together hold half of the baseline."""
        units = sorted(units_with_task(self.study.city), key=lambda one: -one.share)
        total, found = sum(one.share for one in units), list[str]()
        held = 0.0
        for one in units:
            if held >= 0.5 * total:
                break
            held += one.share
            found.append(one.code)
        return tuple(code for code in self.study.city.codes if code in found)

    def study_of(self, mix: Mix) -> Study:
        """The study of the scenario with a mix in the place of its levers; those that are not decided stay."""
        return Study(self.scenario(mix), self.study.city)

    def scenario(self, mix: Mix) -> Scenario:
        """The scenario with a mix."""
        levers = dict(self.study.scenario.levers)
        for name, dose in mix.items():
            changed: dict[str, Any] = {"strength": dose.strength, "from_": dose.start}
            if dose.leading:
                changed["districts"] = self.leading
            levers[name] = levers[name].model_copy(update=changed)
        return self.study.scenario.model_copy(update={"levers": levers})


def key_of(mix: Mix) -> str:
    """A mix as a key: levers that are off are alike, whenever they would begin."""
    parts = [
        f"{name}={dose.strength:g}@{dose.start}{'L' if dose.leading else ''}"
        for name, dose in sorted(mix.items())
        if dose.strength > 0.0
    ]
    return ";".join(parts) or "nothing"


class Judged(NamedTuple):
    """What a mix comes to in a number of futures."""

    cost: float  # CNY, mean
    chances: tuple[float, ...]  # of each target
    errors: tuple[float, ...]
    margins: tuple[
        float, ...
    ]  # by how many carriers (or which share) each target is missed or passed, see ``reach``
    reach: float

    @property
    def lowest(self) -> float:
        """The lowest chance of a target."""
        return min(self.chances)


def judged(values: F64, targets: Sequence[Target], wanted: float, scales: Sequence[float], k: int) -> Judged:
    """What the values (futures, targets + 1) of a mix say.

    The margin of a target is how far the value that is passed with chance ``wanted`` lies above it. ``reach`` is the
    least margin of all targets in units of ``scales``, or, where some fall short, all that they lack together. At 0 or
    more every target has at least that chance; below 0 it still tells which of two mixes comes nearer, where the
    chances of both are 0 or one target is out of reach.
    """
    good = values[~np.isnan(values[:, -1])]
    if not len(good):
        return Judged(
            math.inf, (0.0,) * len(targets), (0.0,) * len(targets), (-math.inf,) * len(targets), -math.inf
        )
    draw = np.arange(len(good)) // k
    reached = met(good, targets)
    found = [chance(reached[:, at], draw, k) for at in range(len(targets))]
    margins = []
    for at, target in enumerate(targets):
        ordered = np.sort(np.nan_to_num(good[:, at], nan=0.0))[::-1]
        least = max(math.ceil(wanted * len(ordered) - 1e-9), 1)  # so many must pass it
        margins.append(float(ordered[least - 1]) - target.at_least)
    scaled = [margin / scale for margin, scale in zip(margins, scales, strict=True)]
    lacking = sum(min(one, 0.0) for one in scaled)
    reach = lacking if lacking < 0.0 else min(scaled)
    return Judged(
        float(good[:, -1].mean()),
        tuple(one.chance for one in found),
        tuple(one.error for one in found),
        tuple(margins),
        reach,
    )


def scales_of(values: F64, targets: Sequence[Target]) -> list[float]:
    """The spread of each target's value over the futures of one mix; 1, or a point of a share, where there is none."""
    return [
        max(float(np.nanstd(values[:, at])), 1.0 if one.measure == "count" else 0.01)
        for at, one in enumerate(targets)
    ]


def dominant(points: Sequence[tuple[float, float]]) -> list[int]:
    """Places of the points that none betters: lower cost, higher reach; by cost, of equal ones the first."""
    order = sorted(range(len(points)), key=lambda at: (points[at][0], -points[at][1], at))
    found: list[int] = []
    best = -math.inf
    for at in order:
        if points[at][1] > best:
            found.append(at)
            best = points[at][1]
    return found


def hypervolume(points: Sequence[tuple[float, float]], cost: float, reach: float) -> float:
    """The area that a front dominates within a corner of highest cost and lowest reach, as a share of cost."""
    total, before = 0.0, reach
    for at in dominant(points):
        one = points[at]
        if one[0] < cost and one[1] > before:
            total += (cost - one[0]) / cost * (one[1] - before)
            before = one[1]
    return total
