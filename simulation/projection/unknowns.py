"""What is worth finding out: which unknown moves the answer, which would change the choice, where a target fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.ensemble import Result
from simulation.projection.discovery import Box, find_box
from simulation.projection.indices import Index, choice_by, first_order_with_error, value_with_error
from simulation.projection.measures import values
from simulation.projection.pairing import Matched
from simulation.projection.targets import targets_of
from simulation.quarters import quarter_name
from simulation.scenario.tasks import Target

F64 = NDArray[np.float64]
FILES = ("indices.csv", "learning.csv", "boxes.csv")


class Explained(NamedTuple):
    """What one unknown explains of one target: of its value, and of whether it is met."""

    unknown: str
    of_value: Index
    of_meeting: Index
    low_chance: float  # in the lowest third of the unknown's draws
    high_chance: float  # in the highest third


class Learning(NamedTuple):
    """What it is worth to know one unknown exactly before choosing between the variants, in chance."""

    unknown: str
    value: Index
    choice: tuple[str, ...]  # the best variant in each quarter of its range, lowest first


@dataclass(frozen=True)
class OfTarget:
    """One target: what moves it, what would change the choice for it, where it is missed."""

    target: Target
    chance: float
    explained: tuple[Explained, ...]
    learning: tuple[Learning, ...]
    best: str  # the variant with the highest chance
    box: Box | None

    @property
    def rest(self) -> float:
        """The share of the value's variance that no unknown explains alone: luck, and what they do together."""
        return 1.0 - sum(one.of_value.value for one in self.explained)


@dataclass(frozen=True)
class Unknowns:
    """What is worth finding out."""

    scenario: str
    variants: tuple[str, ...]  # the scenario first
    n: int
    draws: int
    targets: tuple[OfTarget, ...]

    @property
    def decided(self) -> bool:
        """Whether every target is met always or never: then only how near the values come can be explained."""
        return all(one.chance in (0.0, 1.0) for one in self.targets)

    @property
    def order(self) -> list[tuple[str, float]]:
        """The unknowns, the one that decides most first: what it explains of meeting, weighed by how open that is.

        A target that is met always or never is decided: it weighs nothing. Where all are, the values count.
        """
        open_ = [one.chance * (1.0 - one.chance) for one in self.targets]
        names = [one.unknown for one in self.targets[0].explained]
        weight: dict[str, float] = dict.fromkeys(names, 0.0)
        for target, weigh in zip(self.targets, open_, strict=True):
            for one in target.explained:
                part = (
                    one.of_meeting.value * weigh / sum(open_)
                    if sum(open_)
                    else one.of_value.value / len(self.targets)
                )
                weight[one.unknown] += max(part, 0.0)
        return sorted(weight.items(), key=lambda one: (-one[1], one[0]))

    def record(self) -> dict[str, Any]:
        """The answer for other programs."""
        return {
            "scenario": self.scenario,
            "variants": list(self.variants),
            "n_used": self.n,
            "draws": self.draws,
            "order": [{"unknown": name, "weight": weight} for name, weight in self.order],
            "targets": [_record(one) for one in self.targets],
        }


def _record(one: OfTarget) -> dict[str, Any]:
    target, box = one.target, one.box
    return {
        "scope": target.scope,
        "basis": target.basis,
        "measure": target.measure,
        "at_least": target.at_least,
        "by": quarter_name(target.by),
        "official": target.official,
        "chance": one.chance,
        "not_explained_alone": one.rest,
        "unknowns": [
            {
                "unknown": each.unknown,
                "first_order": each.of_value.value,
                "first_order_error": each.of_value.error,
                "first_order_of_meeting": each.of_meeting.value,
                "first_order_of_meeting_error": each.of_meeting.error,
                "chance_low_third": each.low_chance,
                "chance_high_third": each.high_chance,
            }
            for each in one.explained
        ],
        "best": one.best,
        "learning": [
            {
                "unknown": each.unknown,
                "evppi": each.value.value,
                "evppi_error": each.value.error,
                "choice": list(each.choice),
            }
            for each in one.learning
        ],
        "missed_in": None
        if box is None
        else {
            "limits": [limit._asdict() for limit in box.limits],
            "density": box.density,
            "coverage": box.coverage,
            "mass": box.mass,
            "base": box.base,
        },
    }


def unknowns(results: Sequence[Result], names: Sequence[str]) -> Unknowns:
    """What is worth finding out of the first result; the others are the variants to choose between.

    Raises ``UnmatchedError`` when their futures are no pairs. Unknowns that are pinned are left out.
    """
    matched = Matched(results)
    draws = results[0].used["draw"].to_numpy()[matched.rows(0)]
    drawn, place = np.unique(draws, return_inverse=True)
    table = results[0].unknowns.pivot_table(index="draw", columns="name", values="value", aggfunc="first")
    table = table.loc[drawn]
    varying = [str(name) for name in table.columns if np.ptp(table[name].to_numpy()) > 0.0]
    x = table[varying].to_numpy(np.float64)
    targets = [one for one in targets_of(results[0]) if one.district is None]
    targets.sort(key=lambda one: not one.official)
    found = [_of_target(matched, target, x, varying, place, list(names)) for target in targets]
    return Unknowns(names[0], tuple(names), matched.n, len(drawn), tuple(found))


def _of_target(
    matched: Matched, target: Target, x: F64, names: list[str], place: NDArray[np.intp], variants: list[str]
) -> OfTarget:
    sizes = np.bincount(place)
    seed = matched.base.manifest.seed

    def by_draw(column: F64) -> F64:
        return np.asarray(np.bincount(place, weights=column) / sizes)

    at = matched.base.quarters.index(quarter_name(target.by))
    ends = [
        values(result, target.measure, target.scope, target.basis)[matched.rows(which), at]
        for which, result in enumerate(matched.results)
    ]
    met = np.stack([by_draw((end >= target.at_least).astype(np.float64)) for end in ends], axis=1)
    value = by_draw(np.nan_to_num(ends[0]))
    explained = []
    learning = []
    for column, name in enumerate(names):
        one = x[:, column]
        low, high = np.quantile(one, [1 / 3, 2 / 3])
        explained.append(
            Explained(
                name,
                first_order_with_error(one, value, seed),
                first_order_with_error(one, met[:, 0], seed),
                float(met[one <= low, 0].mean()),
                float(met[one >= high, 0].mean()),
            )
        )
        if len(variants) > 1:
            choice = tuple(variants[best] for best in choice_by(one, met))
            learning.append(Learning(name, value_with_error(one, met, seed), choice))
    explained.sort(key=lambda one: -one.of_value.value)
    learning.sort(key=lambda one: -one.value.value)
    best = variants[int(met.mean(axis=0).argmax())]
    box = find_box(x, met[:, 0] < 0.5, names)
    return OfTarget(target, float(met[:, 0].mean()), tuple(explained), tuple(learning), best, box)
