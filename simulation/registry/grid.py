"""A table as it stands in a file, whatever the format: lines of cells, and what is known of each cell besides."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from simulation.faults import Fault, say

# What a cell of a workbook may be besides text.
FORMULA = "formula"  # a formula without a stored value; the text is the formula
BROKEN = "broken"  # an error value such as #REF!
DATE = "date"  # a number shown as a date; the text is that date
NUMBER = "number"
BOOLEAN = "boolean"


class Line(NamedTuple):
    """A row of a table."""

    number: int  # line of the file where it begins, or row of the sheet, from 1
    row: int  # the row as a table program shows it
    values: list[str]
    marks: Mapping[int, str] = {}  # by place of a cell, from 0


class Merged(NamedTuple):
    """Cells that are one: rows and columns from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


class Grid(NamedTuple):
    """A sheet, or a whole text file; ``lines`` can be gone through once."""

    sheet: str  # empty for a text file
    lines: Iterator[Line]
    merged: tuple[Merged, ...] = ()
    dates_1904: bool = False


class Unreadable(Exception):  # noqa: N818 - it is caught to become a fault
    """A file, or the rest of it, cannot be read."""

    def __init__(self, kind: str, found: str, allowed: str, advice: str = "", line: int = 0) -> None:
        super().__init__(found)
        self.kind, self.found, self.allowed, self.advice, self.line = kind, found, allowed, advice, line

    def fault(self, file: str, sheet: str = "") -> Fault:
        """The fault of a file."""
        return Fault(
            file, self.line, 0, self.found, self.allowed, self.advice, self.kind, sheet=sheet, row=self.line
        )


def too_large(what: str, number: int, most: int) -> Unreadable:
    """A file that is larger than a registry can be."""
    return Unreadable(
        "too_large",
        say("{number:,} {what}", number=number, what=what),
        say("at most {most:,}", most=most),
        say("is this a registry of carriers?"),
    )
