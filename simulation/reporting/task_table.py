"""The tasks of the districts as files: the annex as CSV, and the official table (任务分解表) as an Excel workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.quarters import quarter_name, year_of
from simulation.scenario import task_table as form
from simulation.scenario.annex import COLUMNS

if TYPE_CHECKING:
    from simulation.projection.allocation import Allocation, Allocations
    from simulation.scenario import Study

SHARE = "specialised_share"
_WIDTHS = {form.NUMBER: 6, form.DISTRICT: 34, form.UNIT: 22, form.NOTES: 24}


def csv_lines(found: Allocations) -> str:
    """The annex as CSV: a count as a whole number, a share with all its digits."""
    lines = [",".join(COLUMNS)]
    for one in found.targets():
        if one.measure == SHARE and one.at_least == 0.0:
            continue  # a share of no carriers is no task
        number = str(int(one.at_least)) if one.measure == "count" else repr(one.at_least)
        lines.append(",".join([one.scope, one.measure, str(one.district), number, quarter_name(one.by)]))
    return "\n".join(lines) + "\n"


def table(found: Allocations, study: Study) -> list[list[Any]]:
    """The official table: titles, a line a district, the line of sums; numbers as numbers."""
    asked = form.wanted(study.scenario.targets or ())
    total, national, share = (
        next((one for one in found.allocations if target is not None and _is(one, target)), None)
        for target in asked
    )
    years = found.years if total is not None and total.target.scope == "recognised" else ()
    heads = [form.NUMBER, form.DISTRICT, form.BASE, form.TOTAL]
    heads += [form.NATIONAL] if national else []
    heads += [form.SPECIALISED, form.SHARE] if share else []
    heads += [form.YEAR_END.format(year=year) for year in years] + [form.UNIT, form.NOTES]
    codes = [task.district for task in found.allocations[0].tasks]
    rows: list[list[Any]] = []
    for place, code in enumerate(codes):
        district = study.city.districts[study.city.index(code)]
        row: list[Any] = [place + 1, district.name_zh]
        row += _numbers(place, total, national, share)
        row += [found.milestones[code][at] for at in range(len(years))]
        rows.append([*row, "", ""])
    return [heads, *rows, _sums(heads, rows)]


def _is(one: Allocation, target: Any) -> bool:
    ours = one.target
    return (ours.scope, ours.measure, ours.by, ours.basis) == (
        target.scope,
        target.measure,
        target.by,
        target.basis,
    )


def _numbers(
    place: int, total: Allocation | None, national: Allocation | None, share: Allocation | None
) -> list[Any]:
    row: list[Any] = ["", ""] if total is None else [total.tasks[place].base, total.tasks[place].whole]
    if national is not None:
        row.append(national.tasks[place].whole)
    if share is not None:
        task = share.tasks[place]
        row += [task.whole, round(100 * task.at_least, 1)]
    return row


def _sums(heads: list[str], rows: list[list[Any]]) -> list[Any]:
    made: list[Any] = ["", form.SUM]
    for column, title in enumerate(heads[2:], 2):
        numbers = [row[column] for row in rows if row[column] != ""]
        if title == form.SHARE:
            special, total = made[heads.index(form.SPECIALISED)], made[heads.index(form.TOTAL)]
            made.append(round(100 * special / total, 1) if total else "")
        else:
            made.append(sum(numbers) if numbers else "")
    return made


def write_workbook(path: Path, found: Allocations, study: Study) -> None:
    """Write the official table. Raises ``OSError`` when it cannot be written."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    heads, *rows = table(found, study)
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("任务分解表")
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    frame = {"border": 1, "valign": "vcenter", "text_wrap": True}
    title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    head = book.add_format({**frame, "bold": True, "bg_color": "#DCE6F1", "align": "center"})
    cell, share = book.add_format(frame), book.add_format({**frame, "num_format": "0.0"})
    total = book.add_format({**frame, "bold": True, "num_format": "General"})
    last = max((one.target.by for one in found.allocations), default=study.scenario.until)
    name = f"{study.city.name_zh}科技众创孵化载体建设任务分解表（{year_of(last)}年）"
    sheet.merge_range(0, 0, 0, len(heads) - 1, name, title)
    sheet.set_row(0, 30)
    sheet.write_string(1, 0, "单位：家、%")
    sheet.set_row(2, 34)
    for column, text in enumerate(heads):
        sheet.write_string(2, column, text, head)
        sheet.set_column(column, column, _WIDTHS.get(text, 10))
    for at, row in enumerate(rows):
        bottom = at == len(rows) - 1
        for column, value in enumerate(row):
            style = total if bottom else share if heads[column] == form.SHARE else cell
            if isinstance(value, str):
                sheet.write_string(at + 3, column, value, style)
            else:
                sheet.write_number(at + 3, column, value, style)
    sheet.freeze_panes(3, 2)
    sheet.repeat_rows(2)
    try:
        book.close()
    except FileCreateError as error:
        raise OSError(str(error)) from None
