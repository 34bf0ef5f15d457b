import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.rules.codes import (
    ACCELERATOR,
    DISTRICT,
    INCUBATOR,
    INVESTOR,
    MAKERSPACE,
    MUNICIPAL,
    NATIONAL,
    NONE,
    OTHER,
    PROVINCIAL,
)
from simulation.rules.operations import (
    OperationsParameters,
    capability_target,
    fund_chance,
    income_shock,
    income_to_cost,
    next_capability,
    next_reserve,
    platform_chance,
    running_cost,
    stopping_chance,
    with_subsidy,
)

from .filling import parameters


def test_running_cost():
    p = parameters(
        OperationsParameters, cost_per_area=30, cost_of_staff={"makerspace": 200_000, "incubator": 700_000}
    )
    assert running_cost(1_500, MAKERSPACE, p) == 245_000  # 45,000 + 200,000
    assert running_cost(12_000, INCUBATOR, p) == 1_060_000  # 360,000 + 700,000


INCOME = parameters(
    OperationsParameters,
    income_to_cost={"makerspace": 0.96, "incubator": 1.2},
    usual_occupancy=0.8,
    usual_capability=0.5,
    rent_share=0.6,
)


@pytest.mark.parametrize(
    ("carrier_type", "occupancy", "capability", "ratio"),
    [
        (INCUBATOR, 0.8, 0.5, 1.2),  # as usual
        (MAKERSPACE, 0.8, 0.5, 0.96),
        (INCUBATOR, 0.4, 0.5, 0.84),  # 1.2 x (0.6 x 0.5 + 0.4)
        (INCUBATOR, 0.8, 0.75, 1.44),  # 1.2 x (0.6 + 0.4 x 1.5)
        (MAKERSPACE, 1.0, 0.25, 0.912),  # 0.96 x (0.6 x 1.25 + 0.4 x 0.5)
        (INCUBATOR, 0.0, 0.0, 0.0),
    ],
)
def test_income_to_cost(carrier_type, occupancy, capability, ratio):
    assert income_to_cost(carrier_type, occupancy, capability, INCOME) == pytest.approx(ratio)


def test_a_shock_lasts_and_something_new_comes():
    p = parameters(OperationsParameters, income_memory=0.7, income_spread=0.2)
    assert income_shock(-0.3, 0.5, p) == pytest.approx(-0.21)  # -0.3 x 0.7
    # The draw of one standard deviation: 0.21 + 0.2.
    assert income_shock(0.3, 0.8413447460685429, p) == pytest.approx(0.41)


RESERVE = parameters(OperationsParameters, most_reserve=4, topped_up_reserve=1.5)


@pytest.mark.parametrize(
    ("reserve", "margin", "topped_up", "left"),
    [
        (2.0, 0.25, False, 2.25),
        (2.0, 0.25, True, 2.25),  # nothing to refill
        (2.0, -0.5, True, 1.5),
        (0.3, -0.2, True, 0.1),  # low, not empty
        (0.5, -0.5, False, 0.0),  # just empty
        (0.5, -0.5, True, 1.5),
        (0.5, -0.75, False, 0.0),  # never below nothing
        (0.5, -0.75, True, 1.5),
        (3.75, 0.25, False, 4.0),
        (3.75, 0.5, False, 4.0),  # the sponsor drains it
    ],
)
def test_the_reserve_after_a_quarter(reserve, margin, topped_up, left):
    assert next_reserve(reserve, margin, topped_up, RESERVE) == pytest.approx(left)


@pytest.mark.parametrize(
    ("reserve", "subsidy", "left"),
    [
        (1.0, 0.75, 1.75),
        (3.5, 0.5, 4.0),
        (3.5, 0.75, 4.0),  # it fills up to the most
        (4.5, 0.75, 4.5),  # and never falls
        (2.25, 0.0, 2.25),
    ],
)
def test_a_subsidy_fills_the_reserve(reserve, subsidy, left):
    assert with_subsidy(reserve, subsidy, RESERVE) == left


@given(reserve=st.floats(0, 10), subsidy=st.floats(0, 10), more=st.floats(0, 10))
def test_a_subsidy_never_lowers_a_reserve(reserve, subsidy, more):
    after = with_subsidy(reserve, subsidy, RESERVE)
    assert reserve <= after <= max(reserve, 4.0)
    assert with_subsidy(reserve, subsidy + more, RESERVE) >= after


@given(reserve=st.floats(0, 4), margin=st.floats(-3, 3), more=st.floats(0, 3), topped_up=st.booleans())
def test_a_reserve_lies_between_nothing_and_the_most(reserve, margin, more, topped_up):
    after = next_reserve(reserve, margin, topped_up, RESERVE)
    assert 0.0 <= after <= 4.0
    if not topped_up:
        assert next_reserve(reserve, margin + more, False, RESERVE) >= after


STOP = {
    "stop_makerspace": {"district": 0.02, "municipal": 0.016, "national": 0.008},
    "stop_incubator": {"none": 0.03, "municipal": 0.01, "provincial": 0.005},
    "stop_factor": 1.5,
    "occupancy_effect": 2.0,
    "usual_occupancy": 0.8,
    "reserve_effect": 1.25,
    "easy_reserve": 1.2,
    "stop_normaliser": 1.2,
    "service_cut": 0.2,
}
STOPPING = parameters(OperationsParameters, **STOP)


@pytest.mark.parametrize(
    ("change", "chance"),
    [
        ({}, 0.0125),  # 0.01 x 1.5 / 1.2
        ({"level": PROVINCIAL}, 0.00625),
        ({"level": NONE}, 0.0375),
        ({"carrier_type": ACCELERATOR}, 0.0125),  # as for incubators
        ({"carrier_type": MAKERSPACE}, 0.02),  # 0.016 x 1.25
        ({"carrier_type": MAKERSPACE, "level": NATIONAL}, 0.01),
        ({"carrier_type": MAKERSPACE, "level": DISTRICT}, 0.025),
        ({"occupancy": 0.4}, 0.0125 * math.exp(0.8)),  # 2 x 0.4
        ({"occupancy": 0.95}, 0.0125 * math.exp(-0.3)),
        ({"reserve": 4.0}, 0.0125),
        ({"reserve": 1.2}, 0.0125),
        ({"reserve": 0.6}, 0.0203125),  # x 1.625: half of the rise
        ({"reserve": 0.3}, 0.02421875),  # x 1.9375
        ({"reserve": 0.0}, 0.028125),  # x 2.25
        ({"reserve": -0.5}, 0.028125),
        ({"service": 1.0}, 0.01),  # x 0.8
        ({"service": 2.0}, 0.0075),  # x 0.6
        ({"service": 5.0}, 0.0),
        ({"service": 7.0}, 0.0),  # no more than all are saved
    ],
)
def test_the_chance_to_stop(change, chance):
    facts = {"carrier_type": INCUBATOR, "level": MUNICIPAL, "occupancy": 0.8, "reserve": 1.3, "service": 0.0}
    assert stopping_chance(**facts | change, p=STOPPING) == pytest.approx(chance)


def test_the_chance_to_stop_is_at_most_a_half():
    p = parameters(OperationsParameters, **STOP | {"stop_factor": 90.0})
    assert stopping_chance(INCUBATOR, MUNICIPAL, 0.8, 1.3, 0.0, p) == 0.5  # 0.75


@given(occupancy=st.floats(0, 1), fuller=st.floats(0, 1), reserve=st.floats(-1, 4), service=st.floats(0, 2))
def test_tenants_reserves_and_service_keep_a_carrier_alive(occupancy, fuller, reserve, service):
    chance = stopping_chance(INCUBATOR, MUNICIPAL, occupancy, reserve, service, STOPPING)
    assert 0.0 <= chance <= 0.5
    assert stopping_chance(INCUBATOR, MUNICIPAL, occupancy + fuller, reserve, service, STOPPING) <= chance
    assert stopping_chance(INCUBATOR, MUNICIPAL, occupancy, reserve + 4.0, service, STOPPING) <= chance
    assert stopping_chance(INCUBATOR, MUNICIPAL, occupancy, reserve, service + 0.5, STOPPING) <= chance


TARGET = parameters(
    OperationsParameters,
    capability_base=0.35,
    capability_by_kind={"investor": 0.04, "other": -0.03},
    capability_per_level=0.02,
    capability_if_specialised=0.12,
    capability_if_platform=0.1,
    service_gain=0.05,
    spread_gain=0.08,
    voucher_gain=0.03,
)


@pytest.mark.parametrize(
    ("change", "target"),
    [
        ({}, 0.39),  # 0.35 + 0.04
        ({"kind": OTHER}, 0.32),  # 0.35 - 0.03
        ({"level": NATIONAL}, 0.43),  # + 2 x 0.02
        ({"level": DISTRICT}, 0.37),  # a level below municipal takes as much
        ({"specialised": True}, 0.51),
        ({"platform": True}, 0.49),
        ({"vouchers": 1.0}, 0.39),  # vouchers are for the users of a platform
        ({"platform": True, "vouchers": 2.0}, 0.55),  # + 0.1 + 2 x 0.03
        ({"service": 2.0}, 0.49),
        ({"outside_methods": 0.5}, 0.43),
        # 0.39 + 0.02 + 0.12 + 0.1 + 0.03 + 0.05 + 0.08
        (
            {
                "level": PROVINCIAL,
                "specialised": True,
                "platform": True,
                "vouchers": 1.0,
                "service": 1.0,
                "outside_methods": 1.0,
            },
            0.79,
        ),
        ({"service": 20.0}, 1.0),
        ({"outside_methods": -9.0}, 0.0),
    ],
)
def test_the_capability_a_carrier_tends_to(change, target):
    facts = {
        "kind": INVESTOR,
        "level": MUNICIPAL,
        "specialised": False,
        "platform": False,
        "service": 0.0,
        "outside_methods": 0.0,
        "vouchers": 0.0,
    }
    assert capability_target(**facts | change, p=TARGET) == pytest.approx(target)


@pytest.mark.parametrize(
    ("capability", "target", "after"), [(0.4, 0.65, 0.42), (0.65, 0.4, 0.63), (0.5, 0.5, 0.5)]
)
def test_a_share_of_the_gap_is_closed(capability, target, after):
    p = parameters(OperationsParameters, capability_drift=0.08)
    assert next_capability(capability, target, p) == pytest.approx(after)  # 0.08 x 0.25 = 0.02


@given(capability=st.floats(0, 1), target=st.floats(0, 1), drift=st.floats(0, 1))
def test_capability_never_passes_its_target(capability, target, drift):
    after = next_capability(capability, target, parameters(OperationsParameters, capability_drift=drift))
    assert min(capability, target) - 1e-12 <= after <= max(capability, target) + 1e-12
    assert 0.0 <= after <= 1.0


@pytest.mark.parametrize(("sharing", "chance"), [(0.0, 0.004), (1.0, 0.029), (2.0, 0.054), (60.0, 1.0)])
def test_a_platform_of_its_own(sharing, chance):
    p = parameters(OperationsParameters, platform=0.004, sharing_gain=0.025)
    assert platform_chance(sharing, p) == pytest.approx(chance)


@pytest.mark.parametrize(
    ("carrier_type", "specialised", "finance", "chance"),
    [
        (INCUBATOR, True, 0.0, 0.012),
        (INCUBATOR, True, 1.0, 0.018),  # x 1.5
        (INCUBATOR, False, 2.0, 0.012),  # the lever is for specialised ones
        (MAKERSPACE, True, 2.0, 0.006),  # 0.003 x 2
        (INCUBATOR, True, 200.0, 1.0),
    ],
)
def test_an_incubation_fund(carrier_type, specialised, finance, chance):
    p = parameters(OperationsParameters, fund={"makerspace": 0.003, "incubator": 0.012}, fund_gain=0.5)
    assert fund_chance(carrier_type, specialised, finance, p) == pytest.approx(chance)
