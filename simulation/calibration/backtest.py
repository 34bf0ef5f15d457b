"""Back-tests: at each origin everybody forecasts what came after, from what was known by then alone."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from simulation.calibration import peers
from simulation.calibration.forecasting import REPLICATES, Simulate, forecast
from simulation.calibration.own_errors import peer_forecast
from simulation.calibration.scores import Score, covered, score
from simulation.calibration.series import MEASURES, Series
from simulation.world import F64

OURS = "carriersim"


class Forecast(NamedTuple):
    """One forecast of one measure at one date."""

    series: str
    origin: str
    method: str
    date: str
    lead: int  # steps after the origin
    measure: str
    quantiles: F64  # (7)
    actual: float  # nan where not (yet) known
    scale: float  # the stock at the origin; a flow's past mean; nan where there is none


Told = Callable[[int, int], None]


def backtest(
    series: Series,
    origins: Sequence[int],
    horizon: int,
    *,
    simulate: Simulate,
    seed: int = 1,
    replicates: int = REPLICATES,
    workers: int = 1,
    told: Told | None = None,
) -> list[Forecast]:
    """Every method's forecasts from each origin (a row of the series), ours first, in order of origin and date."""
    made = []
    for done, origin in enumerate(origins):
        if told is not None:
            told(done, len(origins))
        past = series.until(origin)
        futures = forecast(
            past, horizon, seed=seed, simulate=simulate, replicates=replicates, workers=workers
        )
        made += _told(series, origin, OURS, futures.quantiles())
        for name in peers.available():
            made += _told(series, origin, name, peer_forecast(name, past, horizon))
    return made


def _told(series: Series, origin: int, method: str, quantiles: F64) -> list[Forecast]:
    """Forecasts by name. Nothing but ``actual`` is read from rows after the origin."""
    found = []
    for step in range(len(quantiles)):
        row = origin + 1 + step
        for place, measure in enumerate(MEASURES):
            if np.isfinite(quantiles[step, place]).all() and known(series, origin, measure):
                found.append(
                    Forecast(
                        series.name,
                        series.dates[origin],
                        method,
                        series.date_after(origin, step + 1),
                        step + 1,
                        measure,
                        quantiles[step, place],
                        float(series.values[row, place]) if row < len(series) else float("nan"),
                        scale(series, origin, measure),
                    )
                )
    return found


def known(series: Series, origin: int, measure: str) -> bool:
    """Whether anything was known of a measure by an origin: of what was never seen nobody gives a forecast."""
    return bool(np.isfinite(series.measure(measure)[: origin + 1]).any())


def scale(series: Series, origin: int, measure: str) -> float:
    """What a loss is divided by: the stock at the origin, a flow's past mean."""
    values = series.measure(measure)[: origin + 1]
    return float(values[-1]) if measure == MEASURES[0] else float(np.nanmean(values))


def scores(forecasts: Iterable[Forecast]) -> dict[tuple[str, str], Score]:
    """By method and measure, the scores over all forecasts whose outcome is known."""
    groups: dict[tuple[str, str], list[Forecast]] = {}
    for one in forecasts:
        if np.isfinite(one.actual):
            groups.setdefault((one.method, one.measure), []).append(one)
    return {key: scored(group) for key, group in groups.items()}


def scored(group: Sequence[Forecast]) -> Score:
    """The scores of forecasts of known outcome."""
    return score(
        np.array([one.quantiles for one in group]),
        np.array([one.actual for one in group]),
        np.array([one.scale for one in group]),
    )


def coverage_by_origin(forecasts: Iterable[Forecast], method: str, measure: str | None = None) -> list[float]:
    """For each origin, the share of its known outcomes inside the 80 % interval of a method."""
    groups: dict[tuple[str, str], list[Forecast]] = {}
    for one in forecasts:
        if one.method == method and np.isfinite(one.actual) and measure in (None, one.measure):
            groups.setdefault((one.series, one.origin), []).append(one)
    return [
        float(covered([one.quantiles for one in group], [one.actual for one in group])[1].mean())
        for group in groups.values()
    ]
