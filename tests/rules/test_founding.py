import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.rules.codes import (
    ACCELERATOR,
    BANK,
    INCUBATOR,
    INVESTOR,
    LEAD_ENTERPRISE,
    MAKERSPACE,
    OTHER,
    PRIVATE_OPERATOR,
    SPONSOR_KINDS,
    UNIVERSITY,
)
from simulation.rules.founding import (
    FoundingParameters,
    capability_at_birth,
    carrier_type,
    commitment_chance,
    encouragement,
    floor_area,
    fund_at_birth,
    loss_chance,
    needs_space,
    park_chance,
    platform_chance,
    preparation_quarters,
    specialised_chance,
    tenant_places,
    tenants_brought,
)

from .filling import parameters

ONE_DEVIATION = 0.8413447460685429  # the draw of the normal number 1


def test_only_universities_need_no_floor_of_the_market():
    assert [needs_space(kind) for kind in range(len(SPONSOR_KINDS))] == [
        kind != "university" for kind in SPONSOR_KINDS
    ]


ENCOURAGED = parameters(
    FoundingParameters,
    lever_scale=0.8,
    own_lever_gain={"university": 0.5, "bank": 0.25},
    belt_gain=0.4,
    tilt_gain=0.1,
)


@pytest.mark.parametrize(
    ("own_lever", "belts", "tilt", "kind", "times"),
    [
        (0.0, 0.0, 0.0, BANK, 1.0),
        (1.0, 0.0, 0.0, BANK, 1.2),  # 1 + 0.8 x 0.25
        (1.0, 0.0, 0.0, UNIVERSITY, 1.4),  # 1 + 0.8 x 0.5
        (0.0, 1.5, 0.0, UNIVERSITY, 1.48),  # 1 + 0.8 x 0.6
        (0.0, 0.0, 2.0, BANK, 1.16),  # 1 + 0.8 x 0.2
        (1.0, 1.5, 2.0, UNIVERSITY, 2.04),  # 1 + 0.8 x (0.5 + 0.6 + 0.2)
    ],
)
def test_encouragement(own_lever, belts, tilt, kind, times):
    assert encouragement(own_lever, belts, tilt, kind, ENCOURAGED) == pytest.approx(times)


COMMIT = parameters(
    FoundingParameters,
    innovation=0.01,
    innovation_factor={"investor": 1.5, "other": 0.5},
    imitation=0.04,
    role_model_gain=0.25,
)


@pytest.mark.parametrize(
    ("change", "chance"),
    [
        ({}, 0.015),  # 0.01 x 1.5
        ({"kind": OTHER}, 0.005),
        ({"effort": 1.2}, 0.018),
        ({"share_running": 0.3}, 0.027),  # + 0.04 x 0.3
        ({"share_running": 0.3, "role_models": 2.0}, 0.033),  # + 0.012 x 1.5
        ({"role_models": 2.0}, 0.015),  # no example, nothing to imitate
        ({"share_running": 0.3, "effort": 1.2}, 0.03),  # effort does not move imitation
        ({"encouraged": 1.6}, 0.024),
        ({"share_running": 0.3, "encouraged": 1.6}, 0.0432),  # both parts are encouraged
        ({"encouraged": 70.0}, 1.0),  # 1.05
    ],
)
def test_the_chance_to_commit(change, chance):
    facts = {"kind": INVESTOR, "effort": 1.0, "share_running": 0.0, "role_models": 0.0, "encouraged": 1.0}
    assert commitment_chance(**facts | change, p=COMMIT) == pytest.approx(chance)


@given(
    share=st.floats(0, 1),
    more=st.floats(0, 1),
    role_models=st.floats(0, 2),
    encouraged=st.floats(1, 3),
    effort=st.floats(0, 2),
)
def test_examples_and_effort_never_discourage(share, more, role_models, encouraged, effort):
    chance = commitment_chance(INVESTOR, effort, share, role_models, encouraged, COMMIT)
    assert 0.0 <= chance <= 1.0
    assert commitment_chance(INVESTOR, effort, share + more, role_models, encouraged, COMMIT) >= chance
    assert commitment_chance(INVESTOR, effort + more, share, role_models, encouraged, COMMIT) >= chance
    assert commitment_chance(INVESTOR, effort, share, role_models + more, encouraged, COMMIT) >= chance


PREPARE = parameters(
    FoundingParameters,
    preparation={"university": 8, "bank": 6},
    preparation_factor=1.25,
    least_preparation=2,
    coordination_cut=0.2,
    idle_building_cut=0.3,
)
AVERAGE = math.exp(-1.0)  # the draw of an exponential time that is just the mean


@pytest.mark.parametrize(
    ("draw", "kind", "coordination", "idle_buildings", "quarters"),
    [
        (AVERAGE, UNIVERSITY, 0.0, 0.0, 10),  # 8 x 1.25
        (AVERAGE, BANK, 0.0, 0.0, 8),  # 7.5, rounded
        (AVERAGE, UNIVERSITY, 1.0, 0.0, 8),  # 10 x 0.8
        (AVERAGE, UNIVERSITY, 0.0, 1.0, 7),  # 10 x 0.7
        (AVERAGE, UNIVERSITY, 1.0, 1.0, 5),  # 10 x 0.5
        (AVERAGE, UNIVERSITY, 2.0, 2.0, 2),  # all would be saved: at most 0.9 is, so 1, so the least
        (math.exp(-2.0), UNIVERSITY, 0.0, 0.0, 18),  # 2 + 2 x (10 - 2)
        (math.exp(-0.5), UNIVERSITY, 0.0, 0.0, 6),  # 2 + 0.5 x 8
        (0.999999, UNIVERSITY, 0.0, 0.0, 2),  # never shorter than the least
    ],
)
def test_preparation(draw, kind, coordination, idle_buildings, quarters):
    assert preparation_quarters(draw, kind, coordination, idle_buildings, PREPARE) == quarters


@given(draw=st.floats(2.0**-53, 1 - 2.0**-53), coordination=st.floats(0, 2), more=st.floats(0, 2))
def test_preparation_is_never_shorter_than_the_least_nor_longer_by_coordination(draw, coordination, more):
    quarters = preparation_quarters(draw, UNIVERSITY, coordination, 0.0, PREPARE)
    assert quarters >= 2
    assert preparation_quarters(draw, UNIVERSITY, coordination + more, 0.0, PREPARE) <= quarters


def test_mean_preparation_is_the_mean_given():
    draws = (np.arange(20_000) + 0.5) / 20_000
    mean = np.mean([preparation_quarters(draw, UNIVERSITY, 0.0, 0.0, PREPARE) for draw in draws.tolist()])
    assert mean == pytest.approx(10.0, abs=0.05)


@pytest.mark.parametrize(
    ("coordination", "chance"),
    [(0.0, 0.05), (1.0, 0.03), (2.0, 0.01), (2.5, 0.0), (3.0, 0.0)],  # 0.4 of them kept, at most all
)
def test_projects_lost(coordination, chance):
    p = parameters(FoundingParameters, lost=0.05, coordination_rescue=0.4)
    assert loss_chance(coordination, p) == pytest.approx(chance)


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (0.01, MAKERSPACE),
        (0.4999, MAKERSPACE),
        (0.5, ACCELERATOR),
        (0.6249, ACCELERATOR),
        (0.625, INCUBATOR),  # 0.5 + 0.125, exact in floats
        (0.99, INCUBATOR),
    ],
)
def test_the_type_of_a_new_carrier(draw, expected):
    p = parameters(FoundingParameters, makerspace_share=0.5, accelerator_share=0.125)
    assert carrier_type(draw, p) == expected


AREA = parameters(
    FoundingParameters,
    median_area={"makerspace": 1_500, "incubator": 9_000},
    area_spread={"makerspace": 0.7, "incubator": 0.5},
    least_area={"makerspace": 500, "incubator": 2_000},
    most_area=60_000,
)


@pytest.mark.parametrize(
    ("draw", "kind", "area"),
    [
        (0.5, MAKERSPACE, 1_500),
        (0.5, INCUBATOR, 9_000),
        (ONE_DEVIATION, MAKERSPACE, 3_020),  # 1,500 x exp(0.7) = 3,020.6
        (ONE_DEVIATION, INCUBATOR, 14_838),  # 9,000 x exp(0.5) = 14,838.5
        (0.01, MAKERSPACE, 500),  # 1,500 x exp(-1.63) = 294: what its district registers
        (0.0005, INCUBATOR, 2_000),  # 9,000 x exp(-1.65) = 1,737
        (0.9999999, INCUBATOR, 60_000),  # 9,000 x exp(2.6) = 121,000
    ],
)
def test_floor_area(draw, kind, area):
    assert floor_area(draw, kind, AREA) == area


@pytest.mark.parametrize(
    ("area", "kind", "places"),
    [
        (1_500, MAKERSPACE, 25),  # 10 + 1,500 x 0.01
        (1_599, MAKERSPACE, 25),  # 25.99
        (12_000, INCUBATOR, 58),  # 10 + 12,000 x 0.004
        (90_000, MAKERSPACE, 120),  # 910, but no more than 120
    ],
)
def test_tenant_places(area, kind, places):
    p = parameters(
        FoundingParameters,
        places_at_least=10,
        places_per_area={"makerspace": 0.01, "incubator": 0.004},
        most_places={"makerspace": 120, "incubator": 300},
    )
    assert tenant_places(area, kind, p) == places


def test_a_carrier_has_at_least_one_place():
    p = parameters(
        FoundingParameters,
        places_at_least=0,
        places_per_area={"incubator": 0.0001},
        most_places={"incubator": 9},
    )
    assert tenant_places(700, INCUBATOR, p) == 1  # 0.07


BIRTH = parameters(
    FoundingParameters,
    specialised_at_birth={"makerspace": 0.2, "incubator": 0.5, "accelerator": 0.6},
    specialised_gain=0.18,
    specialised_gain_makerspace=0.5,
    specialised_tilt_gain=0.1,
)


@pytest.mark.parametrize(
    ("kind", "own_lever", "tilt", "chance"),
    [
        (INCUBATOR, 0.0, 0.0, 0.5),
        (INCUBATOR, 1.0, 0.0, 0.68),
        (INCUBATOR, 0.0, 2.0, 0.7),
        (ACCELERATOR, 1.0, 1.0, 0.88),  # 0.6 + 0.18 + 0.1
        (MAKERSPACE, 0.0, 0.0, 0.2),
        (MAKERSPACE, 1.0, 0.0, 0.29),  # + 0.18 x 0.5
        (MAKERSPACE, 1.0, 2.0, 0.39),  # + (0.18 + 0.2) x 0.5
        (INCUBATOR, 3.0, 0.0, 1.0),
    ],
)
def test_specialised_at_birth(kind, own_lever, tilt, chance):
    assert specialised_chance(kind, own_lever, tilt, BIRTH) == pytest.approx(chance)


@pytest.mark.parametrize(
    ("specialised", "kind", "own_lever", "chance"),
    [
        (True, BANK, 0.0, 0.4),
        (False, BANK, 0.0, 0.1),
        (True, UNIVERSITY, 1.0, 0.65),  # + 0.25
        (False, BANK, 2.0, 0.2),  # + 2 x 0.05
        (True, UNIVERSITY, 3.0, 1.0),
    ],
)
def test_a_platform_at_birth(specialised, kind, own_lever, chance):
    p = parameters(
        FoundingParameters,
        platform_if_specialised=0.4,
        platform_if_comprehensive=0.1,
        platform_gain={"university": 0.25, "bank": 0.05},
    )
    assert platform_chance(specialised, kind, own_lever, p) == pytest.approx(chance)


CAPABLE = parameters(
    FoundingParameters,
    capability={"investor": 0.5, "other": 0.3},
    capability_if_specialised=0.06,
    capability_gain={"investor": 0.04, "other": 0.02},
    capability_spread=0.1,
)


@pytest.mark.parametrize(
    ("draw", "kind", "specialised", "own_lever", "capability"),
    [
        (0.5, INVESTOR, False, 0.0, 0.5),
        (0.5, OTHER, False, 0.0, 0.3),
        (0.5, INVESTOR, True, 0.0, 0.56),
        (0.5, INVESTOR, False, 2.0, 0.58),  # + 2 x 0.04
        (ONE_DEVIATION, OTHER, True, 1.0, 0.48),  # 0.3 + 0.06 + 0.02 + 0.1
        (1e-9, OTHER, False, 0.0, 0.05),  # 0.3 - 0.6
        (1.0 - 1e-9, INVESTOR, False, 0.0, 0.95),  # 0.5 + 0.6
    ],
)
def test_capability_at_birth(draw, kind, specialised, own_lever, capability):
    assert capability_at_birth(draw, kind, specialised, own_lever, CAPABLE) == pytest.approx(capability)


FUND = parameters(
    FoundingParameters,
    fund_share={"makerspace": 0.04, "incubator": 0.2},
    fund_median=6_000_000,
    fund_spread=0.8,
)


@pytest.mark.parametrize(
    ("draw", "kind", "fund"),
    [
        (0.2, INCUBATOR, 0),  # the share that has one ends here
        (0.7, INCUBATOR, 0),
        (0.1, INCUBATOR, 6_000_000),  # the middle of the share: the median
        (0.02, MAKERSPACE, 6_000_000),
        (0.04, MAKERSPACE, 0),
        (0.2 * ONE_DEVIATION, INCUBATOR, 13_353_245),  # 6 million x exp(0.8) = 13,353,245.57
    ],
)
def test_a_fund_at_birth(draw, kind, fund):
    assert fund_at_birth(draw, kind, FUND) == pytest.approx(fund, abs=1)


@given(share=st.floats(0, 1), draw=st.floats(2.0**-53, 1 - 2.0**-53))
def test_no_draw_and_share_break_the_fund(share, draw):
    p = FUND._replace(fund_share=(share, share, share))
    assert (fund_at_birth(draw, INCUBATOR, p) > 0) == (draw < share)


def test_the_draw_just_below_the_share_is_a_fund_too():
    for share in (0.2, 0.3, 0.5, 1.0 - 2.0**-53, 2.0**-30):
        p = FUND._replace(fund_share=(share, share, share))
        assert fund_at_birth(math.nextafter(share, 0.0), INCUBATOR, p) > 6_000_000


@pytest.mark.parametrize(("full_chain", "chance"), [(0.0, 0.2), (1.0, 0.35), (2.0, 0.5), (6.0, 1.0)])
def test_opening_in_a_park(full_chain, chance):
    p = parameters(FoundingParameters, park_share=0.2, park_gain=0.15)
    assert park_chance(full_chain, p) == pytest.approx(chance)


@pytest.mark.parametrize(
    ("kind", "own_lever", "tenants"),
    [
        (LEAD_ENTERPRISE, 0.0, 3.0),
        (LEAD_ENTERPRISE, 2.0, 6.0),  # + 2 x 1.5
        (PRIVATE_OPERATOR, 2.0, 0.5),  # 0.25 + 2 x 0.125
        (OTHER, 3.0, 0.0),  # 0.5 - 3 x 0.25: nobody brings fewer than none
    ],
)
def test_tenants_of_its_own(kind, own_lever, tenants):
    p = parameters(
        FoundingParameters,
        tenants_brought={"lead_enterprise": 3, "private_operator": 0.25, "other": 0.5},
        tenants_brought_gain={"lead_enterprise": 1.5, "private_operator": 0.125, "other": -0.25},
    )
    assert tenants_brought(kind, own_lever, p) == pytest.approx(tenants)
