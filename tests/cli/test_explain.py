"""Explanations of real runs, small: three quarters, two futures, in Mesa."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from simulation.cli.main import carriersim
from simulation.projection import explanation
from simulation.projection.journal import JOURNAL
from simulation.reporting.width import columns

BASE = """\
name: "=base"
until: 2021Q3
targets:
  - {scope: recognised, measure: count, at_least: 452, by: 2021Q3, official: true}
  - {scope: recognised, basis: label, measure: specialised_share, at_least: 0.35, by: 2021Q3, official: true}
"""
VARIANT = """\
extends: base.yaml
name: "[b]variant[/b]"
levers:
  clean_up: {strength: 1, from: 2021Q2}
  stocktake: {strength: 1, from: 2021Q2}
"""
GIVEN = ("--engine", "mesa", "--workers", "2", "--replicates", "3", "--error", "0")


def call(*arguments, language="en"):
    runner = CliRunner(env={"LC_ALL": {"en": "C", "zh": "zh_CN.UTF-8"}[language]})
    return runner.invoke(carriersim, ["explain", *map(str, arguments)])


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenarios")
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    (folder / "variant.yaml").write_text(VARIANT, encoding="utf-8")
    return folder / "base.yaml", folder / "variant.yaml"


@pytest.fixture(scope="module")
def finished(files, tmp_path_factory):
    """A finished explanation as JSON, and its folder."""
    out = tmp_path_factory.mktemp("results") / "explained"
    done = call(*files, *GIVEN, "--out", out, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout), out


def test_shares_add_up_to_the_difference(finished):
    record, _ = finished
    assert record["n"] == 3
    assert record["exact"]
    assert record["evaluations"] == 3 * 4
    for one in record["shares"]:
        assert {"scope", "measure", "difference", "levers"} <= set(one)
        assert [lever["lever"] for lever in one["levers"]] == ["stocktake", "clean_up"]
        assert sum(lever["share"] for lever in one["levers"]) == pytest.approx(one["difference"], abs=1e-9)
        assert one["variant"] - one["base"] == pytest.approx(one["difference"], abs=1e-9)
    assert any(one["difference"] for one in record["shares"])


def test_bridges_add_up(finished):
    record, _ = finished
    assert {row["scope"] for row in record["bridge"]} == {"listed", "recognised", "national", "operating"}
    for name in ("bridge", "bridge_of_base", "bridge_specialised"):
        for row in record[name]:
            flows = sum(flow["count"] for flow in row["flows"])
            assert row["opening"] + flows == pytest.approx(row["closing"], abs=1e-9)
    city = [row for row in record["bridge"] if row["district"] is None and row["scope"] == "recognised"]
    assert city[0]["opening"] == 456


def test_who_misses_is_told_with_the_reason(finished):
    record, _ = finished
    city = [one for one in record["misses"] if one["district"] is None]
    assert city
    for one in record["misses"]:
        assert 0 < one["miss_share"] <= 1
        assert one["shortfall"] > 0
        assert one["reason"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_resuming_takes_everything_from_the_journal_and_fits_the_terminal(
    finished, files, language, monkeypatch
):
    monkeypatch.setattr(explanation.Replicate, "totals", None)  # nothing is evaluated again
    done = call(*files, *GIVEN, "--out", finished[1], "--resume", "--quiet", "--lang", language)
    assert done.exit_code == 0, done.stderr
    assert max(columns(line) for line in done.stdout.splitlines()) <= 80
    if language == "en":
        assert done.stdout.startswith("Why [b]variant[/b] differs from =base: 3 futures")
        assert "The parts add up to the difference, also as printed." in " ".join(done.stdout.split())


def test_printed_parts_add_up_as_printed(finished, files):
    done = call(*files, *GIVEN, "--out", finished[1], "--resume", "--quiet")
    lines = done.stdout.splitlines()
    tables = 0
    for end, line in enumerate(lines):
        if not line.startswith("Difference") or "±" not in line:
            continue
        start = max(at for at in range(end) if lines[at].startswith("lever"))
        rows = [one.split()[-2:] for one in lines[start + 1 : end]]
        for column in (0, 1):
            parts = [float(row[column].partition("±")[0].replace("−", "-")) for row in rows]
            total = float(line.split()[-2:][column].partition("±")[0].replace("−", "-"))
            assert sum(parts) == pytest.approx(total, abs=1e-9)
        tables += 1
    assert tables == 2


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_to_the_same_answer(finished, files, tmp_path):
    record, out = finished
    journal = (out / JOURNAL).read_bytes()
    (tmp_path / JOURNAL).write_bytes(journal[: len(journal) * 2 // 3])
    done = call(*files, *GIVEN, "--out", tmp_path, "--resume", "--json")
    again = json.loads(done.stdout)
    assert {**again, "out": ""} == {**record, "out": ""}


@pytest.mark.slow
def test_workers_change_nothing(finished, files, tmp_path):
    done = call(*files, *GIVEN, "--workers", 1, "--out", tmp_path / "out", "--json", "--quiet")
    assert {**json.loads(done.stdout), "out": ""} == {**finished[0], "out": ""}


def test_it_leaves_tables_figures_and_no_formula(finished):
    _, out = finished
    assert {path.name for path in out.iterdir()} == {
        *("shares.csv", "bridge.csv", "misses.csv", "at_risk.csv", "figures", JOURNAL),
    }
    assert "\n'=base,listed,,,opening," in (out / "bridge.csv").read_text(encoding="utf-8-sig")
    assert {path.stem for path in (out / "figures").iterdir()} == {
        *("levers-chance-recognised-count", "levers-expected-recognised-count", "bridge-recognised"),
        *("levers-chance-recognised-specialised-share", "levers-expected-recognised-specialised-share"),
    }


def test_a_scenario_explained_by_itself_has_nothing_to_explain(files, tmp_path):
    done = call(files[0], files[0], *GIVEN, "--replicates", 2, "--out", tmp_path / "out", "--json", "--quiet")
    record = json.loads(done.stdout)
    assert {one["difference"] for one in record["shares"]} == {0.0}
    assert {tuple(one["levers"]) for one in record["shares"]} == {()}
    assert np.isfinite([one["base"] for one in record["shares"]]).all()


def test_results_are_never_replaced_unasked(finished, files):
    done = call(*files, *GIVEN, "--out", finished[1])
    assert done.exit_code == 2
    assert "--overwrite" in done.stderr


def test_other_inputs_in_the_folder_are_refused(finished, files):
    done = call(*files, *GIVEN, "--seed", 9, "--out", finished[1], "--resume")
    assert done.exit_code == 2


def test_scenarios_that_cannot_be_mixed_are_refused_and_nothing_is_written(files, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text("name: other\nuntil: 2022Q1\n", encoding="utf-8")
    done = call(files[0], other, *GIVEN, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "last quarters" in " ".join(done.stderr.split())
    assert not (tmp_path / "out").exists()
