"""A planner in mid-2023 starts from the registry of that day: the whole way from file to books."""

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simulation import world as worlds
from simulation.engines import books
from simulation.engines.compiled import simulate
from simulation.faults import ScenarioErrors
from simulation.quarters import quarter
from simulation.rules import codes
from simulation.rules.rounds import Thresholds
from simulation.scenario import Study, load, study
from tests.registry.conftest import ROOT
from tests.registry.registries import INCUBATOR, PROJECT, city, text

SCENARIO = """\
extends: wuhan-2025.yaml
name: from the registry of mid-2023
baseline: registry.csv
start: 2023Q2
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Callable[..., Path]:
    def scenario(registry: str, more: str = "") -> Path:
        (tmp_path / "registry.csv").write_text(registry, encoding="utf-8")
        shutil.copy(ROOT / "scenarios" / "wuhan-2025.yaml", tmp_path)
        path = tmp_path / "mid-2023.yaml"
        path.write_text(SCENARIO + more, encoding="utf-8")
        return path

    return scenario


@pytest.fixture
def mid_2023(scenario: Callable[..., Path]) -> Study:
    return study(load(scenario(text([*city(300), PROJECT]))))


def test_the_run_begins_after_the_registry_and_its_books_balance(mid_2023: Study) -> None:
    setting, world = mid_2023.setting(1, 0, 0), mid_2023.world(1, 0, 0)
    assert (setting.first_quarter, setting.quarters) == (quarter("2023Q3"), 10)
    assert world.quarter == quarter("2023Q2")
    outcome = simulate(setting, world)
    assert books.imbalance(outcome) == []
    assert outcome.world.quarter == quarter("2025Q4")
    recognised = outcome.stocks[0][..., codes.MUNICIPAL - 1 :, :]
    assert recognised.sum() == 180  # three of five levels of 300 rows
    assert outcome.stocks[0].sum() == 240  # all but those without a level
    assert outcome.flows.any(axis=tuple(range(7))).sum() > 8  # causes of every kind move them


def test_what_lies_before_the_start_is_past(mid_2023: Study) -> None:
    setting = mid_2023.setting(1, 0, 0)
    assert len(setting.city.transfer_quarter) == 0
    new = mid_2023.city.index("changjiang_new_area")
    assert (setting.city.seeker_share[:, new] > 0.0).all()
    assert (mid_2023.world(1, 0, 0).sponsors.district == new).any()
    # Levers that came in over a year from 2021Q4 are at full strength.
    assert (setting.levers.strength[codes.CONVERT_LARGE] == 1.0).all()


def test_calendar_thresholds_and_tasks_are_those_of_the_quarters(mid_2023: Study, wuhan: Study) -> None:
    late, full = mid_2023.setting(1, 0, 0), wuhan.setting(1, 0, 0)
    skipped = late.first_quarter - full.first_quarter
    assert np.array_equal(late.thresholds, full.thresholds[skipped:])
    assert np.array_equal(late.milestones, full.milestones[skipped:])
    for name in ("municipal_opens", "evaluation", "provincial_review", "national_review"):
        assert np.array_equal(getattr(late.calendar, name), getattr(full.calendar, name)[skipped:]), name
    assert late.calendar.municipal_announces[0] == 0  # of the round that opened before the start
    assert mid_2023.targets == wuhan.targets
    assert mid_2023.tasks == wuhan.tasks
    changed = Thresholds._fields.index("admitted")  # first asked by the rules of 2023
    assert late.thresholds[..., changed].max() == full.thresholds[-1, ..., changed].max()


def test_a_study_carries_its_registry_to_a_worker(mid_2023: Study, tmp_path: Path) -> None:
    here = mid_2023.world(1, 1, 0)
    sent = pickle.dumps(mid_2023)
    (tmp_path / "registry.csv").unlink()
    assert worlds.differences(here, pickle.loads(sent).world(1, 1, 0)) == []


def test_row_order_changes_no_byte_of_a_world(scenario: Callable[..., Path]) -> None:
    rows = city(80)
    forth = study(load(scenario(text(rows)))).world(1, 0, 0)
    back = study(load(scenario(text(reversed(rows))))).world(1, 0, 0)
    assert worlds.differences(forth, back) == []


def test_faults_of_scenario_and_registry_are_told_together(scenario: Callable[..., Path]) -> None:
    wrong = text([INCUBATOR, INCUBATOR | {"id": "Z", "district": "汉口"}])
    with pytest.raises(ScenarioErrors) as caught:
        load(scenario(wrong, "until: 2023Q1\n"))
    assert {Path(one.file).name for one in caught.value.faults} == {"mid-2023.yaml", "registry.csv"}


def test_the_registry_must_not_be_later_than_the_start(scenario: Callable[..., Path]) -> None:
    later = INCUBATOR | {"provincial_on": "2023-07"}
    with pytest.raises(ScenarioErrors, match="a month up to the end of 2023Q2"):
        load(scenario(text([later])))
    assert load(scenario(text([INCUBATOR | {"provincial_on": "2023-06"}]))).register is not None
