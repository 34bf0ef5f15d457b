"""``carriersim update`` as a planner meets it: the sentence first, refusals with their place."""

import json
from pathlib import Path

import pytest

from simulation.cli import main as command_line
from simulation.reporting.width import columns

ROOT = Path(__file__).parents[2]
HEADER = "date,district,scope,basis,measure,value,sd,known_on,source\n"
ROW = "2021-12-31,,recognised,label,count,470,20,2022-02-15,press\n"


def call(monkeypatch, *arguments):
    monkeypatch.setenv("LC_ALL", "C")
    with pytest.raises(SystemExit) as end:
        command_line.main([str(one) for one in arguments])
    return end.value.code


@pytest.fixture
def table(tmp_path):
    def write(rows):
        file = tmp_path / "observed.csv"
        file.write_text(HEADER + rows, encoding="utf-8")
        return file

    return write


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    file = tmp_path_factory.mktemp("scenario") / "year.yaml"
    file.write_text(
        "name: One year\ncity: wuhan\nuntil: 2021Q4\ntargets:\n"
        "  - {scope: recognised, measure: count, at_least: 470, by: 2021Q4, official: true}\n",
        encoding="utf-8",
    )
    return file


def test_every_fault_at_once_and_nothing_run(monkeypatch, capsys, table, scenario):
    file = table("2021-12-31,西湖区,recognised,label,count,约470,20,2022-02-15,press\n")
    assert call(monkeypatch, "update", scenario, file) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "2 faults" in shown.err
    assert "observed.csv:2:2" in shown.err
    assert "observed.csv:2:6" in shown.err


def test_a_quarter_beyond_the_run_is_refused(monkeypatch, capsys, table, scenario):
    assert call(monkeypatch, "update", scenario, table(ROW.replace("2021-12", "2022-12"))) == 2
    assert "2020Q4" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page(monkeypatch, capsys, table, scenario, language):
    later = "2021-12-31,,recognised,label,count,900,1,2023-02-15,press\n"
    arguments = ("update", scenario, table(ROW + later), "--as-of", "2022-12-31", "--lang", language)
    assert call(monkeypatch, *arguments, "--replicates", 40) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(columns, lines)) <= 80
    assert "2022-12-31" in lines[0]


@pytest.mark.slow
def test_the_answer_for_programs_and_from_a_finished_run(monkeypatch, capsys, table, scenario, tmp_path):
    file = table(ROW)
    quick = ("--replicates", 40, "--quiet", "--json")
    assert call(monkeypatch, "update", scenario, file, *quick) == 0
    answer = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert answer["n"] == 40
    assert 30 <= answer["effective_sample_size"] <= 40
    assert [one["value"] for one in answer["observations"]] == [470]
    out = tmp_path / "run"
    assert call(monkeypatch, "run", scenario, "--out", out, *quick) == 0
    capsys.readouterr()
    assert call(monkeypatch, "update", out, file, "--quiet", "--json") == 0
    assert json.loads(capsys.readouterr().out)["targets"] == answer["targets"]


@pytest.mark.slow
def test_too_few_futures_are_refused(monkeypatch, capsys, table, scenario):
    arguments = ("update", scenario, table(ROW.replace("470,20", "600,1")), "--replicates", 30)
    assert call(monkeypatch, *arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "--replicates" in shown.err
    assert "600" in shown.err
