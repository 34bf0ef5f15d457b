"""Whole tasks that add up and are equally likely to be met: against every allocation there is, on small cases."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.projection.allocation import equal_risk
from simulation.scenario.tasks import whole_carriers

CARRIERS = np.arange(200, dtype=np.float64)


def chances(samples, tasks):
    return [float((samples[:, place] >= task).mean()) for place, task in enumerate(tasks)]


def test_two_districts_by_hand():
    # North comes to 1, 2, 3, 4 and east to 11, 12, 13, 14 in four futures: 2 + 12 are met with 3/4 each.
    samples = np.array([[1.0, 11.0], [2.0, 12.0], [3.0, 13.0], [4.0, 14.0]])
    assert equal_risk(samples, [CARRIERS] * 2, 14, [(0, 99)] * 2) == [2, 12]
    assert chances(samples, [2, 12]) == [0.75, 0.75]


def test_an_uneven_sum_goes_where_it_is_likelier():
    samples = np.array([[1.0, 10.0], [2.0, 10.0], [2.0, 10.0], [2.0, 11.0]])
    # 11 for east is met once in four, 2 for north three times.
    assert equal_risk(samples, [CARRIERS] * 2, 12, [(0, 99)] * 2) == [2, 10]


def test_shares_are_asked_for_in_whole_carriers():
    # Of 4 and of 10 carriers; shares of 0.5 come out in both: 2 of 4 and 5 of 10.
    samples = np.full((5, 2), 0.5)
    steps = [CARRIERS / 4, CARRIERS / 10]
    assert equal_risk(samples, steps, 7, [(0, 4), (0, 10)]) == [2, 5]


def test_floors_caps_and_fixed_districts_hold():
    samples = np.array([[5.0, 5.0, 5.0]] * 3)
    assert equal_risk(samples, [CARRIERS] * 3, 15, [(7, 9), (4, 4), (0, 9)]) == [7, 4, 4]


cases = st.integers(2, 3).flatmap(
    lambda districts: st.tuples(
        st.lists(st.lists(st.integers(0, 6), min_size=districts, max_size=districts), min_size=2, max_size=6),
        st.lists(
            st.tuples(st.integers(0, 3), st.integers(0, 6)).map(lambda two: (two[0], two[0] + two[1])),
            min_size=districts,
            max_size=districts,
        ),
        st.floats(0.0, 1.0),
    )
)


@given(cases)
def test_no_allocation_has_a_higher_lowest_chance(case):
    rows, bounds, part = case
    samples = np.array(rows, np.float64)
    low, high = sum(one[0] for one in bounds), sum(one[1] for one in bounds)
    total = low + round(part * (high - low))
    tasks = equal_risk(samples, [CARRIERS] * len(bounds), total, bounds)
    assert sum(tasks) == total
    assert all(least <= task <= most for task, (least, most) in zip(tasks, bounds, strict=True))
    best = max(
        min(chances(samples, other))
        for other in product(*(range(least, most + 1) for least, most in bounds))
        if sum(other) == total
    )
    assert min(chances(samples, tasks)) == best


@given(cases)
def test_moving_a_carrier_never_raises_the_lower_of_two_chances(case):
    rows, bounds, part = case
    samples = np.array(rows, np.float64)
    total = sum(one[0] for one in bounds) + round(part * sum(most - least for least, most in bounds))
    tasks = equal_risk(samples, [CARRIERS] * len(bounds), total, bounds)
    now = chances(samples, tasks)
    for give, take in product(range(len(tasks)), repeat=2):
        if give == take or tasks[give] == bounds[give][0] or tasks[take] == bounds[take][1]:
            continue
        moved = list(tasks)
        moved[give] -= 1
        moved[take] += 1
        then = chances(samples, moved)
        assert min(then[give], then[take]) <= min(now[give], now[take])


@pytest.mark.parametrize(
    ("share", "carriers", "whole"),
    [
        (0.5, 600, 300),
        (0.5, 601, 301),
        (0.0, 7, 0),
        (1.0, 7, 7),
        (20 / 42, 42, 20),
        (1 / 3, 3, 1),
        (0.34, 3, 2),
    ],
)
def test_a_share_becomes_the_least_whole_number_that_reaches_it(share, carriers, whole):
    assert whole_carriers(share, carriers) == whole


@given(st.integers(0, 500), st.integers(1, 500))
def test_a_ratio_of_whole_carriers_gives_them_back(part, whole):
    assert whole_carriers(part / whole, whole) == part
