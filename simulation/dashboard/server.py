"""What all pages of one server share: the desk, and the scenarios of the folder it was started for."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from simulation.dashboard.desk import Desk
from simulation.dashboard.settings import Presets

# How ``carriersim dashboard`` tells the server, which is a process of its own.
SCENARIO, LANGUAGE = "CARRIERSIM_DASHBOARD_SCENARIO", "CARRIERSIM_DASHBOARD_LANG"
DEFAULT_SCENARIO = "scenarios/wuhan-2025.yaml"


@cache
def desk() -> Desk:
    """The desk of this server."""
    return Desk(threads=max(1, min(os.cpu_count() or 1, 8)))


@cache
def presets() -> Presets:
    """The scenarios that pages start from."""
    return Presets(Path(os.environ.get(SCENARIO, DEFAULT_SCENARIO)))
