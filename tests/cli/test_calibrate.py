"""``carriersim calibrate``: a posterior that a scenario can name, gone on with after a kill, the same bytes again."""

import json

import pytest

from simulation import scenario as scenarios
from simulation.cli import main as command_line
from simulation.reporting.width import columns

HEADER = "date,district,scope,basis,measure,value,sd,known_on,source\n"
ROW = "2021-06-30,,recognised,label,count,461,3,2021-07-15,press\n"
SMALL = ("--points", 20, "--generations", 1, "--seeds", 1, "--most-points", 400)


def call(monkeypatch, *arguments):
    monkeypatch.setenv("LC_ALL", "C")
    with pytest.raises(SystemExit) as end:
        command_line.main([str(one) for one in arguments])
    return end.value.code


@pytest.fixture
def inputs(tmp_path):
    file, table = tmp_path / "short.yaml", tmp_path / "observed.csv"
    file.write_text("name: Short\ncity: wuhan\nuntil: 2021Q4\n", encoding="utf-8")
    table.write_text(HEADER + ROW, encoding="utf-8")
    return file, table


@pytest.mark.slow
def test_the_same_posterior_again_and_after_an_interruption(monkeypatch, capsys, tmp_path, inputs):
    first, second = tmp_path / "first", tmp_path / "second"
    assert call(monkeypatch, "calibrate", *inputs, *SMALL, "--out", first, "--json", "--quiet") == 0
    answer = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert answer["points"] == 20
    assert set(answer["not_informed"]) <= {one["name"] for one in answer["unknowns"]}
    assert call(monkeypatch, "calibrate", *inputs, *SMALL, "--out", second, "--workers", 1) == 0
    assert max(map(columns, capsys.readouterr().out.splitlines())) <= 80
    whole = (first / "posterior.parquet").read_bytes()
    assert (second / "posterior.parquet").read_bytes() == whole
    # As after a kill: the last batch and the answer are gone. Without being told to go on, nothing is touched.
    (second / "posterior.parquet").unlink()
    sorted((second / "journal").glob("*.npy"))[-1].unlink()
    assert call(monkeypatch, "calibrate", *inputs, *SMALL, "--out", second) == 2
    assert call(monkeypatch, "calibrate", *inputs, *SMALL, "--out", second, "--resume", "--lang", "zh") == 0
    assert max(map(columns, capsys.readouterr().out.splitlines())) <= 80
    assert (second / "posterior.parquet").read_bytes() == whole
    named = tmp_path / "named.yaml"
    named.write_text(
        "extends: short.yaml\nname: Named\nunknowns: first/posterior.parquet\n", encoding="utf-8"
    )
    learned = scenarios.load(named).learned
    assert learned is not None
    assert learned.known_on.isoformat() == "2021-07-15"
    # Another table is another calibration.
    inputs[1].write_text(HEADER + ROW.replace("461", "462"), encoding="utf-8")
    assert call(monkeypatch, "calibrate", *inputs, *SMALL, "--out", second, "--resume") == 2
    assert "cannot be gone on with" in " ".join(capsys.readouterr().err.split())


def test_refusals_before_anything_is_simulated(monkeypatch, capsys, tmp_path, inputs):
    file, table = inputs
    out = tmp_path / "foreign"
    out.mkdir()
    (out / "letter.txt").write_text("mine", encoding="utf-8")
    assert call(monkeypatch, "calibrate", file, table, "--out", out) == 2
    assert call(monkeypatch, "calibrate", file, table, "--out", out, "--overwrite") == 2
    assert [one.name for one in out.iterdir()] == ["letter.txt"]
    assert call(monkeypatch, "calibrate", file, table, "--points", 40, "--most-points", 50) == 2
    table.write_text(HEADER + ROW.replace("461", "many"), encoding="utf-8")
    assert call(monkeypatch, "calibrate", file, table, "--out", tmp_path / "new") == 2
    assert not (tmp_path / "new").exists()
    assert "observed.csv:2:6" in capsys.readouterr().err
