"""The scenarios that come with the product."""

from pathlib import Path

import pytest

from simulation.quarters import quarter
from simulation.rules import codes
from simulation.scenario import Study, load, study
from tests.scenario.conftest import ROOT

SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))


def test_all_are_there() -> None:
    names = {path.stem for path in SCENARIOS}
    assert names >= {"wuhan-2025", "no-notice", "clean-up-first", "conversion-push", "new-build-push"}


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_each_loads_and_differs(path: Path, wuhan: Study) -> None:
    scenario = load(path)
    assert {one.found.split()[0] for one in scenario.warnings} <= {"strength"}
    assert len(study(scenario).targets) == 3
    assert (scenario.digest() == wuhan.scenario.digest()) == (path.stem == "wuhan-2025")


def test_the_notice_is_at_its_intent(wuhan: Study) -> None:
    assert {one.strength for one in wuhan.scenario.levers.values()} == {1.0}
    assert wuhan.scenario.warnings == ()
    for name, lever in wuhan.scenario.levers.items():
        assert lever.from_ >= quarter("2021Q4"), name
        assert wuhan.scenario.sources[f"levers.{name}.strength"].where, f"{name} is not named"
    last = wuhan.setting(1, 0, 0).levers.strength[:, -1]
    assert (last == 1.0).all()


def test_no_notice_differs_in_strength_alone(wuhan: Study) -> None:
    without = study(load(ROOT / "scenarios" / "no-notice.yaml"))
    assert (without.setting(1, 0, 0).levers.strength == 0.0).all()
    assert without.targets == wuhan.targets
    assert without.unknown_values(1, 0) == wuhan.unknown_values(1, 0)
    for name in codes.LEVERS:
        assert without.scenario.levers[name] == wuhan.scenario.levers[name].model_copy(
            update={"strength": 0.0}
        )


def test_targets_are_those_of_the_notice(wuhan: Study) -> None:
    assert [(one.scope, one.measure, one.at_least, one.official) for one in wuhan.targets] == [
        ("recognised", "count", 600.0, True),
        ("national", "count", 200.0, True),
        ("recognised", "specialised_share", 0.5, True),
    ]
    assert {one.by for one in wuhan.targets} == {quarter("2025Q4")}
    assert study(load(ROOT / "scenarios" / "wuhan-2025.yaml", ["targets=~"])).targets == wuhan.targets
