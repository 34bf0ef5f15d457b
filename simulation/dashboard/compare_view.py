"""The second view: what is set (B) against a reference (A), in pairs of futures that met the same luck."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from simulation.dashboard import charts
from simulation.dashboard.course import Course
from simulation.dashboard.files import plain
from simulation.dashboard.server import presets
from simulation.dashboard.settings import Setting
from simulation.dashboard.state import State
from simulation.dashboard.targets_view import failed, target_name
from simulation.projection.coalitions import COLUMNS
from simulation.projection.comparison import Comparison
from simulation.projection.effects import UNCLEAR
from simulation.reporting.city_names import names_of_city
from simulation.reporting.compare_page import VERDICT_KEYS
from simulation.reporting.explain_page import cause_name
from simulation.reporting.phrases import SHARE, Phrases
from simulation.reporting.text import Words
from simulation.rules import codes

_KEPT = "kept"


def choose(state: State) -> None:
    """Choose the reference: a scenario of the folder, or what was set when the button was pressed."""
    words, known = state.words, list(presets().files)
    kept = state.reference is not None and state.reference.changes

    def chosen() -> None:
        picked = st.session_state[key]
        if picked != _KEPT:
            state.refer(Setting(picked) if picked else None)

    options = [None, *known, *([_KEPT] if kept else [])]
    now = _KEPT if kept else (state.reference.preset if state.reference else None)
    key = f"reference.{now}"
    st.selectbox(
        words("dashboard.compare.reference"),
        options,
        index=options.index(now),
        format_func=lambda one: _named(one, state),
        key=key,
        on_change=chosen,
        help=words("dashboard.compare.help"),
    )
    st.button(words("dashboard.compare.keep"), on_click=lambda: state.refer(state.setting), key="keep")


def _named(option: str | None, state: State) -> str:
    words = state.words
    if option is None:
        return words("dashboard.compare.nothing")
    if option == _KEPT and state.reference is not None:
        return words.count(
            "dashboard.compare.kept", len(state.reference.changes), name=state.reference.preset
        )
    return option


def show(state: State, courses: tuple[Course, ...], n: int) -> None:
    """Draw the comparison in the first ``n`` pairs, and the bridge of what is set."""
    words = state.words
    if len(courses) < 2:
        st.info(words("dashboard.compare.choose"))
        _bridge(courses[0], n, words)
        return
    found = courses[0].compared(courses[1], n)
    st.markdown(
        words(
            "dashboard.compare.pairs",
            n=found.n,
            a=plain(found.names[0]),
            b=plain(found.names[1]),
        )
    )
    st.table(_chances(found, words), hide_index=True)
    st.caption(words("dashboard.compare.note"))
    left, right = st.columns(2)
    with left:
        st.subheader(words("dashboard.compare.effects"))
        st.table(_effects(found, words), hide_index=True)
    with right:
        st.subheader(words("dashboard.cost"))
        a, b = (one / 1e6 for one in found.total_costs)
        st.markdown(words("dashboard.compare.cost", a=f"{a:,.1f}", b=f"{b:,.1f}", more=f"{b - a:+,.1f}"))
        st.subheader(words("dashboard.compare.districts"))
        st.table(_districts(found, state, words), hide_index=True)
    failed(courses[0].told(n), words)
    _bridge(courses[0], n, words)


def verdict(verdict_: str, n_needed: int | None, n: int, words: Words) -> str:
    """A verdict in words."""
    if verdict_ != UNCLEAR:
        return words(f"compare.verdict.{VERDICT_KEYS[verdict_]}")
    if n_needed is None:
        return words("compare.verdict.unclear", n=n)
    return words("compare.verdict.needs", n=n, needed=words.whole(n_needed))


def _chances(found: Comparison, words: Words) -> pd.DataFrame:
    phrases = Phrases(words, found.n)
    rows = [
        [
            target_name(one, phrases),
            f"{one.base_chance:.2f}",
            f"{one.variant_chance:.2f}",
            f"{one.difference:+.2f} ± {one.error:.2f}",
            f"{one.gained} / {one.lost}",
            verdict(one.verdict, one.n_needed, found.n, words),
        ]
        for one in found.chances
        if one.official and one.district is None
    ]
    heads = ("target", "a", "b", "difference", "gained", "verdict")
    return pd.DataFrame(rows, columns=[words(f"dashboard.compare.head.{one}") for one in heads])


def _effects(found: Comparison, words: Words) -> pd.DataFrame:
    """Paired differences of every measure in the city at the last official target's quarter."""
    phrases = Phrases(words, found.n)
    rows = []
    for one in found.effects:
        twice = one.measure != SHARE and one.basis != codes.BASES[0]
        if one.district is not None or one.quarter != found.last or twice or one.mean is None:
            continue
        scale = 100.0 if one.measure == SHARE else 1.0
        name = phrases.what(one.scope, one.measure)
        if one.measure == SHARE:
            name = words("figure.title.share", what=name, basis=words.named("basis", one.basis))
        rows.append(
            [
                name,
                f"{scale * one.mean:+.1f}",
                _span(one.low, one.high, scale),
                verdict(one.verdict, one.n_needed, found.n, words),
            ]
        )
    heads = ("measure", "mean", "interval", "verdict")
    return pd.DataFrame(rows, columns=[words(f"dashboard.compare.head.{one}") for one in heads])


def _span(low: float | None, high: float | None, scale: float) -> str:
    return "–" if low is None or high is None else f"{scale * low:+.1f} … {scale * high:+.1f}"


def _districts(found: Comparison, state: State, words: Words) -> pd.DataFrame:
    """How many recognised carriers each district wins or loses, the largest change first."""
    names = names_of_city(state.study.city)
    wanted = [
        one
        for one in found.effects
        if (one.scope, one.measure, one.basis, one.quarter)
        == ("recognised", "count", codes.BASES[0], found.last)
        and one.district is not None
        and one.mean is not None
    ]
    wanted.sort(key=lambda one: -abs(one.mean or 0.0))
    rows = [
        [
            names.district(str(one.district), words),
            f"{one.mean:+.1f}",
            _span(one.low, one.high, 1.0),
            verdict(one.verdict, one.n_needed, found.n, words),
        ]
        for one in wanted
    ]
    heads = ("district", "mean", "interval", "verdict")
    return pd.DataFrame(rows, columns=[words(f"dashboard.compare.head.{one}") for one in heads])


def _bridge(course: Course, n: int, words: Words) -> None:
    """From the opening stock to the closing one by cause, the mean of the futures."""
    held = course.told(n).held
    if not held.n_used:
        return
    st.subheader(words("dashboard.bridge"))
    scope = st.segmented_control(
        words("run.table.scope"),
        codes.SCOPES,
        default="recognised",
        required=True,
        format_func=lambda one: words.named("scope", one),
        key="bridge.scope",
    )
    paths = held.totals(str(scope))
    flows = held.moved[:, COLUMNS.index(str(scope))].sum(axis=1) / held.n_used
    causes = [
        (name, float(flow)) for name, flow in zip(codes.CAUSES, flows, strict=True) if abs(flow) >= 0.05
    ]
    rest = float(flows.sum()) - sum(flow for _, flow in causes)
    values = [float(paths[:, 0].mean()), *(flow for _, flow in causes)]
    names = [words("explain.bridge.opening"), *(cause_name(name, words) for name, _ in causes)]
    if abs(rest) >= 0.05:
        values.append(rest)
        names.append(words("dashboard.bridge.rest"))
    values.append(float(paths[:, course.bridge_quarters].mean()))
    names.append(words("dashboard.bridge.closing"))
    told_as = "; ".join(f"{name} {value:+.1f}" for name, value in zip(names, values, strict=True))
    st.altair_chart(charts.bridge(names, values, words), key="bridge", alt=told_as)
    st.caption(words("dashboard.bridge.note", n=held.n_used))
