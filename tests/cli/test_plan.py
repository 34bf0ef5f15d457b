"""A small plan for a real city in Mesa: one lever, one quarter, one future."""

import json

import pytest
from click.testing import CliRunner

from simulation.cli.main import carriersim
from simulation.reporting.width import columns

SCENARIO = """\
name: "=base"
until: 2021Q1
levers:
  stocktake: {strength: 1, from: 2021Q1}
targets:
  - {scope: recognised, measure: count, at_least: 440, by: 2021Q1, official: true}
  - {scope: national, measure: count, at_least: 300, by: 2021Q1, official: true}
"""
GIVEN = ("--engine", "mesa", "--replicates", "1", "--fresh", "2", "--lever", "stocktake")


def call(*arguments):
    return CliRunner(env={"LC_ALL": "C"}).invoke(carriersim, ["plan", *map(str, arguments)])


@pytest.fixture
def scenario(tmp_path):
    (tmp_path / "base.yaml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path / "base.yaml"


@pytest.mark.slow
def test_a_target_that_is_met_anyway_costs_nothing(scenario):
    out = scenario.parent / "out"
    done = call(scenario, *GIVEN, "--target", "1", "--out", out, "--json")
    assert done.exit_code == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["reached"]
    assert record["mixes_tried"] == 5
    assert record["winner"]["levers"] == []
    assert [one["scope"] for one in record["targets"]] == ["recognised"]
    for language in ("en", "zh"):
        done = call(
            scenario, *GIVEN, "--target", "1", "--out", out, "--resume", "--quiet", "--lang", language
        )
        assert done.exit_code == 0, done.stderr
        assert max(columns(line) for line in done.stdout.splitlines()) <= 80


@pytest.mark.slow
def test_a_target_out_of_reach_is_told_and_what_it_would_take(scenario):
    done = call(scenario, *GIVEN, "--target", "2", "--out", scenario.parent / "none", "--json")
    assert done.exit_code == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["reached"] is False
    (need,) = record["what_would_have_to_be_true"]
    assert need["rise"] == pytest.approx((300 - 118) / 0.25)
    assert need["unknown"] is None


def test_wrong_input_is_refused(scenario):
    assert call(scenario, "--target", "3").exit_code == 2
    assert call(scenario, "--target-chance", "1.5").exit_code == 2
    done = call(scenario, "--lever", "clean")
    assert done.exit_code == 2
    assert "no lever of the city" in " ".join(done.stderr.split())
