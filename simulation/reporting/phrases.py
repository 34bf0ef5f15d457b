"""How the answer to one target is put: the sentence a planner reads first, and the cells of a table."""

import math
from typing import TYPE_CHECKING

from simulation.quarters import quarter
from simulation.reporting.text import Words

if TYPE_CHECKING:
    from simulation.projection.targets import TargetAnswer

NOTHING = "–"
SHARE = "specialised_share"


def kind_of(measure: str) -> str:
    """Which sentences speak of a measure: those of a share or those of a count."""
    return "share" if measure == SHARE else "count"


def with_error(chance: float, error: float) -> str:
    """A chance that is neither 0 nor 1, for a cell: 0.42±0.02; what two digits would make 0 or 1 says so."""
    if chance < 0.005:
        return "<0.01"
    if chance >= 0.995:
        return ">0.99"
    return f"{chance:.2f}±{error:.2f}"


def rounded(chance: float, error: float) -> tuple[str, str]:
    """A chance and its error with as many digits as the error is good for, two at least: 0.42, 0.02."""
    digits = 2 if error >= 0.01 or error == 0.0 else 3 if error >= 0.001 else 4
    return f"{chance:.{digits}f}", f"{error:.{digits}f}"


class Phrases:
    """Puts answers from ``n`` futures in one language. Shares are told in per cent."""

    def __init__(self, words: Words, n: int) -> None:
        self.words = words
        self.n = n

    def what(self, scope: str, measure: str) -> str:
        """What is counted: recognised carriers, specialised share of recognised carriers."""
        return self.words(f"what.{kind_of(measure)}.{scope}")

    def number(self, value: float | None, measure: str) -> str:
        """A count as a whole number, a share in per cent with one digit; a dash where there is none."""
        if value is None or math.isnan(value):
            return NOTHING
        if measure != SHARE:
            return self.words.whole(value)
        return f"{100 * value:.1f}".removesuffix(".0") if value in (0.0, 1.0) else f"{100 * value:.1f}"

    def asked(self, at_least: float, measure: str) -> str:
        """What a target asks for: 600, 50."""
        return f"{100 * at_least:g}" if measure == SHARE else self.words.whole(at_least)

    def span(self, low: float | None, high: float | None, measure: str) -> str:
        """A range: 565–621."""
        if low is None or high is None or math.isnan(low) or math.isnan(high):
            return NOTHING
        return f"{self.number(low, measure)}–{self.number(high, measure)}"

    def chance(self, answer: "TargetAnswer") -> str:
        """A chance for a cell: 0.42±0.02; a bound where no future, or every one, meets the target."""
        if self.n == 0:
            return NOTHING
        if answer.chance <= 0.0:
            return f"≤{answer.chance_high:.2f}"
        if answer.chance >= 1.0:
            return f"≥{answer.chance_low:.2f}"
        return with_error(answer.chance, answer.chance_error)

    def chance_in_words(self, answer: "TargetAnswer") -> str:
        """A chance with its Monte-Carlo error and the number of futures."""
        if answer.chance <= 0.0:
            return self.words("run.chance.none", n=self.n, bound=f"{answer.chance_high:.2f}")
        if answer.chance >= 1.0:
            return self.words("run.chance.all", n=self.n, bound=f"{answer.chance_low:.2f}")
        chance, error = rounded(answer.chance, answer.chance_error)
        return self.words("run.chance", n=self.n, chance=chance, error=error)

    def sentence(self, answer: "TargetAnswer") -> str:
        """What a planner reads first of a target."""
        words, measure = self.words, answer.measure
        told = {"end": words.end_of(quarter(answer.by)), "chance": self.chance_in_words(answer)}
        told["what"] = self.what(answer.scope, measure)
        told["basis"] = words.named("basis", answer.basis)
        if answer.median is None or math.isnan(answer.median):
            return words("run.sentence.undefined", **told)
        return words(
            f"run.sentence.{kind_of(measure)}",
            at_least=self.asked(answer.at_least, measure),
            median=self.number(answer.median, measure),
            q10=self.number(answer.q10, measure),
            q90=self.number(answer.q90, measure),
            **told,
        )

    def scope(self, answer: "TargetAnswer") -> str:
        """The counting scope of an answer, with the basis where it matters."""
        name = self.words.named("scope", answer.scope)
        if answer.measure != SHARE:
            return name
        return self.words(
            "run.table.scope_basis", scope=name, basis=self.words(f"basis_short.{answer.basis}")
        )

    def cells(self, answer: "TargetAnswer") -> list[str]:
        """Chance, median, 50, 80 and 95 % range, expected shortfall, quarter of crossing."""
        measure = answer.measure
        return [
            self.chance(answer),
            self.number(answer.median, measure),
            self.span(answer.q25, answer.q75, measure),
            self.span(answer.q10, answer.q90, measure),
            self.span(answer.q025, answer.q975, measure),
            self.shortfall(answer),
            (answer.first_met if answer.chance > 0.0 else None) or NOTHING,
        ]

    def task_cells(self, answer: "TargetAnswer | None") -> list[str]:
        """Of a district's task: what is asked, the median, the chance; blanks where there is no task."""
        if answer is None:
            return ["", "", ""]
        chance = self.chance(answer).partition("±")[0]
        return [
            self.asked(answer.at_least, answer.measure),
            self.number(answer.median, answer.measure),
            chance,
        ]

    def shortfall(self, answer: "TargetAnswer") -> str:
        """The mean gap with one digit: carriers, or percentage points of a share."""
        gap = answer.expected_shortfall
        if gap is None or math.isnan(gap):
            return NOTHING
        gap = 100 * gap if answer.measure == SHARE else gap
        return "0" if gap == 0 else f"{gap:.1f}"
