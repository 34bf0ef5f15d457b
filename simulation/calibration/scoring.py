"""Archived forecasts against what happened, beside the forecasts that peers would have made on the same day.

Peers see what had been announced by the day of the forecast, from the same table as the outcomes: nothing known
later reaches them. Everybody is scored on the same set: the forecasts of which a past was known, or, where none
had one, all of ours alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simulation.calibration import peers
from simulation.calibration.archive import Archived
from simulation.calibration.backtest import OURS
from simulation.calibration.observations import SHARE, Observed, end_of, read_observations
from simulation.calibration.own_errors import peer_forecast
from simulation.calibration.scores import NAMES, Score, score
from simulation.calibration.series import Series
from simulation.faults import ScenarioErrors
from simulation.quarters import quarter_name
from simulation.scenario.city import CityTables
from simulation.world import F64

FIRST, LAST = 4 * 1990, 4 * 2101  # quarters in which a count may lie
_MOST_QUARTERS = 400  # of a past


class Scored(NamedTuple):
    """One forecast of one method, with its outcome."""

    origin: date
    file: str
    method: str
    quarter: int
    district: str
    scope: str
    basis: str
    measure: str
    quantiles: F64
    actual: float
    scale: float  # the last value known on the day of the forecast; nan where none was

    def record(self) -> dict[str, Any]:
        """The fields ready for JSON."""
        named: dict[str, Any] = {
            "origin": self.origin.isoformat(),
            "archive": self.file,
            "method": self.method,
        }
        named |= {"date": end_of(self.quarter).isoformat(), "district": self.district or None}
        named |= {"scope": self.scope, "basis": self.basis, "measure": self.measure}
        quantiles = dict(zip(NAMES, map(float, self.quantiles), strict=True))
        return named | quantiles | {"actual": self.actual}


@dataclass(frozen=True)
class Scores:
    """What archives were worth."""

    archives: tuple[str, ...]
    n: int  # forecasts archived
    scored: tuple[Scored, ...]
    alone: int  # forecasts with an outcome but without a past, on which only ours could be scored: left out

    def by_method(self) -> dict[tuple[str, str], Score]:
        """By method and measure, the scores on the same set."""
        groups: dict[tuple[str, str], list[Scored]] = {}
        for one in self.scored:
            groups.setdefault((one.method, one.measure), []).append(one)
        return {key: scored(group) for key, group in groups.items()}

    def overall(self) -> dict[str, Score]:
        """By method, the scores over all measures."""
        methods = dict.fromkeys(one.method for one in self.scored)
        return {name: scored([one for one in self.scored if one.method == name]) for name in methods}

    def record(self) -> dict[str, Any]:
        """The answer for programs."""
        return {
            "archives": list(self.archives),
            "n": self.n,
            "n_without_past": self.alone,
            "forecasts": [one.record() for one in self.scored],
            "scores": [
                {"method": method, "measure": measure}
                | {
                    name: None if isinstance(value, float) and np.isnan(value) else value
                    for name, value in one._asdict().items()
                }
                for (method, measure), one in self.by_method().items()
            ],
        }


def scored(group: Sequence[Scored]) -> Score:
    """The scores of forecasts."""
    return score(
        np.array([one.quantiles for one in group]),
        np.array([one.actual for one in group]),
        np.array([one.scale for one in group]),
    )


def score_archives(archived: Sequence[Archived], actuals: Path, city: CityTables) -> Scores:
    """Score archived forecasts of which the outcome is in the table of actuals.

    Raises ``ScenarioErrors`` with every fault of the table.
    """
    outcomes = {one.key: one.value for one in read_observations(actuals, city, FIRST, LAST).rows}
    pasts = {origin: _known_by(actuals, city, origin) for origin in {one.origin for one in archived}}
    ours: list[Scored] = []
    theirs: list[Scored] = []
    alone: list[Scored] = []
    for one in archived:
        actual = outcomes.get(_key(one, one.quarter))
        if actual is None:
            continue
        past = _past(pasts[one.origin], one)
        scale = float(past.values[-1, 0]) if past is not None else float("nan")
        made = _of(one, OURS, np.array(one.quantiles), actual, scale)
        if past is None:
            alone.append(made)
            continue
        ours.append(made)
        steps = (one.quarter - past.last_quarters[-1]) // past.quarters_a_step
        for name in peers.available():
            quantiles = peer_forecast(name, past, steps)[-1, 0]
            if one.measure == SHARE:
                quantiles = np.minimum(quantiles, 1.0)
            theirs.append(_of(one, name, quantiles, actual, scale))
    files = tuple(dict.fromkeys(one.file for one in archived))
    if not ours:
        return Scores(files, len(archived), tuple(alone), 0)
    return Scores(files, len(archived), (*ours, *theirs), len(alone))


def _of(one: Archived, method: str, quantiles: F64, actual: float, scale: float) -> Scored:
    named = (one.quarter, one.district, one.scope, one.basis, one.measure)
    return Scored(one.origin, one.file, method, *named, quantiles, actual, scale)


def _key(one: Archived, quarter: int) -> tuple[int, str, str, str, str]:
    return (quarter, one.district, one.scope, one.basis if one.measure == SHARE else "", one.measure)


def _known_by(actuals: Path, city: CityTables, origin: date) -> Observed | None:
    """What had been announced by a day; ``None`` where nothing had."""
    try:
        return read_observations(actuals, city, FIRST, LAST, origin)
    except ScenarioErrors:  # the whole table was read without a fault: nothing was known yet
        return None


def _past(known: Observed | None, one: Archived) -> Series | None:
    """The past of what a forecast is of, evenly spaced up to the last count before its target."""
    rows = [] if known is None else known.rows
    counts = {row.quarter: row.value for row in rows if row.key == _key(one, row.quarter)}
    counts = {at: value for at, value in counts.items() if one.quarter - _MOST_QUARTERS < at < one.quarter}
    if not counts:
        return None
    step = 4 if len({at % 4 for at in (*counts, one.quarter)}) == 1 else 1
    quarters = range(min(counts), max(counts) + 1, step)
    values = np.full((len(quarters), 3), np.nan)
    values[:, 0] = [counts.get(at, np.nan) for at in quarters]
    names = tuple(quarter_name(at) for at in quarters)
    return Series("past", names, step, tuple(quarters), values)
