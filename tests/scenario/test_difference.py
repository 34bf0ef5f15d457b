"""``diff``, ``where`` and targets: what a scenario says, compared and aimed."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simulation.rules import codes
from simulation.scenario import ScenarioErrors, load, study
from simulation.scenario.difference import differences
from simulation.scenario.kinds import known_templates, of_kind
from tools.messages import templates

SCENARIOS = Path(__file__).parents[2] / "scenarios"

Write = Callable[..., Path]


@pytest.fixture
def scenario(tmp_path: Path) -> Callable[[str, str], Path]:
    def scenario(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return scenario


def test_a_scenario_does_not_differ_from_itself() -> None:
    one = load(SCENARIOS / "wuhan-2025.yaml")
    assert differences(one, one) == []


def test_each_value_that_differs_is_told_with_its_place(scenario: Callable[[str, str], Path]) -> None:
    a = scenario("a.yaml", "name: a\nlevers:\n  clean_up: {strength: 1, ramp: 2}\n")
    b = scenario(
        "b.yaml",
        "extends: a.yaml\nname: b\nlevers:\n  clean_up: {ramp: 4}\nrules:\n  founding.cool_down: 9\n",
    )
    found = {one.path: one for one in differences(load(a), load(b))}
    assert set(found) == {"levers.clean_up.ramp", "rules.founding.cool_down"}
    ramp = found["levers.clean_up.ramp"]
    assert ramp.a is not None
    assert ramp.b is not None
    assert (ramp.a.value, ramp.a.where, ramp.b.value, ramp.b.where) == (2, "a.yaml:3", 4, "b.yaml:4")


def test_where_aims_as_the_keys_of_the_lever_do(scenario: Callable[[str, str], Path]) -> None:
    plain = scenario(
        "a.yaml", "name: a\nlevers:\n  events: {strength: 1, types: [incubator], sectors: [人工智能]}\n"
    )
    where = scenario(
        "b.yaml", "name: a\nlevers:\n  events: {strength: 1, where: {type: incubator, sector: [人工智能]}}\n"
    )
    assert differences(load(plain), load(where)) == []
    row = codes.LEVERS.index("events")
    levers = study(load(where)).setting(1, 0, 0).levers
    assert levers.of_type[row].tolist() == [0, 1, 0]
    assert np.count_nonzero(levers.of_sector[row]) == 1


def test_an_overlay_aims_anew(scenario: Callable[[str, str], Path]) -> None:
    scenario("a.yaml", "name: a\nlevers:\n  events: {strength: 1, types: [incubator]}\n")
    above = scenario("b.yaml", "extends: a.yaml\nname: b\nlevers:\n  events: {where: {type: makerspace}}\n")
    assert load(above).levers["events"].types == ("makerspace",)
    assert load(above, ["levers.events.where.type=accelerator"]).levers["events"].types == ("accelerator",)


def test_an_aim_that_is_none_is_refused_with_its_place(scenario: Callable[[str, str], Path]) -> None:
    path = scenario("a.yaml", "name: a\nlevers:\n  events:\n    where: {tipe: incubator, level: natonal}\n")
    with pytest.raises(ScenarioErrors) as caught:
        load(path)
    told = [(one.line, one.column, one.advice) for one in caught.value.faults]
    assert (4, 13, "did you mean `type`?") in told
    assert (4, 37, "did you mean `national`?") in told


def test_a_target_twice_is_refused_and_one_above_its_whole_is_told(
    scenario: Callable[[str, str], Path],
) -> None:
    twice = scenario(
        "a.yaml", "name: a\ntargets:\n  - {at_least: 600}\n  - {scope: recognised, at_least: 500}\n"
    )
    with pytest.raises(ScenarioErrors, match="the target of line 3 again"):
        load(twice)
    above = scenario(
        "b.yaml", "name: a\ntargets:\n  - {at_least: 600}\n  - {scope: national, at_least: 700}\n"
    )
    assert [one.line for one in load(above).warnings] == [4]
    nested = scenario(
        "c.yaml", "name: a\ntargets:\n  - {at_least: 600}\n  - {scope: national, at_least: 600}\n"
    )
    assert load(nested).warnings == ()


def test_a_ramp_past_the_end_is_told(scenario: Callable[[str, str], Path]) -> None:
    text = "name: a\nlevers:\n  events: {{strength: 1, from: 2025Q1, until: {}, ramp: 4}}\n"
    assert load(scenario("a.yaml", text.format("2025Q4"))).warnings == ()
    assert "full in 2025Q4" in load(scenario("b.yaml", text.format("2025Q3"))).warnings[0].found


@pytest.mark.parametrize(
    ("key", "advice"),
    [
        ("include: base.yaml", "did you mean `extends`?"), ("policies: []", "did you mean `levers`?"),
        ("polices: []", "did you mean `levers`?"), ("seed: 42", "give `run` --seed"),
        ("runs: 10", "give `run` --replicates"), ("registry: r.csv", "did you mean `baseline`?"),
    ],
)  # fmt: skip
def test_names_of_other_programs_are_understood(
    key: str, advice: str, scenario: Callable[[str, str], Path]
) -> None:
    with pytest.raises(ScenarioErrors) as caught:
        load(scenario("a.yaml", f"name: a\n{key}\n"))
    assert advice in caught.value.faults[0].advice


def test_a_month_is_answered_with_its_quarter(scenario: Callable[[str, str], Path]) -> None:
    with pytest.raises(ScenarioErrors) as caught:
        load(scenario("a.yaml", "name: a\nuntil: 2025-07-15\n"))
    assert "2025Q3" in caught.value.faults[0].advice


def test_every_template_with_a_kind_is_one_that_is_said() -> None:
    assert set(known_templates()) <= {template for template, _ in templates()}


def test_faults_have_kinds(scenario: Callable[[str, str], Path]) -> None:
    with pytest.raises(ScenarioErrors) as caught:
        load(scenario("a.yaml", "name: a\nname: b\nlevels: {}\nuntil: tomorrow\nseeds_per_draw: many\n"))
    assert [of_kind(one).kind for one in caught.value.faults] == [
        "duplicate_key", "unknown_key", "date", "type",
    ]  # fmt: skip
