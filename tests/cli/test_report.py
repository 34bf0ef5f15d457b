"""``carriersim report`` as a planner and as a program calls it."""

import json

import pytest
from click.testing import CliRunner

from simulation.cli.main import carriersim, main
from simulation.reporting.width import columns


def call(*arguments, language="en"):
    environment = {"LC_ALL": {"en": "C", "zh": "zh_CN.UTF-8"}[language]}
    return CliRunner(env=environment).invoke(carriersim, ["report", *map(str, arguments)])


def refused(capsys, *arguments):
    with pytest.raises(SystemExit) as left:
        main(["--lang", "en", "report", *map(str, arguments)])
    assert left.value.code == 2
    return capsys.readouterr().err


def unfolded(text):
    """The text without the blanks and line ends at which it was folded."""
    return "".join(text.split())


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    home = tmp_path_factory.mktemp("report")
    (home / "small.yaml").write_text("name: 小\nuntil: 2021Q2\n", encoding="utf-8")
    given = ["run", home / "small.yaml", "--replicates", "3", "--workers", "1", "--out", home / "run"]
    assert CliRunner().invoke(carriersim, list(map(str, given))).exit_code == 0
    return home / "run"


def test_a_page_is_written_beside_the_folder_and_told(finished):
    done = call(finished, "--json", "--overwrite")
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["files"] == {"report": str(finished.with_name("run.html"))}
    assert answer["runs"][0]["n_used"] == 3
    assert finished.with_name("run.html").read_bytes().startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_answer_fits_a_terminal(finished, tmp_path, language):
    done = call(finished, "--out", tmp_path / "page.html", language=language)
    assert done.exit_code == 0, done.output
    assert max(columns(line) for line in done.stdout.splitlines()) <= 80
    assert "page.html" in done.stdout.replace("\n  ", "")


def test_nothing_is_overwritten_and_all_faults_are_told_at_once(finished, tmp_path, capsys):
    there = tmp_path / "there.html"
    there.write_text("mine")
    told = refused(capsys, finished, tmp_path / "none", "--out", there)
    assert "there.htmlisthere" in unfolded(told)
    assert "holdsnoresultsofarun" in unfolded(told)
    assert there.read_text() == "mine"


def test_a_path_that_cannot_be_written_is_refused(finished, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert "cannotbewritten" in unfolded(refused(capsys, finished, "--out", tmp_path / "file" / "page.html"))


def test_forms_are_written_when_they_are_asked_for(finished, tmp_path):
    done = call(finished, "--xlsx", tmp_path / "book.xlsx", "--csv", tmp_path / "tables", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["files"].keys() == {"workbook", "csv"}
    assert (tmp_path / "book.xlsx").read_bytes().startswith(b"PK")
    assert (tmp_path / "tables" / "targets.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.xlsx", "tables"]
