"""What a calibration tells: what was learned of which number, what not, and whether the model reaches the counts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.quarters import quarter_name
from simulation.reporting.tables import WIDTH, page, said, table
from simulation.reporting.text import Words
from simulation.reporting.update_page import UpdatePage
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.calibration.calibrating import Calibration
    from simulation.scenario import Study

_NUMBER_WIDTHS = (7, 13, 7, 13, 4)
_COUNT_WIDTHS = (8, 14, 14, 6)
_FAR = 0.05  # a count is called out of reach where less of the posterior lies beyond it


@dataclass(frozen=True)
class CalibratePage:
    """A calibration, set for a terminal."""

    words: Words
    study: Study
    made: Calibration
    file: Path

    def lines(self) -> list[str]:
        """The page, none of its lines wider than 80 columns."""
        return page([self._sentences(), self._numbers(), self._counts(), self._how()])

    def _sentences(self) -> list[str]:
        words, made = self.words, self.made
        informed = [one.name for one in made.numbers if one.informed]
        last = made.found.posterior
        told = {
            "date": made.observed.known_on.isoformat(),
            "of": len(made.numbers),
            "names": words.listing(informed) or words("calibrate.none"),
        }
        lines = said(words("calibrate.sentence", n=len(informed), **told))
        far = [one for one in made.reached if min(one.place, 1.0 - one.place) < _FAR]
        lines += said(
            words.count("calibrate.far", len(far), of=len(made.reached)) if far else words("calibrate.near")
        )
        generation = len(made.found.generations) - 1
        return lines + said(
            words(
                "calibrate.effort",
                points=words.whole(made.simulated),
                seeds=made.seeds,
                generation=generation,
                acceptance=f"{100 * last.acceptance:.0f}",
                effective=f"{last.effective:.0f}",
                kept=len(last.points),
                ended=words(f"calibrate.ended.{made.found.ended}"),
            )
        )

    def _numbers(self) -> list[str]:
        words = self.words
        rows = [
            [
                one.name,
                _short(one.prior[1]),
                f"{_short(one.prior[0])}–{_short(one.prior[2])}",
                _short(one.posterior[1]),
                f"{_short(one.posterior[0])}–{_short(one.posterior[2])}",
                f"{100 * max(0.0, one.contraction):.0f}{'*' if one.informed else ' '}",
            ]
            for one in sorted(self.made.numbers, key=lambda one: -one.contraction)
        ]
        names = ("number", "prior", "prior90", "posterior", "posterior90", "told")
        heads = [words(f"calibrate.head.{name}") for name in names]
        widths = (WIDTH - sum(_NUMBER_WIDTHS) - len(_NUMBER_WIDTHS), *_NUMBER_WIDTHS)
        return table(heads, widths, rows, "lrrrrr")

    def _counts(self) -> list[str]:
        words, told = self.words, UpdatePage(self.words, self.study, None)
        rows = []
        for one in self.made.reached:
            seen = one.observation
            what = words("update.at", what=told.what(seen), quarter=words.quarter(seen.quarter))
            spans = [
                f"{told.number(span[0], seen.measure)}–{told.number(span[2], seen.measure)}"
                for span in (one.prior, one.posterior)
            ]
            rows.append([what, told.number(seen.value, seen.measure), *spans, f"{one.place:.2f}"])
        heads = [
            words(f"calibrate.head.{name}") for name in ("count", "value", "prior80", "posterior80", "place")
        ]
        widths = (WIDTH - sum(_COUNT_WIDTHS) - len(_COUNT_WIDTHS), *_COUNT_WIDTHS)
        return table(heads, widths, rows, "lrrrr")

    def _how(self) -> list[str]:
        last = quarter_name(max(one.quarter for one in self.made.observed.rows))
        least = f"{100 * self.made.numbers[0].least:.0f}"
        return [
            *said(self.words("calibrate.how", last=last, least=least)),
            *said(self.words("calibrate.use", file=visible(str(self.file)))),
        ]


def _short(value: float) -> str:
    """Three digits, and no power of ten."""
    return f"{value:.0f}" if abs(value) >= 100.0 else f"{value:.3g}"
