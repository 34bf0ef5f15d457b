"""Two families of statistical models by statsmodels (the extra ``research``), as peers in back-tests."""

import warnings
from functools import lru_cache

import numpy as np

from simulation.world import F64

_ORDERS = tuple((p, 1, q, trend) for p in (0, 1) for q in (0, 1) for trend in ("n", "t"))
_TRENDS = ((None, False), ("add", True), ("add", False))


def ets(values: F64, steps: int) -> F64:
    """(steps) The exponential smoothing of the lowest corrected AIC."""
    return np.array(_ets(tuple(values.tolist()), steps))


def arima(values: F64, steps: int) -> F64:
    """(steps) The ARIMA model of the lowest corrected AIC."""
    return np.array(_arima(tuple(values.tolist()), steps))


@lru_cache(maxsize=4096)
def _ets(values: tuple[float, ...], steps: int) -> tuple[float, ...]:
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    def fit(trend: str | None, damped: bool) -> tuple[float, F64]:
        made = ExponentialSmoothing(
            np.array(values), trend=trend, damped_trend=damped, initialization_method="estimated"
        ).fit()
        return float(made.aicc), np.asarray(made.forecast(steps), np.float64)

    return _best(values, steps, [lambda one=one: fit(*one) for one in _TRENDS])


@lru_cache(maxsize=4096)
def _arima(values: tuple[float, ...], steps: int) -> tuple[float, ...]:
    from statsmodels.tsa.arima.model import ARIMA

    def fit(p: int, d: int, q: int, trend: str) -> tuple[float, F64]:
        made = ARIMA(np.array(values), order=(p, d, q), trend=trend).fit()
        return float(made.aicc), np.asarray(made.forecast(steps), np.float64)

    return _best(values, steps, [lambda one=one: fit(*one) for one in _ORDERS])


def _best(values: tuple[float, ...], steps: int, fits: list) -> tuple[float, ...]:  # type: ignore[type-arg]
    """The forecast of the fit with the lowest criterion; the last value where the past never changed or none fits."""
    if len(set(values)) == 1:
        return (values[-1],) * steps
    found: list[tuple[float, F64]] = []
    for fit in fits:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # a fit to ten points rarely converges without complaint
            try:
                criterion, forecast = fit()
            except (ValueError, np.linalg.LinAlgError, ZeroDivisionError):
                continue
        if np.isfinite(criterion) and np.isfinite(forecast).all():
            found.append((criterion, forecast))
    if not found:
        return (values[-1],) * steps
    return tuple(min(found, key=lambda one: one[0])[1].tolist())
