"""Comparisons of real runs, small: two quarters, three replicates, in this process."""

import json

import pytest
from click.testing import CliRunner

from simulation.cli.main import carriersim
from simulation.reporting.width import columns

BASE = """\
name: "[red]Small[/red] 武汉"
until: 2021Q2
targets:
  - {scope: recognised, measure: count, at_least: 457, by: 2021Q2, official: true}
  - {scope: recognised, basis: label, measure: specialised_share, at_least: 0.35, by: 2021Q2, official: true}
"""
VARIANT = """\
extends: base.yaml
name: "=clean up"
levers:
  clean_up: {strength: 1, from: 2021Q1, districts: [Hongshan]}
  stocktake: {strength: 1, from: 2021Q1, districts: [Hongshan]}
"""


def call(*arguments, language="en"):
    runner = CliRunner(env={"LC_ALL": {"en": "C", "zh": "zh_CN.UTF-8"}[language]})
    return runner.invoke(carriersim, ["compare", *map(str, arguments)])


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenarios")
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    (folder / "variant.yaml").write_text(VARIANT, encoding="utf-8")
    return folder / "base.yaml", folder / "variant.yaml"


@pytest.fixture(scope="module")
def finished(files, tmp_path_factory):
    """A finished comparison: what the command said, and its folder."""
    out = tmp_path_factory.mktemp("results") / "compared"
    return call(*files, "--engine", "mesa", "--workers", 1, "--replicates", 3, "--out", out), out


def test_a_comparison_opens_with_the_pairs_and_what_differs(finished):
    done, out = finished
    assert done.exit_code == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert said.startswith("Compared with [red]Small[/red] 武汉, in 3 pairs of futures")
    assert "=clean up 6 inputs differ:" in said
    assert "strength 0 → 1: " in said
    assert "457 recognised carriers by the end of 2021Q2: chance" in said
    assert "Spillovers: no lever is set differently in 15 districts" in said
    assert "differences were judged" in said
    assert {path.name for path in out.iterdir()} == {
        *("base", "variant", "figures", "effects.csv", "chances.csv", "costs.csv"),
    }


def test_it_draws_differences_over_time_and_by_district(finished):
    names = {path.name for path in (finished[1] / "figures").iterdir()}
    both = ("recognised-count", "recognised-specialised-share-label")
    assert names == {f"{kind}-{one}.png" for kind in ("difference", "districts") for one in both}


def test_its_tables_hold_no_formula(finished):
    text = (finished[1] / "effects.csv").read_text(encoding="utf-8-sig")
    assert "\n'=clean up,listed,label,count,," in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_folders_give_the_answer_of_the_scenarios_and_fit_the_terminal(finished, language):
    _, out = finished
    done = call(out / "base", out / "variant", "--lang", language)
    assert done.exit_code == 0
    assert done.stderr == ""
    assert max(columns(line) for line in done.stdout.splitlines()) <= 80


def test_json_is_the_same_from_scenarios_and_folders(finished, files):
    _, out = finished
    options = ("--engine", "mesa", "--workers", 1, "--replicates", 3, "--out", out, "--resume", "--json")
    ran = json.loads(call(*files, *options).stdout)
    opened = json.loads(call(out / "base", out / "variant", "--json").stdout)
    assert (ran.pop("out"), opened.pop("out")) == (str(out), None)
    assert ran == opened
    assert (ran["base"], ran["n"]) == ("[red]Small[/red] 武汉", 3)


def test_a_scenario_compared_with_itself_is_run_once_and_gives_nothing(files, tmp_path):
    given = (files[0], files[0], "--engine", "mesa", "--workers", 1, "--replicates", 1)
    done = call(*given, "--out", tmp_path / "out", "--quiet")
    assert done.exit_code == 0
    assert "The inputs are the same: no difference, exactly 0 in all 1 pairs." in " ".join(
        done.stdout.split()
    )
    assert (tmp_path / "out" / "base").is_dir()
    assert not (tmp_path / "out" / "base-2").exists()


def test_results_are_never_replaced_unasked(finished, files):
    _, out = finished
    done = call(*files, "--out", out)
    assert done.exit_code == 2
    assert "--overwrite" in done.stderr


def test_all_faults_are_told_at_once_and_nothing_is_written(tmp_path, files):
    broken = tmp_path / "broken.yaml"
    broken.write_text("name: x\nleverz: {}\n", encoding="utf-8")
    done = call(files[0], broken, tmp_path / "missing.yaml", tmp_path, "--out", tmp_path / "out")
    assert done.exit_code == 2
    for word in ("leverz", "missing.yaml", "is a folder"):
        assert word in " ".join(done.stderr.split())
    assert not (tmp_path / "out").exists()


def test_runs_of_another_seed_are_refused_before_anything_is_run(finished, files, tmp_path):
    done = call(finished[1] / "base", files[1], "--seed", 5, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "--seed 1" in " ".join(done.stderr.split())
    assert not (tmp_path / "out").exists()
