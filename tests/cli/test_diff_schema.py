"""``carriersim diff`` and ``schema`` on the terminal."""

import json
from pathlib import Path

import pytest

from simulation.cli.main import main

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


def test_diff_tells_values_with_their_places(capsys: pytest.CaptureFixture[str]) -> None:
    a, b = str(SCENARIOS / "clean-up-first.yaml"), str(SCENARIOS / "wuhan-2025.yaml")
    assert run("diff", a, b, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    of_path = {one["path"]: one for one in told["differences"]}
    assert (of_path["levers.clean_up.from"]["a"], of_path["levers.clean_up.from"]["b"]) == (
        "2021Q4",
        "2022Q1",
    )
    assert of_path["levers.clean_up.from"]["where_b"].startswith("wuhan-2025.yaml:")
    assert run("diff", a, b, "--lang", "zh") == 0
    shown = capsys.readouterr().out
    assert f"有{len(told['differences'])}个数值不同" in shown.replace("\n  ", "")
    assert "  A  2021Q4 (clean-up-first.yaml:" in shown
    assert run("diff", a, a) == 0
    assert "say the same" in capsys.readouterr().out.replace("\n  ", " ")


def test_schema_is_json_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schema") == 0
    assert json.loads(capsys.readouterr().out)["properties"]["levers"]["properties"]["clean_up"]
    assert run("schema", "--city", "nowhere") == 2
