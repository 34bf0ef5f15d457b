"""Curves that planners fit to a stock: logistic, Bass, and the grey model GM(1,1).

Each is given a past, evenly spaced.
"""

from functools import lru_cache

import numpy as np
from scipy.optimize import least_squares

from simulation.world import F64

_MOST_TIMES = 20.0  # a ceiling of growth at most so many times the largest value seen


def logistic(values: F64, steps: int) -> F64:
    """(steps) Verhulst's curve through the past: growth in proportion to the stock and to the room left."""
    return _grown(tuple(values.tolist()), steps, False)


def bass(values: F64, steps: int) -> F64:
    """(steps) Bass (1969): the room left fills by initiative and by example."""
    return _grown(tuple(values.tolist()), steps, True)


@lru_cache(maxsize=4096)
def _fitted(values: tuple[float, ...], own_initiative: bool) -> tuple[float, float, float]:
    """The ceiling, the chance of own initiative and of imitation that fit best, by least squares."""
    seen = np.array(values)
    top = float(seen.max())
    if top <= 0.0:
        return 1.0, 0.0, 0.0
    count = 3 if own_initiative else 2

    def numbers(x: F64) -> tuple[float, float, float]:
        return (
            top * (1.0 + float(np.exp(x[0]))),
            float(np.exp(x[2])) if own_initiative else 0.0,
            float(np.exp(x[1])),
        )

    def misses(x: F64) -> F64:
        return np.asarray((_path(seen[0], len(seen) - 1, *numbers(x)) - seen[1:]) / top)

    start = np.array([0.0, -1.0, -3.0][:count])
    low, high = np.array([-4.0, -8.0, -8.0][:count]), np.array([np.log(_MOST_TIMES - 1.0), 0.7, 0.0][:count])
    return numbers(np.asarray(least_squares(misses, start, bounds=(low, high), max_nfev=60).x))


def _path(first: float, steps: int, ceiling: float, own: float, example: float) -> F64:
    made, now = np.empty(steps), first
    for step in range(steps):
        now = max(0.0, now + (own + example * now / ceiling) * (ceiling - now))
        made[step] = now
    return made


def _grown(values: tuple[float, ...], steps: int, own_initiative: bool) -> F64:
    return _path(values[-1], steps, *_fitted(values, own_initiative))


def grey(values: F64, steps: int) -> F64:
    """(steps) GM(1,1), Deng (1982): an exponential fitted to the running total of the values."""
    if np.ptp(values) == 0.0:
        return np.full(steps, values[-1])
    total = np.cumsum(values)
    between = 0.5 * (total[1:] + total[:-1])
    sides = np.stack((-between, np.ones(len(between))), axis=1)
    (decay, force), *_ = np.linalg.lstsq(sides, values[1:], rcond=None)
    when = np.arange(len(values) - 1, len(values) + steps, dtype=np.float64)
    if abs(decay) < 1e-9:
        return np.full(steps, force)
    curve = (values[0] - force / decay) * np.exp(np.clip(-decay * when, -50.0, 50.0)) + force / decay
    return np.diff(curve)
