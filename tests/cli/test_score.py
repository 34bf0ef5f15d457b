"""``run --archive`` and ``score``: what a planner keeps, and what it was worth."""

import json

import pytest

from simulation.cli import main as command_line
from simulation.reporting.width import columns

HEADER = "date,district,scope,basis,measure,value,sd,known_on,source\n"
ROWS = (
    "2019-12-31,,recognised,label,count,430,,2020-02-15,press\n"
    "2020-12-31,,recognised,label,count,456,,2021-02-05,press\n"
    "2021-12-31,,recognised,label,count,480,,2022-02-15,press\n"
)


def call(monkeypatch, *arguments):
    monkeypatch.setenv("LC_ALL", "C")
    with pytest.raises(SystemExit) as end:
        command_line.main([str(one) for one in arguments])
    return end.value.code


@pytest.fixture
def actuals(tmp_path):
    file = tmp_path / "actuals.csv"
    file.write_text(HEADER + ROWS, encoding="utf-8")
    return file


def scenario(tmp_path, until):
    file = tmp_path / "short.yaml"
    file.write_text(f"name: Short\ncity: wuhan\nuntil: {until}\ntargets: []\n", encoding="utf-8")
    return file


@pytest.mark.slow
def test_kept_and_scored(monkeypatch, capsys, tmp_path, actuals):
    kept, out = tmp_path / "kept", tmp_path / "short"
    file = scenario(tmp_path, "2021Q4")
    arguments = ("run", file, "--replicates", 5, "--out", out, "--as-of", "2021-08-31", "--quiet")
    assert call(monkeypatch, *arguments, "--archive", kept) == 0
    (made,) = kept.iterdir()
    assert made.name == "2021-08-31-carriersim-short.csv"
    before = made.read_bytes()
    # The archive is not replaced unasked, even where the results would be.
    assert call(monkeypatch, *arguments, "--archive", kept) == 2
    assert made.read_bytes() == before
    capsys.readouterr()
    assert call(monkeypatch, "score", kept, actuals, "--json") == 0
    answer = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert {one["n"] for one in answer["scores"]} == {1}
    assert answer["scores"][0]["method"] == "carriersim"
    for language in ("en", "zh"):
        assert call(monkeypatch, "score", kept, actuals, "--lang", language) == 0
        assert max(map(columns, capsys.readouterr().out.splitlines())) <= 80


def test_a_run_whose_quarters_have_passed_keeps_nothing(monkeypatch, capsys, tmp_path):
    file, out = scenario(tmp_path, "2021Q1"), tmp_path / "short"
    arguments = ("run", file, "--replicates", 5, "--out", out, "--archive", tmp_path / "kept")
    assert call(monkeypatch, *arguments, "--as-of", "2021-08-31") == 2
    assert "nothing left to forecast" in " ".join(capsys.readouterr().err.split())
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("no.csv",), "no readable file"),
        ((".",), "no CSV"),
        (("no.csv", "--city", "atlantis"), "wuhan"),
    ],
)
def test_refusals(monkeypatch, capsys, tmp_path, actuals, arguments, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    first = "empty" if arguments[0] == "." else arguments[0]
    assert call(monkeypatch, "score", first, actuals, *arguments[1:]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in " ".join(shown.err.split())
