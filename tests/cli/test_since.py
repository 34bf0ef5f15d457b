"""Two real runs, small, and what moved between them; refusals of what cannot be recomputed."""

import json
import shutil

import pytest
from click.testing import CliRunner

from simulation.cli.main import carriersim
from simulation.projection.since import PARTS
from simulation.reporting.width import columns

SCENARIO = """\
name: small
until: 2021Q2
targets:
  - {scope: recognised, measure: count, at_least: 455, by: 2021Q2, official: true}
"""
POLICY = "levers.clean_up={strength: 1, from: 2021Q1}"
PARAMETERS = "unknowns.rounds.apply_municipal=0.9"


def command(*arguments, language="en"):
    runner = CliRunner(env={"LC_ALL": {"en": "C", "zh": "zh_CN.UTF-8"}[language]})
    return runner.invoke(carriersim, [*map(str, arguments)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("since")
    (made / "small.yaml").write_text(SCENARIO, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def run_(folder):
    def run(name, *options, replicates=4, target=455):
        if not (folder / name).exists():
            path = folder / f"{name}.yaml"
            path.write_text(SCENARIO.replace("455", str(target)), encoding="utf-8")
            given = ("--engine", "mesa", "--workers", 1, "--replicates", replicates, "--out", folder / name)
            done = command("run", path, *given, *options, "--quiet")
            assert done.exit_code == 0, done.stderr
        return folder / name

    return run


def split(last, this, out, *options):
    done = command("since", last, this, "--out", out, "--workers", 1, "--json", *options)
    assert done.exit_code == 0, done.stderr
    (target,) = json.loads(done.stdout)["targets"]
    parts = {one["part"]: one for one in target["parts"]}
    assert tuple(parts) == PARTS
    assert sum(one["change"] for one in parts.values()) == pytest.approx(target["change"], abs=1e-9)
    return parts, target


def test_a_run_and_itself_have_moved_by_exactly_nothing(run_, tmp_path):
    parts, target = split(run_("last"), run_("last"), tmp_path / "out")
    assert target["change"] == 0
    assert all(one["change"] == one["error"] == 0 and one["same"] for one in parts.values())
    assert not (tmp_path / "out").exists()  # nothing had to be simulated


def test_a_policy_alone_is_all_policy(run_, tmp_path):
    this = run_("policy", "--set", POLICY)
    parts, target = split(run_("last"), this, tmp_path / "out")
    assert parts["policy"]["change"] == pytest.approx(target["change"])
    assert [name for name in PARTS if not parts[name]["same"]] == ["policy"]
    assert parts["policy"]["error"] > 0


@pytest.mark.slow
def test_policy_parameters_and_noise_are_told_apart(run_, tmp_path):
    this = run_("all", "--set", POLICY, "--set", PARAMETERS, "--seed", 7, replicates=5)
    parts, _ = split(run_("last"), this, tmp_path / "out")
    assert [name for name in PARTS if not parts[name]["same"]] == ["policy", "parameters", "noise"]
    # The same step as in a run of its own.
    alone, _ = split(run_("last"), run_("policy", "--set", POLICY), tmp_path / "alone")
    assert parts["policy"] == alone["policy"]


def test_another_target_is_a_definition(run_, tmp_path):
    parts, target = split(run_("last"), run_("target", target=440), tmp_path / "out")
    assert [name for name in PARTS if not parts[name]["same"]] == ["definitions"]
    assert target["at_least"] == 440


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_memo_has_one_sentence_and_fits_the_terminal(run_, tmp_path, language):
    this = run_("policy", "--set", POLICY)
    done = command("since", run_("last"), this, "--out", tmp_path / "out", "--lang", language, "--quiet")
    assert done.exit_code == 0, done.stderr
    assert max(columns(line) for line in done.stdout.splitlines()) <= 80
    if language == "en":
        assert "The chance of 455 recognised carriers by the end of 2021Q2 moved from" in " ".join(
            done.stdout.split()
        )


def _edited(folder, copy, **entries):
    shutil.copytree(folder, copy)
    path = copy / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content | entries, ensure_ascii=False), encoding="utf-8")
    return copy


def test_this_run_of_another_program_is_refused(run_, tmp_path):
    old = _edited(run_("last"), tmp_path / "old", source_hash="0" * 64)
    done = command("since", run_("last"), old, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "another version of the program" in " ".join(done.stderr.split())


def test_the_last_run_of_another_program_is_a_definition_and_told(run_, tmp_path):
    old = _edited(run_("last"), tmp_path / "old", source_hash="0" * 64)
    done = command("since", old, run_("last"), "--out", tmp_path / "out", "--workers", 1, "--json")
    record = json.loads(done.stdout)
    assert record["notes"] == ["program"]
    parts = {one["part"]: one for one in record["targets"][0]["parts"]}
    assert not parts["definitions"]["same"]
    assert parts["definitions"]["change"] == 0  # the program is in truth the same


def test_tables_that_have_changed_since_this_run_are_refused(run_, tmp_path):
    old = _edited(run_("last"), tmp_path / "old", city_digest="0" * 64)
    done = command("since", run_("last"), old, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "tables of the city" in " ".join(done.stderr.split())


def test_what_is_no_run_is_refused(tmp_path, run_):
    done = command("since", tmp_path, run_("last"))
    assert done.exit_code == 2
    assert "no results" in done.stderr
