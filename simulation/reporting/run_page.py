"""The answer of a run: sentences first, then every target under every scope, districts, evidence, files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched, groupby
from typing import TYPE_CHECKING, NamedTuple

from simulation.quarters import quarter
from simulation.reporting.phrases import SHARE, Phrases, kind_of
from simulation.reporting.tables import WIDTH, page, said, table
from simulation.reporting.text import Words
from simulation.reporting.width import visible, wrap

if TYPE_CHECKING:
    from simulation.projection.targets import TargetAnswer

_COLUMNS = ("chance", "median", "q50", "q80", "q95", "shortfall", "first_met")
_WIDTHS = (9, 6, 9, 9, 9, 6, 6)
_TASK_WIDTHS = (4, 6, 5)  # task, median, chance
_TASKS_A_TABLE = 3
_OFFICIAL, _NOT_OFFICIAL = "* ", "  "
_MOST_FAILURES = 5

TaskKey = tuple[str, str, str, str]  # scope, measure, basis, by
