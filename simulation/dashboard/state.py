"""What one page is set to: kept in its session, read from and written to its address. No page sees another's."""

from __future__ import annotations

import os
import uuid
from typing import Any

import streamlit as st

from simulation.dashboard.server import LANGUAGE, presets
from simulation.dashboard.settings import Setting, from_address
from simulation.faults import Fault, ScenarioErrors
from simulation.reporting.text import LANGUAGES, Words, language_of
from simulation.scenario import Scenario, Study

VIEWS = ("targets", "compare", "carriers", "numbers")


class State:
    """The page's own state, by name; made from the address when the page opens."""

    def __init__(self) -> None:
        self._kept = st.session_state
        if "who" not in self._kept:
            self._open()

    def _open(self) -> None:
        asked, known = st.query_params, presets()
        self._kept["who"] = uuid.uuid4().hex
        lang = asked.get("lang", os.environ.get(LANGUAGE) or language_of())
        self._kept["lang"] = lang if lang in LANGUAGES else LANGUAGES[0]
        view = asked.get("view", VIEWS[0])
        self._kept["view"] = view if view in VIEWS else VIEWS[0]
        self._kept["version"] = 0
        self._kept["faults"] = []
        self._kept["reference"] = self._read("ref", "refset") if "ref" in asked else None
        found = self._read("scenario", "set")
        self.apply(found or Setting(known.first))

    def _read(self, preset: str, changes: str) -> Setting | None:
        """A setting of the address; ``None`` and faults to be shown when it cannot be used."""
        asked = st.query_params
        if preset not in asked and changes not in asked:
            return None
        found = from_address(asked.get_all(changes), asked.get(preset, presets().first))
        try:
            presets().scenario(found)
        except ScenarioErrors as wrong:
            self._kept["faults"] = [*self._kept["faults"], *wrong.faults]
            return None
        return found

    # --- the setting

    @property
    def setting(self) -> Setting:
        """What is set now."""
        found: Setting = self._kept["setting"]
        return found

    @property
    def shown(self) -> Setting:
        """What the controls were last filled from: their own values have moved on from there."""
        found: Setting = self._kept["shown"]
        return found

    def apply(self, setting: Setting) -> None:
        """Set everything anew, and fill the controls from it."""
        self._kept["setting"] = self._kept["shown"] = setting
        self._kept["version"] += 1

    def change(self, path: str, value: Any) -> None:
        """Change one value; one that the scenario has by itself is taken back."""
        moved = self.setting.changed(path, None)
        try:
            own = presets().scenario(moved).sources.get(path)
            if own is None or own.value != value:
                moved = moved.changed(path, value)
                presets().scenario(moved)
        except ScenarioErrors as wrong:
            self._kept["faults"] = wrong.faults
            return
        self._kept["faults"] = []
        self._kept["setting"] = moved

    @property
    def reference(self) -> Setting | None:
        """What it is compared with; ``None`` for nothing."""
        found: Setting | None = self._kept["reference"]
        return found

    def refer(self, setting: Setting | None) -> None:
        """Compare with a setting from now on."""
        self._kept["reference"] = setting

    @property
    def scenario(self) -> Scenario:
        """The scenario of what is set."""
        return presets().scenario(self.setting)

    @property
    def study(self) -> Study:
        """The study of what is set."""
        return presets().study(self.setting)

    # --- the rest

    @property
    def who(self) -> str:
        """A name for this page alone, in no address."""
        return str(self._kept["who"])

    @property
    def words(self) -> Words:
        """The catalogue in the language of the page."""
        return Words(str(self._kept["lang"]))

    @property
    def view(self) -> str:
        """Which part of the answer is shown."""
        return str(self._kept["view"])

    @property
    def faults(self) -> list[Fault]:
        """What was wrong in the address or the last upload."""
        found: list[Fault] = self._kept["faults"]
        return found

    def complain(self, faults: list[Fault]) -> None:
        """Show faults from now on; none to show none."""
        self._kept["faults"] = faults

    def key(self, name: str) -> str:
        """The key of a control; it changes when the controls are filled anew."""
        return f"{name}.{self._kept['version']}"

    def into_address(self) -> None:
        """Write everything that a colleague needs to see the same into the page's address."""
        wanted: dict[str, str | list[str]] = {"scenario": self.setting.preset}
        if self.setting.changes:
            wanted["set"] = list(self.setting.as_settings)
        if self.reference is not None:
            wanted["ref"] = self.reference.preset
            if self.reference.changes:
                wanted["refset"] = list(self.reference.as_settings)
        wanted |= {"view": self.view, "lang": str(self._kept["lang"])}
        if {name: st.query_params.get_all(name) for name in st.query_params} != {
            name: [value] if isinstance(value, str) else value for name, value in wanted.items()
        }:
            st.query_params.from_dict(wanted)
