"""The official table of tasks (任务分解表) in Excel: read back whole, or refused with every cell that is wrong.

A line a district in official order: what it has (基数), carriers in all (总量), national and specialised ones among
them, the specialised share, carriers at each year's end, the unit responsible, notes; and a line of sums (合计).
The titles are those of the official form, whatever the language of the answer.
"""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from simulation.faults import Fault, quoted, say
from simulation.quarters import year_of
from simulation.registry.grid import FORMULA, Line, Unreadable
from simulation.registry.workbook import open_workbook
from simulation.registry.worksheet import sheet_grid
from simulation.scenario.city import CityTables
from simulation.scenario.schema import TargetSetting
from simulation.scenario.tasks import Target, yearly_milestones

NUMBER, DISTRICT, BASE, TOTAL, NATIONAL = "序号", "区（开发区）", "基数", "总量", "其中：国家级"
SPECIALISED, SHARE, UNIT, NOTES, SUM = "专业型", "专业型占比（%）", "责任单位", "备注", "合计"
YEAR_END = "{year}年底"
KIND = "task_table"
_YEAR = re.compile(r"(\d{4})年底?")
_SHARE_STEP = 0.051  # percentage points: a share is shown with one digit


class Wanted(NamedTuple):
    """Which targets of a scenario the columns of the table share out."""

    total: TargetSetting | None
    national: TargetSetting | None
    share: TargetSetting | None


def wanted(targets: Iterable[TargetSetting]) -> Wanted:
    """The official targets of each kind, the first that fits; one that is not official where none is."""
    order = sorted(targets, key=lambda one: not one.official)

    def first(measure: str, national: bool | None) -> TargetSetting | None:
        fits = (
            one
            for one in order
            if one.measure == measure and (national is None or (one.scope == "national") == national)
        )
        return next(fits, None)

    return Wanted(first("count", False), first("count", True), first("specialised_share", None))


class _Row(NamedTuple):
    """A line of the table: its name, and its numbers by title."""

    name: str
    line: int
    numbers: dict[str, float]


class _Reader:
    """Reads one sheet and collects faults, each with its cell."""

    def __init__(self, label: str, sheet: str, faults: list[Fault]) -> None:
        self.label, self.sheet, self.faults = label, sheet, faults
        self.heads: dict[str, int] = {}
        self.rows: list[_Row] = []
        self.sums: _Row | None = None

    def fault(self, line: int, column: int, found: str, allowed: str, advice: str = "") -> None:
        self.faults.append(
            Fault(self.label, line, column, found, allowed, advice, KIND, sheet=self.sheet, row=line)
        )

    def read(self, lines: Iterable[Line]) -> None:
        for line in lines:
            texts = [_folded(text) for text in line.values]
            if not self.heads:
                if _folded(TOTAL) in texts and any(text.startswith("区") for text in texts):
                    self._head(texts)
            elif self.sums is None and any(texts):
                self._line(line, texts)

    def _head(self, texts: list[str]) -> None:
        titles = {_folded(one): one for one in (BASE, TOTAL, NATIONAL, SPECIALISED, SHARE)}
        for place, text in enumerate(texts):
            year = _YEAR.fullmatch(text)
            if text in titles:
                self.heads[titles[text]] = place
            elif year is not None:
                self.heads[YEAR_END.format(year=year[1])] = place
            elif text.startswith("区") and DISTRICT not in self.heads:
                self.heads[DISTRICT] = place

    def _line(self, line: Line, texts: list[str]) -> None:
        place = self.heads[DISTRICT]
        name = line.values[place].strip() if place < len(line.values) else ""
        is_sum = SUM in texts or "总计" in texts
        if not name and not is_sum:
            return  # notes below the table, or a line between
        numbers: dict[str, float] = {}
        for title, column in self.heads.items():
            if title == DISTRICT or column >= len(texts) or not texts[column]:
                continue
            number = self._number(line, column, texts[column], title)
            if number is not None:
                numbers[title] = number
        row = _Row(name, line.number, numbers)
        if is_sum:
            self.sums = row
        else:
            self.rows.append(row)

    def _number(self, line: Line, column: int, text: str, title: str) -> float | None:
        share = title == SHARE
        if line.marks.get(column) == FORMULA:
            self.fault(
                line.number,
                column + 1,
                say("a formula without a stored value"),
                say("a number"),
                say("open the workbook in Excel and save it"),
            )
            return None
        try:
            number = float(text.removesuffix("%"))
        except ValueError:
            number = -1.0
        if share and 0.0 <= number <= 100.0:
            return number
        if not share and number >= 0.0 and number == int(number):
            return number
        allowed = say("per cent from 0 to 100") if share else say("a whole number of carriers")
        self.fault(line.number, column + 1, quoted(text), allowed)
        return None

    def check_sums(self) -> None:
        """Every column of carriers adds up to the line of sums; every line holds together."""
        for title, column in self.heads.items():
            if title in (DISTRICT, SHARE):
                continue
            found = sum(int(row.numbers.get(title, 0)) for row in self.rows)
            if self.sums is not None and title in self.sums.numbers and found != self.sums.numbers[title]:
                self.fault(
                    self.sums.line,
                    column + 1,
                    say("a sum of {sum:g} in `{title}`", sum=self.sums.numbers[title], title=title),
                    say("{n}, to which the lines above add up", n=found),
                    say("correct the line that has changed, or the sum"),
                )
        years = [title for title in self.heads if _YEAR.fullmatch(title)]
        for row in self.rows:
            self._check_row(row, max(years, default=None))

    def _check_row(self, row: _Row, last: str | None) -> None:
        total = row.numbers.get(TOTAL)
        if total is None:
            return
        for title in (NATIONAL, SPECIALISED):
            if row.numbers.get(title, 0.0) > total:
                self.fault(
                    row.line,
                    self.heads[title] + 1,
                    say("{n:g} in `{title}` of {name}", n=row.numbers[title], title=title, name=row.name),
                    say("at most the {n:g} in `{title}`", n=total, title=TOTAL),
                )
        if last is not None and row.numbers.get(last, total) != total:
            self.fault(
                row.line,
                self.heads[last] + 1,
                say("{n:g} in `{title}` of {name}", n=row.numbers[last], title=last, name=row.name),
                say("the {n:g} in `{title}`", n=total, title=TOTAL),
            )
        share, special = row.numbers.get(SHARE), row.numbers.get(SPECIALISED)
        if share is not None and special is not None and total > 0:
            if abs(100.0 * special / total - share) > _SHARE_STEP:
                self.fault(
                    row.line,
                    self.heads[SHARE] + 1,
                    say("{n:g} in `{title}` of {name}", n=share, title=SHARE, name=row.name),
                    say(
                        "{n:.1f}, for {part:g} of {whole:g}",
                        n=100 * special / total,
                        part=special,
                        whole=total,
                    ),
                )


def _folded(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def read_task_table(
    path: Path, label: str, city: CityTables, targets: Iterable[TargetSetting], faults: list[Fault]
) -> list[Target]:
    """The tasks of a workbook, by target and in the order of districts; a fault for each cell that is wrong."""
    before = len(faults)
    try:
        book = open_workbook(path)
        shown = [(name, part) for name, part, hidden in book.sheets if not hidden]
        for name, part in shown:
            reader = _Reader(label, name, faults)
            reader.read(sheet_grid(book, name, part).lines)
            if reader.heads:
                break
        else:
            found = say("no line of titles with `{district}` and `{total}`", district=DISTRICT, total=TOTAL)
            faults.append(
                Fault(label, 0, 0, found, say("the official table, as allocate writes it"), "", KIND)
            )
            return []
    except Unreadable as wrong:
        faults.append(wrong.fault(label))
        return []
    except OSError as error:
        found = say("no readable file ({reason})", reason=error.strerror or type(error).__name__)
        faults.append(Fault(label, 0, 0, found, say("the official table, as allocate writes it"), "", KIND))
        return []
    reader.check_sums()
    tasks = _tasks(reader, city, wanted(targets))
    return tasks if len(faults) == before else []


def _tasks(reader: _Reader, city: CityTables, asked: Wanted) -> list[Target]:
    named: dict[str, _Row] = {}
    for row in reader.rows:
        naming = city.district_named(row.name)
        column = reader.heads[DISTRICT] + 1
        if naming.code is None:
            advice = say("which is meant: {names}?", names=naming.candidates) if naming.candidates else ""
            allowed = say("a district in one of the spellings of the city's table")
            reader.fault(row.line, column, quoted(row.name), allowed, advice)
        elif naming.code in named:
            again = say("the task of line {key} again", key=named[naming.code].line)
            reader.fault(row.line, column, again, say("each task once"))
        else:
            named[naming.code] = row
    order = [code for code in city.codes if code in named]
    made: list[Target] = []
    for title, target in ((TOTAL, asked.total), (NATIONAL, asked.national)):
        if title in reader.heads and target is not None:
            made += [
                _target(target, code, named[code].numbers[title])
                for code in order
                if title in named[code].numbers
            ]
    if asked.total is not None:
        made += _other_milestones(made, named, asked.total, city)
    if asked.share is not None:
        for code in order:
            share = _share(named[code].numbers)
            if share:
                made.append(_target(asked.share, code, share))
    return made


def _share(numbers: dict[str, float]) -> float | None:
    special, total = numbers.get(SPECIALISED), numbers.get(TOTAL)
    if special is not None and total:
        return special / total
    return None if SHARE not in numbers else numbers[SHARE] / 100.0


def _target(target: TargetSetting, code: str, at_least: float) -> Target:
    return Target(
        target.scope, target.basis, target.measure, at_least, target.by, target.official, code, "scenario"
    )


def _other_milestones(
    made: list[Target], named: dict[str, _Row], target: TargetSetting, city: CityTables
) -> list[Target]:
    """Tasks at the ends of earlier years, where the table's are not those on an even way to the last."""
    tasks = [one for one in made if one.scope == target.scope and one.measure == "count"]
    baseline = next((one.value for one in city.baseline if one.name == target.scope), None)
    if baseline is None or not tasks:
        return []
    first = year_of(city.baseline_quarter + 1)
    even = yearly_milestones(int(baseline), first, tasks, city)
    found = []
    for at, year in enumerate(range(first, year_of(target.by))):
        title = YEAR_END.format(year=year)
        given = {code: row.numbers[title] for code, row in named.items() if title in row.numbers}
        if any(number != even[at][city.index(code)] for code, number in given.items()):
            found += [
                _target(target, code, number)._replace(by=4 * year + 3) for code, number in given.items()
            ]
    return found
