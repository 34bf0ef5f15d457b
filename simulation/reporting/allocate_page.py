"""What ``carriersim allocate`` answers: a sentence a target, then the tasks of the districts with both chances."""

from __future__ import annotations

from simulation.projection.allocation import SHARE, Allocation, Allocations, Task
from simulation.reporting.city_names import CityNames
from simulation.reporting.phrases import Phrases, with_error
from simulation.reporting.tables import page, said, table
from simulation.reporting.text import Words
from simulation.reporting.width import visible

_WIDTHS = (27, 6, 8, 6, 11, 8, 8)


class AllocatePage:
    """The tasks in one language, none of the lines wider than 80 columns."""

    def __init__(self, words: Words, found: Allocations, names: CityNames, out: str) -> None:
        self.words, self.found, self.names, self.out = words, found, names, out
        self._phrases = Phrases(words, found.n)

    def lines(self) -> list[str]:
        """The page."""
        words = self.words
        blocks = [
            said(words("allocate.opening", scenario=visible(self.found.scenario), n=self.found.n)),
            *(self._allocation(one) for one in self.found.allocations),
            said(words("allocate.note")),
            said(words("allocate.rule")) if any(one.target.measure == SHARE for one in self.found.allocations)
            else [],
            said(words("allocate.written", out=visible(self.out))) if self.out else [],
        ]  # fmt: skip
        return page(blocks)

    def _allocation(self, one: Allocation) -> list[str]:
        words, share = self.words, one.target.measure == SHARE
        told = {
            "asked": self._phrases.asked(one.target.at_least, one.target.measure),
            "what": self._phrases.what(one.target.scope, one.target.measure),
            "total": words.whole(one.total),
            "end": words.end_of(one.target.by),
            "low": f"{one.lowest:.2f}",
            "high": f"{one.highest:.2f}",
            "all": f"{one.all_meet:.2f}",
            "usual_low": f"{min(task.proportional_chance for task in one.tasks):.2f}",
            "usual_high": f"{max(task.proportional_chance for task in one.tasks):.2f}",
            "usual_all": f"{one.proportional_all_meet:.2f}",
        }
        first = said(words("allocate.sentence.share" if share else "allocate.sentence.count", **told))
        heads = [
            words("allocate.table.district"), words("allocate.table.base"),
            words("allocate.table.special" if share else "allocate.table.task"),
            "%" if share else "", words("allocate.table.chance"), words("allocate.table.usual"),
            words("allocate.table.chance"),
        ]  # fmt: skip
        rows = [self._row(task, share) for task in one.tasks]
        base, usual = sum(task.base for task in one.tasks), sum(task.proportional for task in one.tasks)
        rows.append(
            [
                words("allocate.table.sum"),
                words.whole(base),
                words.whole(one.total),
                "",
                "",
                words.whole(usual),
                "",
            ]
        )
        widths = _WIDTHS if share else (*_WIDTHS[:3], 1, *_WIDTHS[4:])
        return [*first, *table(heads, widths, rows, "lrrrrrr")]

    def _row(self, task: Task, share: bool) -> list[str]:
        return [
            self.names.short_district(task.district, self.words),
            self.words.whole(task.base),
            self.words.whole(task.whole),
            f"{100 * task.at_least:.1f}" if share else "",
            with_error(task.chance, task.chance_error),
            self.words.whole(task.proportional),
            f"{task.proportional_chance:.2f}",
        ]
