"""Overlays say only what differs: maps merge, lists replace; nothing leads out of the folder or in a circle."""

from collections.abc import Callable
from pathlib import Path

import pytest

from simulation.scenario import Fault, ScenarioErrors, load

BASE = """\
name: Base
levers:
  clean_up: {strength: 0.5, from: 2022Q1, districts: [洪山, 江岸区]}
  events: {strength: 0.25}
targets:
  - {scope: recognised, measure: count, at_least: 600, by: 2025Q4, official: true}
  - {scope: national, measure: count, at_least: 200, by: 2025Q4}
"""


def test_maps_merge_and_lists_replace(write: Callable[..., Path]) -> None:
    write(BASE, "base.yaml")
    scenario = load(
        write(
            "extends: base.yaml\nname: Over\n"
            "levers: {clean_up: {strength: 0.75, districts: [Wuchang]}}\n"
            "targets: [{scope: listed, at_least: 700}]\n"
        )
    )
    clean_up = scenario.levers["clean_up"]
    assert scenario.name == "Over"
    assert (clean_up.strength, clean_up.from_, clean_up.districts) == (0.75, 4 * 2022, ("wuchang",))
    assert scenario.levers["events"].strength == 0.25
    assert scenario.targets is not None
    assert [(one.scope, one.at_least) for one in scenario.targets] == [("listed", 700.0)]


def test_overlay_says_each_value_where_it_stands(write: Callable[..., Path]) -> None:
    write(BASE, "base.yaml")
    scenario = load(write("extends: base.yaml\nname: Over\nlevers:\n  clean_up: {strength: 0.75}\n"))
    sources = scenario.sources
    assert sources["levers.clean_up.strength"].where == "scenario.yaml:4"
    assert sources["levers.clean_up.from"].where == "base.yaml:3"
    assert sources["name"].where == "scenario.yaml:2"
    assert sources["levers.banks.strength"].where == ""


def test_faults_of_overlay_and_base_are_found_together(write: Callable[..., Path]) -> None:
    write("name: Base\nlevers:\n  clean_upp: {strength: 1}\n", "base.yaml")
    with pytest.raises(ScenarioErrors) as caught:
        load(write("extends: base.yaml\nlevers:\n  events: {strength: x}\n"), ["levers.banks.strenght=1"])
    assert [(one.file, one.line) for one in caught.value.faults] == [
        ("--set levers.banks.strenght=1", 1),
        ("base.yaml", 3),
        ("scenario.yaml", 3),
    ]


@pytest.mark.parametrize(
    "given",
    [
        "../base.yaml",
        "/etc/hostname",
        "sub/../../base.yaml",
        "C:/base.yaml",
        "..\\base.yaml",
        "base.txt",
        "/b.yaml",
    ],
)
def test_extends_does_not_leave_the_folder(
    given: str, write: Callable[..., Path], faults_of: Callable[..., list[Fault]]
) -> None:
    write(BASE, "base.yaml")
    (fault,) = faults_of(f"name: x\nextends: '{given}'\n")
    assert (fault.line, fault.column) == (2, 10)
    assert "in the same folder or below it" in str(fault)


def test_extends_does_not_leave_the_folder_by_a_link(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, faults_of: Callable[..., list[Fault]]
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "base.yaml"
    outside.write_text(BASE, encoding="utf-8")
    (tmp_path / "base.yaml").symlink_to(outside)
    (fault,) = faults_of("name: x\nextends: base.yaml\n")
    assert "leads out of the folder" in str(fault)


def test_circle_of_extends_is_refused(
    write: Callable[..., Path], faults_of: Callable[..., list[Fault]]
) -> None:
    write("name: b\nextends: scenario.yaml\n", "b.yaml")
    (fault,) = faults_of("name: a\nextends: b.yaml\n")
    assert fault.file == "b.yaml"
    assert "closes a circle" in str(fault)
    (own,) = faults_of("name: a\nextends: scenario.yaml\n")
    assert "closes a circle" in str(own)


def test_missing_base_names_the_nearest_file(
    write: Callable[..., Path], faults_of: Callable[..., list[Fault]]
) -> None:
    write(BASE, "wuhan.yaml")
    (fault,) = faults_of("name: a\nextends: wuhann.yaml\n")
    assert "did you mean `wuhan.yaml`?" in str(fault)


def test_paths_are_relative_to_the_file_that_says_them(write: Callable[..., Path]) -> None:
    write("scope,measure,district,at_least,by\nrecognised,count,洪山区,70,2025Q4\n", "sub/tasks.csv")
    write("name: Base\nannex: tasks.csv\n", "sub/base.yaml")
    scenario = load(write("extends: sub/base.yaml\n"))
    assert scenario.annex == "sub/tasks.csv"
    assert [(one.district, one.at_least) for one in scenario.annex_tasks] == [("hongshan", 70.0)]


def test_settings_have_the_paths_of_the_file(write: Callable[..., Path]) -> None:
    scenario = load(
        write(BASE),
        [
            "levers.clean_up.strength=0.125",
            "levers.banks.strength=1",
            "levers.events.districts=[东湖高新区, Hongshan]",
            "unknowns.rounds.national_places.low=8",
            "unknowns.founding.imitation=0.02",
            "rules.founding.preparation[university]=5",
            "until=2023Q4",
        ],
    )
    assert scenario.levers["clean_up"].strength == 0.125
    assert scenario.levers["banks"].from_ == 4 * 2021 + 3
    assert scenario.levers["events"].districts == ("east_lake_htz", "hongshan")
    assert scenario.unknowns["rounds.national_places"].low == 8.0
    assert scenario.unknowns["founding.imitation"].value == 0.02
    assert scenario.rules == {"founding.preparation[university]": 5.0}
    assert scenario.until == 4 * 2023 + 3
    assert scenario.sources["levers.banks.strength"].where == "--set levers.banks.strength=1:1"


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("levers.clean_upp.strength=1", "did you mean `clean_up`?"),
        ("levers.clean_up.strength=-1", "greater than or equal to 0"),
        ("levers.clean_up.strength", "PATH=VALUE"),
        ("leverz.clean_up.strength=1", "did you mean `levers`?"),
        ("extends=base.yaml", "a key of a scenario"),
        ("targets.0.at_least=1", "set the whole list"),
        ("rules.founding.imitation=1", "it belongs under `unknowns:`"),
        ("levers.clean_up.strength=[1", "YAML cannot read"),
        ("=1", "PATH=VALUE"),
    ],
)
def test_faulty_settings_are_refused(setting: str, said: str, faults_of: Callable[..., list[Fault]]) -> None:
    (fault,) = faults_of(BASE, setting)
    assert said in str(fault)
    assert fault.file == f"--set {setting}"
