"""A small sweep of a real city in Mesa: three quarters, two points, one future."""

import csv
import json

import pytest
from click.testing import CliRunner

from simulation.cli.main import carriersim
from simulation.projection import evaluations
from simulation.reporting.width import columns

BASE = """\
name: "=base"
until: 2021Q2
targets:
  - {scope: recognised, measure: count, at_least: 452, by: 2021Q2, official: true}
  - {scope: recognised, basis: label, measure: specialised_share, at_least: 0.35, by: 2021Q2, official: true}
"""
DESIGN = """\
scenario: base.yaml
method: factorial
levels: 2
replicates: 2
levers:
  clean_up: {strength: [0, 2], from: {values: [2021Q2]}}
"""


def call(*arguments):
    return CliRunner(env={"LC_ALL": "C"}).invoke(carriersim, ["sweep", *map(str, arguments)])


@pytest.fixture(scope="module")
def design(tmp_path_factory):
    folder = tmp_path_factory.mktemp("designs")
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    (folder / "design.yaml").write_text(DESIGN, encoding="utf-8")
    return folder / "design.yaml"


@pytest.fixture(scope="module")
def finished(design):
    out = design.parent / "swept"
    done = call(design, "--engine", "mesa", "--out", out, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout), out, done.stderr


def rows(out, name):
    return list(csv.DictReader((out / name).read_text("utf-8-sig").splitlines()))


def test_the_number_of_runs_is_said_first(design, finished):
    assert finished[2].startswith("4 runs: 2 points of 2 factors")
    done = call(design, "--count", "--json")
    assert json.loads(done.stdout) == {"points": 2, "replicates": 2, "runs": 4}


def test_results_are_tidy(finished):
    record, out, _ = finished
    assert record["points"] == 2
    assert record["runs"] == 4
    found = rows(out, "results.csv")
    assert len(found) == 2 * 2 * 3
    assert {one["measure"] for one in found} == {"count", "specialised_share", "cost_CNY"}
    assert [one["levers.clean_up.from"] for one in rows(out, "points.csv")] == ["2021Q2", "2021Q2"]
    counts = [float(one["value"]) for one in found if one["measure"] == "count"]
    assert all(400 < one < 520 for one in counts)
    mean = sum(counts[:2]) / 2
    assert float(rows(out, "summary.csv")[0]["mean"]) == pytest.approx(mean)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_resuming_simulates_nothing_again_and_fits_the_terminal(design, finished, language, monkeypatch):
    monkeypatch.setattr(evaluations.Evaluator, "values", None)
    done = call(design, "--engine", "mesa", "--out", finished[1], "--resume", "--quiet", "--lang", language)
    assert done.exit_code == 0, done.stderr
    assert max(columns(line) for line in done.stdout.splitlines()) <= 80


def test_nothing_is_overwritten_and_faults_are_listed(design, finished, tmp_path):
    assert call(design, "--out", finished[1]).exit_code == 2
    (tmp_path / "wrong.yaml").write_text("scenario: none.yaml\nmetod: x\n", encoding="utf-8")
    done = call(tmp_path / "wrong.yaml")
    assert done.exit_code == 2
    assert "2 faults in the design or its scenario" in done.stderr
    assert call(tmp_path / "missing.yaml").exit_code == 2
