"""Quantiles of a peer's forecast from its own past errors, as its user would have made them at the time.

At every earlier step the peer forecasts what was then still to come; its errors, taken with either sign, are
spread around the new forecast (as the baseline of the US forecast hubs does: no bias, no shape assumed).
"""

from functools import lru_cache

import numpy as np

from simulation.calibration import peers
from simulation.calibration.peers import Past
from simulation.calibration.scores import LEVELS
from simulation.calibration.series import Series
from simulation.world import F64

_LEAST_ERRORS = 3  # at a lead of its own; with fewer, errors one step ahead, widened by the root of the lead
_STEPS_KEPT = 40  # a forecast is made for so many steps, or a multiple, whatever is asked


def peer_forecast(name: str, past: Series, horizon: int) -> F64:
    """(horizon, 3, 7) Quantiles at ``scores.LEVELS``; nan for a measure of which nothing is known."""
    point = _predicted(name, _known(past.values), horizon)
    quantiles = np.full((horizon, 3, len(LEVELS)), np.nan)
    errors = _errors(name, past.values)
    for measure in range(3):
        for lead in range(1, horizon + 1):
            middle = point[lead - 1, measure]
            if np.isfinite(middle):
                spread = _spread(errors[measure], lead)
                quantiles[lead - 1, measure] = np.maximum(middle + spread, 0.0)
    return quantiles


def _errors(name: str, values: F64) -> list[dict[int, list[float]]]:
    """By measure and lead, the errors of forecasts from every earlier step on, of what was known by the end."""
    found: list[dict[int, list[float]]] = [{}, {}, {}]
    for end in range(1, len(values)):
        past = values[:end]
        if not np.isfinite(past[-1]).any() or not np.isfinite(past[:, 0]).any():
            continue
        steps = len(values) - end
        point = _predicted(name, _known(past), steps)
        for measure in range(3):
            if not np.isfinite(past[-1, measure]):
                continue
            for lead in range(1, steps + 1):
                error = values[end + lead - 1, measure] - point[lead - 1, measure]
                if np.isfinite(error):
                    found[measure].setdefault(lead, []).append(float(error))
    return found


def _spread(errors: dict[int, list[float]], lead: int) -> F64:
    """(7) Quantiles of the error at a lead, symmetric around 0."""
    own = errors.get(lead, [])
    if len(own) < _LEAST_ERRORS and errors:
        nearest = min(errors)
        own = [error * np.sqrt(lead / nearest) for error in errors[nearest]]
    if not own:
        return np.zeros(len(LEVELS))
    return np.asarray(np.quantile(np.array([*own, *(-error for error in own)]), LEVELS))


def _known(values: F64) -> bytes:
    return np.ascontiguousarray(values).tobytes()


@lru_cache(maxsize=20_000)
def _fit(name: str, known: bytes, steps: int) -> F64:
    made = peers.predict(name, Past(*np.frombuffer(known).reshape(-1, 3).T), steps)
    return np.full((steps, 3), np.nan) if made is None else made


def _predicted(name: str, known: bytes, steps: int) -> F64:
    """A forecast, of which a longer one is made and kept: a method is fitted once to each past."""
    return _fit(name, known, -(-steps // _STEPS_KEPT) * _STEPS_KEPT)[:steps]
