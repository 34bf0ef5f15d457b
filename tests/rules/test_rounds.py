import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.rules.rounds import (
    RoundsParameters,
    Standing,
    Thresholds,
    eligible,
    events_held,
    municipal_application_chance,
    municipal_score,
    national_places,
    recommendation_score,
    round_held,
    share_reached,
    used_area,
    year_luck,
)

from .filling import parameters

# ------------------------------------------------ eligibility; the rules of the day are in tests/cases

ASKED = Thresholds(
    quarters_open=12,
    quarters_registered=5,
    statistics_years=2,
    area=10_000,
    used_share=0.75,
    places=40,
    tenants=30,
    density=2,
    graduates=15,
    fund=5_000_000,
    funded_tenants=4,
    funded_share=0.1,
    field_share=0.75,
    platform=1,
    admitted=9,
    events=7,
)
# Everything just reached. 2 years of statistics are 8 quarters; 9,000 of 12,000 m² are 75 %; 32 tenants on
# 12,000 m² are 2.67 per 1,000 m²; 4 funded of 32 are 12.5 %; 24 of 32 are 75 %.
STANDING = Standing(
    quarters_open=12,
    quarters_registered=8,
    area=12_000,
    used_area=9_000,
    places=40,
    tenants=32,
    funded_tenants=4,
    field_tenants=24,
    graduates=15,
    fund=5_000_000,
    platform=True,
    admitted=9,
    events=7,
)
NOTHING_ASKED = Thresholds(*[0.0] * len(Thresholds._fields))


def test_whoever_reaches_every_threshold_is_eligible():
    assert eligible(STANDING, ASKED, 0.0)
    assert eligible(STANDING, ASKED, 1.0)


@pytest.mark.parametrize(
    ("change", "threshold"),
    [
        ({"quarters_open": 11}, "quarters_open"),
        ({"quarters_registered": 7}, "statistics_years"),  # 1 year and 3 quarters
        ({"used_area": 8_999}, "used_share"),
        ({"places": 39}, "places"),
        ({"tenants": 29}, "tenants"),
        ({"graduates": 14}, "graduates"),
        ({"fund": 4_999_999}, "fund"),
        ({"funded_tenants": 3}, "funded_tenants"),  # 9.4 % too: see below
        ({"field_tenants": 23}, "field_share"),
        ({"platform": False}, "platform"),
        ({"admitted": 8}, "admitted"),
        ({"events": 6}, "events"),
    ],
)
def test_whoever_misses_one_threshold_is_not(change, threshold):
    asked = ASKED._replace(funded_share=0.09)
    assert eligible(STANDING, asked, 0.0)
    assert not eligible(STANDING._replace(**change), asked, 0.0)
    assert eligible(STANDING._replace(**change), asked._replace(**{threshold: 0.0}), 0.0)


@pytest.mark.parametrize(
    ("threshold", "raised"),
    [
        ("quarters_open", 12.5),
        ("quarters_registered", 8.5),
        ("statistics_years", 2.5),
        ("area", 12_001),
        ("used_share", 0.7501),
        ("places", 41),
        ("tenants", 33),
        ("graduates", 16),
        ("fund", 5_000_001),
        ("funded_tenants", 5),
        ("funded_share", 0.126),
        ("field_share", 0.7501),
        ("admitted", 10),
        ("events", 8),
    ],
)
def test_every_threshold_is_asked_alone(threshold, raised):
    assert not eligible(STANDING, NOTHING_ASKED._replace(**{threshold: raised}), 0.0)
    assert eligible(STANDING, NOTHING_ASKED, 0.0)


def test_density_is_asked_only_where_it_counts():
    asked = NOTHING_ASKED._replace(density=2.0)
    just = STANDING._replace(area=16_000)  # 32 tenants on 16,000 m²: just 2 per 1,000 m²
    thin = STANDING._replace(area=16_001)
    assert eligible(just, asked, 1.0)
    assert not eligible(thin, asked, 1.0)
    assert eligible(thin, asked, 0.0)


def test_a_carrier_with_nothing_meets_a_level_that_asks_nothing():
    assert eligible(Standing(*[0] * len(Standing._fields)), NOTHING_ASKED, 1.0)


COUNTS = st.integers(0, 10_000)
STANDINGS = st.builds(
    Standing,
    **{name: COUNTS for name in Standing._fields if name != "platform"},
    platform=st.booleans(),
)
THRESHOLDS = st.builds(
    Thresholds,
    **{name: st.sampled_from([0.0, 1.0, 50.0, 2_000.0]) for name in Thresholds._fields if "share" not in name}
    | {name: st.sampled_from([0.0, 0.1, 0.75]) for name in Thresholds._fields if "share" in name},
)


@given(standing=STANDINGS, asked=THRESHOLDS, counts=st.sampled_from([0.0, 1.0]), field=st.data())
def test_asking_less_never_shuts_a_carrier_out(standing, asked, counts, field):
    name = field.draw(st.sampled_from(Thresholds._fields))
    if eligible(standing, asked, counts):
        assert eligible(standing, asked._replace(**{name: 0.0}), counts)


@pytest.mark.parametrize(
    ("part", "whole", "share", "reached"),
    [
        (3, 4, 0.75, True),
        (299, 400, 0.75, False),
        (3, 30, 0.1, True),  # 0.1 x 30 is 3.0000000000000004 in floats: the rule is met
        (2, 30, 0.1, False),
        (7, 10, 0.7, True),
        (0, 0, 0.75, True),
        (0, 7, 0.0, True),
    ],
)
def test_share_reached(part, whole, share, reached):
    assert share_reached(part, whole, share) is reached


@given(percent=st.integers(0, 100), whole=st.integers(0, 1_000_000), data=st.data())
def test_share_reached_is_exact_for_whole_percents(percent, whole, data):
    part = data.draw(st.integers(0, whole))
    assert share_reached(part, whole, percent / 100) == (100 * part >= percent * whole)


# ------------------------------------------------ what a carrier has to show

EVENTS = parameters(RoundsParameters, events_held=12, events_usual_capability=0.4, events_gain=0.25)


@pytest.mark.parametrize(
    ("capability", "events", "held"),
    [
        (0.4, 0.0, 12),
        (0.5, 0.0, 15),  # 12 x 0.5 / 0.4
        (0.3, 0.0, 9),
        (0.32, 0.0, 9),  # 9.6
        (0.4, 1.0, 15),  # x 1.25
        (0.4, 2.0, 18),
        (0.0, 2.0, 0),
    ],
)
def test_events_held(capability, events, held):
    assert events_held(capability, events, EVENTS) == held


@pytest.mark.parametrize(
    ("area", "tenants", "places", "used"),
    [
        (12_000, 60, 60, 12_000),  # full
        (12_000, 0, 60, 1_200),  # public service alone: 10 %
        (12_000, 30, 60, 6_600),  # 1,200 + 10,800 / 2
        (12_000, 45, 60, 9_300),  # 1,200 + 10,800 x 3/4
        (7_777, 10, 30, 3_110),  # 777.7 + 6,999.3 / 3 = 3,110.8
    ],
)
def test_used_area(area, tenants, places, used):
    assert used_area(area, tenants, places, parameters(RoundsParameters, public_service_area=0.1)) == used


@given(area=st.integers(1, 200_000), places=st.integers(1, 500), percent=st.integers(0, 50))
def test_a_full_carrier_uses_all_its_floor(area, places, percent):
    p = parameters(RoundsParameters, public_service_area=percent / 100)
    assert used_area(area, places, places, p) == area


# ------------------------------------------------ who applies and how they are ranked


@pytest.mark.parametrize(
    ("effort", "specialised", "support", "chance"),
    [
        (1.0, False, 0.0, 0.2),
        (1.3, False, 2.0, 0.26),  # support is for specialised ones
        (1.0, True, 1.0, 0.23),  # x 1.15
        (1.5, True, 2.0, 0.39),  # 0.2 x 1.5 x 1.3
        (6.0, False, 0.0, 1.0),
        (0.0, True, 1.0, 0.0),
    ],
)
def test_applying_for_municipal_recognition(effort, specialised, support, chance):
    p = parameters(RoundsParameters, apply_municipal=0.2, support_gain=0.15)
    assert municipal_application_chance(effort, specialised, support, p) == pytest.approx(chance)


@pytest.mark.parametrize(
    ("specialised", "strength", "points"),
    [(True, 0.0, 0.4), (True, 1.0, 0.52), (True, 2.0, 0.64), (False, 2.0, 0.4)],
)
def test_support_and_priority_lift_specialised_carriers_only(specialised, strength, points):
    municipal = parameters(RoundsParameters, support_bonus=0.12)
    assert municipal_score(0.4, specialised, strength, municipal) == pytest.approx(points)
    provincial = parameters(RoundsParameters, recommendation_bonus=0.12)
    assert recommendation_score(0.4, specialised, strength, provincial) == pytest.approx(points)


# ------------------------------------------------ national places


@pytest.mark.parametrize(
    ("draw", "held_before", "held"),
    [
        (0.91, True, True),
        (0.92, True, False),
        (0.29, False, True),  # a year without is followed by another with 0.7
        (0.31, False, False),
        (0.6, True, True),
        (0.6, False, False),
    ],
)
def test_whether_a_year_has_a_national_round(draw, held_before, held):
    p = parameters(
        RoundsParameters,
        **({"national_round_held": 0.92} if held_before else {"national_round_lapses": 0.7}),
    )
    assert round_held(draw, held_before, p) is held


def test_the_luck_of_a_year():
    p = parameters(RoundsParameters, national_spread=0.35)
    one_up, one_down = year_luck(0.8413447460685429, p), year_luck(0.15865525393145707, p)
    assert math.log(one_up / one_down) == pytest.approx(0.7)  # two standard deviations of the logarithm


def test_the_places_given_are_the_mean_over_the_luck_of_the_years():
    # "National promotions in a year with a round": luck multiplies, and must not add places on average.
    p = parameters(RoundsParameters, national_spread=0.35)
    draws = (np.arange(20_000) + 0.5) / 20_000
    assert np.mean([year_luck(draw, p) for draw in draws.tolist()]) == pytest.approx(1.0, abs=0.002)


PLACES = parameters(
    RoundsParameters, national_places=14, national_elasticity=0.5, national_usual_applicants=25
)


@pytest.mark.parametrize(
    ("factor", "applicants", "share", "places"),
    [
        (1.0, 25, 1.0, 14.0),
        (1.0, 25, 0.4, 5.6),
        (1.5, 25, 0.4, 8.4),
        (1.0, 36, 1.0, 16.8),  # x root of 36/25
        (1.0, 9, 0.4, 3.36),  # 5.6 x root of 9/25
        (1.5, 0, 0.4, 0.0),  # nobody applied
    ],
)
def test_national_places(factor, applicants, share, places):
    assert national_places(factor, applicants, share, PLACES) == pytest.approx(places)


def test_without_elasticity_applicants_do_not_matter():
    p = PLACES._replace(national_elasticity=0.0)
    assert national_places(1.0, 3, 1.0, p) == national_places(1.0, 300, 1.0, p) == 14.0
    assert national_places(1.0, 0, 1.0, p) == 0.0
