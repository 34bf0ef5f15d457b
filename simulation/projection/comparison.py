"""The comparison of runs in pairs of futures: effects, chances, costs, districts won and lost, spillovers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from simulation.ensemble import Result
from simulation.ensemble.store import write_whole
from simulation.projection import costs as money
from simulation.projection import inputs
from simulation.projection.costs import CostChange
from simulation.projection.effects import (
    BETTER,
    SAME,
    WORSE,
    ChanceChange,
    Effect,
    chance_changes,
    effects,
    paths,
)
from simulation.projection.inputs import Difference
from simulation.projection.pairing import Matched
from simulation.quarters import quarter


class Spillover(NamedTuple):
    """A measure of a district in which no lever is set differently, at the end of the run."""

    variant: str
    district: str
    scope: str
    basis: str
    measure: str
    quarter: str
    mean: float
    low: float | None
    high: float | None
    verdict: str


class Comparisons(NamedTuple):
    """How many comparisons were judged, and how many were told apart: chance alone does so with one in 20."""

    made: int
    told_apart: int


@dataclass(frozen=True, eq=False)
class Comparison:
    """What runs say when their futures are compared in pairs. The first run is the base."""

    matched: Matched
    names: tuple[str, ...]  # of the runs, no two the same
    effects: tuple[Effect, ...]
    chances: tuple[ChanceChange, ...]
    costs: tuple[CostChange, ...]
    spillovers: tuple[Spillover, ...]
    inputs: dict[str, list[Difference]]  # by variant: what differs from the base
    touched: dict[str, set[str] | None]  # by variant: districts with a lever set differently; None: anywhere
    total_costs: tuple[float, ...]  # of each run, mean CNY

    @property
    def base(self) -> str:
        """The name of the base."""
        return self.names[0]

    @property
    def variants(self) -> tuple[str, ...]:
        """The names of the variants."""
        return self.names[1:]

    @property
    def n(self) -> int:
        """How many pairs of futures."""
        return self.matched.n

    @property
    def last(self) -> str:
        """The quarter in which effects are told first: the last that an official target names, else the last."""
        due = [one.by for one in self.chances if one.official and one.district is None]
        return max(due, key=quarter) if due else self.matched.base.quarters[-1]

    def frame(self) -> pd.DataFrame:
        """The effects as a table, one row each."""
        return pd.DataFrame(self.effects, columns=list(Effect._fields))

    def comparisons(self, variant: str) -> Comparisons:
        """How many effects of a variant were judged in which anything differs, and how many were told apart."""
        judged = [one for one in self.effects if one.variant == variant and one.verdict != SAME]
        return Comparisons(len(judged), sum(one.verdict in (BETTER, WORSE) for one in judged))

    def record(self) -> dict[str, Any]:
        """The answer for other programs."""
        return {
            "base": self.base,
            "n": self.n,
            "effects": [one._asdict() for one in self.effects],
            "costs": [one._asdict() for one in self.costs],
            "spillovers": [one._asdict() for one in self.spillovers],
            "chances": [one._asdict() for one in self.chances],
            "inputs": [
                {"variant": name, **one._asdict()} for name, found in self.inputs.items() for one in found
            ],
            "scenarios": [
                {
                    "name": name,
                    "out": str(result.folder),
                    "n_requested": result.n_requested,
                    "n_used": result.n_used,
                    "cost": cost,
                }
                for name, result, cost in zip(self.names, self.matched.results, self.total_costs, strict=True)
            ],
        }

    def write(self, folder: Path) -> None:
        """Write effects, chances and costs as tables that Excel opens."""
        for name, rows, kind in (
            ("effects", self.effects, Effect),
            ("chances", self.chances, ChanceChange),
            ("costs", self.costs, CostChange),
        ):
            write_whole(folder / f"{name}.csv", as_csv(kind._fields, rows))


FILES = ("effects.csv", "chances.csv", "costs.csv")


def as_csv(fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows as CSV with the mark by which Excel knows UTF-8; no text in it is taken for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(fields)
    writer.writerows([[_no_formula(cell) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def _no_formula(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def compare(results: Sequence[Result]) -> Comparison:
    """Compare runs with the first of them.

    Raises ``UnmatchedError`` when their futures are no pairs: other seeds, quarters or districts.
    """
    matched = Matched(results)
    names = unique_names([one.manifest.scenario for one in results])
    base_books = money.books(matched, 0)
    found: list[Effect] = []
    chances: list[ChanceChange] = []
    costs: list[CostChange] = []
    totals = [float(base_books.totals.mean())]
    differing: dict[str, list[Difference]] = {}
    touched: dict[str, set[str] | None] = {}
    for place, name in enumerate(names[1:], 1):
        books = money.books(matched, place)
        totals.append(float(books.totals.mean()))
        changes = [
            _with_cost(matched, place, one, books.totals - base_books.totals)
            for one in chance_changes(matched, place, name)
        ]
        chances += changes
        costs += money.cost_changes(matched, place, name, base_books, books)
        found += effects(matched, place, name, changes)
        manifests = matched.base.manifest, results[place].manifest
        differing[name] = inputs.differences(*manifests)
        touched[name] = inputs.touched(*manifests)
    spillovers = [
        one
        for name in names[1:]
        for one in _spillovers(found, name, matched.base.quarters[-1], touched[name])
    ]
    return Comparison(
        matched=matched,
        names=names,
        effects=tuple(found),
        chances=tuple(chances),
        costs=tuple(costs),
        spillovers=tuple(spillovers),
        inputs=differing,
        touched=touched,
        total_costs=tuple(totals),
    )


def unique_names(given: Sequence[str]) -> tuple[str, ...]:
    """Names of which no two are the same: a second one of a name is numbered."""
    made: list[str] = []
    for name in given:
        number, shown = 1, name
        while shown in made:
            number += 1
            shown = f"{name} ({number})"
        made.append(shown)
    return tuple(made)


def _with_cost(matched: Matched, place: int, change: ChanceChange, extra: Any) -> ChanceChange:
    """The change with what a point of it costs, where the change is told from 0."""
    if change.verdict not in (BETTER, WORSE) or not change.asked:
        return change
    districts = [*matched.base.districts, None]
    at = (
        slice(None),
        matched.base.quarters.index(change.by),
        districts.index(change.district),
    )
    met = [
        (paths(matched, one, change.measure, change.scope, change.basis)[at] >= change.at_least).astype(float)
        for one in (0, place)
    ]
    cost = money.cost_per_point(extra, met[0], met[1], matched)
    return change._replace(
        cost_per_point=cost.value, cost_per_point_low=cost.low, cost_per_point_high=cost.high
    )


def _spillovers(
    found: Sequence[Effect], variant: str, last: str, touched: set[str] | None
) -> list[Spillover]:
    """Effects at the end in districts that no difference of the inputs touches."""
    if touched is None:
        return []
    return [
        Spillover(
            variant,
            one.district,
            one.scope,
            one.basis,
            one.measure,
            one.quarter,
            one.mean,
            one.low,
            one.high,
            one.verdict,
        )
        for one in found
        if one.variant == variant
        and one.quarter == last
        and one.district is not None
        and one.district not in touched
        and one.mean is not None
    ]
