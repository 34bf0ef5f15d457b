"""A back-test as it is answered: a sentence, our forecasts, the scores of every method; and as a record."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.reporting.tables import WIDTH, page, said, table
from simulation.reporting.text import Words
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.calibration.backtest import Forecast
    from simulation.calibration.scores import Score
    from simulation.calibration.series import Series

SCORE_WIDTHS = (7, 9, 8, 6, 6, 6, 5)
_FORECAST_WIDTHS = (9, 8, 8, 8, 8, 8, 8)
_SHOWN = (0, 1, 3, 5, 6)  # of the seven quantiles, on a terminal


def record(origin: str, horizon: int, forecasts: Sequence["Forecast"]) -> dict[str, Any]:
    """The answer for programs: forecasts and scores; a forecast names its origin where there are several."""
    from simulation.calibration.backtest import scores
    from simulation.calibration.scores import NAMES

    told: list[dict[str, Any]] = [
        ({"origin": one.origin} if origin == "all" else {})
        | {"method": one.method, "date": one.date, "measure": one.measure}
        | dict(zip(NAMES, (round(float(value), 6) for value in one.quantiles), strict=True))
        for one in forecasts
    ]
    scored = [
        {"method": method, "measure": measure}
        | {name: _number(value) for name, value in score._asdict().items() if name != "n"}
        | {"n": score.n}
        for (method, measure), score in scores(forecasts).items()
    ]
    return {"origin": origin, "horizon": horizon, "forecasts": told, "scores": scored}


def recording(words: Words, series: "Series") -> list[str]:
    """What the books of a series miss: a sentence, none where they balance."""
    known = series.residuals[np.isfinite(series.residuals)]
    missed = int((known != 0.0).sum())
    if not missed:
        return []
    most = words.whole(float(np.abs(known).max()))
    return [words("backtest.recording", n=missed, of=len(known), most=most)]


@dataclass(frozen=True)
class BacktestPage:
    """A back-test of one series, set for a terminal."""

    words: Words
    series: "Series"
    origins: Sequence[int]
    horizon: int
    forecasts: Sequence["Forecast"]

    def lines(self) -> list[str]:
        """The page, none of its lines wider than 80 columns."""
        return page([self._sentence(), self._ours(), *self._scores(), self._legend()])

    def _known(self) -> list["Forecast"]:
        return [one for one in self.forecasts if math.isfinite(one.actual)]

    def _sentence(self) -> list[str]:
        from simulation.calibration.backtest import OURS, scored

        words, known = self.words, self._known()
        if not known:
            return [*said(words("backtest.nothing"))]
        losses = {
            method: scored([one for one in known if one.method == method]).crps
            for method in dict.fromkeys(one.method for one in known)
        }
        ours = losses.pop(OURS)
        best = min(losses, key=lambda method: losses[method])
        theirs = losses[best]
        percent = round(100.0 * abs(1.0 - ours / theirs)) if theirs > 0.0 else 0
        key = "backtest.equal" if percent == 0 else "backtest.better" if ours < theirs else "backtest.worse"
        return said(
            words.count(
                "backtest.sentence",
                len(self.origins),
                outcomes=sum(one.method == OURS for one in known),
                ours=f"{ours:.3f}",
                peer=words.named("method", best),
                theirs=f"{theirs:.3f}",
                verdict=words(key, percent=percent),
            )
        )

    def _ours(self) -> list[str]:
        """Our forecasts, where there is one origin."""
        from simulation.calibration.backtest import OURS
        from simulation.calibration.scores import LEVELS

        if len(self.origins) != 1:
            return []
        words = self.words
        levels = [
            words("backtest.head.median") if LEVELS[one] == 0.5 else f"{100 * LEVELS[one]:g} %"
            for one in _SHOWN
        ]
        heads = [
            words("backtest.head.date"),
            words("backtest.head.measure"),
            *levels,
            words("backtest.head.actual"),
        ]
        rows = [
            [
                one.date,
                words.named("measure", one.measure),
                *(words.whole(one.quantiles[place]) for place in _SHOWN),
                words.whole(one.actual) if math.isfinite(one.actual) else "",
            ]
            for one in self.forecasts
            if one.method == OURS
        ]
        widths = (WIDTH - sum(_FORECAST_WIDTHS) - len(_FORECAST_WIDTHS), *_FORECAST_WIDTHS)
        title = words("backtest.forecasts", origin=visible(self.series.dates[self.origins[0]]))
        return [*said(title), *table(heads, widths, rows, "ll" + "r" * 6)]

    def _scores(self) -> list[list[str]]:
        """A table a measure, the lowest loss first."""
        from simulation.calibration.backtest import scores

        words, found = self.words, scores(self.forecasts)
        heads = [words(f"backtest.head.{name}") for name in ("method", "loss", "wis", "error")]
        heads += ["50 %", "80 %", "95 %", words("backtest.head.n")]
        widths = (WIDTH - sum(SCORE_WIDTHS) - len(SCORE_WIDTHS), *SCORE_WIDTHS)
        blocks = []
        for measure in dict.fromkeys(measure for _, measure in found):
            ranked = sorted(
                ((method, one) for (method, of), one in found.items() if of == measure),
                key=lambda pair: (math.inf if math.isnan(pair[1].crps) else pair[1].crps, pair[1].wis),
            )
            rows = [[words.named("method", method), *cells(one)] for method, one in ranked]
            title = words("backtest.scores", measure=words.named("measure", measure))
            blocks.append([*said(title), *table(heads, widths, rows, "l" + "r" * 7)])
        return blocks

    def _legend(self) -> list[str]:
        return said(self.words("backtest.legend")) if self._known() else []


def cells(score: "Score") -> list[str]:
    """The scores of one method as the cells of a table."""
    shares = (score.coverage_50, score.coverage_80, score.coverage_95)
    return [
        _shown(score.crps, ".3f"),
        _shown(score.wis, ",.1f"),
        _shown(score.mape, ".0%"),
        *(_shown(one, ".0%") for one in shares),
        str(score.n),
    ]


def _shown(value: float, form: str) -> str:
    return "-" if math.isnan(value) else format(value, form)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
