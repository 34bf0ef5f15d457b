"""What all pages of one server share: the desk, and the scenarios of the folder it was started for."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from simulation.dashboard.desk import MOST, Desk
from simulation.dashboard.settings import Presets
from simulation.ensemble.pool import usable_cores

# How ``carriersim dashboard`` tells the server, which is a process of its own.
SCENARIO, LANGUAGE = "CARRIERSIM_DASHBOARD_SCENARIO", "CARRIERSIM_DASHBOARD_LANG"
REPLICATES = "CARRIERSIM_DASHBOARD_REPLICATES"
DEFAULT_SCENARIO = "scenarios/wuhan-2025.yaml"


@cache
def desk() -> Desk:
    """The desk of this server."""
    return Desk(threads=min(usable_cores(), 8), most=int(os.environ.get(REPLICATES, MOST)))


@cache
def presets() -> Presets:
    """The scenarios that pages start from."""
    return Presets(Path(os.environ.get(SCENARIO, DEFAULT_SCENARIO)))
