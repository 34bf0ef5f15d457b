"""The cells of one sheet of a workbook, row by row, in bounded memory."""

import math
import re
from collections.abc import Iterator
from datetime import date, timedelta

from simulation.faults import say
from simulation.registry.grid import BOOLEAN, BROKEN, DATE, FORMULA, NUMBER, Grid, Line, Merged, too_large
from simulation.registry.workbook import BROKEN_FILE, CHUNK, Workbook, damaged, parse

MOST_COLUMNS, MOST_ROWS, MOST_MERGED = 500, 1_048_576, 200_000
_MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})\""
)
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_DAY_ZERO, _DAY_ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)
_LAST_DAY = 2_958_465  # 9999-12-31


def sheet_grid(book: Workbook, name: str, part: str) -> Grid:
    """The grid of a sheet. Raises ``Unreadable``, also while its lines are gone through."""
    return Grid(name, _lines(book, part), _merged(book, part), book.dates_1904)


def column_number(letters: str) -> int:
    """The place of a column, from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def date_of_serial(serial: float, dates_1904: bool) -> date | None:
    """The day of a serial number; ``None`` where there is none, as for the 29th of February 1900."""
    days = int(serial // 1)
    if dates_1904:
        return _DAY_ZERO_1904 + timedelta(days=days) if 0 <= days <= _LAST_DAY - 1462 else None
    if not 1 <= days <= _LAST_DAY or days == 60:
        return None
    return _DAY_ZERO + timedelta(days=days + (days < 60))


def _merged(book: Workbook, part: str) -> tuple[Merged, ...]:
    """Merged cells stand behind all rows, and are needed before them: the part is gone through for them first."""
    try:
        return tuple(_merged_cells(book, part))
    except BROKEN_FILE as error:
        raise damaged(error) from None


def _merged_cells(book: Workbook, part: str) -> list[Merged]:
    found, rest = list[Merged](), b""
    with book.archive.open(part) as file:
        while chunk := file.read(CHUNK):
            window = rest + chunk
            last = 0
            for match in _MERGED.finditer(window):
                left, top, right, bottom = (one.decode() for one in match.groups())
                found.append(Merged(int(top), column_number(left), int(bottom), column_number(right)))
                last = match.end()
            if len(found) > MOST_MERGED:
                raise too_large(say("merged cells"), len(found), MOST_MERGED)
            rest = window[max(last, len(window) - 200) :]
    return found


def _lines(book: Workbook, part: str) -> Iterator[Line]:
    rows = _Rows(book)
    for _ in parse(book.archive, part, rows):
        yield from rows.done
        rows.done.clear()
    yield from rows.done


class _Rows:
    """Collects rows of cells from the elements of a sheet."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.done: list[Line] = []
        self._row = self._column = 0
        self._values: list[str] = []
        self._marks: dict[int, str] = {}
        self._within = self._kind = ""
        self._style = 0
        self._formula = self._aloud = False
        self._parts: dict[str, list[str]] = {}

    def start(self, name: str, given: dict[str, str]) -> None:
        """Begin a row, a cell, or a part of a cell."""
        if name == "c":
            match = _REFERENCE.fullmatch(given.get("r", ""))
            self._column = column_number(match[1]) if match else self._column + 1
            if self._column > MOST_COLUMNS:
                raise too_large(say("columns"), self._column, MOST_COLUMNS)
            self._kind, style = given.get("t", "n"), given.get("s", "0")
            self._style = int(style) if style.isdigit() else 0
            self._formula, self._parts = False, {}
        elif name in ("v", "t", "f"):
            self._within = "" if self._aloud else name
            self._formula = self._formula or name == "f"
        elif name == "row":
            number = given.get("r", "")
            self._row = int(number) if number.isdigit() else self._row + 1
            if self._row > MOST_ROWS:
                raise too_large(say("rows"), self._row, MOST_ROWS)
            self._column, self._values, self._marks = 0, [], {}
        elif name == "rPh":
            self._aloud = True

    def end(self, name: str) -> None:
        """End a part of a cell, a cell, or a row."""
        if name == "c":
            self._cell()
        elif name == "row":
            self.done.append(Line(self._row, self._row, self._values, self._marks))
        elif name == "rPh":
            self._aloud = False
        self._within = ""

    def text(self, data: str) -> None:
        """Take the text of a part of a cell."""
        if self._within:
            self._parts.setdefault(self._within, []).append(data)

    def _cell(self) -> None:
        text, mark = self._read()
        if not text and not mark:
            return
        place = self._column - 1
        self._values += [""] * (place + 1 - len(self._values))
        self._values[place] = text
        if mark:
            self._marks[place] = mark

    def _read(self) -> tuple[str, str]:
        """The text of a cell, and what it is besides."""
        stored = "".join(self._parts.get("v", ()))
        if self._formula and not stored and "t" not in self._parts:
            return f"={''.join(self._parts.get('f', ()))}", FORMULA
        if self._kind == "s":
            known = stored.isdigit() and int(stored) < len(self.book.texts)
            return (self.book.texts[int(stored)], "") if known else ("", "")
        if self._kind == "inlineStr":
            return "".join(self._parts.get("t", ())), ""
        if self._kind == "e":
            return stored, BROKEN
        if self._kind == "b":
            return ("TRUE" if stored == "1" else "FALSE"), BOOLEAN
        if self._kind == "d":
            return stored.removesuffix("Z").removesuffix("T00:00:00"), DATE
        return self._number(stored) if self._kind == "n" else (stored, "")

    def _number(self, stored: str) -> tuple[str, str]:
        try:
            number = float(stored)
        except ValueError:
            return stored, ""
        if not math.isfinite(number):
            return stored, ""
        style = self.book.styles[self._style] if self._style < len(self.book.styles) else ""
        if style == "date":
            day = date_of_serial(number, self.book.dates_1904)
            if day is not None:
                return day.isoformat(), DATE
        if number == int(number) and abs(number) < 1e15:
            return f"{int(number):0{len(style) if style[:1] == '0' else 1}d}", NUMBER
        return f"{number:.15g}", NUMBER
