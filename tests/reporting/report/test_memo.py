"""The Word memo: its texts, table and pictures, read back."""

import io
import sys
import zipfile

import docx
import pytest

from simulation.reporting.report import memo, sheets
from simulation.reporting.report.facts import Facts
from simulation.reporting.text import Words


@pytest.fixture(scope="module")
def content(one):
    return memo.memo(one)


@pytest.fixture(scope="module")
def document(content):
    return docx.Document(io.BytesIO(content))


def test_the_same_results_give_the_same_bytes(runs, content):
    assert memo.memo(Facts.of(runs[:1], Words("zh"))) == content


def test_the_page_is_that_of_an_official_document(document):
    (section,) = document.sections
    sizes = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    sizes += (section.bottom_margin, section.right_margin)
    assert [round(size.mm, 1) for size in sizes] == [210, 297, 37, 28, 35, 26]


def test_the_answer_comes_first_and_every_sentence_can_be_edited(one, document):
    texts = [each.text for each in document.paragraphs]
    assert texts[0] == "武汉市科技创新孵化载体建设目标推演报告"
    assert one.main.date in texts[1]
    assert texts[2:4] == ["一、结论", one.answer(one.main)]
    assert texts[4].startswith("口径对照（2022年底中位数）：在册")
    assert one.main.date in document.sections[0].footer.paragraphs[0].text


def test_the_table_is_that_of_the_report(one, document):
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    expected = [
        [row[key].text for key in ("target", "chance", "median", "range80", "shortfall")]
        for row in sheets.targets(one).rows
    ]
    assert rows[1:] == expected


def test_two_figures_have_texts_for_those_who_listen(document):
    pictures = document.element.xpath("//wp:docPr/@descr")
    assert len(pictures) == 2
    assert all(len(told) > 10 for told in pictures)


def test_with_several_runs_the_chances_stand_side_by_side(two):
    document = docx.Document(io.BytesIO(memo.memo(two)))
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    found = {(row["target"].text, row["run"].text): row["chance"].text for row in sheets.targets(two).rows}
    assert len(rows) == 4
    for target, first, second in rows[1:]:
        assert [first, second] == [found[target, run.name] for run in two.runs]


def test_nothing_in_the_file_runs_or_reaches_out(content):
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        names = file.namelist()
        texts = b"".join(file.read(name) for name in names if name.endswith((".xml", ".rels")))
    assert not [name for name in names if "vba" in name.lower() or "activeX" in name]
    assert b'TargetMode="External"' not in texts
    assert b"<script" not in texts


def test_a_missing_package_is_told(one, monkeypatch):
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(memo.MissingPackageError):
        memo.memo(one)
