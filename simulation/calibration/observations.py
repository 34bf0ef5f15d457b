"""What was counted in a city after the start: a table of observations, joined on keys, never on position.

``date`` is the day of the count, ``known_on`` that of its announcement; nothing announced after the day of the
run is looked at, not even for faults. A count stands for the end of the quarter nearest to its day, as the
count of 2021-02-05 does for 2020Q4. Blank is not 0: a row without a value is a count that was not made.
"""

import math
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from simulation.faults import Fault, ScenarioErrors, did_you_mean, one_of, quoted, say
from simulation.files import read_csv
from simulation.quarters import quarter_name
from simulation.rules import codes
from simulation.scenario.city import CityTables
from simulation.scenario.tables import Cells, Row

COLUMNS = ("date", "district", "scope", "basis", "measure", "value", "sd", "known_on", "source")
CITY = ("city", "全市")  # or nothing
MEASURES = ("count", "specialised_share", "entries", "exits")
COUNT, SHARE = "count", "specialised_share"
FLOWS = ("entries", "exits")  # into and out of the scope, in the year up to the date
YEAR = 4  # quarters
SD_OF_COUNT = 0.02  # error of a count whose `sd` is blank, as a share of it (assumption) ...
LEAST_SD = 1.0  # ... one carrier at least
SD_OF_SHARE = 0.02  # of a share whose `sd` is blank (assumption)
_DAYS = "2023-06-30, 2023Q2, 2023"
_QUARTER = re.compile(r"((?:19|20|21)\d\d)Q([1-4])")
_YEAR = re.compile(r"(?:19|20|21)\d\d")


@dataclass(frozen=True, order=True)
class Observation:
    """One count or share that was published. Sorted by what it is of, so that the order of rows cannot matter."""

    quarter: int
    district: str  # code, empty for the city
    scope: str
    basis: str
    measure: str
    value: float
    sd: float  # of the error of counting, in the unit of the value
    known_on: date
    source: str
    line: int  # in the file

    @property
    def key(self) -> tuple[int, str, str, str, str]:
        """What it is of. Who is specialised does not touch a count, so its basis is no part of it."""
        basis = self.basis if self.measure == SHARE else ""
        return (self.quarter, self.district, self.scope, basis, self.measure)


@dataclass(frozen=True)
class Observed:
    """The observations known by a date, and how many rows said nothing."""

    rows: tuple[Observation, ...]
    blank: int  # rows without a value
    later: int  # rows announced after the date
    known_on: date  # the date as of which they were read; without one the last announcement's


def read_observations(
    path: Path,
    city: CityTables,
    first: int,
    last: int,
    as_of: date | None = None,
    label: str | None = None,
) -> Observed:
    """The observations of a file that were known by ``as_of``, for the quarters from ``first`` to ``last``.

    Raises ``ScenarioErrors`` with every fault of the rows that were known; those announced later are not read.
    """
    faults: list[Fault] = []
    name = label or str(path)
    rows = _rows(path, name, faults)
    known = [(row, day) for row in rows if (day := _known_on(row, faults)) is not None]
    dated = [(row, day) for row, day in known if as_of is None or day <= as_of]
    reader = _Reader(Cells(faults), city, first, last)
    found = [reader.observation(row, day) for row, day in dated]
    latest = _latest([one for one in found if one is not None], name, faults)
    if not faults and not latest:
        allowed = say("at least one row with a value")
        text = say("no observation") if as_of is None else say("no observation known on {day}", day=as_of)
        faults.append(Fault(name, 0, 0, text, allowed))
    if faults:
        raise ScenarioErrors(faults)
    return Observed(
        tuple(sorted(latest)),
        sum(one is None for one in found),
        len(known) - len(dated),
        as_of or max(one.known_on for one in latest),
    )


def _rows(path: Path, name: str, faults: list[Fault]) -> list[Row]:
    header, lines = read_csv(path, name, faults)
    before = len(faults)
    for place, column in enumerate(header, 1):
        if column not in COLUMNS:
            found = say("the column {column}", column=quoted(column))
            faults.append(Fault(name, 1, place, found, one_of(COLUMNS), did_you_mean(column, COLUMNS)))
        elif header.index(column) != place - 1:
            found = say("the column {column} again", column=quoted(column))
            faults.append(Fault(name, 1, place, found, say("each column once"), say("delete one")))
    missing = tuple(column for column in COLUMNS if column not in header)
    if header and missing:
        found = say("a header without {names}", names=missing)
        faults.append(Fault(name, 1, 0, found, one_of(COLUMNS)))
    if len(faults) > before or not header:
        return []
    rows = []
    for line, cells in lines:
        if len(cells) == len(header):
            rows.append(Row(name, line, dict(zip(header, cells, strict=True))))
        else:
            found, allowed = (
                say("{n} cells", n=len(cells)),
                say("{width} cells, as in the header", width=len(header)),
            )
            faults.append(Fault(name, line, 0, found, allowed))
    return rows


def _known_on(row: Row, faults: list[Fault]) -> date | None:
    """The day of a row's announcement; a row without one may be of any day, and is refused."""
    day = _day(row["known_on"])
    if day is None:
        _fault(faults, row, "known_on", say("a date such as 2021-08-25"))
    return day


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def _fault(faults: list[Fault], row: Row, column: str, allowed: str, advice: str = "") -> None:
    found = say("{text} as `{title}`", text=quoted(row[column]), title=column)
    faults.append(Fault(row.file, row.line, COLUMNS.index(column) + 1, found, allowed, advice))


@dataclass(frozen=True)
class _Reader:
    """Reads the rows that were known, and collects a fault for each cell that is wrong."""

    cells: Cells
    city: CityTables
    first: int
    last: int

    def observation(self, row: Row, known_on: date) -> Observation | None:
        """An observation; ``None`` where the row has no value or is wrong."""
        before = len(self.cells.faults)
        measure = self._word(row, "measure", MEASURES)
        quarter = self._quarter(row, known_on, self.first + YEAR * (measure in FLOWS))
        district = self._district(row)
        scope = self._word(row, "scope", codes.SCOPES)
        basis = self._word(row, "basis", codes.BASES, blank="" if measure == SHARE else codes.BASES[0])
        value, sd = self._value(row, measure), self._sd(row)
        if len(self.cells.faults) > before or math.isnan(value):
            return None
        if math.isnan(sd):
            sd = SD_OF_SHARE if measure == SHARE else max(LEAST_SD, SD_OF_COUNT * value)
        return Observation(
            quarter, district, scope, basis, measure, value, sd, known_on, row["source"], row.line
        )

    def _fault(self, row: Row, column: str, allowed: str, advice: str = "") -> None:
        _fault(self.cells.faults, row, column, allowed, advice)

    def _word(self, row: Row, column: str, allowed: tuple[str, ...], blank: str = "") -> str:
        text = row[column] or blank
        if text not in allowed:
            self._fault(row, column, one_of(allowed), did_you_mean(text, allowed))
        return text

    def _quarter(self, row: Row, known_on: date, first: int) -> int:
        """The quarter at whose end the count stands, from ``first`` on."""
        text = row["date"]
        day = _day(text)
        if match := _QUARTER.fullmatch(text):
            day = end_of(4 * int(match[1]) + int(match[2]) - 1)
        elif _YEAR.fullmatch(text):
            day = end_of(4 * int(text) + 3)
        if day is None:
            self._fault(row, "date", say("the day of the count: {days}", days=_DAYS))
            return 0
        if day > known_on:
            advice = say("`date` is the count's, `known_on` the announcement's")
            self._fault(row, "date", say("a day not after `known_on`, {day}", day=known_on), advice)
        quarter = nearest_end(day)
        if not first <= quarter <= self.last:
            span = {"first": quarter_name(first), "last": quarter_name(self.last)}
            self._fault(row, "date", say("a day that stands for a quarter from {first} to {last}", **span))
        return quarter

    def _district(self, row: Row) -> str:
        text = row["district"]
        if not text or text in CITY:
            return ""
        naming = self.city.district_named(text)
        if naming.code is not None and naming.code in self.city.codes:
            return naming.code
        if naming.candidates:
            advice = say("which is meant: {names}?", names=naming.candidates)
        else:
            every = {alias.text for alias in self.city.aliases if alias.ruling == "accept"}
            advice = did_you_mean(text, every) or say("leave the cell blank for the whole city")
        self._fault(row, "district", say("a district in one of the spellings of the city's table"), advice)
        return text

    def _value(self, row: Row, measure: str) -> float:
        """What was counted; nan where the cell is blank."""
        if not row["value"]:
            return math.nan
        before = len(self.cells.faults)
        value = self._number(row, "value")
        if len(self.cells.faults) > before:
            return math.nan
        if measure != SHARE and value != int(value):
            self._fault(row, "value", say("a whole number of carriers"))
        elif measure == SHARE and value > 1.0:
            advice = say("write {value:g}", value=value / 100.0)
            self._fault(row, "value", say("a share from 0 to 1"), advice)
        return value

    def _sd(self, row: Row) -> float:
        if not row["sd"]:
            return math.nan
        before = len(self.cells.faults)
        sd = self._number(row, "sd")
        if len(self.cells.faults) == before and sd <= 0.0:
            advice = say("leave the cell blank where it is not known")
            self._fault(
                row, "sd", say("a number above 0: the standard deviation of the count's error"), advice
            )
        return sd

    def _number(self, row: Row, column: str) -> float:
        text = row[column]
        if re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII) and len(text) <= 12:
            return float(text)
        advice = say("leave the cell blank where it is not known")
        self._fault(row, column, say("a number such as 0.25"), advice)
        return math.nan


def nearest_end(day: date) -> int:
    """The quarter whose end is nearest to a day; between two equally near ends the later one."""
    quarter = 4 * day.year + (day.month - 1) // 3
    after, before = (end_of(quarter) - day).days, (day - end_of(quarter - 1)).days
    return quarter if after <= before else quarter - 1


def end_of(quarter: int) -> date:
    """The last day of a quarter."""
    year, month = divmod(3 * (quarter % 4 + 1), 12)
    return date(quarter // 4 + year, month + 1, 1) - timedelta(days=1)


def _latest(found: list[Observation], name: str, faults: list[Fault]) -> list[Observation]:
    """Of several announcements of one count the latest; two of one day are a fault."""
    latest: dict[tuple[int, str, str, str, str], Observation] = {}
    for one in found:
        before = latest.get(one.key)
        if before is not None and before.known_on == one.known_on:
            text = say("the count of line {line} again", line=before.line)
            allowed = say("one row for each count and day of announcement")
            faults.append(Fault(name, one.line, 0, text, allowed, say("delete one")))
        elif before is None or before.known_on < one.known_on:
            latest[one.key] = one
    return list(latest.values())
