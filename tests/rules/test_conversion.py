import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.rules.conversion import (
    ConversionParameters,
    may_give_up,
    platform_chance,
    qualifies,
    specialised_in_fact,
    splitting_chance,
    starting_chance,
)

from .filling import parameters


@pytest.mark.parametrize(
    ("change", "able"),
    [
        ({}, True),
        ({"tenants": 8}, True),
        ({"tenants": 7}, False),
        ({"largest_share": 0.25}, True),
        ({"largest_share": 0.24}, False),
        ({"capability": 0.3}, True),
        ({"capability": 0.29}, False),
        ({"reserve": 0.01}, True),
        ({"reserve": 0.0}, False),
        ({"reserve": -0.5}, False),
    ],
)
def test_who_could_convert(change, able):
    p = parameters(ConversionParameters, least_tenants=8, least_share=0.25, least_capability=0.3)
    facts = {"tenants": 20, "largest_share": 0.4, "capability": 0.5, "reserve": 1.5}
    assert qualifies(**facts | change, p=p) is able


START = parameters(
    ConversionParameters,
    start=0.01,
    share_effect=3.0,
    usual_share=0.35,
    usual_capability=0.4,
    lever_gain=2.0,
    role_model_gain=0.25,
    partner_gain=0.5,
)


@pytest.mark.parametrize(
    ("change", "chance"),
    [
        ({}, 0.01),
        ({"largest_share": 0.55}, 0.01 * math.exp(0.6)),  # 3 x 0.2
        ({"largest_share": 0.25}, 0.01 * math.exp(-0.3)),
        ({"capability": 0.6}, 0.015),  # x 0.6 / 0.4
        ({"support": 1.0}, 0.03),  # x (1 + 2)
        ({"support": 0.5}, 0.02),
        ({"role_models": 1.0}, 0.0125),
        ({"partners": 2.0}, 0.02),  # x (1 + 2 x 0.5)
        ({"role_models": 1.0, "partners": 2.0}, 0.0225),  # these two add up: x 2.25
        ({"support": 1.0, "role_models": 1.0, "partners": 2.0}, 0.0675),  # x 3 x 2.25
        ({"support": 200.0}, 1.0),
    ],
)
def test_starting_to_convert(change, chance):
    facts = {"largest_share": 0.35, "capability": 0.4, "support": 0.0, "role_models": 0.0, "partners": 0.0}
    assert starting_chance(**facts | change, p=START) == pytest.approx(chance)


@pytest.mark.parametrize(
    ("sharing", "partner", "chance"),
    [
        (0.0, 0.0, 0.08),
        (1.0, 0.0, 0.12),  # + 0.04
        (0.0, 1.0, 0.14),  # + 0.06
        (2.0, 0.5, 0.19),  # + 0.08 + 0.03
        (0.0, 20.0, 1.0),
    ],
)
def test_a_platform_while_converting(sharing, partner, chance):
    p = parameters(ConversionParameters, platform=0.08, platform_gain=0.04, partner_platform_gain=0.06)
    assert platform_chance(sharing, partner, p) == pytest.approx(chance)


FACT = parameters(ConversionParameters, field_share=0.75, field_share_kept=0.6)


@pytest.mark.parametrize(
    ("already", "tenants", "field_tenants", "platform", "specialised"),
    [
        (False, 32, 24, True, True),  # 75 %
        (False, 32, 23, True, False),  # 72 %
        (False, 32, 32, False, False),  # no platform
        (True, 30, 18, True, True),  # 60 %: kept
        (True, 30, 17, True, False),  # 57 %
        (False, 30, 18, True, False),  # enough to keep, not to become
        (True, 30, 28, False, False),  # the platform is lost
        (True, 0, 0, True, True),  # without tenants it stays as it is
        (False, 0, 0, True, False),
    ],
)
def test_specialised_in_fact(already, tenants, field_tenants, platform, specialised):
    assert specialised_in_fact(already, tenants, field_tenants, platform, FACT) is specialised


@given(tenants=st.integers(1, 300), data=st.data())
def test_what_makes_a_carrier_specialised_also_keeps_it_so(tenants, data):
    field_tenants = data.draw(st.integers(0, tenants))
    becomes = specialised_in_fact(False, tenants, field_tenants, True, FACT)
    assert becomes == (4 * field_tenants >= 3 * tenants)
    assert specialised_in_fact(True, tenants, field_tenants, True, FACT) == (
        10 * field_tenants >= 6 * tenants
    )


@pytest.mark.parametrize(("quarters", "may"), [(0, False), (7, False), (8, True), (9, True)])
def test_nobody_gives_up_before_its_time(quarters, may):
    assert may_give_up(quarters, parameters(ConversionParameters, give_up_after=8)) is may


@pytest.mark.parametrize(
    ("tenants", "convert_large", "chance"),
    [
        (59, 1.0, 0.0),
        (60, 1.0, 0.3),
        (61, 0.5, 0.15),
        (200, 0.0, 0.0),  # none without the lever
        (200, 4.0, 1.0),
    ],
)
def test_only_large_carriers_split_and_only_under_the_lever(tenants, convert_large, chance):
    p = parameters(ConversionParameters, large=60, split=0.3)
    assert splitting_chance(tenants, convert_large, p) == pytest.approx(chance)
