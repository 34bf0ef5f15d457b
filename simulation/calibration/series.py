"""A published series of one register: stock, entries and exits by year or quarter, with every fault reported.

Blank is not 0: a cell without a figure is ``nan``. A published series need not balance: stock before, plus
entries, less exits, may miss the stock by some; what is missing is its error of recording, kept as it is.
"""

import calendar
import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np

from simulation.faults import Fault, ScenarioErrors, did_you_mean, one_of, quoted
from simulation.files import read_csv
from simulation.quarters import quarter_name, year_of
from simulation.world import F64

COLUMNS = ("date", "stock", "entries", "exits")
MEASURES = ("stock", "entries", "exits")
NOTES = ("source", "note")  # may stand beside them; nothing reads them
LEAST_STOCKS = 3  # known stocks up to an origin: fewer leave no error of the past to learn from
_MOST_ROWS = 400
_MOST = 1_000_000_000
_YEAR = re.compile(r"(1[89]|20|21)\d\d")
_QUARTER = re.compile(r"((?:1[89]|20|21)\d\d)Q([1-4])")
_DAY = re.compile(r"(1[89]|20|21)\d\d-\d\d-\d\d")
_COUNT = re.compile(r"\d+")
DATES = "a year (2019), a quarter (2019Q4) or a day (2019-12-31)"


@dataclass(frozen=True)
class Series:
    """A series in order of time, one row a period and none left out. Shapes: n rows."""

    name: str
    dates: tuple[str, ...]  # (n) as the file writes them
    quarters_a_step: int  # 4 for a yearly series, 1 for a quarterly one
    last_quarters: tuple[int, ...]  # (n) quarter in which each period ends
    values: F64  # (n, 3) stock, entries, exits; nan where blank

    def __len__(self) -> int:
        return len(self.dates)

    def until(self, row: int) -> "Series":
        """What was known at the end of a row: nothing later can be read from it."""
        end = row + 1
        return Series(
            self.name, self.dates[:end], self.quarters_a_step, self.last_quarters[:end], self.values[:end]
        )

    def measure(self, name: str) -> F64:
        """(n) One of the three measures."""
        return self.values[:, MEASURES.index(name)]

    @cached_property
    def residuals(self) -> F64:
        """(n) Error of recording: the stock less (stock before + entries − exits); nan where not all are known."""
        stock, entries, exits = self.values.T
        missed = np.full(len(self), np.nan)
        missed[1:] = stock[1:] - (stock[:-1] + entries[1:] - exits[1:])
        return missed

    def date_after(self, row: int, steps: int) -> str:
        """The date so many steps after a row, written as that row's is: a forecast never reads a later row."""
        return later(self.dates[row], steps, self.quarters_a_step)

    def names_of(self, row: int) -> tuple[str, ...]:
        """How an origin may be called: its date as written, or its year (of a yearly series), or its quarter."""
        quarter = self.last_quarters[row]
        period = str(year_of(quarter)) if self.quarters_a_step == 4 else quarter_name(quarter)
        return self.dates[row], period

    def origins(self, horizon: int) -> list[int]:
        """The rows from which a forecast can be scored: enough known before, something known after."""
        return [
            row
            for row in range(len(self) - 1)
            if self.is_origin(row) and np.isfinite(self.values[row + 1 : row + 1 + horizon]).any()
        ]

    def is_origin(self, row: int) -> bool:
        """Whether a forecast can start at the end of a row."""
        known = np.isfinite(self.measure("stock")[: row + 1])
        return bool(known[-1]) and int(known.sum()) >= LEAST_STOCKS


def later(text: str, steps: int, quarters_a_step: int) -> str:
    """A date so many steps later, in the same form; the last day of a month stays the last."""
    months = 3 * quarters_a_step * steps
    if match := _QUARTER.fullmatch(text):
        number = 4 * int(match[1]) + int(match[2]) - 1 + months // 3
        return f"{number // 4}Q{number % 4 + 1}"
    if _YEAR.fullmatch(text):
        return str(int(text) + months // 12)
    day = date.fromisoformat(text)
    number = 12 * day.year + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    longest = calendar.monthrange(year, month)[1]
    at_end = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, month, longest if at_end else min(day.day, longest)).isoformat()


def read_series(path: Path, label: str | None = None) -> Series:
    """Read a series. Raises ``ScenarioErrors`` with every fault of the file."""
    faults: list[Fault] = []
    name = label or str(path)
    header, lines = read_csv(path, name, faults)
    rows = _rows(name, header, lines, faults) if header else []
    ordered = _in_time(name, rows, len(rows) == len(lines), faults)
    if not faults and len(ordered) < LEAST_STOCKS:
        found = f"{len(ordered)} rows"
        faults.append(Fault(name, 0, 0, found, f"at least {LEAST_STOCKS} rows", "give a longer series"))
    if faults:
        raise ScenarioErrors(faults)
    yearly = _is_yearly(ordered)
    return Series(
        path.stem,
        tuple(row.text for row in ordered),
        4 if yearly else 1,
        tuple(4 * (row.quarter // 4) + 3 if yearly else row.quarter for row in ordered),
        np.array([row.values for row in ordered]),
    )


@dataclass(frozen=True)
class _Row:
    line: int
    text: str  # the date as written
    quarter: int  # in which it lies
    whole_year: bool  # written as a year
    values: tuple[float, ...]


def _rows(
    name: str, header: list[str], lines: list[tuple[int, list[str]]], faults: list[Fault]
) -> list[_Row]:
    if not _header_is_right(name, header, faults):
        return []
    if len(lines) > _MOST_ROWS:
        faults.append(Fault(name, 0, 0, f"{len(lines)} rows", f"at most {_MOST_ROWS} rows"))
        return []
    rows = []
    for line, cells in lines:
        if len(cells) != len(header):
            faults.append(
                Fault(name, line, 0, f"{len(cells)} cells", f"{len(header)} cells, as in the header")
            )
            continue
        by_name = dict(zip(header, cells, strict=True))
        when = _when(name, line, header.index("date") + 1, by_name["date"], faults)
        values = tuple(
            _count(name, line, header.index(column) + 1, by_name[column], column, faults)
            for column in MEASURES
        )
        if when is not None:
            rows.append(_Row(line, by_name["date"], when, bool(_YEAR.fullmatch(by_name["date"])), values))
    return rows


def _header_is_right(name: str, header: list[str], faults: list[Fault]) -> bool:
    before = len(faults)
    allowed = one_of((*COLUMNS, *NOTES))
    for place, column in enumerate(header, 1):
        if column not in (*COLUMNS, *NOTES):
            advice = did_you_mean(column, COLUMNS) or "delete the column"
            faults.append(Fault(name, 1, place, f"the column {quoted(column)}", allowed, advice))
        elif header.index(column) != place - 1:
            faults.append(Fault(name, 1, place, f"the column {quoted(column)} again", "each column once"))
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        advice = "add it; leave its cells blank where nothing is known"
        faults.append(Fault(name, 1, 0, "a header without " + one_of(missing), one_of(COLUMNS), advice))
    return len(faults) == before


def _when(name: str, line: int, column: int, text: str, faults: list[Fault]) -> int | None:
    """The quarter in which a date lies."""
    if match := _QUARTER.fullmatch(text):
        return 4 * int(match[1]) + int(match[2]) - 1
    if _YEAR.fullmatch(text):
        return 4 * int(text) + 3
    if _DAY.fullmatch(text):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            pass
        else:
            return 4 * day.year + (day.month - 1) // 3
    faults.append(Fault(name, line, column, f"{quoted(text)} as `date`", DATES))
    return None


def _count(name: str, line: int, column: int, text: str, what: str, faults: list[Fault]) -> float:
    """A count; nan where the cell is blank or wrong."""
    if not text:
        return math.nan
    if _COUNT.fullmatch(text) and text.isascii() and int(text[:12]) <= _MOST and len(text) <= 12:
        return float(text)
    plain = unicodedata.normalize("NFKC", text).replace(",", "")
    advice = f"write {plain}" if plain != text and plain.isascii() and plain.isdigit() else ""
    advice = advice or "leave the cell blank where the figure is not known"
    allowed = f"a whole number from 0 to {_MOST}, or nothing"
    faults.append(Fault(name, line, column, f"{quoted(text)} as `{what}`", allowed, advice))
    return math.nan


def _is_yearly(rows: list[_Row]) -> bool:
    years = [row.quarter // 4 for row in rows]
    return len(set(years)) == len(years) and not any(_QUARTER.fullmatch(row.text) for row in rows)


def _in_time(name: str, rows: list[_Row], all_dated: bool, faults: list[Fault]) -> list[_Row]:
    """The rows in order of time; a period twice is a fault, and one left out, unless a row has no readable date."""
    ordered = sorted(rows, key=lambda row: (row.quarter, row.line))
    yearly = _is_yearly(ordered)
    if not yearly and any(row.whole_year for row in ordered):
        for row in ordered:
            if row.whole_year:
                allowed = "a quarter or a day: other rows are quarters"
                faults.append(Fault(name, row.line, 1, f"the year {quoted(row.text)}", allowed))
    for before, row in pairwise(ordered):
        step = row.quarter // 4 - before.quarter // 4 if yearly else row.quarter - before.quarter
        if step == 0:
            found = f"{quoted(row.text)} in the period of line {before.line}"
            faults.append(Fault(name, row.line, 0, found, "one row a period", "delete one"))
        elif step > 1 and all_dated:
            found = f"no row between {quoted(before.text)} and {quoted(row.text)}"
            advice = "add the missing rows with blank cells: blank is not 0"
            faults.append(Fault(name, row.line, 0, found, "a row for each period", advice))
    return ordered
