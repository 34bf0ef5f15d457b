"""Workbooks: what openpyxl and xlsxwriter write is read as it is meant; hostile ones are refused with a reason."""

import datetime
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.quarters import quarter
from simulation.registry import reading
from simulation.registry.grid import Unreadable
from simulation.registry.reading import Reading
from simulation.registry.workbook import open_workbook
from simulation.registry.worksheet import date_of_serial, sheet_grid
from simulation.scenario import CityTables

TITLES = ["载体编号", "载体名称", "区", "类型", "投入运营时间", "面积_平方米", "在孵企业数"]
ROW = ["00101", "丑一孵化器", "洪山区", "孵化器", datetime.date(2016, 3, 1), 12000, 45]

Read = Callable[[], Reading]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "registry.xlsx"


@pytest.fixture
def read(path: Path, city: CityTables) -> Read:
    later = replace(city, baseline_quarter=quarter("2023Q4"))
    return lambda: reading.read(path, later)


def kinds(found: Reading) -> dict[str, str]:
    """The cells of faults by kind, the last of each."""
    return {one.kind: one.place.partition("] ")[2] for one in found.report.faults}


def book(*rows: list[object], titles: list[str] = TITLES) -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    made.active.title = "名录"
    for row in (titles, *rows):
        made.active.append(row)
    return made


def test_a_workbook_is_read(path: Path, read: Read) -> None:
    book(ROW, ["0007", "NA", "武汉经开区", "加速器", "2018年7月", "1,800", 12.0]).save(path)
    found = read()
    assert found.register is not None, [str(one) for one in found.report.faults]
    assert (found.register.label, found.register.name) == (("0007", "00101"), ("NA", "丑一孵化器"))
    assert found.register.opened.tolist() == [quarter("2018Q3"), quarter("2016Q1")]
    assert found.register.area.tolist() == [1800, 12000]
    assert found.report.encoding is None


def test_a_bureaus_sheet_with_all_that_belongs_to_it(path: Path, read: Read) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "名录"
    sheet["A1"] = "某市载体名录（虚构）"
    for column, title in enumerate(
        ("载体编号", "载体名称", "区", "类型", "日期", None, "规模", None, "在孵企业数"), 1
    ):
        sheet.cell(2, column, title)
    for column, title in ((5, "成立"), (6, "关闭"), (7, "面积_平方米"), (8, "楼层数")):
        sheet.cell(3, column, title)
    sheet.append(["00901", "丑一", "洪山区", "孵化器", datetime.date(2016, 3, 1), None, "=H4*3000", 4, 5])
    sheet.append(["00902", "丑二", None, "孵化器", "2018-07-15", None, 1800, 2, 5])
    sheet.append(["00903", "丑三", "江汉区", "孵化器", 43840, None, 26000, 1, 5])
    sheet.append(["合计", None, None, None, None, None, "=SUM(G4:G6)", None, 15])
    for cells in ("A1:I1", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "I2:I3", "E2:F2", "G2:H2", "C4:C5"):
        sheet.merge_cells(cells)
    sheet.row_dimensions[5].hidden = True  # filtered out, and yet a carrier
    made.create_sheet("说明")["A1"] = "第二张表"
    old = made.create_sheet("旧版")
    old.append(TITLES)
    old.append(ROW)
    old.sheet_state = "hidden"
    made.save(path)
    found = read()
    assert found.report.rows == 3
    told = kinds(found)
    assert (told["formula"], told["merged"], told["serial"], told["total_row"]) == ("G4", "C5", "E6", "7")
    assert {"hidden_sheet", "other_sheet"} <= set(told)
    assert [one.kind for one in found.report.faults if one.severity == "error"] == ["formula"]


def test_a_formula_with_its_value_is_the_value(path: Path, read: Read) -> None:
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("名录")
        sheet.write_row(0, 0, TITLES)
        sheet.write_row(1, 0, [*ROW[:4], "2016-03"])
        sheet.write_formula(1, 5, "=4*3000", value=12000)
        sheet.write_number(1, 6, 45)
    found = read()
    assert found.register is not None, [str(one) for one in found.report.faults]
    assert found.register.area.tolist() == [12000]


def test_an_error_value_is_refused_with_its_cell(path: Path, read: Read) -> None:
    book([*ROW[:5], "#REF!", 45]).save(path)
    assert kinds(read())["error_value"] == "F2"


def test_ids_that_are_numbers_keep_the_zeros_that_are_shown(path: Path, read: Read) -> None:
    made = book([101, *ROW[1:]], [7, *ROW[1:]])
    made.active["A2"].number_format = "00000"
    made.save(path)
    found = read()
    assert found.register is not None
    assert found.register.label == ("00101", "7")
    assert found.report.counts["warning", "id_number"] == 1


def test_dates_of_1904_are_read_as_they_are_shown(path: Path, read: Read) -> None:
    with xlsxwriter.Workbook(path, {"date_1904": True}) as made:
        sheet, shown = made.add_worksheet("名录"), made.add_format({"num_format": "yyyy年m月"})
        sheet.write_row(0, 0, TITLES)
        sheet.write_row(1, 0, ROW[:4])
        sheet.write_datetime(1, 4, datetime.date(2016, 3, 1), shown)
        sheet.write_row(1, 5, [12000, 45])
    found = read()
    assert found.register is not None, [str(one) for one in found.report.faults]
    assert found.register.opened.tolist() == [quarter("2016Q1")]


@pytest.mark.parametrize(
    ("serial", "dates_1904", "day"),
    [
        (1, False, "1900-01-01"), (59, False, "1900-02-28"), (60, False, None), (61, False, "1900-03-01"),
        (45047, False, "2023-05-01"), (0, True, "1904-01-01"), (43585, True, "2023-05-01"), (-1, False, None),
        (1e9, False, None), (1e9, True, None),
    ],
)  # fmt: skip
def test_days_by_their_numbers(serial: float, dates_1904: bool, day: str | None) -> None:
    found = date_of_serial(serial, dates_1904)
    assert (found and found.isoformat()) == day


def test_a_number_merged_over_rows_is_not_counted_twice(path: Path, read: Read) -> None:
    made = book(ROW, ["00102", "丑二", "洪山区", "孵化器", "2016-03", 900, None])
    made.active.merge_cells("G2:G3")
    made.save(path)
    assert kinds(read())["merged"] == "G3"


def test_every_sheet_that_is_shown_is_read_and_a_number_twice_is_told(path: Path, read: Read) -> None:
    made = book(ROW)
    second = made.create_sheet("江汉区")
    second.append(TITLES)
    second.append(ROW)
    made.save(path)
    fault = next(one for one in read().report.faults if one.kind == "twice")
    assert (fault.sheet, fault.advice) == ("江汉区", "row 名录 2 has it too")


# ---------------------------------------------------------------------------------------------- hostile files


def changed(path: Path, part: str, change: Callable[[str], str], **more: str) -> None:
    """Write a workbook again with one part changed, and parts added."""
    source = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text.decode()) if name == part else text)
        for name, text in more.items():
            new.writestr(name, text)


def reason(path: Path, city: CityTables) -> str:
    errors = [one for one in reading.read(path, city).report.faults if one.severity == "error"]
    return errors[0].kind


def test_xml_that_declares_entities_is_refused(path: Path, city: CityTables) -> None:
    book(ROW).save(path)
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    changed(path, "xl/worksheets/sheet1.xml", lambda text: text.replace("<worksheet", f"{bomb}<worksheet", 1))
    assert reason(path, city) == "entities"


def test_what_unpacks_to_far_more_is_refused(path: Path, city: CityTables) -> None:
    book(ROW).save(path)
    changed(
        path,
        "xl/worksheets/sheet1.xml",
        lambda text: text.replace("</sheetData>", " " * 40_000_000 + "</sheetData>"),
    )
    assert path.stat().st_size < 100_000
    assert reason(path, city) == "zip_bomb"


def test_links_to_other_files_are_refused(path: Path, city: CityTables) -> None:
    book(ROW).save(path)
    link = (
        '<Relationship Id="x1" Type="t" Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
    )
    changed(path, "xl/_rels/workbook.xml.rels", lambda text: text.replace("</Relationships>", link))
    found = reading.read(path, city).report
    assert [one.kind for one in found.faults if one.severity == "error"] == ["external_link"]
    assert "/etc/passwd" in found.faults[0].found


def test_a_part_outside_the_file_is_not_looked_for(path: Path, city: CityTables) -> None:
    book(ROW).save(path)
    changed(
        path,
        "xl/_rels/workbook.xml.rels",
        lambda text: text.replace("/xl/worksheets/sheet1.xml", "/../../etc/passwd"),
    )
    assert reason(path, city) == "no_header"


def test_a_cell_at_the_far_end_costs_nothing(path: Path, read: Read) -> None:
    made = book(ROW)
    made.active["G1048576"] = " "
    made.save(path)
    changed(
        path,
        "xl/worksheets/sheet1.xml",
        lambda text: text.replace('ref="A1:G1048576"', 'ref="A1:XFD1048576"'),
    )
    assert read().report.rows == 1
    made.active["XFD1"] = "说"
    made.save(path)
    assert kinds(read())["too_large"] == ""


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_excel"),
        (b"PK\x03\x04" + b"\0" * 600, "damaged"),
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes, kind: str, path: Path, city: CityTables) -> None:
    path.write_bytes(content)
    assert reason(path, city) == kind


def test_a_zip_file_of_other_things_is_refused(path: Path, city: CityTables) -> None:
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a.txt", "甲")
    assert reason(path, city) == "no_workbook"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_broken_xml_is_told(part: str, path: Path, city: CityTables) -> None:
    book(ROW).save(path)
    changed(path, part, lambda text: text[: len(text) // 2])
    assert reason(path, city) == "damaged"


TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=12
)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(st.one_of(TEXTS, st.integers(-(10**12), 10**12), st.none()), max_size=5),
        min_size=1,
        max_size=5,
    )
)
def test_what_openpyxl_writes_is_what_we_read(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str | int | None]]
) -> None:
    path = tmp_path_factory.mktemp("book") / "made.xlsx"
    made = openpyxl.Workbook()
    for y, row in enumerate(table, 1):
        for x, value in enumerate(row, 1):
            cell = made.active.cell(y, x, value)
            if isinstance(value, str):
                cell.data_type = "s"  # never a formula
    made.save(path)
    opened = open_workbook(path)
    with opened.archive:
        lines = {line.row: line.values for line in sheet_grid(opened, "Sheet", opened.sheets[0][1]).lines}
    for y, row in enumerate(table, 1):
        values = lines.get(y, [])
        shown = [values[x] if x < len(values) else "" for x in range(len(row))]
        assert shown == ["" if one is None else str(one) for one in row]


@cache
def sound() -> bytes:
    """A sound workbook, the same bytes in every example."""
    made = io.BytesIO()
    book(ROW).save(made)
    return made.getvalue()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_workbook_with_any_bytes_changed_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, city: CityTables
) -> None:
    path = tmp_path_factory.mktemp("book") / "made.xlsx"
    content = bytearray(sound())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    found = reading.read(path, city)
    assert found.report.errors > 0 or found.register is not None


def test_unreadable_is_one_of_ours(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(Unreadable):
        open_workbook(path)
