"""What ``carriersim calendar`` answers: until when each lever can move each target; rounds and budget years."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from simulation.projection.comparison import as_csv
from simulation.projection.last_quarters import Binding, Last, LastQuarters
from simulation.quarters import quarter_name, year_of
from simulation.reporting.city_names import CityNames
from simulation.reporting.phrases import NOTHING, SHARE, Phrases
from simulation.reporting.tables import page, said, table
from simulation.reporting.text import Words
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.scenario import Study

_WIDTHS = (25, 7, 7, 8, 29)
_EVENT_WIDTHS = (26, 54)
_EVENTS = ("municipal", "provincial", "national", "evaluation", "provincial_review", "national_review")


class CalendarPage:
    """The answer in one language, none of the lines wider than 80 columns."""

    def __init__(self, words: Words, found: LastQuarters, study: Study, names: CityNames, out: str) -> None:
        self.words, self.found, self.study, self.names, self.out = words, found, study, names, out
        self._phrases = Phrases(words, found.n)

    def lines(self) -> list[str]:
        """The page."""
        words, found = self.words, self.found
        blocks = [
            said(words("calendar.opening", scenario=visible(found.scenario), n=found.n)),
            *([said(words("sweep.failed", n=found.failed))] if found.failed else []),
            *(self._target(at) for at in range(len(found.targets))),
            self._events(),
            said(words("calendar.budget", text=self._budgets())),
            said(words("calendar.note", start=words.quarter(found.first))),
            said(words("calendar.written", out=visible(self.out))),
        ]
        return page(blocks)

    def _target(self, at: int) -> list[str]:
        words, target = self.words, self.found.targets[at]
        rows = [one for one in self.found.lasts if one.target == at]
        moving = sorted((one for one in rows if one.last is not None), key=lambda one: (one.last, one.lever))
        told = {
            "what": self._phrases.what(target.scope, target.measure),
            "asked": self._phrases.asked(target.at_least, target.measure)
            + (" %" if target.measure == SHARE else ""),
            "end": words.end_of(target.by),
        }
        if not moving:
            return said(words("calendar.target.none", **told))
        first, last = moving[0], moving[-1]
        lines = said(
            words(
                "calendar.target",
                first=self._lever(first.lever),
                first_quarter=words.quarter(first.last or 0),
                last_quarter=words.quarter(last.last or 0),
                **told,
            )
        )
        heads = [words(f"calendar.head.{name}") for name in ("lever", "last", "half", "change", "rule")]
        lines += table(heads, _WIDTHS, [self._row(one, target.measure) for one in moving], "lllrl")
        still = [self._lever(one.lever) for one in rows if one.last is None]
        if still:
            lines += said(words("calendar.never", levers=words.listing(still)))
        return lines

    def _row(self, one: Last, measure: str) -> list[str]:
        number = 100 * one.change if measure == SHARE else one.change
        return [
            self._lever(one.lever),
            quarter_name(one.last) if one.last is not None else NOTHING,
            quarter_name(one.half) if one.half is not None else NOTHING,
            f"{number:+.1f}".replace("-", "−"),
            "" if one.binding is None else self._rule(one.binding),
        ]

    def _rule(self, binding: Binding) -> str:
        words = self.words
        cause = binding.cause
        if cause.startswith("registration_"):
            kind = words.named("kind", cause.removeprefix("registration_"))
            name = words("cause.registration", kind=kind)
        else:
            name = words(f"cause.{cause}")
        key = "calendar.rule" if binding.opened is None else "calendar.rule.round"
        opened = "" if binding.opened is None else quarter_name(binding.opened)
        return words(key, cause=name, quarter=quarter_name(binding.quarter), opened=opened)

    def _lever(self, name: str) -> str:
        return self.names.lever(name, self.words)

    def _events(self) -> list[str]:
        words = self.words
        rows = []
        for event in _EVENTS:
            dates = [one for one in self.found.events if one.event == event]
            if dates:
                shown = [
                    quarter_name(one.opens)
                    if one.opens == one.announces
                    else f"{quarter_name(one.opens)}→{quarter_name(one.announces)}"
                    for one in dates
                ]
                rows.append([words(f"calendar.event.{event}"), " ".join(shown)])
        return [*said(words("calendar.events")), *table(None, _EVENT_WIDTHS, rows, "ll")] if rows else []

    def _budgets(self) -> str:
        """Who pays which levers with which delay."""
        words = self.words
        shown = {one.lever for one in self.found.lasts}
        groups: dict[tuple[str, int], list[str]] = {}
        for lever in self.study.city.levers:
            if lever.name in shown and lever.row is not None:
                groups.setdefault((lever.payer, lever.payment_lag_years), []).append(self._lever(lever.name))
        year = year_of(self.found.first)
        parts = [
            words(
                "calendar.budget.part",
                payer=words.named("payer", payer),
                year=year + lag,
                levers=words.listing(levers),
            )
            for (payer, lag), levers in sorted(groups.items())
        ]
        return words("clause.separator").join(parts)


def tables(found: LastQuarters) -> dict[str, bytes]:
    """The tables of the answer, by file name."""
    head = (
        "scope", "measure", "by", "lever", "last", "last_in_half", "moved_share", "mean_change", "cause", "in",
        "round_opened",
    )  # fmt: skip
    events = [(one.event, quarter_name(one.opens), quarter_name(one.announces)) for one in found.events]
    return {
        "last_quarters.csv": as_csv(head, list(_rows(found))),
        "calendar.csv": as_csv(("event", "opens", "announces"), events),
    }


def _rows(found: LastQuarters) -> Iterator[tuple[Any, ...]]:
    def named(quarter: int | None) -> str | None:
        return None if quarter is None else quarter_name(quarter)

    for one in found.lasts:
        target, binding = found.targets[one.target], one.binding
        rule = (None, None, None)
        told = rule if binding is None else (binding.cause, named(binding.quarter), named(binding.opened))
        head = (target.scope, target.measure, quarter_name(target.by), one.lever)
        yield (*head, named(one.last), named(one.half), one.moved, one.change, *told)
