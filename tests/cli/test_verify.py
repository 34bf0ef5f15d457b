"""``carriersim verify`` as a planner and as a program calls it."""

import json
import shutil

import pytest
from click.testing import CliRunner

from simulation.cli.main import carriersim, main
from simulation.reporting.width import columns


def call(*arguments, language="en"):
    environment = {"LC_ALL": {"en": "C", "zh": "zh_CN.UTF-8"}[language]}
    return CliRunner(env=environment).invoke(carriersim, ["verify", *map(str, arguments)])


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    home = tmp_path_factory.mktemp("verify")
    (home / "small.yaml").write_text("name: small\nuntil: 2021Q1\n", encoding="utf-8")
    given = [
        "run",
        str(home / "small.yaml"),
        "--replicates",
        "3",
        "--workers",
        "1",
        "--out",
        str(home / "run"),
    ]
    assert CliRunner().invoke(carriersim, given).exit_code == 0
    return home / "run"


@pytest.fixture
def copied(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "copied")


@pytest.mark.parametrize(("language", "said"), [("en", "It matches: 2 of 3 replicates"), ("zh", "一致")])
def test_it_says_that_a_run_matches(finished, language, said):
    done = call(finished, "--sample", 2, "--workers", 1, language=language)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[1].startswith(said)
    assert max(columns(line) for line in done.stdout.splitlines()) <= 80


def test_what_does_not_match_is_named_and_the_code_says_so(copied):
    path = copied / "money" / "0000000-0000002.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    done = call(copied, "--workers", 1)
    assert done.exit_code == 1
    assert "It does not match." in done.stdout
    assert "replicates 0 to 2: a file is missing or cannot be read" in done.stdout


def test_json_says_what_was_checked(finished):
    done = call(finished, "--all", "--workers", 1, "--json", "--quiet")
    assert json.loads(done.stdout) == {
        "scenario": "small", "out": str(finished), "matches": True, "n_held": 3, "n_checked": 3,
        "checked": [0, 1, 2], "damaged": [], "unequal": [],
    }  # fmt: skip
    assert done.stderr == ""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_of_other_code_is_refused(copied, language, capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", {"en": "C", "zh": "zh_CN.UTF-8"}[language])
    manifest = json.loads((copied / "manifest.json").read_text("utf-8"))
    (copied / "manifest.json").write_text(json.dumps(manifest | {"source_hash": "7" * 64}), "utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["verify", str(copied)])
    assert ended.value.code == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "777777777777" in told.err
    assert max(columns(line) for line in told.err.splitlines()) <= 80


def test_a_folder_without_a_run_is_refused(tmp_path):
    done = call(tmp_path)
    assert done.exit_code == 2
    assert "manifest.json" in done.output
