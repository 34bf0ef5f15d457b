"""What ``carriersim sweep`` answers: the factor that moves each target most, then every factor's index; tidy tables."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from simulation.projection.comparison import as_csv
from simulation.projection.evaluations import met
from simulation.projection.sweep import Effect, Sweep, told
from simulation.quarters import quarter_name
from simulation.reporting.phrases import NOTHING, SHARE, Phrases
from simulation.reporting.tables import page, said, table
from simulation.reporting.text import Words
from simulation.reporting.width import visible

_RESULT = (
    "point",
    "replicate",
    "draw",
    "seed",
    "scope",
    "basis",
    "measure",
    "at_least",
    "by",
    "value",
    "met",
)
_WIDTHS = (44, 11, 11, 10)


class SweepPage:
    """The answer in one language, none of the lines wider than 80 columns."""

    def __init__(self, words: Words, found: Sweep, out: str) -> None:
        self.words, self.found, self.out = words, found, out
        self._phrases = Phrases(words, found.values.shape[1])

    def lines(self) -> list[str]:
        """The page."""
        words, found = self.words, self.found
        runs = found.values.shape[0] * found.values.shape[1]
        told_ = {"method": words(f"sweep.method.{found.design.method}"), "points": len(found.points)}
        opening = words(
            "sweep.opening", scenario=visible(found.design.scenario.name), runs=words.whole(runs), **told_
        )
        blocks = [said(opening)]
        if found.failed:
            blocks.append(said(words("sweep.failed", n=found.failed)))
        for at in range(len(found.targets)):
            blocks.append(self._target(at))
        index = found.effects[0].statistic if found.effects else "rank_correlation"
        blocks += [said(words(f"sweep.index.{index}")), said(words("sweep.written", out=visible(self.out)))]
        return page(blocks)

    def _target(self, at: int) -> list[str]:
        words, target = self.words, self.found.targets[at]
        effects = [one for one in self.found.effects if one.target == at and one.result == "expected"]
        chances = {
            one.factor: one.value for one in self.found.effects if one.target == at and one.result == "chance"
        }
        if not effects:
            return []
        order = sorted(effects, key=lambda one: -_strength(one))
        spread = self.found.chances()[:, at]
        first = words(
            "sweep.sentence",
            what=self._phrases.what(target.scope, target.measure),
            asked=self._phrases.asked(target.at_least, target.measure)
            + (" %" if target.measure == SHARE else ""),
            end=words.end_of(target.by),
            low=f"{spread.min():.2f}",
            high=f"{spread.max():.2f}",
            factor=order[0].factor,
        )
        alone = all(math.isnan(one.beside) for one in order)  # the design has one number a factor
        heads = [words(f"sweep.head.{name}") for name in ("factor", "expected", "beside", "chance")]
        rows = [
            [one.factor, _number(one.value), _number(one.beside), _number(chances[one.factor])]
            for one in order
        ]
        if alone:
            heads, rows = [*heads[:2], heads[3]], [[*row[:2], row[3]] for row in rows]
        return [*said(first), *table(heads, (_WIDTHS[0], *_WIDTHS[2 if alone else 1 :]), rows, "lrrr")]


def _strength(one: Effect) -> float:
    return abs(one.value) if math.isnan(one.beside) or one.statistic == "mu_star" else abs(one.beside)


def _number(value: float) -> str:
    return NOTHING if math.isnan(value) else f"{value:.2f}".replace("-", "−")


def tables(found: Sweep) -> dict[str, bytes]:
    """The tidy tables of a sweep, by file name."""
    paths = list(found.points[0]) if found.points else []
    points = [(at, *(told(path, point[path]) for path in paths)) for at, point in enumerate(found.points)]
    return {
        "points.csv": as_csv(("point", *paths), points),
        "results.csv": as_csv(_RESULT, list(_results(found))),
        "summary.csv": as_csv(
            ("point", "scope", "basis", "measure", "at_least", "by", "chance", "mean", "cost_CNY"),
            list(_summary(found)),
        ),
        "effects.csv": as_csv(
            ("result", "scope", "measure", "by", "factor", "index", "value", "beside", "error"),
            [_effect(found, one) for one in found.effects],
        ),
    }


def _results(found: Sweep) -> Iterator[tuple[Any, ...]]:
    k = found.design.scenario.seeds_per_draw
    reached = met(found.values, found.targets)
    for at in range(len(found.points)):
        for replicate, row in enumerate(found.values[at]):
            head = (at, replicate, replicate // k, replicate % k)
            for place, one in enumerate(found.targets):
                value = row[place]
                name = (one.scope, one.basis, one.measure, one.at_least, quarter_name(one.by))
                missing = math.isnan(value)
                yield (
                    *head,
                    *name,
                    None if missing else value,
                    None if missing else bool(reached[at, replicate, place]),
                )
            cost = None if math.isnan(row[-1]) else row[-1]
            yield (*head, "", "", "cost_CNY", None, "", cost, None)


def _summary(found: Sweep) -> Iterator[tuple[Any, ...]]:
    chances = found.chances()
    for at in range(len(found.points)):
        usable = ~np.isnan(found.values[at, :, -1])
        means = (
            found.values[at][usable].mean(axis=0)
            if usable.any()
            else np.full(found.values.shape[2], math.nan)
        )
        for place, one in enumerate(found.targets):
            name = (one.scope, one.basis, one.measure, one.at_least, quarter_name(one.by))
            numbers = (chances[at, place], means[place], means[-1])
            yield (at, *name, *(None if math.isnan(number) else float(number) for number in numbers))


def _effect(found: Sweep, one: Effect) -> tuple[Any, ...]:
    target = None if one.target is None else found.targets[one.target]
    name = ("", "cost_CNY", "") if target is None else (target.scope, target.measure, quarter_name(target.by))
    numbers = tuple(None if math.isnan(number) else number for number in (one.value, one.beside, one.error))
    return (one.result, *name, one.factor, one.statistic, *numbers)
