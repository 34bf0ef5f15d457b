"""A table apart from its form: typed values beside the texts that people read, so that every form shows the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

PAGE, BOOK, BOTH = "page", "book", "both"
TEXT, COUNT, NUMBER, CHANCE, PERCENT, MONEY = "text", "count", "number", "chance", "percent", "money"


class Column(NamedTuple):
    """A column: its key in files for programs, its title, what it holds, and where it is shown."""

    key: str
    title: str
    kind: str = TEXT
    where: str = BOTH  # the workbook parts what a page shows in one cell


class Cell(NamedTuple):
    """A value as programs read it, and as people do."""

    value: float | int | str | None
    text: str
    kind: str = ""  # where it is not that of its column: shares among counts


@dataclass(frozen=True)
class Sheet:
    """A table. ``key`` is short and names it in files; the first column says what a row is of."""

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Cell]]
    notes: Sequence[str] = ()

    def shown(self, where: str) -> list[Column]:
        """The columns of a page or of a workbook."""
        return [one for one in self.columns if one.where in (BOTH, where)]


def text(value: str) -> Cell:
    """A cell that is a text."""
    return Cell(value, value)
