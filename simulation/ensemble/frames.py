"""The tables as the promised pandas frames: a row for each cell and scope, words instead of codes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.ensemble.labels import Labels
from simulation.ensemble.scopes import by_scope
from simulation.ensemble.tables import ORDERED, TABLES, Columns, Stored, code_lists
from simulation.rules import codes

_CELL = ("replicate", "draw", "seed", "quarter", "district", "scope", "type", "mode", "mode_in_fact", "level")

# The columns of each frame, as docs promise them to other programs.
COLUMNS: dict[str, tuple[str, ...]] = {
    "stocks": (*_CELL, "count"),
    "flows": (*_CELL, "cause", "count"),
    "startups": tuple(name for name in TABLES["startups"] if name != "moved"),
    "money": tuple(TABLES["money"]),
    "capacity": tuple(TABLES["capacity"]),
    "unknowns": tuple(TABLES["unknowns"]),
    "replicates": tuple(TABLES["replicates"]),
}


class Frames:
    """Makes frames from stored tables; all frames of one result share their categories."""

    def __init__(self, labels: Labels) -> None:
        words = code_lists(labels) | {"scope": codes.SCOPES}
        self._categories = {
            kind: pd.CategoricalDtype(list(words[kind]), ordered=kind in ORDERED) for kind in words
        }

    def frame(self, name: str, stored: Stored) -> pd.DataFrame:
        """The frame of a table. Rows keep their order; a cell of stocks or flows has a row for each scope."""
        columns, kinds = stored.columns, TABLES[name] | {"scope": "scope"}
        if name in ("stocks", "flows"):
            columns = _in_scopes(columns)
        return pd.DataFrame({one: self._column(columns[one], kinds[one]) for one in COLUMNS[name]})

    def _column(self, values: NDArray[Any], kind: str) -> Any:
        if kind == "text":
            return pd.array(values, dtype="str")
        if kind in self._categories:
            return pd.Categorical.from_codes(values, dtype=self._categories[kind])
        return values


def _in_scopes(columns: Columns) -> Columns:
    """Cells repeated for each scope that counts them; a change that a scope does not see has no row there."""
    seen = by_scope(columns["level"], columns["count"], columns["operating"])
    cell, scope = np.nonzero(seen)
    repeated = {name: values[cell] for name, values in columns.items() if name != "operating"}
    return repeated | {"scope": scope, "count": seen[cell, scope]}
