"""Paired differences of every measure, scope, district and quarter, and the change of every target's chance."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.projection import intervals
from simulation.projection.intervals import Change, Clusters
from simulation.projection.measures import MEASURES
from simulation.projection.pairing import F64, Matched
from simulation.projection.targets import targets_of
from simulation.quarters import quarter_name
from simulation.rules import codes
from simulation.scenario.tasks import Target

BETTER, WORSE, UNCLEAR, SAME = "better", "worse", "cannot be told apart", "no difference"


class Effect(NamedTuple):
    """The paired difference of a measure between a variant and the base at the end of a quarter.

    ``mean``, ``low`` and ``high`` (95 %) are carriers, or a share from -1 to 1. More is better: all targets
    are lower bounds. ``chance_difference`` is of the target that asks for this at that quarter, if one does.
    """

    variant: str
    scope: str
    basis: str
    measure: str
    district: str | None  # code, None for the city
    quarter: str
    mean: float | None  # None where no pair has a value in both runs
    low: float | None
    high: float | None
    helps_share: float | None  # of the pairs, those in which the variant has more
    chance_difference: float | None
    chance_difference_error: float | None
    verdict: str
    n_needed: int | None  # pairs that would tell a difference of this size, 80 times of 100


class ChanceChange(NamedTuple):
    """How a variant changes the chance of one target under one scope and basis."""

    variant: str
    scope: str
    basis: str
    official: bool
    asked: bool  # whether a target names this scope and basis; the others are told beside it
    measure: str
    district: str | None
    at_least: float
    by: str
    base_chance: float
    variant_chance: float
    difference: float
    error: float
    low: float
    high: float
    gained: int  # futures in which only the variant meets it
    lost: int  # futures in which only the base does
    verdict: str
    n_needed: int | None
    cost_per_point: float | None = (
        None  # CNY for one percentage point; None where the change is not told from 0
    )
    cost_per_point_low: float | None = None
    cost_per_point_high: float | None = None


def verdict(low: float, high: float, still: bool) -> str:
    """What a 95 % interval says; ``still`` when not one pair differs."""
    if still:
        return SAME
    if low > 0.0:
        return BETTER
    return WORSE if high < 0.0 else UNCLEAR


class Differences(NamedTuple):
    """Paired differences of one measure, (pairs, quarters, places): the districts, and the city last."""

    values: F64  # nan where a share has no carriers in either run
    step: F64  # (quarters, places) the smallest difference there can be


def paths(matched: Matched, place: int, measure: str, scope: str, basis: str) -> F64:
    """(pairs, quarters, places) A measure in one run: the districts, and the city last."""
    whole = _with_city(matched.totals(place, scope))
    if measure == "count":
        return whole
    part = _with_city(matched.totals(place, f"{scope}_{basis}"))
    share = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=share, where=whole > 0)
    return share


def paired(matched: Matched, place: int, measure: str, scope: str, basis: str) -> Differences:
    """The differences between a run and the base."""
    values = paths(matched, place, measure, scope, basis) - paths(matched, 0, measure, scope, basis)
    if measure == "count":
        return Differences(values, np.ones(values.shape[1:]))
    size = [_with_city(matched.totals(one, scope)).mean(axis=0) for one in (0, place)]
    return Differences(values, 1.0 / np.maximum(1.0, np.minimum(*size)))  # one carrier more is specialised


def _with_city(totals: NDArray[np.int32]) -> F64:
    return np.concatenate([totals, totals.sum(axis=2, keepdims=True)], axis=2).astype(np.float64)


def effects(matched: Matched, place: int, name: str, changes: Sequence[ChanceChange]) -> Iterator[Effect]:
    """Every effect of one variant: by scope, measure, basis, district (the city first) and quarter."""
    at = {(one.scope, one.basis, one.measure, one.district, one.by): one for one in reversed(changes)}
    quarters = matched.base.quarters
    districts: list[str | None] = [*matched.base.districts, None]
    for scope in codes.SCOPES:
        for measure in MEASURES:
            found: dict[str, list[list[dict[str, Any]]]] = {}
            for basis in codes.BASES if measure != "count" else codes.BASES[:1]:
                found[basis] = _cells(matched, place, measure, scope, basis)
            for basis in codes.BASES:
                cells = found.get(basis, found[codes.BASES[0]])
                for column in (len(districts) - 1, *range(len(districts) - 1)):
                    for row, when in enumerate(quarters):
                        change = at.get((scope, basis, measure, districts[column], when))
                        yield Effect(
                            variant=name,
                            scope=scope,
                            basis=basis,
                            measure=measure,
                            district=districts[column],
                            quarter=when,
                            chance_difference=None if change is None else change.difference,
                            chance_difference_error=None if change is None else change.error,
                            **cells[row][column],
                        )


def _cells(matched: Matched, place: int, measure: str, scope: str, basis: str) -> list[list[dict[str, Any]]]:
    """Mean, interval, helping share, verdict and pairs needed of each quarter and place."""
    differences = paired(matched, place, measure, scope, basis)
    same = matched.identical(place)
    return [
        [
            _cell(differences.values[:, row, column], matched.clusters, same)
            if np.isnan(differences.values[:, row, column]).any()
            else cell
            for column, cell in enumerate(cells)
        ]
        for row, cells in enumerate(_dense(differences, matched.clusters, same))
    ]


def _dense(differences: Differences, clusters: Clusters, same: bool) -> list[list[dict[str, Any]]]:
    """The cells with nan as if it were 0: those are made anew one by one."""
    values = np.nan_to_num(differences.values)
    found = intervals.means(values, clusters, differences.step, same)
    per_draw = len(values) / clusters.number
    n_needed = intervals.needed(found.mean, found.error, clusters.number) * per_draw
    helps = (values > 0.0).mean(axis=0)
    still = (values == 0.0).all(axis=0)
    columns = range(values.shape[2])
    return [
        [
            _record(
                float(found.mean[row, column]),
                float(found.low[row, column]),
                float(found.high[row, column]),
                float(helps[row, column]),
                bool(still[row, column]),
                float(n_needed[row, column]),
            )
            for column in columns
        ]
        for row in range(values.shape[1])
    ]


def _cell(values: F64, clusters: Clusters, same: bool) -> dict[str, Any]:
    """A cell in which some futures have no value: of those that have one in both runs."""
    known = ~np.isnan(values)
    if known.sum() < 2:
        return {
            "mean": None, "low": None, "high": None, "helps_share": None, "verdict": SAME if same else UNCLEAR,
            "n_needed": None,
        }  # fmt: skip
    kept = Clusters.of(clusters.place[known])
    found = intervals.means(values[known], kept, 1.0, same)
    n_needed = intervals.needed(found.mean, found.error, kept.number) * known.sum() / kept.number
    return _record(
        float(found.mean),
        float(found.low),
        float(found.high),
        float((values[known] > 0.0).mean()),
        not values[known].any(),
        float(n_needed),
    )


def _record(
    mean: float, low: float, high: float, helps: float, still: bool, n_needed: float
) -> dict[str, Any]:
    said = verdict(low, high, still)
    finite = math.isfinite(low)
    return {
        "mean": mean,
        "low": low if finite else None,
        "high": high if finite else None,
        "helps_share": helps,
        "verdict": said,
        "n_needed": int(n_needed) if said == UNCLEAR and math.isfinite(n_needed) else None,
    }


# ------------------------------------------------------------------------------ targets


class Question(NamedTuple):
    """A target apart from scope and basis: it is told under all of them."""

    measure: str
    district: str | None
    at_least: float
    by: int


def question(target: Target) -> Question:
    """What a target asks."""
    return Question(target.measure, target.district, target.at_least, target.by)


def chance_changes(matched: Matched, place: int, name: str) -> list[ChanceChange]:
    """The change of every target of the base, city and districts, under every scope and basis."""
    given = targets_of(matched.base)
    asked = {(question(one), one.scope, one.basis): one.official for one in given}
    asked |= {(question(one), one.scope, one.basis): True for one in given if one.official}
    districts = [*matched.base.districts, None]
    questions = [
        one
        for one in dict.fromkeys(question(target) for target in given)
        if quarter_name(one.by) in matched.base.quarters
    ]
    found: dict[tuple[Question, str, str], ChanceChange] = {}
    for scope in codes.SCOPES:
        for measure in MEASURES:
            for basis in codes.BASES:
                base = paths(matched, 0, measure, scope, basis)
                variant = paths(matched, place, measure, scope, basis)
                for one in questions:
                    if one.measure != measure:
                        continue
                    at = (
                        slice(None),
                        matched.base.quarters.index(quarter_name(one.by)),
                        districts.index(one.district),
                    )
                    met = base[at] >= one.at_least, variant[at] >= one.at_least  # undefined meets nothing
                    official = asked.get((one, scope, basis))
                    found[one, scope, basis] = _changed(
                        met,
                        matched.clusters,
                        matched.identical(place),
                        variant=name,
                        scope=scope,
                        basis=basis,
                        official=bool(official),
                        asked=official is not None,
                        **one._replace(by=0)._asdict() | {"by": quarter_name(one.by)},
                    )
    return [found[one, scope, basis] for one in questions for scope in codes.SCOPES for basis in codes.BASES]


def _changed(
    met: tuple[NDArray[np.bool_], NDArray[np.bool_]], clusters: Clusters, same: bool, **told: Any
) -> ChanceChange:
    change: Change = intervals.change(*met, clusters, same)
    said = verdict(change.low, change.high, not (change.gained or change.lost))
    per_draw = len(met[0]) / clusters.number
    n_needed = intervals.needed(np.asarray(change.difference), np.asarray(change.error), clusters.number)
    finite = said == UNCLEAR and bool(np.isfinite(n_needed))
    return ChanceChange(
        base_chance=float(met[0].mean()),
        variant_chance=float(met[1].mean()),
        difference=change.difference,
        error=change.error,
        low=change.low,
        high=change.high,
        gained=change.gained,
        lost=change.lost,
        verdict=said,
        n_needed=int(n_needed * per_draw) if finite else None,
        **told,
    )
