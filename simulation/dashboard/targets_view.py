"""The first view: the chance of each target, how the counts spread, the districts, what it costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from simulation.dashboard import charts
from simulation.dashboard.course import Course, Told
from simulation.dashboard.files import plain
from simulation.dashboard.state import State
from simulation.projection.effects import ChanceChange
from simulation.projection.targets import TargetAnswer
from simulation.quarters import quarter
from simulation.reporting.city_names import CityNames, names_of_city
from simulation.reporting.phrases import SHARE, Phrases, kind_of
from simulation.reporting.text import Words
from simulation.reporting.width import shortened
from simulation.rules import codes
from simulation.scenario import Study

_COLUMNS_OF_TILES = 4
_TILE = 14  # columns of text on a tile
_COLOURS = {"published": "green", "derived": "blue", "assumed": "orange", "scenario": "gray"}


def show(state: State, courses: tuple[Course, ...], n: int) -> None:
    """Draw the view, of the first ``n`` futures."""
    told, study, words = courses[0].told(n), state.study, state.words
    if not told.held.n_used:
        failed(told, words)
        return
    changes = courses[0].compared(courses[1], n).chances if len(courses) > 1 else ()
    phrases = Phrases(words, told.held.n_used)
    official = [one for one in told.answers if one.official and one.district is None]
    _cards(official, changes, study, phrases)
    failed(told, words)
    _fans(official, told, phrases)
    _districts(told, study, phrases)
    _cost(told, study, words)
    with st.expander(words("run.table.title")):
        st.table(_table(told.answers, phrases), hide_index=True)
        st.caption(words("run.table.note.error", n=told.held.n_used))
    evidence(study, words)


def failed(told: Told, words: Words) -> None:
    """Say how many futures gave nothing, and why the first did."""
    failures = told.held.failures
    if failures:
        st.warning(plain(words.count("dashboard.failed", len(failures), error=failures[0].error)))


def badge(grade: str, words: Words) -> str:
    """How a number is known, as a coloured word."""
    return f":{_COLOURS[grade]}-badge[{words(f'evidence.{grade}')}]"


def _cards(
    official: Sequence[TargetAnswer], changes: Sequence[ChanceChange], study: Study, phrases: Phrases
) -> None:
    """A card for each official target: its chance with error and n, and how it moved against the reference."""
    words = phrases.words
    grades = {(one.scope, one.measure, one.at_least, one.by): one.grade for one in study.targets}
    for column, one in zip(st.columns(len(official) or 1), official, strict=False):
        change = next(
            (
                c
                for c in changes
                if (c.scope, c.basis, c.measure, c.at_least, c.by, c.district)
                == (one.scope, one.basis, one.measure, one.at_least, one.by, None)
            ),
            None,
        )
        delta = None
        if change is not None:
            delta = words(
                "dashboard.card.delta", change=f"{change.difference:+.2f}", error=f"{change.error:.2f}"
            )
        grade = grades.get((one.scope, one.measure, one.at_least, quarter(one.by)), "scenario")
        with column.container(border=True):
            st.markdown(f"**{plain(target_name(one, phrases))}**")
            st.metric(
                target_name(one, phrases),
                phrases.chance(one).replace("±", " ± "),
                delta,
                delta_color="normal"
                if change is not None and change.verdict in ("better", "worse")
                else "off",
                label_visibility="collapsed",
            )
            st.caption(
                words(
                    f"dashboard.card.{kind_of(one.measure)}",
                    n=phrases.n,
                    median=phrases.number(one.median, one.measure),
                    low=phrases.number(one.q10, one.measure),
                    high=phrases.number(one.q90, one.measure),
                    gap=phrases.shortfall(one),
                )
            )
            st.markdown(
                words("dashboard.card.grade", target=badge(grade, words), chance=badge("derived", words))
            )


def target_name(one: TargetAnswer | ChanceChange, phrases: Phrases) -> str:
    """A target in a few words: at least 600 recognised carriers by the end of 2025."""
    words = phrases.words
    return words(
        f"dashboard.target.{kind_of(one.measure)}",
        at_least=phrases.asked(one.at_least, one.measure),
        what=phrases.what(one.scope, one.measure),
        basis=words.named("basis", one.basis),
        end=words.end_of(quarter(one.by)),
    )


def _fans(official: Sequence[TargetAnswer], told: Told, phrases: Phrases) -> None:
    words = phrases.words
    for column, one in zip(st.columns(len(official) or 1), official, strict=False):
        with column:
            name = target_name(one, phrases)
            st.altair_chart(
                charts.fan(told.held, words, one.measure, one.scope, one.basis, None, one.at_least),
                key=f"fan.{one.measure}.{one.scope}.{one.basis}",
                alt=words("dashboard.fan.alt", target=name, chance=phrases.chance(one)),
            )
    if official:
        st.caption(words("dashboard.fan.legend"))


# --------------------------------------------------------------------------- districts


def _districts(told: Told, study: Study, phrases: Phrases) -> None:
    """The districts' tasks as tiles and as a table; the chosen district's fan chart beside them."""
    words, names = phrases.words, names_of_city(study.city)
    tasks = [one for one in told.answers if one.district is not None and one.asked]
    if not tasks:
        return
    st.subheader(words("dashboard.districts"))
    kinds = list(dict.fromkeys((one.measure, one.scope, one.basis, one.by) for one in tasks))
    labels = {kind: _task_name(kind, phrases) for kind in kinds}
    kind = st.selectbox(
        words("dashboard.districts.task"), kinds, format_func=lambda one: labels[one], key="task"
    )
    chosen = [one for one in tasks if (one.measure, one.scope, one.basis, one.by) == kind]
    rows = _rows(chosen, names, phrases)
    left, right = st.columns([3, 2])
    with left:
        clicked = st.altair_chart(
            charts.tiles(rows, words, _COLUMNS_OF_TILES),
            key="tiles",
            on_select="rerun",
            selection_mode="district",
            alt=words("dashboard.districts.alt"),
        )
        st.caption(words("dashboard.districts.note"))
    picked = [one.get("code") for one in (clicked.get("selection") or {}).get("district") or []]
    codes_ = [one.district for one in chosen]
    with right:
        code = st.selectbox(
            words("run.table.district"),
            codes_,
            index=codes_.index(picked[0]) if picked and picked[0] in codes_ else 0,
            format_func=lambda one: names.district(str(one), words),
            key=f"district.{picked[0] if picked else ''}",
        )
        task = chosen[codes_.index(code)]
        st.altair_chart(
            charts.fan(told.held, words, task.measure, task.scope, task.basis, code, task.at_least),
            key="fan.district",
            alt=words("dashboard.fan.alt", target=labels[kind], chance=phrases.chance(task)),
        )
    with st.expander(words("dashboard.districts.table")):
        st.table(_district_table(chosen, names, phrases), hide_index=True)
    grade = next((one.grade for one in study.tasks), "assumed")
    st.markdown(words("dashboard.districts.grade", grade=badge(grade, words)))


def _task_name(kind: tuple[str, str, str, str], phrases: Phrases) -> str:
    measure, scope, basis, by = kind
    words = phrases.words
    name = phrases.what(scope, measure)
    if measure == SHARE:
        name = words("figure.title.share", what=name, basis=words.named("basis", basis))
    return words("dashboard.task", what=name, end=words.end_of(quarter(by)))


def _rows(tasks: Sequence[TargetAnswer], names: CityNames, phrases: Phrases) -> pd.DataFrame:
    words = phrases.words
    return pd.DataFrame(
        [
            {
                "code": one.district,
                "name": names.district(str(one.district), words),
                "short": _shortened(names.short_district(str(one.district), words)),
                "chance": one.chance,
                "label": phrases.chance(one),
            }
            for one in tasks
        ]
    )


def _shortened(name: str) -> str:
    """A name as far as a tile has room; the whole name stands in its tip and in the table."""
    name = name.removesuffix(" District").removeprefix("Wuhan ").removeprefix("武汉")
    return shortened(name, _TILE)


def _district_table(tasks: Sequence[TargetAnswer], names: CityNames, phrases: Phrases) -> pd.DataFrame:
    words = phrases.words
    heads = ("district", "task", "median", "q80", "chance", "shortfall")
    titles = [words(f"run.table.{one}").replace("- ", "") for one in heads]
    return pd.DataFrame(
        [
            [
                names.district(str(one.district), words),
                phrases.asked(one.at_least, one.measure),
                phrases.number(one.median, one.measure),
                phrases.span(one.q10, one.q90, one.measure),
                phrases.chance(one),
                phrases.shortfall(one),
            ]
            for one in tasks
        ],
        columns=titles,
    )


def _table(answers: Sequence[TargetAnswer], phrases: Phrases) -> pd.DataFrame:
    """Every target of the city under every scope and basis; the official reading is marked."""
    words = phrases.words
    heads = ("scope", "chance", "median", "q50", "q80", "q95", "shortfall", "first_met")
    titles = [words("dashboard.target"), *(words(f"run.table.{one}").replace("- ", "") for one in heads)]
    rows = [
        [
            _asked(one, phrases),
            ("★ " if one.official else "") + phrases.scope(one),
            *phrases.cells(one),
        ]
        for one in answers
        if one.district is None and (one.measure == SHARE or one.basis == codes.BASES[0])
    ]
    return pd.DataFrame(rows, columns=titles)


def _asked(one: TargetAnswer, phrases: Phrases) -> str:
    end = phrases.words.end_of(quarter(one.by))
    asked = phrases.asked(one.at_least, one.measure)
    return phrases.words(f"dashboard.asked.{kind_of(one.measure)}", at_least=asked, end=end)


# --------------------------------------------------------------------------- money


def _cost(told: Told, study: Study, words: Words) -> None:
    """What the levers cost in all, and by year and payer."""
    spent = told.held.spent
    totals = spent.sum(axis=(1, 2)).astype(float)
    low, high = np.quantile(totals, [0.1, 0.9])
    st.subheader(words("dashboard.cost"))
    st.markdown(
        words(
            "dashboard.cost.sentence",
            mean=_money(float(totals.mean()), words),
            low=_money(float(low), words),
            high=_money(float(high), words),
            n=len(totals),
            grade=badge("assumed", words),
        )
    )
    with st.expander(words("dashboard.cost.table")):
        st.table(_by_lever(spent.mean(axis=0), told, study, words), hide_index=True)


def _by_lever(mean: np.ndarray, told: Told, study: Study, words: Words) -> pd.DataFrame:
    """Million CNY by lever (rows) and year in which they are caused (columns)."""
    labels, names = told.held.manifest.labels(), names_of_city(study.city)
    years = np.array(labels.years[1:])
    unit, known = 1e6, sorted(set(labels.years[1:]))
    rows = []
    for place, name in enumerate(codes.LEVERS):
        if not mean[:, place].any():
            continue
        by_year = [float(mean[years == year, place].sum()) / unit for year in known]
        rows.append(
            [
                names.lever(name, words),
                words.named("payer", labels.payers[place]),
                *(round(one, 1) for one in by_year),
                round(sum(by_year), 1),
            ]
        )
    heads = [
        words("dashboard.cost.lever"),
        words("dashboard.cost.payer"),
        *map(str, known),
        words("dashboard.cost.total"),
    ]
    return pd.DataFrame(rows, columns=heads)


def _money(yuan: float, words: Words) -> str:
    """An amount as planners say it: 1310 million CNY, 13.1亿元."""
    if words.language == "zh":
        return words("dashboard.money", n=f"{yuan / 1e8:.2f}")
    return words("dashboard.money", n=words.whole(yuan / 1e6))


def evidence(study: Study, words: Words) -> None:
    """How the numbers behind the answer are known."""
    grades = [one.grade for one in study.ledger()]
    unknown = sum(one.kind == "unknown" for one in study.ledger())
    counts = {grade: grades.count(grade) for grade in _COLOURS}
    st.caption(words("run.evidence", n=len(grades), unknown=unknown, **counts))
