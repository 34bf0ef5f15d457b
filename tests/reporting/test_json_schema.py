"""The schema that editors are given: it accepts our scenarios, refuses faults, and explains every key."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from simulation.reporting.json_schema import ScenarioSchema
from simulation.reporting.text import Words
from simulation.rules import codes
from simulation.scenario import load
from simulation.scenario.document import read_document
from simulation.scenario.schema import LeverSetting, ScenarioFields, Switches, TargetSetting, keys

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    city = load(ROOT / "scenarios" / "wuhan-2025.yaml").tables
    made = ScenarioSchema(Words("en"), city).document()
    jsonschema.Draft202012Validator.check_schema(made)
    return made


@pytest.fixture(scope="module")
def editor(schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    """What an editor does with it; ``jsonschema.validate`` would check the whole schema each time."""
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_scenario_of_the_repository_is_valid(
    path: Path, editor: jsonschema.Draft202012Validator
) -> None:
    document = read_document(path, path.name, [])
    assert document is not None
    editor.validate(document.data)


@pytest.mark.parametrize(
    "data",
    [
        {"name": "a", "polices": {}},
        {"name": "a", "levers": {"clean_up": {"strength": 3}}},
        {"name": "a", "levers": {"clean_upp": {"strength": 1}}},
        {"name": "a", "levers": {"clean_up": {"where": {"type": "incubater"}}}},
        {"name": "a", "until": "2025"},
        {"name": "a", "targets": [{"scope": "recognized", "at_least": 1}]},
        {"name": "a", "unknowns": {"founding.cool_down": 3}},
        {"until": "2025Q4"},
    ],
)
def test_faults_are_refused(data: dict[str, Any], editor: jsonschema.Draft202012Validator) -> None:
    with pytest.raises(jsonschema.ValidationError):
        editor.validate(data)


def test_every_key_is_there_and_explained(schema: dict[str, Any]) -> None:
    top = schema["properties"]
    assert set(top) == {*keys(ScenarioFields), "extends"}
    assert set(top["levers"]["properties"]) == set(codes.LEVERS)
    lever = top["levers"]["properties"]["clean_up"]
    assert set(lever["properties"]) == {*keys(LeverSetting), "where"}
    target = top["targets"]["items"]
    assert set(target["properties"]) == set(keys(TargetSetting))
    assert set(top["switches"]["properties"]) == set(keys(Switches))
    for part in (top, lever["properties"], target["properties"], top["unknowns"]["properties"]):
        assert all(one["description"] for one in part.values())
    assert "洪山区" in str(lever["properties"]["districts"])


def test_descriptions_are_in_the_language_asked_for() -> None:
    city = load(ROOT / "scenarios" / "wuhan-2025.yaml").tables
    made = ScenarioSchema(Words("zh"), city).document()
    assert made["properties"]["until"]["description"] == "模拟的最后一个季度。"
