"""Saving a setting as a scenario, loading one, and checking a registry. Nothing is written on the server."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import streamlit as st

from simulation.dashboard.server import presets
from simulation.dashboard.state import State
from simulation.faults import Fault, ScenarioErrors
from simulation.quarters import quarter
from simulation.registry import reading
from simulation.reporting import fault_text
from simulation.reporting.text import Words

MOST_MEGABYTES = 20
_SHOWN = 200  # faults of a registry


def save_file(state: State) -> None:
    """Offer what is set as a scenario file."""
    words = state.words
    name = st.text_input(
        words("dashboard.save.name"), value=state.scenario.name, max_chars=200, key=state.key("save.name")
    )
    stem = re.sub(r"[^\w-]+", "-", name).strip("-")[:60] or "scenario"
    st.download_button(
        words("dashboard.save"),
        presets().to_yaml(state.setting, name or stem).encode(),
        file_name=f"{stem}.yaml",
        mime="application/yaml",
        on_click="ignore",
        key="save",
    )
    st.caption(words("dashboard.save.note", file=f"{stem}.yaml"))


def load_file(state: State) -> None:
    """Take over a scenario file."""
    words, key = state.words, "load"

    def given() -> None:
        file = st.session_state[key]
        if file is None:
            return
        try:
            state.apply(presets().from_yaml(file.getvalue(), file.name))
            state.complain([])
        except ScenarioErrors as wrong:
            state.complain(wrong.faults)

    st.file_uploader(
        words("dashboard.load"), type=["yaml", "yml"], key=key, on_change=given, max_upload_size=1
    )


def show_faults(faults: Sequence[Fault], words: Words) -> None:
    """Say every fault of an address or a file."""
    said = [
        words.count("dashboard.faults", len(faults)),
        *(fault_text.sentence(one, words) for one in faults[:20]),
    ]
    st.error("\n".join(f"- {plain(one)}" if number else plain(one) for number, one in enumerate(said)))


def registry_check(state: State) -> None:
    """Check a registry as ``carriersim check`` does: the file is read, told of, and forgotten."""
    words, city = state.words, state.scenario.tables
    st.subheader(words("dashboard.registry"))
    st.caption(words("dashboard.registry.note"))
    quarters = [f"{year}Q{one}" for year in range(2026, 2019, -1) for one in (4, 3, 2, 1)]
    when = st.selectbox(words("dashboard.registry.quarter"), quarters, index=quarters.index("2020Q4"))
    file = st.file_uploader(
        words("dashboard.registry.file"), type=["csv", "xlsx"], key="registry", max_upload_size=MOST_MEGABYTES
    )
    if file is None:
        return
    with tempfile.TemporaryDirectory(prefix="carriersim-") as folder:
        path = Path(folder, "registry" + Path(file.name).suffix.lower())
        path.write_bytes(file.getvalue())
        report, register = reading.read(path, replace(city, baseline_quarter=quarter(when)))
    if register is None or report.errors:
        st.error(words.count("dashboard.registry.refused", report.errors))
    else:
        st.success(words.count("dashboard.registry.usable", len(register.id)))
    rows = [fault_text.record(replace(one, file=file.name), words) for one in report.faults[:_SHOWN]]
    if rows:
        heads = {
            name: words(f"dashboard.fault.{name}")
            for name in ("sheet", "row", "column", "found", "allowed", "advice")
        }
        st.dataframe(
            {head: [str(row[name] or "") for row in rows] for name, head in heads.items()}, hide_index=True
        )


def plain(text: str) -> str:
    """A text that markdown shows as it stands: no link, no image, no formula of it is made."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|$~:.-])", r"\\\1", text)
