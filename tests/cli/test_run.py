"""Real runs, small: two quarters, two replicates, in this process."""

import json
import shutil

import pytest
from click.testing import CliRunner

from simulation import ensemble
from simulation.cli.main import carriersim
from simulation.engines import mesa
from simulation.reporting.width import columns

SCENARIO = """\
name: "[red]Small[/red] 武汉"
until: 2021Q2
targets:
  - {scope: recognised, measure: count, at_least: 457, by: 2021Q2, official: true}
  - {scope: recognised, basis: label, measure: specialised_share, at_least: 0.35, by: 2021Q2, official: true}
"""
# The keys of an answer that other programs are promised.
PROMISED = {
    "scope", "basis", "official", "measure", "district", "at_least", "by", "chance", "chance_error",
    "chance_low", "chance_high", "median", "q025", "q10", "q25", "q75", "q90", "q975", "expected_shortfall",
    "first_met", "falls_back",
}  # fmt: skip


def call(*arguments, scenario, language="en"):
    given = ["run", str(scenario), "--engine", "mesa", "--workers", "1", *map(str, arguments)]
    return CliRunner(env={"LC_ALL": {"en": "C", "zh": "zh_CN.UTF-8"}[language]}).invoke(carriersim, given)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    path = tmp_path_factory.mktemp("scenario") / "small.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def finished(scenario, tmp_path_factory):
    """A finished run: what the command said, and its folder."""
    folder = tmp_path_factory.mktemp("results") / "small"
    return call("--replicates", 2, "--out", folder, scenario=scenario), folder


@pytest.fixture
def copied(finished, tmp_path):
    """The folder of the finished run, for a test that changes it."""
    return shutil.copytree(finished[1], tmp_path / "copied")


@pytest.fixture
def second_fails(monkeypatch):
    """An engine that fails for the second replicate."""
    simulate, calls = mesa.simulate, []

    def failing(setting, world):
        calls.append(setting.key)
        if len(calls) == 2:
            raise ValueError("no luck\x1b[31m")
        return simulate(setting, world)

    monkeypatch.setattr(mesa, "simulate", failing)


def bytes_of(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_run_says_what_it_is_about_to_do_and_answers(finished):
    done, folder = finished
    assert done.exit_code == 0, done.stderr
    plan = " ".join(done.stderr.split())
    assert "2 replicates of 2 quarters (2021Q1 to 2021Q2), engine mesa, random seed 1, 1 at a time" in plan
    assert "each starts with 600 carriers" in plan
    assert done.stdout.startswith(
        "[red]Small[/red] 武汉\n457 recognised carriers by the end of 2021Q2: chance"
    )
    assert "2 of 2 replicates used." in done.stdout
    assert f"Written to {folder}:".split()[0] in done.stdout


def test_it_writes_a_fan_chart_for_each_official_target(finished):
    _, folder = finished
    names = {path.name for path in (folder / "figures").iterdir()}
    assert names == {"recognised-count.png", "recognised-specialised-share-label.png"}
    assert {"manifest.json", "ledger.csv"} <= {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_of_a_run_is_wider_than_the_terminal(copied, scenario, language):
    done = call("--replicates", 2, "--out", copied, "--resume", scenario=scenario, language=language)
    assert done.exit_code == 0
    said = done.stdout.splitlines() + done.stderr.splitlines()
    assert max(columns(line) for line in said) <= 80


def test_json_holds_what_other_programs_are_promised(copied, scenario):
    done = call("--replicates", 2, "--out", copied, "--resume", "--json", scenario=scenario)
    record = json.loads(done.stdout)
    assert set(record) == {"scenario", "n_requested", "n_used", "out", "reused", "stopped_by", "targets"}
    assert record["out"] == str(copied)
    assert (record["n_requested"], record["n_used"]) == (2, 2)
    assert {frozenset(target) for target in record["targets"]} == {frozenset(PROMISED)}
    city = [target for target in record["targets"] if target["district"] is None]
    assert len(city) == 2 * 4 * 2  # two targets under four scopes on two bases
    assert sum(target["official"] for target in city) == 2


def test_results_are_never_replaced_unasked(copied, scenario):
    before = bytes_of(copied)
    done = call("--replicates", 2, "--out", copied, scenario=scenario)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "--overwrite" in done.stderr
    assert bytes_of(copied) == before


def test_a_finished_run_can_be_extended(copied, scenario):
    done = call("--replicates", 3, "--out", copied, "--resume", scenario=scenario)
    assert done.exit_code == 0
    assert "3 of 3 replicates used." in done.stdout


def test_overwriting_begins_anew(copied, scenario):
    done = call("--replicates", 1, "--seed", 5, "--out", copied, "--overwrite", scenario=scenario)
    assert done.exit_code == 0
    assert "1 of 1 replicates used." in done.stdout


def test_a_folder_with_other_files_is_refused(tmp_path, scenario):
    (tmp_path / "letter.docx").write_text("dear", encoding="utf-8")
    done = call("--replicates", 1, "--out", tmp_path, "--overwrite", scenario=scenario)
    assert done.exit_code == 2
    assert "files that are not of a run" in " ".join(done.stderr.split())


def test_without_a_folder_results_are_named_after_the_scenario(tmp_path, scenario, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call("--replicates", 1, "--quiet", scenario=scenario).exit_code == 0
    assert (tmp_path / "results" / "small" / "manifest.json").is_file()


def test_to_resume_and_to_overwrite_at_once_is_refused(tmp_path, scenario):
    done = call("--out", tmp_path / "out", "--resume", "--overwrite", "--quiet", scenario=scenario)
    assert done.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_a_wrong_setting_writes_nothing(tmp_path, scenario):
    given = ("--set", "levers.clean_upp.strength=0.5", "--out", tmp_path / "out")
    done = call(*given, scenario=scenario)
    assert done.exit_code == 2
    assert "clean_up" in done.stderr
    assert not (tmp_path / "out").exists()


def test_failed_replicates_are_told_and_the_code_says_so(tmp_path, scenario, second_fails):
    done = call("--replicates", 3, "--out", tmp_path / "out", scenario=scenario)
    assert done.exit_code == 1
    assert "2 of 3 replicates used." in done.stdout
    assert "1 replicate failed; the answer uses the 2 of 3 that finished:" in done.stdout
    assert "replicate 1 (draw 1, seed 0): ValueError: no luck\\x1b[31m" in done.stdout


def test_an_interruption_says_what_is_kept_and_how_to_go_on(tmp_path, scenario, monkeypatch):
    def interrupted(*arguments, **options):
        raise ensemble.Interrupted(tmp_path / "out", 5, 10)

    monkeypatch.setattr(ensemble, "run", interrupted)
    done = call("--replicates", 10, "--out", tmp_path / "out", "--quiet", scenario=scenario)
    assert done.exit_code == 130
    assert done.stdout == ""
    said = " ".join(done.stderr.split())
    assert "5 of 10 replicates are kept" in said
    assert "--resume" in said


def test_a_folder_that_cannot_be_made_is_an_input_that_is_wrong(tmp_path, scenario):
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = call("--replicates", 1, "--out", tmp_path / "file" / "out", "--quiet", scenario=scenario)
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr


def test_a_run_as_of_a_date_says_so(tmp_path, scenario):
    done = call("--replicates", 1, "--as-of", "2021-08-25", "--out", tmp_path / "out", scenario=scenario)
    assert "Only what was known on 2021-08-25 is used." in done.stderr


def test_a_terminal_shows_how_far_it_is(tmp_path, scenario):
    runner = CliRunner(env={"LC_ALL": "C", "TTY_COMPATIBLE": "1", "TERM": "xterm"})
    given = ["run", str(scenario), "--engine", "mesa", "--workers", "1", "--replicates", "2"]
    done = runner.invoke(carriersim, [*given, "--out", str(tmp_path / "out")])
    assert "2/2" in done.stderr
    assert "left" in done.stderr
