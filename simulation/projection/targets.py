"""How likely each target is: under every scope and basis, side by side, the official one marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from simulation.ensemble import Result
from simulation.projection.bands import quantiles
from simulation.projection.chances import chance
from simulation.projection.measures import F64, values
from simulation.quarters import quarter, quarter_name
from simulation.rules import codes


class Target(NamedTuple):
    """At least so much of a measure by the end of a quarter. ``simulation.scenario`` has the like."""

    scope: str
    basis: str
    measure: str  # count, specialised_share
    at_least: float  # carriers, or a share from 0 to 1
    by: int  # quarter
    official: bool
    district: str | None  # code, None for the city


class TargetLike(Protocol):
    """What an answer needs of a target."""

    scope: str
