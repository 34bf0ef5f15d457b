import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.rules.admission import (
    AdmissionParameters,
    attraction,
    gives_up,
    guided_chance,
    match,
    rent,
    ring_points,
    takes,
)
from simulation.rules.codes import (
    ACCELERATOR,
    BANK,
    DISTRICT_PLATFORM,
    INCUBATOR,
    MAKERSPACE,
    NEW_RD_INSTITUTION,
    UNIVERSITY,
)

from .filling import parameters


@pytest.mark.parametrize(
    ("matchmaking", "chance"),
    [
        (0.0, 0.25),  # guided even with no lever
        (1.0, 0.55),  # 0.25 + 0.3
        (2.0, 0.85),
        (2.5, 0.95),  # 1.0, but some looks stay blind
    ],
)
def test_guided_looks(matchmaking, chance):
    p = parameters(AdmissionParameters, guided_share=0.25, matchmaking_gain=0.3)
    assert guided_chance(matchmaking, p) == pytest.approx(chance)


CAP = parameters(AdmissionParameters, other_field_cap=0.25)
NO_CAP = parameters(AdmissionParameters)  # the cap must not even be read


def test_a_comprehensive_carrier_takes_every_field():
    assert takes(False, False, False, 40, 3, NO_CAP)
    assert takes(True, False, False, 40, 3, NO_CAP)


def test_a_carrier_takes_its_own_field_always():
    assert takes(True, True, False, 40, 3, NO_CAP)
    assert takes(True, True, True, 40, 3, NO_CAP)


def test_a_converting_carrier_takes_only_its_own_field():
    assert not takes(False, True, True, 40, 40, NO_CAP)


@pytest.mark.parametrize(
    ("tenants", "field_tenants", "taken"),
    [
        (31, 24, True),  # 8 of 32 from other fields with the newcomer: just 25 %
        (31, 23, False),  # 9 of 32
        (30, 24, True),  # 7 of 31: 22.6 %
        (30, 23, False),  # 8 of 31: 25.8 %
        (3, 3, True),  # 1 of 4
        (2, 2, False),  # 1 of 3
        (0, 0, False),  # the first tenant of a specialised carrier is of its field
    ],
)
def test_a_specialised_carrier_takes_other_fields_up_to_a_quarter(tenants, field_tenants, taken):
    assert takes(False, True, False, tenants, field_tenants, CAP) is taken


@given(tenants=st.integers(0, 200), data=st.data())
def test_taking_a_newcomer_never_breaks_the_75_percent(tenants, data):
    field_tenants = data.draw(st.integers(0, tenants))
    if takes(False, True, False, tenants, field_tenants, CAP):
        assert 4 * field_tenants >= 3 * (tenants + 1)


@pytest.mark.parametrize(
    ("focused", "same_sector", "same_field", "fit"),
    [
        (True, True, True, 1.0),
        (True, False, True, 0.4),
        (True, False, False, 0.0),
        (False, True, True, 0.0),  # no focus, no match
        (False, False, True, 0.0),
    ],
)
def test_match(focused, same_sector, same_field, fit):
    assert match(focused, same_sector, same_field, parameters(AdmissionParameters, near_match=0.4)) == fit


def test_universities_let_cheaply():
    p = parameters(AdmissionParameters, university_rent=0.4)
    assert rent(UNIVERSITY, 1.5, p) == pytest.approx(0.6)  # 1.5 x 0.4
    for kind in (DISTRICT_PLATFORM, NEW_RD_INSTITUTION, BANK):
        assert rent(kind, 1.5, p) == 1.5


P = parameters(
    AdmissionParameters,
    weight_match=1.2,
    weight_capability=0.9,
    weight_vacancy=0.7,
    weight_rent=0.3,
    makerspace_preference=0.5,
    preference_fades=0.25,
)
MODE = math.exp(-1.0)  # the draw at which the taste is 0: -log(-log(1/e))


@pytest.mark.parametrize(
    ("change", "utility"),
    [
        ({}, 0.93),  # 1.2 x 0.5 + 0.9 x 0.4 + 0.7 x 0.3 - 0.3 x 0.8 = 0.6 + 0.36 + 0.21 - 0.24
        ({"fit": 1.0}, 1.53),  # 0.6 more
        ({"capability": 0.6}, 1.11),  # 0.9 x 0.2 more
        ({"vacancy": 0.8}, 1.28),  # 0.7 x 0.5 more
        ({"rent": 1.8}, 0.63),  # 0.3 less
        ({"carrier_type": ACCELERATOR}, 0.93),
        ({"age": 3}, 0.93),  # age matters in makerspaces only
        ({"carrier_type": MAKERSPACE}, 1.43),  # 0.5 more
        ({"carrier_type": MAKERSPACE, "age": 1}, 1.305),  # 0.5 x 0.75 more
        ({"carrier_type": MAKERSPACE, "age": 4}, 0.93),  # nothing is left of the preference
        ({"carrier_type": MAKERSPACE, "age": 6}, 0.68),  # 0.5 x (1 - 1.5): older firms avoid makerspaces
        ({"taste_draw": math.exp(-math.exp(-2.0))}, 2.93),  # a taste of 2
    ],
)
def test_the_utility_of_a_place(change, utility):
    facts = {
        "fit": 0.5,
        "capability": 0.4,
        "vacancy": 0.3,
        "rent": 0.8,
        "carrier_type": INCUBATOR,
        "age": 0,
        "taste_draw": MODE,
    }
    assert attraction(**facts | change, p=P) == pytest.approx(utility)


@pytest.mark.parametrize(("places", "points"), [(1, 1), (3, 1), (4, 2), (7, 2), (8, 3), (120, 31)])
def test_larger_carriers_are_seen_more(places, points):
    assert ring_points(places) == points


@pytest.mark.parametrize(("waiting", "ends"), [(0, False), (2, False), (3, True), (4, True)])
def test_patience(waiting, ends):
    assert gives_up(waiting, parameters(AdmissionParameters, patience=3)) is ends
