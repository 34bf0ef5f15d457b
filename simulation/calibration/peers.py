"""The forecasts a planner would make without a model: each gives a value for every coming step.

A peer is given what is known of a measure, evenly spaced: gaps are filled evenly between their neighbours, which
were both known by then. With too short a past for its own method, a peer gives the last value.
"""

import importlib.util
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from simulation.calibration.growth_curves import bass, grey, logistic
from simulation.world import F64

_DAMPING = 0.9  # of the trend, a step
_GRID = (0.2, 0.4, 0.6, 0.8, 1.0)


class Past(NamedTuple):
    """What is known of a register. Shapes: n steps; nan where nothing is known."""

    stock: F64
    entries: F64
    exits: F64


Method = Callable[[F64, int], F64]  # (n) values, steps → (steps) forecast


def last_value(values: F64, steps: int) -> F64:
    """Nothing changes."""
    return np.full(steps, values[-1])


def drift(values: F64, steps: int) -> F64:
    """The mean change of the past goes on."""
    return np.asarray(values[-1] + (values[-1] - values[0]) / (len(values) - 1) * _ahead(steps))


def linear_trend(values: F64, steps: int) -> F64:
    """A straight line by least squares."""
    when = np.arange(len(values), dtype=np.float64)
    slope, level = np.polyfit(when, values, 1)
    return np.asarray(level + slope * (len(values) - 1 + _ahead(steps)))


def constant_growth(values: F64, steps: int) -> F64:
    """The mean growth rate of the past goes on; the last value where a rate cannot be taken from 0."""
    if values[0] <= 0.0 or values[-1] <= 0.0:
        return last_value(values, steps)
    rate = (values[-1] / values[0]) ** (1.0 / (len(values) - 1))
    return np.asarray(values[-1] * rate ** _ahead(steps))


def damped_holt(values: F64, steps: int) -> F64:
    """Holt's level and trend, the trend damped (Gardner and McKenzie 1985); smoothing that fitted best."""
    _, level, trend = min(_smoothed(values, alpha, beta) for alpha in _GRID for beta in _GRID)
    return np.asarray(level + trend * np.cumsum(_DAMPING ** _ahead(steps)))


def _smoothed(values: F64, alpha: float, beta: float) -> tuple[float, float, float]:
    level, trend, squares = float(values[0]), float(values[1] - values[0]), 0.0
    for value in values[1:].tolist():
        expected = level + _DAMPING * trend
        squares += (value - expected) ** 2
        before, level = level, expected + alpha * (value - expected)
        trend = beta * (level - before) + (1.0 - beta) * _DAMPING * trend
    return squares, level, trend


def _ahead(steps: int) -> F64:
    return np.arange(1, steps + 1, dtype=np.float64)


def ets(values: F64, steps: int) -> F64:
    """Exponential smoothing without, with damped, or with full trend, chosen by corrected AIC (statsmodels)."""
    from simulation.calibration.statistics import ets as fitted

    return fitted(values, steps)


def arima(values: F64, steps: int) -> F64:
    """ARIMA(p, 1, q) with p, q up to 1, with or without drift, chosen by corrected AIC (statsmodels)."""
    from simulation.calibration.statistics import arima as fitted

    return fitted(values, steps)


class Peer(NamedTuple):
    """A method, how long a past it needs, and whether it is fitted to a flow's running total."""

    method: Method
    least: int
    cumulative: bool = False


_BY_MEASURE: dict[str, Peer] = {
    "last_value": Peer(last_value, 1),
    "drift": Peer(drift, 2),
    "linear_trend": Peer(linear_trend, 2),
    "constant_growth": Peer(constant_growth, 2),
    "damped_holt": Peer(damped_holt, 3),
    "logistic": Peer(logistic, 3, cumulative=True),
    "bass": Peer(bass, 3, cumulative=True),
    "grey": Peer(grey, 4),
    "ets": Peer(ets, 6),
    "arima": Peer(arima, 6),
}
STOCK_FLOW = "stock_flow"
_STATISTICS = ("ets", "arima")


def available() -> tuple[str, ...]:
    """The names of the peers, those of statsmodels only where it is installed."""
    has = importlib.util.find_spec("statsmodels") is not None
    simple = [name for name in _BY_MEASURE if name not in _STATISTICS]
    return (*simple, STOCK_FLOW, *(_STATISTICS if has else ()))


def predict(name: str, past: Past, steps: int) -> F64 | None:
    """(steps, 3) Stock, entries and exits by a peer, none below 0; nan for a measure of which nothing is known.

    ``None`` where no stock is known.
    """
    if not np.isfinite(past.stock).any():
        return None
    made = stock_flow(past, steps) if name == STOCK_FLOW else _each(_BY_MEASURE[name], past, steps)
    return np.maximum(made, 0.0)


def _each(peer: Peer, past: Past, steps: int) -> F64:
    columns = []
    for measure, known in zip(Past._fields, past, strict=True):
        values = filled(known)
        total = peer.cumulative and measure != "stock"
        if not len(values):
            columns.append(np.full(steps, np.nan))
        elif len(values) < peer.least:
            columns.append(last_value(values, steps))
        elif total:
            running = np.cumsum(values)
            columns.append(np.diff(peer.method(running, steps), prepend=running[-1]))
        else:
            columns.append(peer.method(values, steps))
    return np.stack(columns, axis=1)


def stock_flow(past: Past, steps: int) -> F64:
    """(steps, 3) Mean entries, and exits in constant proportion to the stock before; stock follows."""
    entries = past.entries[np.isfinite(past.entries)]
    before = np.concatenate(([np.nan], past.stock[:-1]))
    known = np.isfinite(before) & np.isfinite(past.exits)
    hazard = past.exits[known].sum() / max(1.0, before[known].sum()) if known.any() else np.nan
    inflow = entries.mean() if len(entries) else np.nan
    now, rows = filled(past.stock)[-1], []
    net = drift(filled(past.stock), 1)[0] - now if len(filled(past.stock)) > 1 else 0.0
    for _ in range(steps):
        left = hazard * now
        change = inflow - left
        now = max(0.0, now + (change if np.isfinite(change) else net))
        rows.append((now, inflow, left))
    return np.array(rows)


def filled(values: F64) -> F64:
    """The values from the first known to the last known, gaps filled evenly; empty when none is known."""
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return np.empty(0)
    steps = np.arange(known[0], known[-1] + 1)
    return np.interp(steps, known, values[known])
