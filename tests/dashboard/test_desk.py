import threading
import time

import numpy as np
import pytest

import simulation as sim
from simulation.dashboard.course import Course
from simulation.dashboard.desk import Desk
from simulation.dashboard.settings import Setting
from simulation.projection.coalitions import COLUMNS
from simulation.projection.comparison import compare
from simulation.projection.targets import summarise
from simulation.rules import codes

PATIENCE = 120.0


@pytest.fixture
def desk():
    made = Desk(threads=2, most=8)
    yield made
    made.close()


def reached(desk, course, futures):
    desk.wait(course, futures, PATIENCE)
    assert course.n >= futures
    return course


def weaker(strength):
    return Setting("small").changed("levers.convert_large.strength", strength)


def test_the_numbers_are_those_of_a_run(desk, presets, tmp_path):
    desk.want("a", [presets.study(Setting("small"))])  # so that the second setting has a past to share
    first = desk.want("a", [presets.study(Setting("small"))])[0]
    reached(desk, first, 8)
    course = reached(desk, desk.want("a", [presets.study(weaker(0.3))])[0], 8)
    held = course.held()
    run = sim.run(presets.scenario(weaker(0.3)), replicates=8, out=tmp_path / "run", reuse=False, workers=1)
    for scope in codes.SCOPES:
        for which in (None, *codes.BASES):
            assert np.array_equal(held.totals(scope, which), run.totals(scope, which))
    assert summarise(held) == summarise(run)
    assert held.spent.sum(axis=(1, 2)).tolist() == run.money.groupby("replicate")["CNY"].sum().tolist()


def test_a_comparison_is_that_of_runs(desk, presets, tmp_path):
    studies = [presets.study(Setting("small")), presets.study(Setting("nothing"))]
    b, a = (reached(desk, one, 8) for one in desk.want("a", studies))
    found = b.compared(a, 8)
    runs = [
        sim.run(presets.scenario(Setting(name)), replicates=8, out=tmp_path / name, reuse=False, workers=1)
        for name in ("nothing", "small")
    ]
    told = compare(runs)
    assert found.chances == told.chances
    assert found.effects == told.effects
    assert found.costs == told.costs


def test_the_bridge_adds_up(desk, presets):
    course = reached(desk, desk.want("a", [presets.study(Setting("small"))])[0], 8)
    held = course.held()
    assert course.bridge_quarters == 5  # 2021Q1 to 2022Q1, the quarter of the targets
    for column, name in enumerate(COLUMNS):
        scope, _, which = name.partition("_")
        paths = held.totals(scope, which or None)
        change = held.moved[:, column].sum()
        assert paths[:, 0].sum() + change == paths[:, 5].sum()


def test_pages_that_set_the_same_share_a_course(desk, presets):
    one = desk.want("a", [presets.study(Setting("small"))])[0]
    named = presets.study(Setting("small").changed("name", "another name"))
    other = desk.want("b", [named])[0]
    assert one is other
    assert Course.key_of(presets.study(weaker(0.3)), 1) != one.key


def test_a_newer_move_cancels_the_older_one(presets):
    desk = Desk(threads=1, most=100_000)
    try:
        old = reached(desk, desk.want("a", [presets.study(Setting("small"))])[0], 2)
        new = desk.want("a", [presets.study(weaker(0.3))])[0]
        begun = old.begun
        reached(desk, new, 3)
        assert old.begun == begun
        desk.leave("a")
        time.sleep(0.5)
        after = new.begun
        time.sleep(0.5)
        assert new.begun == after
    finally:
        desk.close()


def test_who_has_not_asked_for_long_is_gone(presets):
    desk = Desk(threads=1, most=100_000, forgotten=0.3)
    try:
        course = desk.want("a", [presets.study(Setting("small"))])[0]
        time.sleep(1.5)
        assert desk.pages == 0
        begun = course.begun
        time.sleep(0.5)
        assert course.begun == begun
    finally:
        desk.close()


def test_the_setting_with_the_fewest_futures_goes_first(presets):
    desk = Desk(threads=1, most=100_000)
    try:
        old = reached(desk, desk.want("a", [presets.study(Setting("small"))])[0], 6)
        new = desk.want("b", [presets.study(weaker(0.3))])[0]
        begun = old.begun
        reached(desk, new, 4)
        assert old.begun <= begun + 1
    finally:
        desk.close()


def test_a_future_that_fails_is_told_and_the_others_go_on(desk, presets, monkeypatch):
    def failing(self, setting, draw, key, pasts):
        if draw == 1:
            raise ArithmeticError("no such luck")
        return whole(self, setting, draw, key, pasts)

    whole = Course._simulate
    monkeypatch.setattr(Course, "_simulate", failing)
    course = reached(desk, desk.want("a", [presets.study(weaker(0.7))])[0], 4)
    held = course.held(4)
    assert held.n_used == 3
    assert held.failures[0].replicate == 1
    assert "no such luck" in held.failures[0].error
    assert held.used["replicate"].tolist() == [0, 2, 3]


def test_memory_is_bounded(presets, monkeypatch):
    monkeypatch.setattr("simulation.dashboard.desk.KEPT", 5)
    desk = Desk(threads=1, most=3)
    try:
        for strength in (0.1, 0.2, 0.3, 0.4):
            reached(desk, desk.want("a", [presets.study(weaker(strength))])[0], 3)
        assert desk.held <= 6  # the last one, and what fits beside it
    finally:
        desk.close()


def test_what_is_not_kept_is_refused(desk, presets):
    course = reached(desk, desk.want("a", [presets.study(Setting("small"))])[0], 1)
    with pytest.raises(ValueError, match="stocks"):
        _ = course.held(1).stocks


def test_closing_ends_the_threads():
    desk = Desk(threads=3)
    mine = [one for one in threading.enumerate() if one.name.startswith("desk-")]
    assert len(mine) >= 3
    desk.close()
    assert not any(one.is_alive() for one in mine[-3:])
