"""What ``carriersim movements`` answers: a sentence, the books of the city and each group, then carrier by carrier."""

from typing import Any

from simulation.registry.movements import CAME, CHANGED, WENT, Line, Movement, Movements
from simulation.reporting.tables import page, said, table
from simulation.reporting.text import Words
from simulation.reporting.width import visible, wrap
from simulation.scenario import CityTables

_FLOWS = (*CAME, *CHANGED, *WENT)
_TOLD = ("missing", "delisted", "withdrawn", "demoted", "promoted", "split", "new", "transferred", "converted",
         "retyped", "corrected", "renamed", "renumbered")  # fmt: skip


class MovementsPage:
    """The movements between two registries, each a file and the day it stands on, in one language."""

    def __init__(
        self, words: Words, city: CityTables, last: tuple[str, str], this: tuple[str, str], found: Movements
    ) -> None:
        self.words, self.city, self.last, self.this, self.found = words, city, last, this, found

    def record(self) -> dict[str, Any]:
        """The answer for other programs: for every line opening + flows = closing."""
        return {
            "last": {"file": self.last[0], "on": self.last[1]},
            "this": {"file": self.this[0], "on": self.this[1]},
            "tables": [
                {
                    "by": by,
                    "group": line.group,
                    "opening": line.opening,
                    "flows": [
                        {"cause": one, "count": line.flows[one]} for one in _FLOWS if line.flows.get(one)
                    ],
                    "closing": line.closing,
                }
                for by, lines in self.found.tables.items()
                for line in lines
            ],
            "carriers": [one._asdict() for one in self.found.carriers],
        }

    def lines(self) -> list[str]:
        """The answer for a person."""
        tables = [self._table(by, lines) for by, lines in self.found.tables.items() if by != "city"]
        lists = [self._list(what) for what in _TOLD]
        note = said(self.words("movements.note"))
        return page([said(self._sentence()), *tables, note, *lists])

    def _sentence(self) -> str:
        words, line = self.words, self.found.tables["city"]
        books = line[0] if line else Line("city", 0, {}, 0)
        parts = [
            words(f"movements.flow.{cause}", n=abs(books.flows[cause]))
            for cause in _FLOWS
            if books.flows.get(cause)
        ]
        return words(
            "movements.sentence", last=self.last[1], this=self.this[1], opening=books.opening, closing=books.closing,
            flows=words.listing(parts) or words("movements.nothing"),
        )  # fmt: skip

    def _table(self, by: str, lines: list[Line]) -> list[str]:
        words = self.words
        used = [cause for cause in _FLOWS if any(line.flows.get(cause) for line in lines)]
        heads = [words(f"movements.by.{by}"), words("movements.opening")]
        heads += [words(f"movements.head.{cause}") for cause in used] + [words("movements.closing")]
        width = max(6, min(11, (80 - 24) // (len(used) + 2) - 1))
        rows = [
            [self._group(by, line.group), str(line.opening), *(_signed(line.flows.get(one, 0)) for one in used),
             str(line.closing)]
            for line in lines
        ]  # fmt: skip
        return table(heads, [22, *[width] * (len(used) + 2)], rows, "l" + "r" * (len(used) + 2))

    def _group(self, by: str, group: str) -> str:
        if group == "unknown":
            return self.words("movements.unknown")
        if by == "district":
            place = self.city.index(group)
            district = self.city.districts[place]
            return visible(district.name_zh if self.words.language == "zh" else district.name_en)
        if group == "converting":
            return self.words("movements.converting")
        return self.words.named(by, group)

    def _list(self, what: str) -> list[str]:
        rows = [one for one in self.found.carriers if one.what == what]
        if not rows:
            return []
        title = self.words.count(f"movements.list.{what}", len(rows))
        return [title, *("  " + line for one in rows for line in wrap(self._row(one), 78, "  "))]

    def _row(self, one: Movement) -> str:
        by = {
            "promoted": "level",
            "demoted": "level",
            "transferred": "district",
            "converted": "mode",
            "retyped": "type",
        }
        before, after = one.before, one.after
        if one.what in by:
            before, after = self._group(by[one.what], before), self._group(by[one.what], after)
        text = f"{visible(one.id)} {visible(one.name)}"
        if before and after:
            text += self.words("movements.from_to", before=visible(before), after=visible(after))
        elif before:
            text += self.words("movements.parent", parent=visible(before))
        return text + (self.words(f"movements.matched.{one.by}") if one.by else "")


def _signed(number: int) -> str:
    return f"{number:+d}" if number else ""
