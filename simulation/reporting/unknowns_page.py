"""What ``carriersim unknowns`` answers: what to count first; then each target with what moves it and where it fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulation.projection.comparison import as_csv
from simulation.projection.discovery import Box, Limit
from simulation.projection.unknowns import OfTarget, Unknowns
from simulation.quarters import quarter_name
from simulation.reporting.phrases import SHARE, Phrases
from simulation.reporting.tables import page, said, table
from simulation.reporting.text import Words
from simulation.reporting.width import visible

_MOST = 6  # unknowns shown a target; all are in the tables
_WIDTHS = (36, 11, 12, 16)
_LEARNING_WIDTHS = (38, 12, 28)


class UnknownsPage:
    """The answer in one language, none of the lines wider than 80 columns."""

    def __init__(self, words: Words, found: Unknowns, out: str) -> None:
        self.words, self.found, self.out = words, found, out
        self._phrases = Phrases(words, found.n)

    def lines(self) -> list[str]:
        """The page."""
        words = self.words
        blocks = [self._opening()]
        for one in self.found.targets:
            blocks += [self._target(one), self._learning(one), self._box(one)]
        blocks.append(said(words("unknowns.note", draws=words.whole(self.found.draws))))
        if self.out:
            blocks.append(said(words("unknowns.written", out=visible(self.out))))
        return page(blocks)

    def name(self, unknown: str) -> str:
        """What an unknown is called, its path beside it where it has a name."""
        return self.words(f"unknown.{unknown}") if self.words.has(f"unknown.{unknown}") else visible(unknown)

    def _opening(self) -> list[str]:
        words, order = self.words, self.found.order
        told = {"scenario": visible(self.found.scenario), "n": words.whole(self.found.n)}
        if not order or order[0][1] <= 0.0:
            return said(words("unknowns.opening.nothing", **told))
        first, *rest = order
        others = [self.name(name) for name, weight in rest[:2] if weight > 0.25 * first[1]]
        key = "unknowns.opening.values" if self.found.decided else "unknowns.opening.meeting"
        told |= {"first": self.name(first[0]), "percent": f"{100 * first[1]:.0f}"}
        then = words("unknowns.opening.then", others=words.listing(others)) if others else ""
        return said(words(key, **told, then=then))

    def _target(self, one: OfTarget) -> list[str]:
        words, target = self.words, one.target
        shown = one.explained[:_MOST]
        first = words(
            "unknowns.target",
            what=self._phrases.what(target.scope, target.measure),
            asked=self._phrases.asked(target.at_least, target.measure)
            + (" %" if target.measure == SHARE else ""),
            end=words.end_of(target.by),
            chance=f"{one.chance:.2f}",
            rest=f"{100 * max(one.rest, 0.0):.0f}",
        )
        heads = [words(f"unknowns.head.{name}") for name in ("unknown", "value", "meeting", "thirds")]
        rows = [
            [
                self.name(each.unknown),
                f"{_percent(each.of_value.value)}±{100 * each.of_value.error:.0f}",
                f"{_percent(each.of_meeting.value)}±{100 * each.of_meeting.error:.0f}",
                f"{each.low_chance:.2f} → {each.high_chance:.2f}",
            ]
            for each in shown
        ]
        return [*said(first), *table(heads, _WIDTHS, rows, "lrrr")]

    def _learning(self, one: OfTarget) -> list[str]:
        if not one.learning:
            return []
        words = self.words
        worth = [each for each in one.learning if each.value.value > 0.005]
        if not worth:
            return said(words("unknowns.learning.none", best=visible(one.best)))
        lines = said(words("unknowns.learning", best=visible(one.best)))
        heads = [words(f"unknowns.head.{name}") for name in ("unknown", "worth", "choice")]
        rows = [
            [
                self.name(each.unknown),
                f"{100 * each.value.value:.1f}±{100 * each.value.error:.1f}",
                " → ".join(dict.fromkeys(visible(name) for name in each.choice)),
            ]
            for each in worth[:_MOST]
        ]
        return [*lines, *table(heads, _LEARNING_WIDTHS, rows, "lrl")]

    def _box(self, one: OfTarget) -> list[str]:
        words = self.words
        if one.box is None:
            key = "never" if one.chance == 0.0 else "always" if one.chance == 1.0 else "none"
            return said(words(f"unknowns.box.{key}"))
        limits = words("clause.separator").join(self._limit(each) for each in one.box.limits)
        return said(words("unknowns.box", limits=limits, **_shares(one.box)))

    def _limit(self, limit: Limit) -> str:
        name, words = self.name(limit.name), self.words
        if limit.low is None:
            return words("unknowns.limit.high", name=name, high=f"{limit.high:.3g}")
        if limit.high is None:
            return words("unknowns.limit.low", name=name, low=f"{limit.low:.3g}")
        return words("unknowns.limit.both", name=name, low=f"{limit.low:.3g}", high=f"{limit.high:.3g}")


def _shares(box: Box) -> dict[str, str]:
    shares = {"density": box.density, "coverage": box.coverage, "mass": box.mass, "base": box.base}
    return {name: f"{100 * value:.0f}" for name, value in shares.items()}


def _percent(value: float) -> str:
    return f"{100 * max(value, 0.0):.0f}"


def tables(found: Unknowns) -> dict[str, bytes]:
    """The tables of the answer, by file name."""
    head = ("scope", "basis", "measure", "at_least", "by")
    return {
        "indices.csv": as_csv(
            (
                *head, "unknown", "first_order", "first_order_error", "first_order_of_meeting",
                "first_order_of_meeting_error", "chance_low_third", "chance_high_third",
            ),
            list(_indices(found)),
        ),
        "learning.csv": as_csv((*head, "unknown", "evppi", "evppi_error", "choice"), list(_learning(found))),
        "boxes.csv": as_csv(
            (*head, "unknown", "low", "high", "density", "coverage", "mass", "base"), list(_boxes(found))
        ),
    }  # fmt: skip


def _head(one: OfTarget) -> tuple[Any, ...]:
    target = one.target
    return (target.scope, target.basis, target.measure, target.at_least, quarter_name(target.by))


def _indices(found: Unknowns) -> Iterator[tuple[Any, ...]]:
    for one in found.targets:
        for each in one.explained:
            yield (
                *_head(one),
                each.unknown,
                *each.of_value,
                *each.of_meeting,
                each.low_chance,
                each.high_chance,
            )


def _learning(found: Unknowns) -> Iterator[tuple[Any, ...]]:
    for one in found.targets:
        for each in one.learning:
            yield (*_head(one), each.unknown, *each.value, " | ".join(each.choice))


def _boxes(found: Unknowns) -> Iterator[tuple[Any, ...]]:
    for one in found.targets:
        if one.box is not None:
            box = one.box
            for limit in box.limits:
                yield (*_head(one), *limit, box.density, box.coverage, box.mass, box.base)
