"""Tasks of districts: whole numbers that add up to the city's targets, every year."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.quarters import quarter
from simulation.scenario import Fault, Study, load, study
from simulation.scenario.tasks import Target, apportion, yearly_milestones


def test_largest_remainder_by_hand() -> None:
    # 869 over thirds: 289.64, 289.64, 289.72; cut 867, so two go to the largest remainders.
    assert apportion(869, [0.3333, 0.3333, 0.3334]) == [290, 289, 290]
    assert apportion(3, [1, 1, 1, 1]) == [1, 1, 1, 0]
    assert apportion(0, [0.2, 0.8]) == [0, 0]
    with pytest.raises(ValueError, match="share out nothing"):
        apportion(5, [0.0, 0.0])


@given(st.integers(0, 5000), st.lists(st.floats(0.001, 1.0), min_size=1, max_size=20))
def test_parts_add_up_and_stay_near_their_share(total: int, shares: list[float]) -> None:
    parts = apportion(total, shares)
    assert sum(parts) == total
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - total * share / sum(shares)) < 1.0


def test_default_tasks_share_out_the_targets(wuhan: Study) -> None:
    assert len(wuhan.targets) == 3
    for target in wuhan.targets:
        of_it = [one for one in wuhan.tasks if (one.scope, one.measure) == (target.scope, target.measure)]
        assert len(of_it) == 15
        assert "changjiang_new_area" not in [one.district for one in of_it]
        assert {one.grade for one in of_it} == {"assumed"}
        if target.measure == "count":
            assert sum(one.at_least for one in of_it) == target.at_least
        else:
            assert {one.at_least for one in of_it} == {0.5}
    assert {one.grade for one in wuhan.targets} == {"published"}


def test_tasks_do_not_depend_on_the_draw(wuhan: Study) -> None:
    assert (wuhan.setting(1, 0, 0).milestones == wuhan.setting(2, 5, 3).milestones).all()


def test_milestones_rise_to_the_tasks_and_add_up(wuhan: Study) -> None:
    years = wuhan.milestones
    assert years.shape == (5, 16)
    assert years.sum(axis=1).tolist() == [485, 514, 543, 571, 600]
    assert (years[1:] >= years[:-1]).all()
    last = {
        one.district: one.at_least
        for one in wuhan.tasks
        if (one.scope, one.measure) == ("recognised", "count")
    }
    assert years[-1].tolist() == [last.get(code, 0) for code in wuhan.city.codes]
    by_quarter = wuhan.setting(1, 0, 0).milestones
    assert by_quarter.sum(axis=1).tolist() == [one for one in (485, 514, 543, 571, 600) for _ in range(4)]


def test_milestones_do_not_depend_on_the_horizon(wuhan: Study, write: Callable[..., Path]) -> None:
    short = study(load(write("name: x\nuntil: 2022Q2\n")))
    assert short.targets == ()
    assert (short.setting(1, 0, 0).milestones == wuhan.setting(1, 0, 0).milestones[:6]).all()


@given(st.integers(0, 900), st.lists(st.integers(0, 90), min_size=15, max_size=15), st.integers(2021, 2026))
def test_milestones_reach_any_tasks(wuhan: Study, baseline: int, tasks: list[int], year: int) -> None:
    given_tasks = [
        Target("recognised", "label", "count", float(task), quarter(f"{year}Q4"), True, code, "scenario")
        for code, task in zip(wuhan.city.codes, tasks, strict=False)
    ]
    years = yearly_milestones(baseline, 2021, given_tasks, wuhan.city)
    assert years[-1, :15].tolist() == tasks
    assert (years >= 0).all()
    steps = years.sum(axis=1).tolist()
    assert steps in (sorted(steps), sorted(steps, reverse=True))


ANNEX = "scope,measure,district,at_least,by\n"


def test_annex_replaces_the_default_tasks(write: Callable[..., Path]) -> None:
    write(
        ANNEX + "recognised,count,东湖高新区,190,2025Q4\nrecognised,count,Hongshan,70,2025Q4\n"
        "national,count,东湖高新区,80,2025Q4\nrecognised,count,Hongshan,60,2023Q4\n",
        "annex.csv",
    )
    one = study(load(write("name: x\nannex: annex.csv\n")))
    assert [(task.district, task.scope, task.at_least) for task in one.tasks] == [
        ("hongshan", "recognised", 60.0),
        ("east_lake_htz", "national", 80.0),
        ("hongshan", "recognised", 70.0),
        ("east_lake_htz", "recognised", 190.0),
    ]
    assert {task.grade for task in one.tasks} == {"scenario"}
    assert one.milestones[2, one.city.index("hongshan")] == 60
    assert one.milestones[4, one.city.index("hongshan")] == 70
    assert one.milestones[4, one.city.index("east_lake_htz")] == 190


def test_every_fault_of_an_annex_is_found(
    write: Callable[..., Path], faults_of: Callable[..., list[Fault]]
) -> None:
    write(
        ANNEX
        + "recognised,count,高新区,190,2025Q4\nrecognized,count,洪山,70,2025Q4\nlisted,count,洪山,7.5,2025Q4\n"
        "listed,specialised_share,洪山,50,2025\nlisted,count,洪山,70,2025Q4\nlisted,count,Hongshan,70,2025Q4\n"
        "listed,count,洪山\n",
        "annex.csv",
    )
    faults = faults_of("name: x\nannex: annex.csv\n")
    assert [one.line for one in faults] == [2, 3, 4, 5, 5, 7, 8]
    assert "东湖高新区" in str(faults[0])
    assert "did you mean `recognised`?" in str(faults[1])


def test_missing_annex_is_refused(faults_of: Callable[..., list[Fault]]) -> None:
    (fault,) = faults_of("name: x\nannex: nothing.csv\n")
    assert (fault.line, fault.column) == (2, 8)
