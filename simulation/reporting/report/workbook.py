"""The tables as an Excel workbook: a sheet a question, typed cells, charts that Excel draws, no formula from data."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from simulation.projection.comparison import as_csv
from simulation.reporting.phrases import SHARE
from simulation.reporting.report import sheets
from simulation.reporting.report.facts import Facts
from simulation.reporting.report.page import running, title_of
from simulation.reporting.report.sheet import BOOK, CHANCE, COUNT, MONEY, NUMBER, PERCENT, TEXT, Cell, Sheet
from simulation.reporting.width import columns, visible

if TYPE_CHECKING:
    from xlsxwriter import Workbook

_FORMATS = {CHANCE: "0.00", COUNT: "0", NUMBER: "0.##", PERCENT: "0.0%", MONEY: "#,##0.0"}
_LONGEST = 32_000  # characters that a cell of Excel takes, and some to spare
_NARROWEST, _WIDEST = 9, 46  # columns of text
_HEAD_ROW = 3  # title, date and scope, a blank row
_FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
_LINES = (
    ("q025", "#9DBFD9"),
    ("q10", "#5B97C5"),
    ("median", "#0072B2"),
    ("q90", "#5B97C5"),
    ("q975", "#9DBFD9"),
)


def workbook(facts: Facts) -> bytes:
    """The whole workbook; the same results give the same bytes."""
    from xlsxwriter import Workbook

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(content, options | {"strings_to_numbers": False, "nan_inf_to_errors": False}) as book:
        created = datetime.strptime(facts.main.date, "%Y-%m-%d").replace(tzinfo=UTC, hour=12)
        book.set_properties({"title": title_of(facts), "author": "carriersim", "created": created})
        writer = _Writer(book, facts)
        writer.answer()
        for sheet in sheets.book(facts):
            writer.sheet(sheet)
    return content.getvalue()


def csv_files(facts: Facts) -> dict[str, bytes]:
    """Each table as CSV by the name of its file: UTF-8 with the mark that Excel looks for, no text a formula."""
    found = {}
    for sheet in sheets.book(facts):
        shown = sheet.shown(BOOK)
        rows = [[_plain(row[one.key]) for one in shown] for row in sheet.rows]
        found[f"{sheet.key}.csv"] = as_csv([one.key for one in shown], rows)
    return found


def _plain(cell: Cell) -> Any:
    return visible(cell.value) if isinstance(cell.value, str) else cell.value


class _Writer:
    """Writes the sheets of one workbook."""

    def __init__(self, book: Workbook, facts: Facts) -> None:
        self.book, self.facts, self.words = book, facts, facts.words
        self.title = book.add_format(_FONT | {"bold": True, "font_size": 14})
        self.grey = book.add_format(_FONT | {"font_color": "#4A4A4A"})
        self.head = book.add_format(
            _FONT | {"bold": True, "text_wrap": True, "bg_color": "#E3EDF6", "bottom": 1, "valign": "bottom"}
        )
        self.number_head = book.add_format(
            _FONT
            | {
                "bold": True,
                "text_wrap": True,
                "bg_color": "#E3EDF6",
                "bottom": 1,
                "valign": "bottom",
                "align": "right",
            }
        )
        self.text = book.add_format(_FONT | {"text_wrap": True})
        self.numbers = {
            kind: book.add_format(_FONT | {"num_format": form}) for kind, form in _FORMATS.items()
        }

    def answer(self) -> None:
        """The first sheet: the answer in words."""
        page = self.book.add_worksheet(self.words("report.tab.answer"))
        page.set_column(0, 0, 110)
        page.hide_gridlines(2)
        facts = self.facts
        lines = [
            facts.words("report.answer.of", run=run.name, answer=facts.answer(run)) for run in facts.runs
        ]
        for run in facts.runs:
            lines += [facts.phrases(run).sentence(one) for one in run.official]
        page.write_string(0, 0, _shown(title_of(facts)), self.title)
        page.write_string(1, 0, _shown(running(facts)), self.grey)
        lines.append(facts.words("report.footer", date=facts.main.date))
        for row, line in enumerate(lines, _HEAD_ROW):
            page.write_string(row, 0, _shown(line), self.text)
        self._print(page)

    def sheet(self, sheet: Sheet) -> None:
        """One table, with its charts beside it."""
        name = self.words(f"report.tab.{sheet.key}")
        page = self.book.add_worksheet(name)
        shown = sheet.shown(BOOK)
        page.write_string(0, 0, _shown(sheet.title), self.title)
        page.write_string(1, 0, _shown(running(self.facts)), self.grey)
        for column, one in enumerate(shown):
            head = self.head if one.kind == TEXT else self.number_head
            page.write_string(_HEAD_ROW, column, _shown(one.title), head)
            widths = [columns(_shown(row[one.key].text)) for row in sheet.rows] + [
                columns(one.title) // 2 + 2
            ]
            page.set_column(column, column, min(_WIDEST, max(_NARROWEST, *widths) + 1))
            for place, row in enumerate(sheet.rows, _HEAD_ROW + 1):
                self._cell(page, place, column, row[one.key], one.kind)
        last = _HEAD_ROW + len(sheet.rows)
        if sheet.rows:
            page.autofilter(_HEAD_ROW, 0, last, len(shown) - 1)
        page.set_row(0, 22)
        page.set_row(_HEAD_ROW, 32)
        page.freeze_panes(_HEAD_ROW + 1, 1)
        for place, note in enumerate(sheet.notes, last + 2):
            page.write_string(place, 0, _shown(note), self.grey)
        self._print(page)
        places = {one.key: column for column, one in enumerate(shown)}
        if sheet.key == "paths":
            self._fans(page, name, sheet, places)
        elif sheet.key == "districts":
            self._bars(page, name, sheet, places)

    def _print(self, page: Any) -> None:
        page.set_paper(9)  # A4
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(_HEAD_ROW)
        # In a footer of Excel & begins a code, so that one of a text is doubled.
        page.set_footer("&L" + _shown(running(self.facts)).replace("&", "&&")[:180] + "&R&P / &N")

    def _cell(self, page: Any, row: int, column: int, cell: Cell, kind: str) -> None:
        if cell.value is None or isinstance(cell.value, str):
            page.write_string(row, column, _shown(cell.text), self.text)
        else:
            form = self.numbers[cell.kind or (NUMBER if kind == TEXT else kind)]
            page.write_number(row, column, cell.value, form)

    # --- charts ---

    def _fans(self, page: Any, name: str, sheet: Sheet, places: Mapping[str, int]) -> None:
        """For each target of the first run a line chart of the median and the ends of the ranges."""
        run, quarters = self.facts.main, len(self.facts.main.result.quarters)
        for place, one in enumerate(run.official):
            first = _HEAD_ROW + 1 + place * quarters
            last = first + quarters - 1
            chart = self.book.add_chart({"type": "line"})
            for key, colour in _LINES:
                chart.add_series(
                    {
                        "name": [name, _HEAD_ROW, places[key]],
                        "categories": [name, first, places["quarter"], last, places["quarter"]],
                        "values": [name, first, places[key], last, places[key]],
                        "line": {"color": colour, "width": 2.5 if key == "median" else 1.25},
                    }
                )
            chart.set_title({"name": _shown(self.facts.target(one)), "name_font": {"size": 11}})
            form = "0%" if one.measure == SHARE else "0"
            shown = sheet.rows[first - _HEAD_ROW - 1 : last - _HEAD_ROW]
            low = min(float(row["q025"].value or 0.0) for row in shown)
            chart.set_y_axis({"num_format": form, "min": round(0.9 * low, 2 if one.measure == SHARE else 0)})
            chart.set_x_axis({"interval_unit": 4})
            chart.set_size({"width": 640, "height": 300})
            chart.set_legend({"position": "bottom"})
            page.insert_chart(_HEAD_ROW + 16 * place, len(sheet.shown(BOOK)) + 1, chart)

    def _bars(self, page: Any, name: str, sheet: Sheet, places: Mapping[str, int]) -> None:
        """For the first task a bar a district: its chance."""
        if not sheet.rows:
            return
        first_task = sheet.rows[0]["task"].value
        rows = sum(row["task"].value == first_task for row in sheet.rows)
        first, last = _HEAD_ROW + 1, _HEAD_ROW + rows
        chart = self.book.add_chart({"type": "bar"})
        chart.add_series(
            {
                "name": self.words("report.tile.legend"),
                "categories": [name, first, places["district"], last, places["district"]],
                "values": [name, first, places["chance"], last, places["chance"]],
                "fill": {"color": "#0072B2"},
            }
        )
        chart.set_title(
            {"name": _shown(f"{self.words('report.tile.legend')}: {first_task}"), "name_font": {"size": 11}}
        )
        chart.set_y_axis({"reverse": True})
        chart.set_x_axis({"min": 0, "max": 1, "num_format": "0.0"})
        chart.set_size({"width": 560, "height": 120 + 24 * rows})
        chart.set_legend({"none": True})
        page.insert_chart(_HEAD_ROW, len(sheet.shown(BOOK)) + 1, chart)


def _shown(text: str) -> str:
    return visible(text)[:_LONGEST]
