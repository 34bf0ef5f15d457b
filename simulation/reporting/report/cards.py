"""One A4 page a district (一区一表): its tasks, its pace, whom to call, the next rounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulation.projection.measures import values
from simulation.quarters import quarter, year_of
from simulation.reporting import charts, figures
from simulation.reporting.phrases import NOTHING, SHARE
from simulation.reporting.report.facts import Facts
from simulation.reporting.report.markup import Child, Element, element, picture
from simulation.reporting.report.page import document, running, title_of
from simulation.reporting.text import Words
from simulation.rules import codes

if TYPE_CHECKING:
    from simulation.projection import TargetAnswer
    from simulation.registry.pipeline import Named

_CALLS = 5  # carriers named on a card
_GOOD, _FAIR = 0.8, 0.5  # chances from which a task is on course, or open (assumptions)


class Pace(NamedTuple):
    """Where a district's median stands at the end of a year against an even pace from its start to its task."""

    year: int
    even: float
    median: float
    ahead: float  # of the even pace, percentage points of the task


def cards(facts: Facts, named: Sequence[Named] | None = None) -> bytes:
    """A card for each district that has a task. ``named`` are the carriers to call, ``None`` without a registry."""
    found = dict.fromkeys(one.district or "" for one in facts.main.tasks)
    made = [_card(facts, code, named) for code in found]
    words = facts.words
    head = element("header", element("h1", words("report.cards.title", title=title_of(facts))))
    if not made:
        made = [element("p", words("report.cards.none"))]
    return document(
        words("report.cards.title", title=title_of(facts)),
        [head, element("main", *made)],
        words,
        running(facts),
    )


def completion(one: TargetAnswer) -> float | None:
    """The median at the end over what is asked."""
    return None if one.median is None or not one.at_least else one.median / one.at_least


def rank(facts: Facts, one: TargetAnswer) -> tuple[int, int]:
    """The place of a district by completion among those with the same task, the best first, and how many they are."""
    same = [
        each
        for each in facts.main.tasks
        if (each.scope, each.measure, each.by) == (one.scope, one.measure, one.by)
    ]
    mine = completion(one) or 0.0
    return 1 + sum((completion(each) or 0.0) > mine for each in same), len(same)


def paces(facts: Facts, one: TargetAnswer) -> list[Pace]:
    """The end of each year up to the task's: an even pace from the start, and the median."""
    result = facts.main.result
    median = np.nanmedian(values(result, one.measure, one.scope, one.basis, one.district), axis=0)
    quarters = [quarter(name) for name in result.quarters]
    due, first = quarter(one.by), quarters[0]
    found = []
    for place, number in enumerate(quarters):
        if number % 4 == 3 and first < number <= due:
            even = median[0] + (one.at_least - median[0]) * (number - first) / (due - first)
            found.append(
                Pace(
                    year_of(number),
                    float(even),
                    float(median[place]),
                    100.0 * float(median[place] - even) / one.at_least,
                )
            )
    return found


def _card(facts: Facts, code: str, named: Sequence[Named] | None) -> Element:
    words = facts.words
    tasks = [one for one in facts.main.tasks if one.district == code]
    title = element("h2", facts.names.district(code, words))
    if code in facts.hidden:
        return element("section", title, element("p", words("report.note.suppressed")), class_="card")
    counted = [one for one in tasks if one.measure != SHARE]
    inside: list[Child] = [
        title,
        element("p", running(facts), class_="meta"),
        _light(facts, tasks),
        _tasks(facts, tasks),
    ]
    if counted:
        inside += [_pace(facts, counted[0]), _figure(facts, counted[0])]
    return element("section", *inside, _calls(facts, code, named), _rounds(facts), class_="card")


def _light(facts: Facts, tasks: Sequence[TargetAnswer]) -> Element:
    """How the least likely task stands, in a word and a colour."""
    words, one = facts.words, min(tasks, key=lambda each: each.chance)
    kind = "good" if one.chance >= _GOOD else "fair" if one.chance >= _FAIR else "poor"
    sign = element("span", words(f"report.cards.{kind}"), class_=f"light {kind}")
    return element("p", sign, " ", facts.phrases(facts.main).sentence(one))


def _tasks(facts: Facts, tasks: Sequence[TargetAnswer]) -> Element:
    words, phrases = facts.words, facts.phrases(facts.main)
    keys = ("task", "opening", "asked", "median", "completion", "rank", "chance", "shortfall")
    heads = [words(f"report.column.{key}") for key in keys]
    rows = []
    for one in tasks:
        done, (place, among) = completion(one), rank(facts, one)
        opening = None if one.measure == SHARE else facts.main.opening(one.scope, one.district)
        what = phrases.what(one.scope, one.measure)
        unit = " %" if one.measure == SHARE else ""
        rows.append(
            [
                what[:1].upper() + what[1:],
                phrases.number(opening, one.measure),
                phrases.asked(one.at_least, one.measure) + unit,
                phrases.number(one.median, one.measure) + unit,
                NOTHING if done is None else f"{100 * done:.0f} %",
                f"{place} / {among}",
                phrases.chance(one),
                phrases.shortfall(one),
            ]
        )
    return _table(words("report.cards.tasks", end=words.end_of(quarter(tasks[0].by))), heads, rows)


def _pace(facts: Facts, one: TargetAnswer) -> Element:
    words = facts.words
    found = paces(facts, one)
    heads = [words(f"report.column.{key}") for key in ("year", "even", "median", "ahead")]
    rows = [
        [str(each.year), f"{each.even:.1f}", words.whole(each.median), f"{each.ahead:+.1f}".replace("-", "−")]
        for each in found
    ]
    return _table(
        words("report.cards.pace", what=facts.phrases(facts.main).what(one.scope, one.measure)), heads, rows
    )


def _figure(facts: Facts, one: TargetAnswer) -> Element:
    words, run = facts.words, facts.main
    name = facts.names.district(one.district or "", words)
    axes = charts.fan(
        run.result,
        words,
        one.scope,
        measure=one.measure,
        basis=one.basis,
        district=one.district,
        name=name,
        answers=run.answers,
        axes=figures.blank((7.6, 2.9)),
        note=words("figure.note", scenario=run.name, n=run.n),
    )
    told = words("report.alt.fan", target=name, sentence=facts.phrases(run).sentence(one))
    return element("figure", element("div", picture(figures.svg(axes), told), class_="scroll"))


def _calls(facts: Facts, code: str, named: Sequence[Named] | None) -> Element:
    words = facts.words
    if named is None:
        return element("p", words("report.cards.no_registry"), class_="note")
    own = [one for one in named if one.district == code][:_CALLS]
    if not own:
        return element("p", words("report.cards.nobody"), class_="note")
    heads = [words(f"report.column.{key}") for key in ("carrier", "why", "earliest")]
    rows = [[_who(facts, one), _why(words, one), one.earliest or NOTHING] for one in own]
    return _table(words("report.cards.calls"), heads, rows)


def _who(facts: Facts, one: Named) -> str:
    """Id and name; in a public card neither."""
    return facts.words("report.cards.masked") if facts.public else f"{one.id} {one.name}"


def _why(words: Words, one: Named) -> str:
    lacking = [
        words(
            "pipeline.gap",
            what=words(f"pipeline.gap.{gap.what}"),
            have=NOTHING if gap.have is None else f"{gap.have:g}",
            need=f"{gap.need:g}",
            gap=f"{gap.gap:g}",
        )
        for gap in one.gaps
        if gap.gap > 0.0
    ]
    return words("clause.separator").join([words(f"pipeline.list.{one.list}").rstrip(":："), *lacking])


def _rounds(facts: Facts) -> Element:
    """When rounds open and announce, from the city's calendar."""
    words = facts.words
    if facts.city is None:
        return element("p", words("report.cards.no_calendar"), class_="note")
    told = [
        words(
            "report.cards.round" if int(row["years_later"]) == 0 else "report.cards.round_later",
            name=words.named("level", row["event"]),
            opens=row["opens"],
            announces=row["announces"],
        )
        for row in facts.city.calendar
        if row["event"] in codes.LEVELS
    ]
    return element(
        "p", words("report.cards.rounds", rounds=words("clause.separator").join(told)), class_="note"
    )


def _table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Element:
    numbers = [
        all(not row[column][:1].isalpha() for row in rows) and column > 0 for column in range(len(heads))
    ]
    classes = ["number" if one else None for one in numbers]
    head = element(
        "tr",
        *(element("th", told, scope="col", class_=kind) for told, kind in zip(heads, classes, strict=True)),
    )
    lines = [
        element(
            "tr",
            element("th", row[0], scope="row"),
            *(element("td", told, class_=kind) for told, kind in zip(row[1:], classes[1:], strict=True)),
        )
        for row in rows
    ]
    table = element("table", element("caption", caption), element("thead", head), element("tbody", *lines))
    return element("div", table, class_="scroll", tabindex="0", role="region", aria_label=caption)
