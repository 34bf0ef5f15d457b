"""What archived forecasts were worth: a sentence, then every method's scores on the same set."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulation.reporting.backtest_page import SCORE_WIDTHS, cells
from simulation.reporting.tables import WIDTH, page, said, table
from simulation.reporting.text import Words

if TYPE_CHECKING:
    from simulation.calibration.scoring import Scores


@dataclass(frozen=True)
class ScorePage:
    """Scores of archived forecasts, set for a terminal."""

    words: Words
    found: Scores

    def lines(self) -> list[str]:
        """The page, none of its lines wider than 80 columns."""
        if not self.found.scored:
            return said(self.words.count("score.nothing", self.found.n, files=len(self.found.archives)))
        return page([self._sentence(), *self._tables(), said(self.words("backtest.legend"))])

    def _sentence(self) -> list[str]:
        from simulation.calibration.backtest import OURS

        words, found = self.words, self.found
        overall = found.overall()
        ours = overall.pop(OURS)
        lines = said(
            words.count(
                "score.sentence",
                ours.n,
                asked=words.whole(found.n),
                files=len(found.archives),
                inside=f"{100 * ours.coverage_80:.0f}",
            )
        )
        known = {name: one.crps for name, one in overall.items() if math.isfinite(one.crps)}
        if not known or not math.isfinite(ours.crps):
            return [*lines, *said(words("score.no_peer"))]
        best = min(known, key=lambda name: known[name])
        percent = round(100.0 * abs(1.0 - ours.crps / known[best])) if known[best] > 0.0 else 0
        key = "equal" if percent == 0 else "better" if ours.crps < known[best] else "worse"
        told = {"ours": f"{ours.crps:.4f}", "theirs": f"{known[best]:.4f}"}
        told |= {"peer": words.named("method", best), "verdict": words(f"backtest.{key}", percent=percent)}
        lines += said(words("score.peer", **told))
        return [*lines, *(said(words.count("score.alone", found.alone)) if found.alone else [])]

    def _tables(self) -> list[list[str]]:
        """A table a measure, the lowest loss first."""
        words, scores = self.words, self.found.by_method()
        heads = [words(f"backtest.head.{name}") for name in ("method", "loss", "wis", "error")]
        heads += ["50 %", "80 %", "95 %", words("backtest.head.n")]
        widths = (WIDTH - sum(SCORE_WIDTHS) - len(SCORE_WIDTHS), *SCORE_WIDTHS)
        blocks = []
        for measure in dict.fromkeys(measure for _, measure in scores):
            ranked = sorted(
                ((method, one) for (method, of), one in scores.items() if of == measure),
                key=lambda pair: (math.inf if math.isnan(pair[1].crps) else pair[1].crps, pair[1].wis),
            )
            rows = [[words.named("method", method), *cells(one)] for method, one in ranked]
            title = words("backtest.scores", measure=words(f"score.measure.{measure}"))
            blocks.append([*said(title), *table(heads, widths, rows, "l" + "r" * 7)])
        return blocks
