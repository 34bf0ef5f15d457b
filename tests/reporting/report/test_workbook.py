"""The workbook as Excel and other readers find it."""

import csv
import io
import zipfile

import openpyxl
import pytest

from simulation.projection import summarise
from simulation.reporting.report.facts import Facts
from simulation.reporting.report.workbook import csv_files, workbook
from simulation.reporting.text import Words
from tests.reporting.report.hostile import DISTRICT

HEAD = 4  # the row of column titles, as Excel counts


@pytest.fixture(scope="module")
def content(one):
    return workbook(one)


@pytest.fixture(scope="module")
def book(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def table(book, key):
    """The rows of a sheet below its titles, each by column title."""
    page = book[Words("zh")(f"report.tab.{key}")]
    heads = [cell.value for cell in page[HEAD]]
    rows = []
    for row in page.iter_rows(min_row=HEAD + 1, values_only=True):
        if row[0] is None:
            break
        rows.append(dict(zip(heads, row, strict=True)))
    return rows


def column(key):
    return Words("zh")(f"report.column.{key}")


def test_the_same_results_give_the_same_bytes(runs, content):
    assert workbook(Facts.of(runs[:1], Words("zh"))) == content


def test_no_cell_is_a_formula_and_hostile_names_are_texts(content, book):
    texts = []
    for page in book:
        for row in page.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n"), (page.title, cell.coordinate)
                texts.append(cell.value)
                assert cell.hyperlink is None
    assert DISTRICT in texts
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        for name in file.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in file.read(name)
        assert not [name for name in file.namelist() if "external" in name or "vba" in name.lower()]


def test_every_number_of_a_target_is_that_of_the_run(runs, book):
    answers = [each for each in summarise(runs[0]) if each.official and each.district is None]
    found = table(book, "targets")
    assert len(found) == len(answers) == 3
    for row, answer in zip(found, answers, strict=True):
        fields = (
            "chance",
            "chance_error",
            "chance_low",
            "chance_high",
            "median",
            "q025",
            "q10",
            "q25",
            "q75",
            "q90",
        )
        for name in fields:
            assert row[column(name)] == pytest.approx(getattr(answer, name), abs=1e-12), name
        assert row[column("asked")] == answer.at_least
        assert row[column("shortfall")] == pytest.approx(answer.expected_shortfall, abs=1e-12)


def test_sheets_have_frozen_heads_filters_and_chinese_titles(one, book):
    names = book.sheetnames
    assert names[0] == "结论"
    assert len(names) == len(set(names)) == 10
    for page in book.worksheets[1:]:
        assert page.freeze_panes == "B5"
        assert page.auto_filter.ref.startswith("A4:")
        assert page.page_setup.paperSize == 9
        assert one.main.date in page["A2"].value


def test_excel_draws_the_charts_from_the_cells(content, book):
    assert len(book["推演路径"]._charts) == 3
    assert len(book["各区"]._charts) == 1
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        chart = file.read("xl/charts/chart1.xml").decode()
    assert "<c:f>" in chart  # its numbers are references to cells


def test_bridges_add_up_as_shown(book):
    rows = table(book, "bridge")
    opening, closing = Words("zh")("explain.bridge.opening"), Words("zh")("explain.bridge.closing")
    sums, closed = 0.0, 0
    for row in rows:
        if row[column("cause")] == opening:
            sums = 0.0
        if row[column("cause")] == closing:
            assert sums == pytest.approx(row[column("carriers")], abs=1e-9)
            closed += 1
        sums += row[column("carriers")]
    assert closed == 2 * 17  # two scopes, the city and sixteen districts


def test_csv_files_carry_a_mark_and_no_formula(two):
    found = csv_files(two)
    assert {"targets.csv", "districts.csv", "paths.csv", "ledger.csv", "changes.csv"} <= set(found)
    for name, content in found.items():
        assert content.startswith(b"\xef\xbb\xbf"), name
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        assert len({len(row) for row in rows}) == 1
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "@"))]
    districts = list(csv.DictReader(io.StringIO(found["districts.csv"].decode("utf-8-sig"))))
    assert districts[0]["district"] == "'" + DISTRICT
    assert 0.0 <= float(districts[0]["chance"]) <= 1.0
