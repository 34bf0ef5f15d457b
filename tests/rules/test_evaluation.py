import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.rules.codes import ACCELERATOR, INCUBATOR, MAKERSPACE
from simulation.rules.evaluation import (
    EvaluationParameters,
    excellent_places,
    fails_review,
    label_falls,
    score,
    score_noise,
    tilted,
    title_falls,
    unqualified,
)

from .filling import parameters

P = parameters(
    EvaluationParameters,
    weight_general=0.4,
    weight_specialised=0.25,
    weight_finance=0.15,
    weight_results=0.2,
    funded_full=0.2,
    graduates_full=0.125,
)
NOTHING = {
    "capability": 0.0,
    "occupancy": 0.0,
    "specialised": False,
    "platform": False,
    "funded_share": 0.0,
    "has_fund": False,
    "graduates_per_tenant": 0.0,
}


@pytest.mark.parametrize(
    ("change", "points"),
    [
        ({}, 0.0),
        ({"capability": 0.6}, 0.12),  # 0.4 x half of 0.6
        ({"occupancy": 0.9}, 0.18),  # 0.4 x half of 0.9
        ({"specialised": True}, 0.15),  # 0.25 x 0.6
        ({"platform": True}, 0.1),  # 0.25 x 0.4
        ({"funded_share": 0.1}, 0.045),  # 0.15 x 0.6 x half of the full mark
        ({"funded_share": 0.2}, 0.09),
        ({"funded_share": 0.7}, 0.09),  # no more than the full mark
        ({"has_fund": True}, 0.06),  # 0.15 x 0.4
        ({"graduates_per_tenant": 0.05}, 0.08),  # 0.2 x 0.05 / 0.125
        ({"graduates_per_tenant": 0.125}, 0.2),
        ({"graduates_per_tenant": 0.5}, 0.2),
    ],
)
def test_what_each_fact_adds_to_the_score(change, points):
    assert score(**NOTHING | change, p=P) == pytest.approx(points)


def test_the_best_carrier_has_all_points():
    # The weights add up to 1 here, so every full mark makes 1.
    assert score(1.0, 1.0, True, True, 0.2, True, 0.125, P) == pytest.approx(1.0)
    # 0.4 x (0.25 + 0.4) + 0.25 x 0.6 + 0.15 x (0.3 + 0.4) + 0.2 x 0.4
    assert score(0.5, 0.8, True, False, 0.1, True, 0.05, P) == pytest.approx(0.595)


SHARES = st.floats(0, 1)


@given(SHARES, SHARES, SHARES, SHARES, SHARES)
def test_a_better_carrier_never_scores_less(capability, occupancy, funded, graduates, more):
    base = score(capability, occupancy, False, False, funded, False, graduates, P)
    assert 0.0 <= base <= 1.0
    assert score(capability + more, occupancy, False, False, funded, False, graduates, P) >= base
    assert score(capability, occupancy + more, False, False, funded, False, graduates, P) >= base
    assert score(capability, occupancy, False, False, funded + more, False, graduates, P) >= base
    assert score(capability, occupancy, False, False, funded, False, graduates + more, P) >= base


def test_noise_has_the_spread_given():
    p = parameters(EvaluationParameters, noise=0.09)
    assert score_noise(0.5, p) == 0.0
    assert score_noise(0.975, p) == pytest.approx(0.09 * 1.959963984540054)
    assert score_noise(0.025, p) == pytest.approx(-0.09 * 1.959963984540054)


@pytest.mark.parametrize(
    ("specialised", "tilt", "points"),
    [(True, 1.0, 0.65), (True, 2.0, 0.8), (True, 0.0, 0.5), (False, 2.0, 0.5)],
)
def test_the_tilt_lifts_specialised_carriers_only(specialised, tilt, points):
    assert tilted(0.5, specialised, tilt, parameters(EvaluationParameters, tilt=0.15)) == pytest.approx(
        points
    )


FAIL = {"fail_below": {"makerspace": 0.2, "incubator": 0.25, "accelerator": 0.3}}


@pytest.mark.parametrize(("carrier_type", "cut"), [(MAKERSPACE, 0.2), (INCUBATOR, 0.25), (ACCELERATOR, 0.3)])
def test_a_municipal_carrier_fails_below_the_cut_of_its_type(carrier_type, cut):
    p = parameters(EvaluationParameters, **FAIL)
    assert unqualified(cut - 0.001, carrier_type, p)
    assert not unqualified(cut, carrier_type, p)
    assert not unqualified(cut + 0.001, carrier_type, p)


@pytest.mark.parametrize(
    ("carrier_type", "cut"), [(MAKERSPACE, 0.15), (INCUBATOR, 0.1875), (ACCELERATOR, 0.225)]
)
def test_a_review_fails_below_a_share_of_that_cut(carrier_type, cut):
    p = parameters(EvaluationParameters, review_share=0.75, **FAIL)
    assert fails_review(cut - 0.001, carrier_type, p)
    assert not fails_review(cut + 0.001, carrier_type, p)


def test_a_review_that_just_reaches_the_cut_is_passed():
    p = parameters(EvaluationParameters, review_share=0.75, **FAIL)
    assert not fails_review(0.1875, INCUBATOR, p)  # 0.25 x 0.75, exact in floats


@pytest.mark.parametrize(("years", "falls"), [(0, False), (1, False), (2, True), (3, True)])
def test_two_failed_years_end_a_title(years, falls):
    assert title_falls(years, parameters(EvaluationParameters, years_to_fall=2)) is falls


@pytest.mark.parametrize(("years", "falls"), [(0, False), (2, False), (3, True), (4, True)])
def test_so_many_years_below_the_share_end_the_label(years, falls):
    assert label_falls(years, parameters(EvaluationParameters, label_years=3)) is falls


@pytest.mark.parametrize(
    ("share", "evaluated", "places"),
    [
        (0.17, 100, 17),
        (0.17, 99, 16),  # 16.83
        (0.17, 5, 0),  # 0.85
        (0.17, 6, 1),  # 1.02
        (0.17, 0, 0),
        (1.4, 30, 30),  # never more than all
        (-0.2, 30, 0),
    ],
)
def test_how_many_are_excellent(share, evaluated, places):
    assert excellent_places(evaluated, parameters(EvaluationParameters, excellent_share=share)) == places
