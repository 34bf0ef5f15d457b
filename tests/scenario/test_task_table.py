"""The annex in its two forms: written, read back, and refused cell by cell when it no longer adds up."""

import csv
from pathlib import Path

import openpyxl
import pytest

from simulation.faults import ScenarioErrors
from simulation.projection.allocation import Allocation, Allocations, Task
from simulation.reporting import task_table
from simulation.scenario import load, study
from simulation.scenario.tasks import apportion

SCENARIO = """\
name: small
targets:
  - {scope: recognised, measure: count, at_least: 600, by: 2025Q4, official: true}
  - {scope: national, measure: count, at_least: 200, by: 2025Q4, official: true}
  - {scope: recognised, measure: specialised_share, at_least: 0.5, by: 2025Q4, official: true}
"""


def test_shares_of_the_case_add_up_exactly():
    text = (Path(__file__).parent / "cases" / "district_shares_for_rounding.csv").read_text("utf-8")
    shares = [float(row["份额"]) for row in csv.DictReader(text.splitlines())]
    assert [int(869 * one) for one in shares] == [289, 289, 289]  # cut: 867
    assert [round(869 * one) for one in shares] == [290, 290, 290]  # rounded: 870
    assert apportion(869, shares) == [290, 289, 290]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "base.yaml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path


@pytest.fixture
def found(folder):
    """An allocation with tasks by hand: 600, 200 and 300 of 600 over the districts with a task."""
    ready = study(load(folder / "base.yaml"))
    base = [one.code for one in ready.city.districts if one.task_2021 != "no"]
    shares = [one.share for one in ready.city.districts if one.task_2021 != "no"]
    counts = [apportion(600, shares), apportion(200, shares), apportion(300, shares)]
    made = []
    for target, tasks in zip(ready.targets, counts, strict=True):
        asked = [
            task / whole if target.measure != "count" else float(task)
            for task, whole in zip(tasks, counts[0], strict=True)
        ]
        rows = tuple(
            Task(code, 1, task, at_least, 0.5, 0.1, task, at_least, 0.5)
            for code, task, at_least in zip(base, tasks, asked, strict=True)
        )
        made.append(Allocation(target, sum(tasks), rows, 0.5, 0.1, 0.1))
    from simulation.projection.allocation import _milestones

    years, milestones = _milestones(ready, made)
    return ready, Allocations("small", 1, 1, tuple(made), milestones, years)


def annex(folder, name):
    (folder / "with.yaml").write_text(f"extends: base.yaml\nannex: {name}\n", encoding="utf-8")
    return load(folder / "with.yaml")


def by_task(tasks):
    return {(one.scope, one.measure, one.district, one.by): one.at_least for one in tasks}


@pytest.mark.parametrize("name", ["tasks.csv", "tasks.xlsx"])
def test_both_forms_come_back_as_they_were_written(folder, found, name):
    ready, allocations = found
    if name.endswith(".csv"):
        (folder / name).write_text(task_table.csv_lines(allocations), encoding="utf-8")
    else:
        task_table.write_workbook(folder / name, allocations, ready)
    read = annex(folder, name)
    assert by_task(read.annex_tasks) == by_task(allocations.targets())
    assert all(one.official for one in read.annex_tasks)
    assert read.warnings == ()
    assert (study(read).milestones == _with_tasks(folder, allocations)).all()


def _with_tasks(folder, allocations):
    (folder / "plain.csv").write_text(task_table.csv_lines(allocations), encoding="utf-8")
    return study(annex(folder, "plain.csv")).milestones


def test_the_table_is_the_official_one(folder, found):
    ready, allocations = found
    task_table.write_workbook(folder / "tasks.xlsx", allocations, ready)
    sheet = openpyxl.load_workbook(folder / "tasks.xlsx")["任务分解表"]
    heads = [cell.value for cell in sheet[3]]
    assert heads[:7] == ["序号", "区（开发区）", "基数", "总量", "其中：国家级", "专业型", "专业型占比（%）"]
    assert heads[7:] == ["2021年底", "2022年底", "2023年底", "2024年底", "2025年底", "责任单位", "备注"]
    last = [cell.value for cell in sheet[sheet.max_row]]
    assert last[1] == "合计"
    assert last[3:7] == [600, 200, 300, 50.0]
    assert sheet["B4"].value == "江岸区"
    assert not any(cell.data_type == "f" for row in sheet for cell in row)
    for column in (3, 4, 5, 11):
        assert sum(row[column].value for row in sheet.iter_rows(4, sheet.max_row - 1)) == last[column]


def edited(folder, found, **cells):
    """The table after somebody's edits in Excel."""
    ready, allocations = found
    task_table.write_workbook(folder / "tasks.xlsx", allocations, ready)
    book = openpyxl.load_workbook(folder / "tasks.xlsx")
    for place, value in cells.items():
        book.active[place] = value
    book.save(folder / "tasks.xlsx")
    return folder


def test_saved_by_another_program_it_is_the_same(folder, found):
    _, allocations = found
    edited(folder, found, M4="区科创局", N5="暂缓")
    assert by_task(annex(folder, "tasks.xlsx").annex_tasks) == by_task(allocations.targets())


@pytest.mark.parametrize(
    ("cells", "place", "said"),
    [
        ({"D4": 40}, "D19", "a sum of 600 in `总量`"),
        ({"E4": 14}, "E19", "a sum of 200 in `其中：国家级`"),
        ({"B4": "高新区"}, "B4", "`高新区`"),
        ({"B5": "江岸区"}, "B5", "the task of line 4 again"),
        ({"E4": 12.5}, "E4", "`12.5`"),
        ({"D4": "约36"}, "D4", "`约36`"),
        ({"D4": "=1+35"}, "D4", "a formula without a stored value"),
        ({"G4": 77.0}, "G4", "77 in `专业型占比（%）` of 江岸区"),
        ({"L4": 30}, "L4", "30 in `2025年底` of 江岸区"),
    ],
)
def test_what_no_longer_adds_up_is_named_with_its_cell(folder, found, cells, place, said):
    edited(folder, found, **cells)
    with pytest.raises(ScenarioErrors) as refused:
        annex(folder, "tasks.xlsx")
    faults = [str(one) for one in refused.value.faults]
    assert any(f"tasks.xlsx [任务分解表] {place}: found {said}" in one for one in faults), faults


def test_a_milestone_that_was_moved_is_a_task_of_its_year(folder, found):
    book_of = found[1].milestones
    edited(folder, found, I4=book_of["jiangan"][1] + 1, I5=book_of["jianghan"][1] - 1)
    read = annex(folder, "tasks.xlsx")
    tasks = [one for one in read.annex_tasks if one.by == 4 * 2022 + 3]
    assert {one.district: one.at_least for one in tasks}["jiangan"] == book_of["jiangan"][1] + 1
    assert len(tasks) == 15
    assert study(read).milestones[1][0] == book_of["jiangan"][1] + 1


def test_tasks_that_miss_the_citys_target_are_told(folder, found):
    text = task_table.csv_lines(found[1]).replace(
        "recognised,count,jiangan,36", "recognised,count,jiangan,35"
    )
    (folder / "tasks.csv").write_text(text, encoding="utf-8")
    told = [str(one) for one in annex(folder, "tasks.csv").warnings]
    assert len(told) == 1
    assert "tasks that add up to 599 of scope `recognised`" in told[0]
    assert "600, the city's target" in told[0]


def test_a_workbook_without_the_table_is_refused(folder):
    book = openpyxl.Workbook()
    book.active["A1"] = "通知"
    book.save(folder / "tasks.xlsx")
    with pytest.raises(ScenarioErrors, match="no line of titles"):
        annex(folder, "tasks.xlsx")
    (folder / "tasks.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(ScenarioErrors, match="damaged"):
        annex(folder, "tasks.xlsx")
