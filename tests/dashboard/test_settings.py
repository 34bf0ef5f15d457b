import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import scenario
from simulation.dashboard.settings import KEYS, MOST_CHANGES, Setting, from_address
from simulation.faults import ScenarioErrors

MOVED = (
    Setting("small")
    .changed("levers.clean_up.strength", 0.5)
    .changed("levers.clean_up.districts", ["hongshan", "wuchang"])
    .changed("levers.events.from", "2022Q1")
    .changed("unknowns.rounds.national_places", {"low": 9.0, "mid": 14.0, "high": 18.0})
)


def test_a_setting_says_what_the_command_line_says(presets, folder):
    ours = presets.scenario(MOVED)
    theirs = scenario.load(folder / "small.yaml", MOVED.as_settings)
    assert ours.digest() == theirs.digest()
    assert ours.levers["clean_up"].strength == 0.5
    assert ours.levers["clean_up"].districts == ("hongshan", "wuchang")
    assert ours.unknowns["rounds.national_places"].low == 9.0


def test_a_change_taken_back_is_no_change():
    assert MOVED.changed("levers.events.from", None).changed("levers.events.from", "2022Q1") == MOVED
    assert Setting("small").changed("levers.events.from", None) == Setting("small")


def test_an_address_holds_the_whole_setting(presets):
    assert from_address(MOVED.as_settings, "small") == MOVED


def test_the_order_of_an_address_does_not_matter():
    assert from_address(MOVED.as_settings[::-1], "small") == MOVED


def test_a_saved_scenario_is_the_setting_again(presets, folder):
    text = presets.to_yaml(MOVED, '洪山"先清理"：a')
    (folder / "saved.yaml").write_text(text, "utf-8")
    try:
        loaded = scenario.load(folder / "saved.yaml")
    finally:
        (folder / "saved.yaml").unlink()
    named = presets.scenario(MOVED.changed("name", '洪山"先清理"：a'))
    assert loaded.digest() == named.digest()
    assert presets.scenario(presets.from_yaml(text.encode(), "saved.yaml")).digest() == named.digest()


@settings(max_examples=12)
@given(st.text(min_size=1, max_size=60).filter(str.isprintable))
def test_any_name_is_saved_as_text(presets, name):
    again = presets.from_yaml(presets.to_yaml(Setting("small"), name).encode(), "a.yaml")
    assert json.loads(dict(again.changes)["name"]) == name


@pytest.mark.parametrize(
    "change",
    [
        "baseline=../../etc/passwd",
        "annex=/etc/passwd",
        "city=/etc",
        "extends=nothing.yaml",
        "covers=[hongshan]",
        "until=2099Q4",
        "seeds_per_draw=10000",
        "=1",
    ],
)
def test_an_address_names_no_file_and_asks_for_no_longer_run(presets, change):
    with pytest.raises(ScenarioErrors):
        presets.scenario(from_address([change], "small"))


@pytest.mark.parametrize("preset", ["../small", "/etc/passwd", "small.yaml", "", "missing"])
def test_only_scenarios_of_the_folder_are_known(presets, preset):
    with pytest.raises(ScenarioErrors, match="small"):
        presets.scenario(Setting(preset))


def test_an_address_is_bounded(presets):
    many = [f"levers.clean_up.strength={number}" for number in range(3)]
    assert len(from_address(many, "small").changes) == 1
    with pytest.raises(ScenarioErrors, match=str(MOST_CHANGES)):
        presets.scenario(from_address([f"name.{number}=1" for number in range(5000)], "small"))
    with pytest.raises(ScenarioErrors, match="characters"):
        presets.scenario(from_address(["name=" + "a" * 10_000], "small"))


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("extends: small.yaml\nbaseline: ../../secret.csv\n", 2, "baseline"),
        ("extends: small.yaml\nlevers:\n  clean_upp: {strength: 1}\n", 3, "clean_upp"),
        ("extends: small.yaml\nlevers:\n  clean_up: {strength: 9}\n", 3, "9"),
        ("extends: ../small.yaml\n", 1, "../small.yaml"),
        ("extends: /etc/passwd\n", 1, "/etc/passwd"),
        ("name: alone\n", 1, "nothing"),
        ("extends: small.yaml\nname: a\nname: b\n", 3, "name"),
    ],
)
def test_an_upload_is_refused_where_it_is_wrong(presets, text, line, found):
    with pytest.raises(ScenarioErrors) as wrong:
        presets.from_yaml(text.encode(), "../../up.yaml")
    assert [(one.line, one.file) for one in wrong.value.faults] == [(line, "up.yaml")]
    assert found in wrong.value.faults[0].found


def test_an_upload_that_is_no_text_or_too_large_is_refused(presets):
    with pytest.raises(ScenarioErrors, match="UTF-8"):
        presets.from_yaml(b"extends: small.yaml\nname: \xff\n", "a.yaml")
    with pytest.raises(ScenarioErrors, match="bytes"):
        presets.from_yaml(b"#" * 300_000, "a.yaml")


def test_an_upload_leaves_the_folder_as_it_was(presets, folder):
    before = sorted(path.name for path in folder.iterdir())
    presets.from_yaml(b"extends: small.yaml\nname: a\n", "small.yaml")
    assert sorted(path.name for path in folder.iterdir()) == before
    assert (folder / "small.yaml").read_text("utf-8").startswith("name: Small")


def test_what_may_be_changed_is_of_a_scenario():
    assert set(KEYS) < set(scenario.Scenario.model_fields)
