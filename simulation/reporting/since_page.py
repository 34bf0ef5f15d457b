"""The answer to "why is it not what we said last time": a sentence for the memo, then the parts, which add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulation.quarters import quarter
from simulation.reporting.compare_page import adding_up
from simulation.reporting.phrases import Phrases, kind_of, with_error
from simulation.reporting.tables import page, said, table
from simulation.reporting.text import Words
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.projection.since import Moved, Since

_WIDTHS = (34, 16, 28)


@dataclass(frozen=True)
class SincePage:
    """What changed from one run to the next, set for a terminal."""

    words: Words
    found: Since

    def lines(self) -> list[str]:
        """The page, none of its lines wider than 80 columns."""
        words, found = self.words, self.found
        told = {
            name: visible(getattr(found, name)) for name in ("last", "this", "last_folder", "this_folder")
        }
        opening = said(words("since.opening", n=found.n, **told))
        sentences = [line for one in found.moved for line in said(self.sentence(one))]
        notes = [line for note in found.notes for line in said(words(f"since.note.{note}"))]
        tables = [self._table(one) for one in found.moved]
        return page([opening, sentences, *tables, [*notes, *said(words("since.note.how"))]])

    def sentence(self, one: Moved) -> str:
        """One sentence for the memo: what moved, and by what."""
        words = self.words
        phrases = Phrases(words, self.found.n)
        rounded = self._rounded(one)
        order = sorted(range(len(rounded)), key=lambda at: -abs(rounded[at]))
        named = [
            words("since.named", part=words(f"since.part.{one.parts[at].part}"), change=_signed(rounded[at]))
            for at in order
            if rounded[at] != 0.0
        ]
        told = {
            "what": phrases.what(one.scope, one.measure),
            "at_least": phrases.asked(one.at_least, one.measure),
            "end": words.end_of(quarter(one.by)),
            "last": f"{round(one.last_chance, 2):.2f}",
            "this": f"{round(one.last_chance, 2) + sum(rounded):.2f}",
            "parts": words.listing(named) or words("since.nothing"),
        }
        return words(f"since.sentence.{kind_of(one.measure)}", **told)

    @staticmethod
    def _rounded(one: Moved) -> list[float]:
        """The parts with two digits, adding up to the difference of the chances as shown."""
        shown = round(one.this_chance, 2) - round(one.last_chance, 2)
        values = [part.change for part in one.parts]
        rounded = adding_up(values, 2)
        rest = round(shown - sum(rounded), 2)
        if rest and rounded:  # the chances as shown differ by a hundredth more or less than the change
            largest = max(range(len(rounded)), key=lambda at: abs(values[at]))
            rounded[largest] = round(rounded[largest] + rest, 2)
        return rounded

    def _table(self, one: Moved) -> list[str]:
        words = self.words
        phrases = Phrases(words, self.found.n)
        rounded = self._rounded(one)
        rows = [
            [words("since.last"), _chance(one.last_chance, one.last_error, one.last_low, one.last_high), ""],
            *(
                [
                    words(f"since.part.{part.part}"),
                    "0" if part.same else f"{_signed(value)}±{part.error:.2f}",
                    words("since.same") if part.same else "",
                ]
                for part, value in zip(one.parts, rounded, strict=True)
            ),
            [words("since.this"), _chance(one.this_chance, one.this_error, one.this_low, one.this_high), ""],
        ]
        heads = [phrases.what(one.scope, one.measure), words("since.chance"), ""]
        return table(heads, _WIDTHS, rows, "lrl")


def _chance(value: float, error: float, low: float, high: float) -> str:
    """A chance with its error; a bound where no future, or every one, meets the target."""
    if value in (0.0, 1.0):
        return f"≤{high:.2f}" if value == 0.0 else f"≥{low:.2f}"
    return with_error(value, error)


def _signed(value: float) -> str:
    shown = f"{value:+.2f}".replace("-", "−")
    return "0.00" if shown in ("+0.00", "−0.00") else shown
