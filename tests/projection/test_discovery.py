"""PRIM finds the box that was put there, and none where there is none."""

import numpy as np
import pytest

from simulation.projection.discovery import find_box

NAMES = ["a", "b", "c", "d"]


@pytest.fixture(scope="module")
def x():
    return np.random.default_rng(4).random((1500, 4))


def test_the_known_box_is_found(x):
    box = find_box(x, (x[:, 0] > 0.7) & (x[:, 1] < 0.4), NAMES)
    limits = {one.name: (one.low, one.high) for one in box.limits}
    assert set(limits) == {"a", "b"}
    assert limits["a"] == (pytest.approx(0.7, abs=0.03), None)
    assert limits["b"] == (None, pytest.approx(0.4, abs=0.03))
    assert box.density > 0.9
    assert box.coverage > 0.9
    assert box.mass == pytest.approx(0.12, abs=0.03)


def test_a_box_under_luck_is_found(x):
    # Missed with 80 % in the box and 10 % elsewhere.
    luck = np.random.default_rng(9).random(len(x))
    hit = luck < np.where(x[:, 2] < 0.35, 0.8, 0.1)
    box = find_box(x, hit, NAMES)
    assert [one.name for one in box.limits] == ["c"]
    assert box.limits[0].low is None
    assert box.limits[0].high == pytest.approx(0.35, abs=0.05)
    assert box.density == pytest.approx(0.8, abs=0.06)


def test_a_band_in_the_middle_has_two_limits(x):
    box = find_box(x, np.abs(x[:, 3] - 0.5) < 0.15, NAMES)
    assert [one.name for one in box.limits] == ["d"]
    assert box.limits[0].low == pytest.approx(0.35, abs=0.03)
    assert box.limits[0].high == pytest.approx(0.65, abs=0.03)


def test_few_distinct_values_are_peeled_together(x):
    steps = np.floor(4 * x) / 4
    box = find_box(steps, steps[:, 1] == 0.75, NAMES)
    assert [one.name for one in box.limits] == ["b"]
    assert box.density == 1.0
    assert box.coverage == 1.0


def test_nothing_is_found_where_there_is_nothing(x):
    assert find_box(x, np.zeros(len(x), bool), NAMES) is None
    assert find_box(x, np.ones(len(x), bool), NAMES) is None
    assert find_box(np.ones((200, 1)), np.arange(200) < 100, ["a"]) is None
    assert find_box(x[:20], x[:20, 0] > 0.5, NAMES) is None
