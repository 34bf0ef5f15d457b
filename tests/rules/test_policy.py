import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.rules.policy import (
    PolicyParameters,
    cost,
    district_effort,
    ramped_strength,
    shortfall,
    urgency,
)

from .filling import parameters


@pytest.mark.parametrize(
    ("quarters_since_start", "ramp", "strength"),
    [
        (0, 0, 0.8),  # no ramp: full at once
        (0, 1, 0.8),
        (0, 2, 0.4),  # 0.8 x 1/2
        (1, 2, 0.8),
        (0, 4, 0.2),  # 0.8 x 1/4
        (1, 4, 0.4),
        (2, 4, 0.6),
        (3, 4, 0.8),
        (4, 4, 0.8),  # and no more
        (19, 4, 0.8),
    ],
)
def test_a_lever_comes_in_evenly(quarters_since_start, ramp, strength):
    assert ramped_strength(0.8, quarters_since_start, ramp) == pytest.approx(strength)


def test_a_ramp_ends_at_full_strength_to_the_last_bit():
    # 0.8 x 3 / 3 is 0.8000000000000002 in floats: full strength is not computed, it is the strength.
    assert ramped_strength(0.8, 2, 3) == 0.8
    assert ramped_strength(0.35, 5, 6) == 0.35


@given(strength=st.floats(0, 2), quarter=st.integers(0, 40), ramp=st.integers(0, 12))
def test_a_ramp_never_falls_nor_exceeds_full_strength(strength, quarter, ramp):
    now, later = ramped_strength(strength, quarter, ramp), ramped_strength(strength, quarter + 1, ramp)
    assert 0.0 <= now <= later <= strength
    assert ramped_strength(0.0, quarter, ramp) == 0.0


@pytest.mark.parametrize(
    ("count", "milestone", "behind"),
    [
        (9, 12, 0.25),  # 3 of 12
        (11, 12, 1 / 12),
        (12, 12, 0.0),
        (13, 12, 0.0),
        (0, 7, 1.0),
        (3, 0, 0.0),  # no task
        (3, -2, 0.0),
    ],
)
def test_how_far_a_district_is_behind(count, milestone, behind):
    assert shortfall(count, milestone) == pytest.approx(behind)


def test_a_shortfall_presses_more_towards_the_end_of_the_year():
    assert [urgency(quarter) for quarter in range(4)] == pytest.approx([0.4, 0.8, 1.2, 1.6])


P = parameters(PolicyParameters, accountability_effort=4.0, build_effort=0.05, most_effort=1.9)


@pytest.mark.parametrize(
    ("accountability", "new_build", "behind", "press", "effort"),
    [
        (0.0, 0.0, 0.25, 0.8, 1.1),
        (0.5, 0.0, 0.25, 0.8, 1.5),  # 1.1 + 0.5 x 4 x 0.25 x 0.8
        (0.0, 2.0, 0.25, 0.8, 1.2),  # 1.1 + 2 x 0.05
        (0.5, 2.0, 0.25, 0.8, 1.6),  # both
        (0.5, 2.0, 0.0, 0.8, 1.2),  # not behind: accountability does nothing
        (1.0, 0.0, 0.25, 0.8, 1.9),  # 1.1 + 0.8 = 1.9: just the most
        (1.0, 0.0, 0.25, 0.9, 1.9),  # 1.1 + 0.9 = 2.0: more than the most
    ],
)
def test_the_effort_of_a_district(accountability, new_build, behind, press, effort):
    assert district_effort(1.1, accountability, new_build, behind, press, P) == pytest.approx(effort)


def test_effort_is_never_below_nothing():
    p = parameters(PolicyParameters, accountability_effort=4.0, build_effort=-2.0, most_effort=1.9)
    assert district_effort(1.1, 0.0, 1.5, 0.25, 0.8, p) == 0.0  # 1.1 - 3


@pytest.mark.parametrize(
    ("strength", "unit_cost", "units", "paid"),
    [
        (1.0, 300_000, 7, 2_100_000),
        (0.5, 301, 3, 453),  # 150.5 a unit: 151
        (0.3, 1001, 7, 2100),  # 300.3 a unit: 300
        (2.0, 1001, 7, 14_014),
        (0.0, 300_000, 7, 0),
        (1.0, 300_000, 0, 0),
    ],
)
def test_what_a_lever_costs(strength, unit_cost, units, paid):
    assert cost(strength, unit_cost, units) == paid
    assert type(cost(strength, unit_cost, units)) is int
