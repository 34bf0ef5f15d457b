"""The page of a real scenario: those that are shipped."""

from pathlib import Path

import pytest

from simulation.reporting.scenario_page import ScenarioPage
from simulation.reporting.text import Words
from simulation.reporting.width import columns
from simulation.scenario import load

FOLDER = Path(__file__).resolve().parent.parent.parent / "scenarios"


def lines(name="clean-up-first", language="en", settings=()):
    return ScenarioPage(Words(language), load(FOLDER / f"{name}.yaml", settings)).lines()


def below(shown, begins):
    """The line that begins so, and the one after it."""
    place = next(place for place, line in enumerate(shown) if line.strip().startswith(begins))
    return shown[place], shown[place + 1].strip()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_wider_than_the_terminal(language):
    assert max(columns(line) for line in lines(language=language)) <= 80


def test_every_value_has_its_evidence_source_and_line():
    value, origin = below(lines(), "recognised: 456 carriers")
    assert value.endswith(" published")
    assert "press_2021" in origin or "published" in origin


def test_a_lever_shows_which_file_set_what():
    shown = lines()
    start = next(place for place, line in enumerate(shown) if "(banks)" in line)
    told = [line.strip() for line in shown[start + 1 : start + 7]]
    assert told[0].startswith("strength 1, ramp 4 quarters")
    assert told[1].startswith("wuhan-2025.yaml:")
    assert told[2].startswith("from 2022Q4")
    assert told[3].startswith("clean-up-first.yaml:")
    assert told[4].startswith("cost ")
    assert "levers.csv:" in told[5]


def test_a_setting_shows_that_it_came_from_the_command_line():
    shown = lines(settings=("levers.clean_up.strength=0.5",))
    assert any("--set levers.clean_up.strength=0.5" in line for line in shown)


def test_targets_are_sentences_and_the_official_ones_marked():
    value, origin = below(lines(), "* at least 600 recognised carriers by the end of 2025")
    assert value.endswith("scenario")
    assert origin.startswith("wuhan-2025.yaml:")


def test_groups_stand_apart():
    heads = ["General", "Targets", "Policy levers", "Unknown numbers", "Fixed rules", "Baseline"]
    shown = lines()
    places = [next(n for n, line in enumerate(shown) if line.startswith(head)) for head in heads]
    assert places == sorted(places)


def test_the_levers_stand_in_the_order_of_the_notice_under_the_data_s_names():
    shown = "\n".join(lines(language="zh"))
    assert shown.index("(district_new_build)") < shown.index("(clean_up)") < shown.index("(role_models)")
    assert "政策举措" in shown


def test_the_record_holds_every_value():
    scenario = load(FOLDER / "wuhan-2025.yaml")
    record = ScenarioPage(Words("en"), scenario).record()
    assert set(record["values"]) == set(scenario.sources)
    assert record["values"]["levers.clean_up.strength"]["value"] == 1.0
    assert set(record["values"]["name"]) == {"value", "unit", "grade", "source", "where"}
