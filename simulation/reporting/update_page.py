"""What an update tells: how each chance moved and why, what was seen beside what was expected, what was learned."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulation.quarters import quarter
from simulation.reporting.phrases import SHARE, Phrases, kind_of, with_error
from simulation.reporting.tables import WIDTH, page, said, table
from simulation.reporting.text import Words
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.calibration.observations import Observation
    from simulation.calibration.updating import Moved, Seen, Update
    from simulation.scenario import Study

_SEEN_WIDTHS = (8, 11, 7, 8, 7)  # observed, expected, place, effective, change
_TARGET_WIDTHS = (9, 10, 10, 7, 9)  # asked, before, now, median, 80 %
_MOST_UNKNOWNS = 6
_LEAST_SHIFT = 0.25  # standard deviations: a smaller move of an unknown is not told
_MOST_OBSERVATIONS = 24


@dataclass(frozen=True)
class UpdatePage:
    """An update, set for a terminal."""

    words: Words
    study: Study
    found: Update | None

    def lines(self) -> list[str]:
        """The page, none of its lines wider than 80 columns."""
        return page([self._sentences(), self._targets(), self._observations(), self._unknowns(), self._how()])

    @property
    def _phrases(self) -> Phrases:
        return Phrases(self.words, self._update.n)

    @property
    def _update(self) -> Update:
        if self.found is None:
            raise ValueError("there is no update to tell of")
        return self.found

    def _official(self) -> list[Moved]:
        targets = [one for one in self._update.targets if one.before.district is None]
        return [one for one in targets if one.before.official] or targets

    def _sentences(self) -> list[str]:
        """One sentence for each official target, the reason with the first."""
        words, found = self.words, self._update
        lines = []
        for place, one in enumerate(self._official()):
            told = {
                "date": found.observed.known_on.isoformat(),
                "what": self._phrases.what(one.before.scope, one.before.measure),
                "at_least": self._phrases.asked(one.before.at_least, one.before.measure),
                "end": words.end_of(quarter(one.before.by)),
                "before": f"{one.before.chance:.2f}",
                "now": f"{one.chance:.2f}",
                "error": f"{one.error:.2f}",
            }
            moved = abs(one.chance - one.before.chance) >= 0.005
            text = words(f"update.{'moved' if moved else 'stayed'}.{kind_of(one.before.measure)}", **told)
            if place == 0:
                why = self._reason(one.chance - one.before.chance)
                text = words("update.because" if moved else "update.beside", text=text, why=why)
            else:
                text = words("update.alone", text=text)
            lines += said(text)
        if not lines:
            lines = said(words("update.no_target"))
        return [*lines, *said(words("update.effective", n=words.whole(found.n), e=f"{found.effective:.0f}"))]

    def _reason(self, change: float) -> str:
        """The observation that alone moves the first chance most, and the way it moved."""
        along = [one for one in self._update.seen if math.isfinite(one.change) and one.change * change > 0.0]
        return self.observation(max(along or self._update.seen, key=lambda one: abs(one.change)))

    def observation(self, one: Seen) -> str:
        """What was counted, and what was expected."""
        words, seen = self.words, one.observation
        told = {
            "what": self.what(one.observation),
            "end": words.end_of(seen.quarter),
            "value": self.number(seen.value, seen.measure),
            "low": self.number(one.low, seen.measure),
            "high": self.number(one.high, seen.measure),
        }
        return words(f"update.observation.{kind_of(seen.measure)}", **told)

    def what(self, seen: Observation) -> str:
        """What was counted, where."""
        words = self.words
        what = words(f"what.{kind_of(seen.measure)}.{seen.scope}")
        if seen.measure in ("entries", "exits"):
            what = words("update.flow", what=what, flow=words.named("measure", seen.measure))
        if seen.measure == SHARE:
            what = words("update.basis", what=what, basis=words.named("basis", seen.basis))
        return (
            words("update.district", what=what, district=self._district(seen.district))
            if seen.district
            else what
        )

    def _district(self, code: str) -> str:
        found = self.study.city.districts[self.study.city.index(code)]
        return visible(found.name_zh if self.words.language == "zh" else found.name_en)

    def number(self, value: float, measure: str) -> str:
        """A count as a whole number, a share in per cent."""
        return Phrases(self.words, 1).number(value, measure)

    def _targets(self) -> list[str]:
        words, phrases = self.words, self._phrases
        rows = []
        of_city = [one for one in self._update.targets if one.before.district is None]
        for one in of_city:
            before = one.before
            what = phrases.what(before.scope, before.measure)
            if before.measure == SHARE:
                what = words("update.basis", what=what, basis=words.named("basis", before.basis))
            rows.append(
                [
                    what,
                    phrases.asked(before.at_least, before.measure),
                    phrases.chance(before),
                    _chance(one),
                    phrases.number(one.quantiles["median"], before.measure),
                    phrases.span(one.quantiles["q10"], one.quantiles["q90"], before.measure),
                ]
            )
        heads = [
            words(f"update.head.{name}") for name in ("target", "asked", "before", "now", "median", "q80")
        ]
        lines = table(heads, self._widths(_TARGET_WIDTHS), rows, "lrrrrr") if rows else []
        rest = len(self._update.targets) - len(of_city)
        return [*lines, *(said(words.count("update.tasks", rest)) if rest else [])]

    def _observations(self) -> list[str]:
        words, rows = self.words, []
        for one in self._update.seen[:_MOST_OBSERVATIONS]:
            seen = one.observation
            what = words("update.at", what=self.what(one.observation), quarter=words.quarter(seen.quarter))
            low, high = (self.number(value, seen.measure) for value in (one.low, one.high))
            rows.append(
                [
                    what,
                    self.number(seen.value, seen.measure),
                    f"{low}–{high}",
                    f"{one.place:.2f}" if math.isfinite(one.place) else "–",
                    f"{one.effective:.0f}",
                    f"{one.change:+.2f}".replace("-", "−") if math.isfinite(one.change) else "–",
                ]
            )
        names = ("seen", "observed", "expected", "place", "effective", "change")
        lines = table(
            [words(f"update.head.{name}") for name in names], self._widths(_SEEN_WIDTHS), rows, "lrrrrr"
        )
        rest = len(self._update.seen) - len(rows)
        return [*lines, *(said(words.count("update.more", rest)) if rest else [])]

    def _unknowns(self) -> list[str]:
        words = self.words
        moved = [one for one in self._update.unknowns if abs(one.shift) >= _LEAST_SHIFT][:_MOST_UNKNOWNS]
        if not moved:
            return said(words("update.unknowns.none"))
        rows = [
            [one.name, f"{one.mean_before:.3g}", f"{one.mean:.3g}", f"{one.shift:+.1f}".replace("-", "−")]
            for one in moved
        ]
        heads = [words(f"update.head.{name}") for name in ("unknown", "mean_before", "mean", "shift")]
        return table(heads, self._widths((10, 10, 10)), rows, "lrrr")

    def _how(self) -> list[str]:
        return said(self.words("update.how"))

    @staticmethod
    def _widths(rest: tuple[int, ...]) -> tuple[int, ...]:
        return (WIDTH - sum(rest) - len(rest), *rest)


def _chance(one: Moved) -> str:
    """A chance with its error; a bound where no future, or every one, meets the target."""
    if one.chance <= 0.0:
        return f"≤{one.high:.2f}"
    if one.chance >= 1.0:
        return f"≥{one.low:.2f}"
    return with_error(one.chance, one.error)
