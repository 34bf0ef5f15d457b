"""What a report is made from: finished runs, summarised once, so that every form tells the same numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulation.ensemble import Result
from simulation.projection import TargetAnswer, summarise
from simulation.projection.bridge import BridgeRow
from simulation.projection.comparison import Comparison, compare, unique_names
from simulation.projection.measures import count
from simulation.projection.pairing import UnmatchedError
from simulation.projection.stored import Driver, bridge_rows, drivers
from simulation.quarters import quarter
from simulation.reporting.city_names import CityNames, city_of, names_of_city
from simulation.reporting.phrases import SHARE, Phrases
from simulation.reporting.text import Words
from simulation.rules import codes
from simulation.scenario.city import CityTables

_FEWEST = 5  # carriers at the start below which a public report hides a district's numbers (an assumption)


@dataclass(frozen=True, eq=False)
class RunFacts:
    """One run. ``name`` is that of its scenario, no two the same in a report."""

    name: str
    result: Result
    answers: Sequence[TargetAnswer]

    @property
    def n(self) -> int:
        """How many futures its numbers are of."""
        return self.result.n_used

    @cached_property
    def city(self) -> list[TargetAnswer]:
        """The city's answers under every scope and basis; a count, the same on every basis, once."""
        return [
            one
            for one in self.answers
            if one.district is None and (one.measure == SHARE or one.basis == codes.BASES[0])
        ]

    @cached_property
    def official(self) -> list[TargetAnswer]:
        """The city's official targets; all that are asked for where none is official."""
        found = [one for one in self.city if one.official]
        return found or [one for one in self.city if one.asked]

    @cached_property
    def tasks(self) -> list[TargetAnswer]:
        """The tasks of districts."""
        return [one for one in self.answers if one.district is not None and one.asked]

    @cached_property
    def last(self) -> str:
        """The quarter to whose end the report looks: the last of the official targets, else of the run."""
        due = [one.by for one in self.official]
        return max(due, key=quarter) if due else self.result.quarters[-1]

    @cached_property
    def bridge(self) -> list[BridgeRow]:
        """The mean bridge of each scope, of the city and its districts."""
        return bridge_rows(self.result, self.last)

    @cached_property
    def drivers(self) -> dict[TargetAnswer, list[Driver]]:
        """For each official target the unknowns that go with it, the strongest first."""
        return {one: drivers(self.result, one) for one in self.official}

    @cached_property
    def costs(self) -> dict[str, float]:
        """The mean cost of each lever that costs anything, CNY."""
        total = np.zeros(len(codes.LEVERS), np.int64)
        for part in self.result.columns("money", ("purpose", "CNY")):
            np.add.at(total, part["purpose"].astype(np.int64), part["CNY"])
        return {name: int(cost) / self.n for name, cost in zip(codes.LEVERS, total, strict=True) if cost}

    def opening(self, scope: str, district: str | None) -> float:
        """The mean count at the start."""
        return float(count(self.result, scope, district)[:, 0].mean())

    @property
    def date(self) -> str:
        """The day on which the run ended (UTC): a report made later carries it too."""
        manifest = self.result.manifest
        return (manifest.ended_at or manifest.started_at)[:10]


@dataclass(frozen=True, eq=False)
class Facts:
    """Everything that any form of a report tells."""

    words: Words
    runs: tuple[RunFacts, ...]
    comparison: Comparison | None
    unmatched: str  # why several runs are not compared; empty where they are
    city: CityTables | None  # None where its tables are not there any more
    names: CityNames
    public: bool

    @classmethod
    def of(cls, results: Sequence[Result], words: Words, public: bool = False) -> Facts:
        """The facts of runs, the first of which is the base that others are compared with."""
        names = unique_names([one.manifest.scenario for one in results])
        runs = tuple(RunFacts(name, one, summarise(one)) for name, one in zip(names, results, strict=True))
        city = city_of(results[0].manifest)
        comparison, unmatched = None, ""
        if len(results) > 1:
            try:
                comparison = compare(results)
            except UnmatchedError as different:
                unmatched = different.reason
        known = CityNames({}, {}) if city is None else names_of_city(city)
        return cls(words, runs, comparison, unmatched, city, known, public)

    @property
    def main(self) -> RunFacts:
        """The run that the report is of first."""
        return self.runs[0]

    @property
    def place(self) -> str:
        """The name of the city."""
        if self.city is None:
            return ""
        return self.city.name_zh if self.words.language == "zh" else self.city.name_en

    @cached_property
    def hidden(self) -> frozenset[str]:
        """Districts without numbers in a public report: those with few carriers, and one more where it is but one.

        With a single one hidden, its number would be what the others leave of the city's.
        """
        if not self.public:
            return frozenset()
        stock = {code: self.main.opening("recognised", code) for code in self.main.result.districts}
        hidden = {code for code, there in stock.items() if there < _FEWEST}
        if len(hidden) == 1:
            rest = {code: there for code, there in stock.items() if code not in hidden}
            hidden |= set(sorted(rest, key=lambda code: (rest[code], code))[:1])
        return frozenset(hidden)

    def phrases(self, run: RunFacts) -> Phrases:
        """What puts the numbers of a run in words."""
        return Phrases(self.words, run.n)

    def target(self, answer: TargetAnswer) -> str:
        """What a target asks for, in short: 600 recognised carriers by the end of 2025."""
        words, phrases = self.words, Phrases(self.words, 1)
        key = "report.target.share" if answer.measure == SHARE else "report.target.count"
        return words(
            key,
            what=phrases.what(answer.scope, answer.measure),
            at_least=phrases.asked(answer.at_least, answer.measure),
            end=words.end_of(quarter(answer.by)),
            basis=words.named("basis", answer.basis),
        )

    def answer(self, run: RunFacts) -> str:
        """The answer in one sentence: the chance of each official target."""
        words, phrases = self.words, self.phrases(run)
        parts = [
            words("report.answer.part", target=self.target(one), chance=phrases.chance(one))
            for one in run.official
        ]
        if not parts:
            return words("report.answer.none")
        return words(
            "report.answer", parts=words("report.answer.separator").join(parts), n=words.whole(run.n)
        )

    @property
    def grades(self) -> Counter[str]:
        """How many numbers of the main run have which grade of evidence."""
        return Counter(self.main.result.ledger["grade"].tolist())
