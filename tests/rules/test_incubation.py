import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.rules.codes import ACCELERATOR, INCUBATOR, MAKERSPACE
from simulation.rules.incubation import (
    IncubationParameters,
    fails,
    failure_by_age,
    failure_chance,
    funding_chance,
    graduates,
    graduation_chance,
    leaving_chance,
    moving_up_chance,
    stay_limit,
)

from .filling import parameters

BY_AGE = {
    "failure_year_1": 0.01,
    "failure_year_2": 0.02,
    "failure_year_3": 0.03,
    "failure_later": 0.025,
}


@pytest.mark.parametrize(
    ("age", "chance"),
    [(0, 0.01), (3, 0.01), (4, 0.02), (7, 0.02), (8, 0.03), (11, 0.03), (12, 0.025), (40, 0.025)],
)
def test_failure_by_age(age, chance):
    assert failure_by_age(age, parameters(IncubationParameters, **BY_AGE)) == chance


FAILURE = {
    **BY_AGE,
    "failure_factor": 0.8,
    "failure_if_match": -0.2,
    "failure_per_capability": -0.5,
    "failure_if_funded": -0.3,
    "usual_capability": 0.45,
    "bank_rescue": 0.25,
}
P = parameters(IncubationParameters, **FAILURE)


@pytest.mark.parametrize(
    ("change", "chance"),
    [
        ({}, 0.008),  # 0.01 x 0.8
        ({"age": 9}, 0.024),  # 0.03 x 0.8
        ({"fit": 1.0}, 0.0064),  # x (1 - 0.2)
        ({"fit": 0.5}, 0.0072),
        ({"capability": 0.65}, 0.0072),  # x (1 - 0.5 x 0.2)
        ({"capability": 0.25}, 0.0088),  # x (1 + 0.5 x 0.2)
        ({"funded": True}, 0.0056),  # x (1 - 0.3)
        ({"bank_loans": 1.0}, 0.006),  # x (1 - 0.25)
        ({"bank_loans": 2.0}, 0.004),
        # 0.03 x 0.8 x (1 - 0.2 - 0.1 - 0.3) x (1 - 0.125) = 0.024 x 0.4 x 0.875
        ({"age": 9, "fit": 1.0, "capability": 0.65, "funded": True, "bank_loans": 0.5}, 0.0084),
    ],
)
def test_failure_chance(change, chance):
    facts = {"age": 2, "fit": 0.0, "capability": 0.45, "funded": False, "bank_loans": 0.0}
    assert failure_chance(**facts | change, p=P) == pytest.approx(chance)


def test_failure_stays_within_its_bounds():
    safe = parameters(IncubationParameters, **FAILURE | {"failure_if_match": -1.5})
    assert failure_chance(2, 1.0, 0.45, False, 0.0, safe) == 0.0  # 1 - 1.5 is below nothing
    harsh = parameters(IncubationParameters, **FAILURE | {"failure_factor": 90.0})
    assert failure_chance(2, 0.0, 0.45, False, 0.0, harsh) == 0.5  # 0.9


SHARES = st.floats(0, 1)
STRENGTHS = st.floats(0, 2)


@given(
    age=st.integers(0, 60),
    fit=SHARES,
    capability=SHARES,
    more=SHARES,
    funded=st.booleans(),
    loans=STRENGTHS,
)
def test_more_capability_match_funding_or_loans_never_raise_failure(
    age, fit, capability, more, funded, loans
):
    chance = failure_chance(age, fit, capability, funded, loans, P)
    assert 0.0 <= chance <= 0.5
    assert failure_chance(age, fit, capability + more, funded, loans, P) <= chance
    assert failure_chance(age, fit + more, capability, funded, loans, P) <= chance
    assert failure_chance(age, fit, capability, True, loans, P) <= chance
    assert failure_chance(age, fit, capability, funded, loans + more, P) <= chance


def test_loans_that_avert_every_failure_leave_none():
    # A strength of 2 with a rescue of 0.6 is more than all failures. Together with a tenant so safe that its
    # factor is below nothing, two negatives must not make a chance.
    p = parameters(IncubationParameters, **FAILURE | {"failure_if_match": -1.5, "bank_rescue": 0.6})
    assert failure_chance(9, 1.0, 0.45, False, 2.0, p) == 0.0


@pytest.mark.parametrize(
    ("draw", "fate"), [(0.1, "graduates"), (0.25, "stays"), (0.5, "stays"), (0.875, "fails"), (0.9, "fails")]
)
def test_one_draw_decides_whether_a_tenant_graduates_or_fails(draw, fate):
    assert graduates(draw, 0.25) == (fate == "graduates")
    assert fails(draw, 0.125) == (fate == "fails")


@given(
    draw=st.floats(0, 1, exclude_min=True, exclude_max=True), chance=st.floats(0, 0.5), more=st.floats(0, 0.5)
)
def test_a_tenant_that_is_saved_does_not_graduate_instead(draw, chance, more):
    # Both chances are at most a half: no draw can mean both, and a lower chance to fail changes no graduate.
    assert not (fails(draw, chance) and draw < more)
    assert not fails(draw, chance) or fails(draw, max(chance, more))
    assert not fails(draw, 0.0)


GRADUATION = parameters(
    IncubationParameters,
    graduation=0.02,
    graduation_if_match=0.25,
    graduation_per_capability=0.8,
    graduation_if_funded=0.6,
    usual_capability=0.45,
)


@pytest.mark.parametrize(
    ("stay", "fit", "capability", "funded", "chance"),
    [
        (3, 1.0, 0.9, True, 0.0),  # none in the first year
        (4, 0.0, 0.45, False, 0.02),
        (4, 1.0, 0.45, False, 0.025),  # x 1.25
        (9, 0.4, 0.45, False, 0.022),  # x 1.1
        (9, 0.0, 0.7, False, 0.024),  # x (1 + 0.8 x 0.25)
        (9, 0.0, 0.2, False, 0.016),  # x (1 - 0.8 x 0.25)
        (9, 0.0, 0.45, True, 0.032),  # x 1.6
        (9, 1.0, 0.7, True, 0.041),  # x (1 + 0.25 + 0.2 + 0.6)
    ],
)
def test_graduation_chance(stay, fit, capability, funded, chance):
    assert graduation_chance(stay, fit, capability, funded, GRADUATION) == pytest.approx(chance)


def test_graduation_stays_within_its_bounds():
    rich = GRADUATION._replace(graduation=0.4)
    assert graduation_chance(9, 1.0, 0.7, True, rich) == 0.5  # 0.82
    poor = GRADUATION._replace(graduation_per_capability=4.0)
    assert graduation_chance(9, 0.0, 0.05, False, poor) == 0.0  # 1 - 4 x 0.4


@given(stay=st.integers(0, 40), fit=SHARES, capability=SHARES, more=SHARES, funded=st.booleans())
def test_more_capability_match_or_funding_never_lower_graduation(stay, fit, capability, more, funded):
    chance = graduation_chance(stay, fit, capability, funded, GRADUATION)
    assert 0.0 <= chance <= 0.5
    assert graduation_chance(stay, fit, capability + more, funded, GRADUATION) >= chance
    assert graduation_chance(stay, fit + more, capability, funded, GRADUATION) >= chance
    assert graduation_chance(stay, fit, capability, True, GRADUATION) >= chance


@pytest.mark.parametrize(
    ("finance", "investor_equity", "chance"),
    [
        (0.0, 0.0, 0.02),
        (1.0, 0.0, 0.026),  # x 1.3
        (0.0, 1.0, 0.03),  # x 1.5
        (2.0, 0.5, 0.037),  # x (1 + 0.6 + 0.25)
        (400.0, 0.0, 1.0),
    ],
)
def test_funding_chance(finance, investor_equity, chance):
    p = parameters(IncubationParameters, funding=0.02, finance_gain=0.3, investor_gain=0.5)
    assert funding_chance(finance, investor_equity, p) == pytest.approx(chance)


LIMITS = {"makerspace": 8, "incubator": 16, "accelerator": 17}


@pytest.mark.parametrize(
    ("carrier_type", "long_term", "quarters"),
    [
        (MAKERSPACE, False, 8),
        (MAKERSPACE, True, 8),  # 24 months for all
        (INCUBATOR, False, 16),
        (INCUBATOR, True, 20),
        (ACCELERATOR, False, 17),
        (ACCELERATOR, True, 20),
    ],
)
def test_stay_limit(carrier_type, long_term, quarters):
    p = parameters(IncubationParameters, stay_limit=LIMITS, stay_limit_long=20)
    assert stay_limit(carrier_type, long_term, p) == quarters


@pytest.mark.parametrize(
    ("misfit", "reposition", "chance"),
    [
        (False, 0.0, 0.6),
        (False, 2.0, 0.6),  # repositioning acts on misfits only
        (True, 0.0, 0.6),
        (True, 1.0, 0.75),  # 0.6 + 0.15
        (True, 2.0, 0.9),
        (True, 3.0, 1.0),  # 1.05
    ],
)
def test_leaving_past_the_limit(misfit, reposition, chance):
    p = parameters(IncubationParameters, limit_enforced=0.6, release=0.15)
    assert leaving_chance(misfit, reposition, p) == pytest.approx(chance)


UP = parameters(
    IncubationParameters, move_up=0.04, move_up_after=4, move_up_at_limit=3.0, full_chain_gain=0.5
)


@pytest.mark.parametrize(
    ("stay", "at_limit", "full_chain", "chance"),
    [
        (3, False, 2.0, 0.0),
        (3, True, 2.0, 0.0),
        (4, False, 0.0, 0.04),
        (4, False, 1.0, 0.06),  # x 1.5
        (8, True, 0.0, 0.12),  # x 3
        (8, True, 2.0, 0.24),  # x 2 x 3
        (8, True, 40.0, 1.0),  # 0.04 x 21 x 3 = 2.52
    ],
)
def test_moving_up(stay, at_limit, full_chain, chance):
    assert moving_up_chance(stay, at_limit, full_chain, UP) == pytest.approx(chance)
