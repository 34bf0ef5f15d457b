"""The third view: one future, quarter by quarter, its carriers as marks; a chosen one tells its life."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from simulation.dashboard import charts
from simulation.dashboard.files import plain
from simulation.dashboard.replay import Replay, marks, replay
from simulation.dashboard.server import desk
from simulation.dashboard.state import State
from simulation.quarters import quarter
from simulation.reporting.story import UnknownCarrierError, worth_reading
from simulation.reporting.text import Words
from simulation.rules import codes

_ROWS = 5  # of marks in the band of a district
_TEMPO = 1.2  # seconds a quarter
_MOST_REPLICATE = 9999
_LEVEL_COLOURS = ("#bbbbbb", "#56B4E9", "#009E73", "#E69F00", "#D55E00")
_AT, _PLAYING = "carriers.at", "carriers.playing"


def show(state: State) -> None:
    """Draw the view."""
    words, kept = state.words, st.session_state
    desk().leave(state.who)  # nothing is computed for this page meanwhile
    number = int(
        st.number_input(
            words("dashboard.carriers.replicate"),
            0,
            _MOST_REPLICATE,
            0,
            key="replicate",
            help=words("dashboard.carriers.replicate.help"),
        )
    )
    with st.spinner(words("dashboard.carriers.wait")):
        found = replay(state.study, number, desk().seed)
    if kept.get(_AT) not in found.quarters:
        kept[_AT] = found.quarters[-1]
    playing = bool(kept.get(_PLAYING))
    st.fragment(_draw, run_every=_TEMPO if playing else None)(state, found)


def _draw(state: State, found: Replay) -> None:
    words, kept, last = state.words, st.session_state, len(found.quarters) - 1
    if kept.get(_AT) not in found.quarters:
        kept[_AT] = found.quarters[-1]
    at = found.quarters.index(kept[_AT])
    if kept.get(_PLAYING):
        if at >= last:
            kept[_PLAYING] = False
            st.rerun()
        at += 1
        kept[_AT] = found.quarters[at]
    _player(found, words)
    rows = marks(found, at, words)
    picked = st.altair_chart(
        _picture(rows, words),
        key="marks",
        on_select="rerun",
        selection_mode="carrier",
        alt=words("dashboard.carriers.alt", n=len(rows), quarter=words.quarter(quarter(found.quarters[at]))),
    )
    st.caption(words("dashboard.carriers.legend"))
    chosen = [one.get("label") for one in (picked.get("selection") or {}).get("carrier") or []]
    _life(found, str(chosen[0]) if chosen else "", words)
    with st.expander(words("dashboard.carriers.table")):
        columns = ["label", "district", "type", "mode", "level_name", "status"]
        heads = [words(f"dashboard.carriers.head.{one}") for one in columns]
        st.dataframe(rows[columns].set_axis(heads, axis=1), hide_index=True)


def _player(found: Replay, words: Words) -> None:
    kept, last = st.session_state, len(found.quarters) - 1

    def play() -> None:
        kept[_PLAYING] = not kept.get(_PLAYING)
        if kept[_PLAYING] and kept[_AT] == found.quarters[-1]:
            kept[_AT] = found.quarters[0]

    def step(by: int) -> None:
        kept[_PLAYING] = False
        kept[_AT] = found.quarters[min(max(found.quarters.index(kept[_AT]) + by, 0), last)]

    back, run, on = st.columns([1, 1, 1])
    back.button(words("dashboard.carriers.back"), on_click=step, args=(-1,), width="stretch", key="back")
    label = words("dashboard.carriers.pause" if kept.get(_PLAYING) else "dashboard.carriers.play")
    if run.button(label, on_click=play, width="stretch", key="play"):
        st.rerun()  # the whole page: its clock is set, or taken away
    on.button(words("dashboard.carriers.step"), on_click=step, args=(1,), width="stretch", key="step")
    st.select_slider(words("dashboard.quarter"), found.quarters, key=_AT)


def _picture(rows: pd.DataFrame, words: Words) -> charts.Chart:
    """A band a district; in it a mark a carrier: colour is the level, shape the type, filled is specialised."""
    band = _ROWS + 4
    order = {place: at for at, place in enumerate(sorted(rows["place"].unique()))}
    placed = rows.assign(
        x=rows["number"] // _ROWS,
        y=rows["place"].map(order) * band + rows["number"] % _ROWS,
        filled=rows["specialised"],
    )
    heads = placed.groupby("place", as_index=False).agg(
        district=("district", "first"), n=("id", "size"), y=("y", "min")
    )
    heads["text"] = [f"{one.district}  {one.n}" for one in heads.itertuples()]
    picked = alt.selection_point(name="carrier", fields=["label"], toggle=False)
    names = [words.named("level", one) for one in codes.LEVELS]
    types = [words.named("type", one) for one in codes.TYPES]
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(reverse=True, nice=False, domain=[-3, len(order) * band - 2]))
    x = alt.X("x:Q", axis=None, scale=alt.Scale(nice=False, domain=[-1, max(12, int(placed["x"].max()) + 1)]))
    colour = alt.Color(
        "level_name:N",
        title=words("dashboard.carriers.head.level_name"),
        scale=alt.Scale(domain=names, range=list(_LEVEL_COLOURS)),
        legend=alt.Legend(orient="top"),
    )
    shape = alt.Shape(
        "type:N",
        title=words("dashboard.carriers.head.type"),
        scale=alt.Scale(domain=types, range=["circle", "square", "triangle-up"]),
        legend=alt.Legend(orient="top"),
    )
    tips: list[Any] = [
        alt.Tooltip(f"{one}:N", title=words(f"dashboard.carriers.head.{one}"))
        for one in ("label", "district", "type", "mode", "level_name", "status")
    ]
    stopped = words.named("status", "stopped")
    marks_ = (
        alt.Chart(placed)
        .mark_point(size=55, strokeWidth=1.6, cursor="pointer")
        .encode(
            x=x,
            y=y,
            color=colour,
            shape=shape,
            fillOpacity=alt.condition("datum.filled", alt.value(1.0), alt.value(0.0)),
            fill=colour,
            opacity=alt.condition(f"datum.status == '{stopped}'", alt.value(0.35), alt.value(1.0)),
            strokeWidth=alt.condition(picked, alt.value(1.6), alt.value(0.8)),
            tooltip=tips,
        )
        .add_params(picked)
    )
    text = (
        alt.Chart(heads)
        .mark_text(align="left", fontSize=12, dy=-14)
        .encode(x=alt.value(4), y=y, text="text:N")
    )
    return alt.layer(marks_, text).properties(height=66 * len(order) + 40)


def _life(found: Replay, picked: str, words: Words) -> None:
    """The life of the carrier that was clicked, or whose id was typed; some worth reading where there is none."""
    replicate = found.replicate
    typed = st.text_input(
        words("dashboard.carriers.id"), value=picked, max_chars=40, key=f"carrier.{picked}",
        help=words("dashboard.carriers.id.help"),
    )  # fmt: skip
    if not typed.strip():
        some = [
            f"{life.label} ({life.replicate.names.carrier(life.id, life.end, words)})"
            for life in worth_reading(replicate, 5)
        ]
        st.caption(plain(words("dashboard.carriers.some", some=words.listing(some))))
        return
    try:
        life = replicate.life(replicate.find(typed.strip()))
    except UnknownCarrierError as unknown:
        key = "trace.ambiguous" if unknown.ambiguous else "trace.unknown"
        st.warning(plain(words(key, id=typed, near=words.listing(unknown.near))))
        return
    title, *sentences = life.sentences(words)
    st.markdown(f"**{plain(title)}**\n\n" + "\n".join(f"- {plain(one)}" for one in sentences))
