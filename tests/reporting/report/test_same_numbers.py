"""Page, workbook, CSV, memo and JSON of one run tell the same numbers: each is read back from its own form."""

import csv
import io
import json

import docx
import openpyxl

from simulation.reporting import records
from simulation.reporting.report.memo import memo
from simulation.reporting.report.page import page
from simulation.reporting.report.workbook import csv_files, workbook
from simulation.reporting.text import Words
from tests.reporting.report.test_page import Read
from tests.reporting.report.test_workbook import column, table


def test_every_form_tells_the_numbers_of_the_json(one):
    told = json.loads(json.dumps(records.of_run(one.main.result, one.main.answers), allow_nan=False))
    official = [each for each in told["targets"] if each["official"] and each["district"] is None]
    on_page = Read(page(one).decode()).tables["table-targets"][1:]
    in_book = table(openpyxl.load_workbook(io.BytesIO(workbook(one))), "targets")
    in_csv = list(csv.DictReader(io.StringIO(csv_files(one)["targets.csv"].decode("utf-8-sig"))))
    in_memo = [
        [cell.text for cell in row.cells] for row in docx.Document(io.BytesIO(memo(one))).tables[0].rows
    ][1:]
    assert len(official) == len(on_page) == len(in_book) == len(in_csv) == len(in_memo) == 3
    names = {"chance": "chance", "median": "median", "expected_shortfall": "shortfall"}
    for number, each in enumerate(official):
        values = [each[name] for name in names]
        assert on_page[number] == values
        assert [float(in_csv[number][key]) for key in names.values()] == values
        rounded = [round(in_book[number][column(key)], 12) for key in names.values()]
        assert rounded == [round(value, 12) for value in values]  # XlsxWriter writes 16 digits
        assert in_memo[number][1].startswith(f"{each['chance']:.2f}") or each["chance"] in (0.0, 1.0)


def test_districts_tell_the_numbers_of_the_json_too(one):
    told = records.of_run(one.main.result, one.main.answers)["targets"]
    found = openpyxl.load_workbook(io.BytesIO(workbook(one)))
    rows = {(row[column("code")], row[column("task")]): row for row in table(found, "districts")}
    phrases = one.phrases(one.main)
    asked = [each for each in told if each["district"] is not None and each["official"]]
    assert len(asked) == len(rows) == 45
    for each in asked:
        row = rows[each["district"], phrases.what(each["scope"], each["measure"])]
        assert round(row[column("chance")], 12) == round(each["chance"], 12)
        assert row[column("asked")] == each["at_least"]


def test_the_first_sheet_has_the_answer_in_words(one):
    page_of_answer = openpyxl.load_workbook(io.BytesIO(workbook(one)))[Words("zh")("report.tab.answer")]
    texts = [row[0] for row in page_of_answer.iter_rows(values_only=True) if row[0]]
    assert any(one.answer(one.main) in told for told in texts)
