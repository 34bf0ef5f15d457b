"""What ``carriersim check`` answers: a sentence a file, every fault with its place, and how many of each kind."""

from collections.abc import Iterable, Iterator
from typing import Any

from simulation.faults import ERROR, NOTE, SEVERITIES, Fault
from simulation.registry.report import Report
from simulation.reporting import fault_text
from simulation.reporting.text import Words
from simulation.reporting.width import columns, pad, visible, wrap

_WIDTH = 80
MOST_SHOWN = 300  # faults of one file that a page shows; JSON has all that are kept


class CheckPage:
    """The reports of some files in one language."""

    def __init__(self, words: Words, reports: Iterable[Report]) -> None:
        self.words, self.reports = words, list(reports)

    @property
    def refused(self) -> bool:
        """Whether a file has an error."""
        return any(report.errors for report in self.reports)

    def record(self) -> dict[str, Any]:
        """The answer for other programs."""
        return {
            "files": [
                {
                    "file": report.file,
                    "encoding": report.encoding,
                    "rows": report.rows,
                    "faults": [fault_text.record(fault, self.words) for fault in report.faults],
                }
                for report in self.reports
            ]
        }

    def lines(self) -> Iterator[str]:
        """The answer for a person."""
        for place, report in enumerate(self.reports):
            if place:
                yield ""
            yield from wrap(self._heading(report), _WIDTH, "  ")
            shown = sorted(report.faults, key=lambda one: SEVERITIES.index(one.severity))[:MOST_SHOWN]
            for severity in SEVERITIES:
                of_it = [fault for fault in shown if fault.severity == severity]
                if of_it:
                    yield ""
                    yield self.words(f"check.severity.{severity}")
                for fault in of_it:
                    yield from wrap(self._sentence(fault), _WIDTH, "    ")
            hidden = sum(report.counts.values()) - len(shown)
            if hidden:
                yield from wrap(self.words.count("check.more", hidden), _WIDTH, "  ")
            yield from self._by_kind(report)

    def _heading(self, report: Report) -> str:
        """The first sentence: what file it is, and whether it can be used."""
        words = self.words
        numbers = dict.fromkeys(SEVERITIES, 0)
        for (severity, _), number in report.counts.items():
            numbers[severity] += number
        what = words("check.what.scenario")
        if report.rows is not None:
            format_ = report.encoding or "xlsx"
            encoding = words(f"encoding.{format_}") if words.has(f"encoding.{format_}") else format_
            what = words.count("check.what.registry", report.rows, encoding=encoding)
        found = [words.count(f"check.n.{severity}", n) for severity, n in numbers.items() if n]
        key = "check.refused" if numbers[ERROR] else "check.usable"
        return words(
            "check.heading",
            file=visible(report.file),
            what=what,
            verdict=words(key),
            found=words.listing(found) or words("check.nothing"),
        )

    def _sentence(self, fault: Fault) -> str:
        return fault_text.sentence(fault, self.words, self._place(fault))

    def _place(self, fault: Fault) -> str:
        """Where in its file a fault is."""
        if fault.sheet:
            return fault.place.removeprefix(fault.file).strip()
        if not fault.line:
            return self.words("check.whole_file")
        key = "place.cell" if fault.column else "place.line"
        return self.words(key, line=fault.line, column=fault.column)

    def _by_kind(self, report: Report) -> Iterator[str]:
        """How many faults there are of each kind that a person has to look at."""
        counts = {kind: n for (severity, kind), n in report.counts.items() if severity != NOTE}
        if len(counts) < 2:
            return
        yield ""
        yield self.words("check.by_kind")
        names = {kind: self._kind(kind) for kind in counts}
        left = max(columns(name) for name in names.values()) + 4
        for kind, number in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
            yield pad(f"  {names[kind]}", left) + f"{self.words.whole(number):>8}"

    def _kind(self, kind: str) -> str:
        key = f"fault_kind.{kind}"
        return self.words(key) if self.words.has(key) else kind.replace("_", " ")
