"""``movements``, ``pipeline`` and ``synthesise`` on the terminal."""

import json
from pathlib import Path

import pytest

from simulation.cli.main import main
from simulation.reporting.width import columns
from tests.registry.registries import INCUBATOR, MAKERSPACE, text

SCENARIO = str(Path(__file__).parents[2] / "scenarios" / "wuhan-2025.yaml")


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


@pytest.fixture
def two(tmp_path: Path) -> tuple[str, str]:
    one, other = tmp_path / "2022Q3.csv", tmp_path / "2022Q4.csv"
    one.write_text(text([INCUBATOR, MAKERSPACE]), encoding="utf-8")
    renamed = INCUBATOR | {"name": "更名孵化器\u202e<b>", "district": "武昌区"}
    other.write_text(
        text([renamed, MAKERSPACE | {"id": "B1", "name": "新空间"}]),
        encoding="utf-8",
    )
    return str(one), str(other)


def test_movements_add_up_in_json(two: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("movements", *two, "--as-of", "2022-12-31", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["last"]["on"] == "2022-09-30"
    for line in told["tables"]:
        assert line["opening"] + sum(one["count"] for one in line["flows"]) == line["closing"]
    assert {one["what"] for one in told["carriers"]} == {"renamed", "transferred", "renumbered"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_keep_to_the_terminal(
    language: str, two: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("movements", *two, "--as-of", "2022-12-31", "--lang", language) == 0
    moved = capsys.readouterr().out
    assert run("pipeline", two[0], "--as-of", "2022-12-31", "--by", "district", "--lang", language) == 0
    listed = capsys.readouterr().out
    for line in (moved + listed).splitlines():
        assert columns(line) <= 80, line
    assert "\u202e" not in moved
    assert ("洪山区" if language == "zh" else "Hongshan") in moved


def test_pipeline_gives_every_gap_in_json(two: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("pipeline", two[0], "--as-of", "2022-12-31", "--json") == 0
    lists = {one["list"]: one["carriers"] for one in json.loads(capsys.readouterr().out)["lists"]}
    assert set(lists) == {"next_level", "could_convert", "suspected_stopped", "at_risk", "overstaying"}
    gap = lists["next_level"][0]["gaps"][0]
    assert set(gap) == {"what", "have", "need", "gap"}


def test_a_registry_with_errors_is_refused(
    tmp_path: Path, two: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(text([INCUBATOR | {"district": "高新区"}]), encoding="utf-8")
    assert run("movements", two[0], str(bad), "--as-of", "2022-12-31", "--lang", "zh") == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "有1处错误" in told.err
    assert run("pipeline", str(bad), "--as-of", "2022-12-31") == 2


def test_synthesise_writes_a_registry_that_check_accepts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "registry.csv"
    assert run("synthesise", SCENARIO, "--out", str(out), "--json") == 0
    assert json.loads(capsys.readouterr().out)["carriers"] == 600
    assert run("synthesise", SCENARIO, "--out", str(out)) == 2
    assert run("check", str(out), "--as-of", "2020-12-31") == 0
