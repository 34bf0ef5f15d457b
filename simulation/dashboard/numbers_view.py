"""The fourth view: every number behind the answer with its evidence, and the check of a registry."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from simulation.dashboard.files import registry_check
from simulation.dashboard.server import desk
from simulation.dashboard.state import State
from simulation.dashboard.targets_view import evidence
from simulation.scenario.ledger import LedgerRow
from simulation.scenario.tables import GRADES


def show(state: State) -> None:
    """Draw the view."""
    words, study = state.words, state.study
    desk().leave(state.who)
    st.subheader(words("dashboard.view.numbers"))
    evidence(study, words)
    grades = (*GRADES, "scenario")
    wanted = st.segmented_control(
        words("dashboard.numbers.grade"),
        grades,
        default=grades,
        selection_mode="multi",
        format_func=lambda one: words(f"evidence.{one}"),
        key="grades",
    )
    ledger = pd.DataFrame(study.ledger(), columns=list(LedgerRow._fields))
    ledger["grade"] = [words(f"evidence.{one}") if kept else "" for one, kept in _marked(ledger, wanted)]
    shown = ledger[ledger["grade"] != ""]
    heads = [words(f"dashboard.ledger.{name}") for name in LedgerRow._fields]
    st.dataframe(shown.set_axis(heads, axis=1), hide_index=True, height=420)
    registry_check(state)


def _marked(ledger: pd.DataFrame, wanted: list[str]) -> list[tuple[str, bool]]:
    return [(one, one in wanted) for one in ledger["grade"]]
