"""The page: the controls at the side, the answer in the middle, everything in the address."""

from __future__ import annotations

import streamlit as st

from simulation.dashboard import carriers_view, compare_view, numbers_view, targets_view
from simulation.dashboard.controls import controls
from simulation.dashboard.course import Course
from simulation.dashboard.files import plain, show_faults
from simulation.dashboard.server import desk, presets
from simulation.dashboard.state import VIEWS, State
from simulation.scenario import Study

FIRST_ANSWER = 50  # futures that a new setting is waited for ...
PATIENCE = 0.8  # ... but no longer than this many seconds
EVERY = 1.0  # seconds between two looks while futures are added


def page() -> None:
    """Draw the page once; Streamlit calls this after every move."""
    st.set_page_config(page_title="carriersim", layout="wide", initial_sidebar_state="auto")
    state = State()
    with st.sidebar:
        controls(state)
    words = state.words
    st.title(words("dashboard.title", city=_city(state)))
    st.caption(plain(state.scenario.name))
    if state.faults:
        show_faults(state.faults, words)
    st.segmented_control(
        words("dashboard.view"),
        VIEWS,
        key="view",
        required=True,
        label_visibility="collapsed",
        format_func=lambda one: words(f"dashboard.view.{one}"),
    )
    state.into_address()
    if state.view == "carriers":
        carriers_view.show(state)
    elif state.view == "numbers":
        numbers_view.show(state)
    else:
        _computed(state)


def _city(state: State) -> str:
    tables = state.scenario.tables
    return tables.name_zh if state.words.language == "zh" else tables.name_en


def _computed(state: State) -> None:
    """The part that shows futures: drawn again as more of them come in."""
    studies = [state.study]
    if state.view == "compare":
        compare_view.choose(state)
    if state.reference is not None:
        studies.append(presets().study(state.reference))
    courses = desk().want(state.who, studies)
    if courses[0].n < FIRST_ANSWER:
        desk().wait(courses[0], FIRST_ANSWER, PATIENCE)
    n = min(one.shown for one in courses)  # told of by all parts of the page
    top = st.container()
    if not n:
        st.info(state.words("dashboard.starting"))
    elif state.view == "compare":
        compare_view.show(state, courses, n)
    else:
        targets_view.show(state, courses, n)
    if n:
        _mark(courses[0], n)
    with top:
        st.fragment(_watch, run_every=None if n >= desk().most else EVERY)(state, studies, n)


def _mark(course: Course, n: int) -> None:
    """Say for programs that look at the page which setting its numbers are of, and of how many futures."""
    digest = str(course.key[0])[:16]
    st.html(f'<span data-carriersim-setting="{digest}" data-carriersim-futures="{n}"></span>')


def _watch(state: State, studies: list[Study], drawn: int) -> None:
    """Say how many futures there are, and have the page drawn anew when enough have come to tell more."""
    courses = desk().want(state.who, studies)
    words, most, n = state.words, desk().most, min(one.n for one in courses)
    error = 0.5 / n**0.5 if n else 0.5
    key = "dashboard.progress.done" if n >= most else "dashboard.progress"
    st.progress(
        min(1.0, n / most), words(key, n=words.whole(n), most=words.whole(most), error=f"{error:.2f}")
    )
    if min(one.shown for one in courses) > drawn:
        st.rerun()
