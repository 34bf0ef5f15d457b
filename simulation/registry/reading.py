"""A registry as a bureau keeps it, in CSV, TSV or Excel, becomes a register; or every fault is told at once.

Nothing is guessed: what can be read in one way only is read and reported, anything else is refused with its
place and what would be right. docs/data.md lists columns, forms and words.
"""

from array import array
from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulation.draws import name_id
from simulation.faults import NOTE, Fault, ScenarioErrors, one_of, quoted, say
from simulation.registry import columns
from simulation.registry.cells import Cells, Sheet
from simulation.registry.delimited import read_text
from simulation.registry.furniture import what_it_is
from simulation.registry.grid import Grid, Line, Merged, Unreadable
from simulation.registry.heading import LOOKED_AT, find_heading
from simulation.registry.register import UNKNOWN, Projects, Register
from simulation.registry.report import Report
from simulation.registry.rows import Reader, Row
from simulation.registry.sheets import sheet_of
from simulation.registry.workbook import link_fault, open_workbook
from simulation.registry.worksheet import sheet_grid
from simulation.rules import codes

if TYPE_CHECKING:
    from simulation.scenario.city import CityTables

_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MOST_ROWS = 1_100_000
_NO_CARRIERS = {
    "total_row": say("a row of totals"),
    "remark": say("a remark"),
    "titles_again": say("titles again"),
}


class Reading(NamedTuple):
    """What came of reading a registry: ``register`` is ``None`` when the report has an error."""

    report: Report
    register: Register | None


def read(path: Path, city: "CityTables", each: Callable[[Cells, Row], None] | None = None) -> Reading:
    """Read a registry as of the end of the city's baseline quarter; ``each`` sees every row that is a carrier's."""
    report = Report(path.as_posix())
    reader, rows = Reader(city), _Rows()
    try:
        for grid in _grids(path, report):
            try:
                _read_grid(grid, report, reader, rows, each)
            except Unreadable as reason:
                report.add(reason.fault(report.file, grid.sheet))
    except Unreadable as reason:
        report.add(reason.fault(report.file))
    except OSError as error:
        found = say("no readable file ({reason})", reason=error.strerror or type(error).__name__)
        allowed = say("a registry in CSV, TSV or xlsx")
        report.add(Fault(report.file, 0, 0, found, allowed, say("check the name"), "no_file"))
    report.rows = rows.count
    for event, number in reader.seen.notes.items():
        found = say("{n} remarks that speak of {event}", n=number, event=event)
        report.add(
            Fault(
                report.file,
                0,
                0,
                found,
                say("columns hold such facts; remarks are not read"),
                "",
                "notes",
                NOTE,
            )
        )
    if not report.errors and not rows.open_carriers:
        allowed = say("one row at least whose carrier is on the list or open")
        report.add(Fault(report.file, 0, 0, say("no carrier that is open"), allowed, "", "no_carrier"))
    report.sort()
    return Reading(report, None if report.errors else rows.register())


def register(path: Path, city: "CityTables") -> Register:
    """The register of a file, rows in the order of their ids. Raises ``ScenarioErrors`` with every error of it."""
    found = read(path, city)
    if found.register is None:
        raise ScenarioErrors(one for one in found.report.faults if one.severity == "error")
    return found.register


def _grids(path: Path, report: Report) -> Iterator[Grid]:
    """The tables of a file: the sheets of a workbook that are shown, or the text."""
    with path.open("rb") as file:
        head = file.read(4)
    if head == _OLD_OFFICE:
        raise Unreadable(
            "old_excel", say("an old Excel file (xls, et), or one with a password"), say("CSV, TSV or xlsx"),
            say("save it as an Excel workbook (xlsx) without a password"),
        )  # fmt: skip
    if head != _ZIP:
        report.encoding, grid = read_text(path)
        yield grid
        return
    book = open_workbook(path)
    with book.archive:
        if book.links:
            report.add(link_fault(report.file, book.links))
        titled = False
        for name, part, hidden in book.sheets:
            if hidden:
                _skip_sheet(report, name, "hidden_sheet", say("a hidden sheet"))
                continue
            grid = sheet_grid(book, name, part)
            first = list(islice(grid.lines, LOOKED_AT))
            if find_heading(first, grid.merged) is None:
                _skip_sheet(report, name, "other_sheet", say("a sheet without the titles of a registry"))
                continue
            titled = True
            yield grid._replace(lines=chain(first, grid.lines))
        if not titled:
            raise _no_titles()


def _skip_sheet(report: Report, sheet: str, kind: str, found: str) -> None:
    report.add(Fault(report.file, 0, 0, found, say("it is not read"), "", kind, NOTE, sheet))


def _no_titles() -> Unreadable:
    needed = one_of(f"{one.title} ({one.name})" for one in columns.COLUMNS if one.needed)
    return Unreadable(
        "no_header", say("no row with the titles of a registry"), needed, say("titles in any order")
    )


def _read_grid(
    grid: Grid, report: Report, reader: Reader, rows: "_Rows", each: Callable[[Cells, Row], None] | None
) -> None:
    first = list(islice(grid.lines, LOOKED_AT))
    heading = find_heading(first, grid.merged)
    if heading is None:
        raise _no_titles()
    sheet = sheet_of(heading, first, grid, report)
    width = len(heading.columns)
    spread = _Spread([one for one in grid.merged if one.bottom > one.top > first[heading.last].row])
    for line in chain(first[heading.last + 1 :], grid.lines):
        spread.take(line, sheet)
        kind = what_it_is(line.values, sheet.places)
        if kind:
            if kind != "blank":
                shown = quoted(next(one.strip() for one in line.values if one.strip()))
                found = say("{what}: {text}", what=_NO_CARRIERS[kind], text=shown)
                allowed = say("it is not counted as a carrier")
                report.add(
                    Fault(report.file, line.number, 0, found, allowed, "", kind, NOTE, grid.sheet, line.row)
                )
            continue
        if not grid.sheet and not _fits(line, width, report):
            continue
        cells = Cells(sheet, line)
        row = reader.row(cells)
        rows.add(row)
        if each is not None:
            each(cells, row)
        if rows.count > _MOST_ROWS:
            raise Unreadable(
                "too_large", say("more than {most:,} rows", most=_MOST_ROWS), say("a registry of carriers")
            )


def _fits(line: Line, width: int, report: Report) -> bool:
    """Whether a row of a text has as many cells as the header; blank ones at its end may be too many."""
    values = line.values
    while len(values) > width and not values[-1].strip():
        values.pop()
    if len(values) == width:
        return True
    found, allowed = say("{n} cells", n=len(values)), say("{width} cells, as in the header", width=width)
    advice = say("is a comma in a cell that is not quoted?")
    report.add(Fault(report.file, line.number, 0, found, allowed, advice, "cells", row=line.row))
    return False


class _Spread:
    """Follows cells that are merged over several rows, so that each row knows what stands in its first one."""

    def __init__(self, merged: list[Merged]) -> None:
        self._begins: dict[int, list[Merged]] = {}
        for one in merged:
            self._begins.setdefault(one.top, []).append(one)
        self._open: list[tuple[Merged, str]] = []

    def take(self, line: Line, sheet: Sheet) -> None:
        """Tell the sheet what merged cells say in a row."""
        if not self._begins:
            return
        self._open = [one for one in self._open if one[0].bottom >= line.row]
        sheet.merged.clear()
        for one, text in self._open:
            sheet.merged[line.row, one.left - 1] = text
        for one in self._begins.get(line.row, ()):
            place = one.left - 1
            self._open.append((one, line.values[place] if place < len(line.values) else ""))


class _Rows:
    """The rows read, column by column: a few hundred bytes a carrier."""

    _NUMBERS = Row._fields[2:]

    def __init__(self) -> None:
        self.count = self.open_carriers = 0
        self._labels: list[str] = []
        self._names: list[str] = []
        self._columns = {name: array("q") for name in self._NUMBERS}
        self._appends = [values.append for values in self._columns.values()]

    def add(self, row: Row) -> None:
        """Take a row; those off the list are counted only."""
        self.count += 1
        if row.status == codes.DELISTED:
            return
        self.open_carriers += row.status != codes.PREPARING
        self._labels.append(row.label)
        self._names.append(row.name)
        for append, value in zip(self._appends, row[2:], strict=True):
            append(value)

    def register(self) -> Register:
        """The register of the rows; those in preparation are its projects."""
        order = np.array(sorted(range(len(self._labels)), key=self._labels.__getitem__), np.int64)
        every = {name: np.array(values, np.int64)[order] for name, values in self._columns.items()}
        ids = np.array([name_id("carrier", self._labels[row]) for row in order.tolist()], np.int64)
        listed = every["status"] != codes.PREPARING
        of = {name: values[listed] for name, values in every.items()}
        converting = (of["mode"] == columns.CONVERTING) & (of["status"] == codes.OPERATING)
        made = {
            "mode": np.where(of["mode"] == columns.CONVERTING, codes.COMPREHENSIVE, of["mode"]),
            "lead": np.full(int(listed.sum()), UNKNOWN),
            "converting_since": np.where(converting, of["converting_since"], 0),
            "occupancy": np.full(int(listed.sum()), np.nan),
        }
        rows = order[listed].tolist()
        return Register(
            id=ids[listed],
            label=tuple(self._labels[row] for row in rows),
            name=tuple(self._names[row] for row in rows),
            projects=Projects(ids[~listed], *(every[name][~listed] for name in Projects._fields[1:])),
            **{name: values for name, values in of.items() if name in Register._fields} | made,
        )
