"""The controls in the sidebar: language, scenario, levers by clause, dates and districts, unknown numbers, files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from simulation.dashboard.files import load_file, save_file
from simulation.dashboard.server import presets
from simulation.dashboard.settings import Setting
from simulation.dashboard.state import State
from simulation.quarters import quarter_name
from simulation.reporting.text import LANGUAGES, Words
from simulation.scenario import Scenario
from simulation.scenario.city import Lever
from simulation.scenario.schema import MOST_STRENGTH, LeverSetting

_MOST_RAMP = 16  # quarters, of the slider


def controls(state: State) -> None:
    """Draw the sidebar."""
    words, shown = state.words, presets().scenario(state.shown)
    st.segmented_control(
        words("dashboard.language"),
        LANGUAGES,
        key="lang",
        required=True,
        format_func=lambda one: {"en": "English", "zh": "中文"}[one],
    )
    _start(state, words)
    st.subheader(words("dashboard.levers"))
    st.caption(words("dashboard.levers.note"))
    for group, levers in groupby(shown.tables.levers, key=lambda one: _group(one.clause)):
        _clause(state, shown, group, list(levers))
    with st.expander(words("dashboard.aim"), icon=":material/calendar_month:"):
        _dates(state, shown)
    with st.expander(words("dashboard.unknowns"), icon=":material/help:"):
        _unknowns(state, shown)
    with st.expander(words("dashboard.files"), icon=":material/save:"):
        save_file(state)
        load_file(state)


def _start(state: State, words: Words) -> None:
    def chosen() -> None:
        state.apply(Setting(st.session_state[state.key("preset")]))
        state.complain([])

    names = list(presets().files)
    st.selectbox(
        words("dashboard.preset"),
        names,
        index=names.index(state.setting.preset),
        key=state.key("preset"),
        on_change=chosen,
        help=words("dashboard.preset.help"),
    )
    changes = state.setting.changes
    if changes:
        st.caption(words.count("dashboard.changes", len(changes)))
        st.button(
            words("dashboard.undo"), on_click=lambda: state.apply(Setting(state.setting.preset)), key="undo"
        )


def _group(clause: str) -> str:
    """The clause as far as its first bracket closes: 二(一) of 二(一)1."""
    found = re.match(r"[^)）]*[)）]", clause)
    return found[0] if found else clause


def _name(lever: Lever, words: Words) -> str:
    return lever.name_zh if words.language == "zh" else lever.name_en


def _clause(state: State, shown: Scenario, group: str, levers: Sequence[Lever]) -> None:
    words, now = state.words, state.scenario.levers
    key = f"dashboard.clause.{group}"
    title = words(key) if words.has(key) else group
    with st.expander(title, expanded=group == _group(shown.tables.levers[0].clause)):
        for lever in levers:
            if lever.name not in now:
                continue
            _slider(state, lever, shown.levers[lever.name].strength)
            st.caption(_when(now[lever.name], shown, words))


def _slider(state: State, lever: Lever, strength: float) -> None:
    key, words = state.key(f"strength.{lever.name}"), state.words

    def moved() -> None:
        state.change(f"levers.{lever.name}.strength", float(st.session_state[key]))

    cost = words(
        "dashboard.lever.cost", cost=words.money(lever.unit_cost), payer=words.named("payer", lever.payer)
    )
    grade = lever.row["grade"] if lever.row is not None else "assumed"
    st.slider(
        _name(lever, words),
        0.0,
        MOST_STRENGTH,
        value=float(strength),
        step=0.05,
        key=key,
        on_change=moved,
        help=words("dashboard.lever.help", clause=lever.clause, cost=cost, grade=words(f"evidence.{grade}")),
    )


def _when(lever: LeverSetting, scenario: Scenario, words: Words) -> str:
    """When and where a lever acts, in a few words."""
    told = [words("dashboard.when.from", quarter=words.quarter(lever.from_))]
    if lever.until is not None:
        told.append(words("dashboard.when.until", quarter=words.quarter(lever.until)))
    if lever.ramp:
        told.append(words.count("dashboard.when.ramp", lever.ramp))
    if lever.districts is None:
        told.append(words("dashboard.when.everywhere"))
    else:
        told.append(words.listing([_district(scenario, code, words) for code in lever.districts]))
    return words("clause.separator").join(told)


def _district(scenario: Scenario, code: str, words: Words) -> str:
    found = next((one for one in scenario.tables.districts if one.code == code), None)
    if found is None:
        return code
    return found.name_zh if words.language == "zh" else found.name_en


def _dates(state: State, shown: Scenario) -> None:
    """Dates, districts and cost of one lever, chosen from all."""
    words, levers = state.words, [one for one in shown.tables.levers if one.name in shown.levers]
    names = {one.name: _name(one, words) for one in levers}
    name = st.selectbox(
        words("dashboard.aim.lever"), names, format_func=lambda one: names[one], key="aim.lever"
    )
    now, path = state.scenario.levers[name], f"levers.{name}"
    first, last = shown.opening_quarter + 1, shown.until
    quarters = [quarter_name(one) for one in range(first, last + 1)]
    begins = quarter_name(max(first, min(now.from_, last)))
    _chosen(state, f"{path}.from", words("dashboard.aim.from"), quarters, begins)
    _chosen(
        state,
        f"{path}.until",
        words("dashboard.aim.until"),
        [None, *quarters],
        None if now.until is None else quarter_name(now.until),
        words("dashboard.aim.to_end"),
    )
    key = state.key(f"{path}.ramp")
    st.slider(
        words("dashboard.aim.ramp"),
        0,
        _MOST_RAMP,
        min(now.ramp, _MOST_RAMP),
        key=key,
        on_change=lambda: state.change(f"{path}.ramp", int(st.session_state[key])),
    )
    where = state.key(f"{path}.districts")
    st.multiselect(
        words("dashboard.aim.districts"),
        [one.code for one in shown.tables.districts],
        default=list(now.districts or ()),
        format_func=lambda code: _district(shown, code, words),
        key=where,
        on_change=lambda: state.change(f"{path}.districts", list(st.session_state[where]) or None),
        placeholder=words("dashboard.when.everywhere"),
    )


def _chosen(
    state: State, path: str, label: str, options: Sequence[str | None], now: str | None, nothing: str = ""
) -> None:
    key = state.key(path)
    st.selectbox(
        label,
        options,
        index=options.index(now) if now in options else 0,
        format_func=lambda one: nothing if one is None else one,
        key=key,
        on_change=lambda: state.change(path, st.session_state[key]),
    )


def _unknowns(state: State, shown: Scenario) -> None:
    """The unknown numbers: one of them drawn from a narrower range, or fixed."""
    words, study = state.words, state.study
    st.caption(words("dashboard.unknowns.note"))
    numbers = {
        one.name: one for one in (*shown.tables.parameters, *shown.tables.baseline) if one.kind == "unknown"
    }
    name = st.selectbox(words("dashboard.unknowns.which"), numbers, key="unknown")
    number, (low, mid, high) = numbers[name], study.priors[name]
    st.caption(
        words(
            "dashboard.unknowns.told",
            meaning=number.meaning,
            unit=number.unit,
            low=f"{number.low:g}",
            mid=f"{number.value:g}",
            high=f"{number.high:g}",
            grade=words(f"evidence.{number.grade}"),
            source=number.source,
        )
    )
    key, path = state.key(f"unknowns.{name}"), f"unknowns.{name}"

    def moved() -> None:
        low, high = (float(one) for one in st.session_state[key])
        own = (low, high) == (number.low, number.high)
        peak = min(max(number.value, low), high)
        state.change(path, None if own else {"low": low, "mid": peak, "high": high})

    if number.low < number.high:
        st.slider(
            words("dashboard.unknowns.range"),
            float(number.low),
            float(number.high),
            (max(low, number.low), min(high, number.high)),
            step=(number.high - number.low) / 100,
            format="%.4g",
            key=key,
            on_change=moved,
        )
    st.caption(words("dashboard.unknowns.now", low=f"{low:g}", mid=f"{mid:g}", high=f"{high:g}"))
