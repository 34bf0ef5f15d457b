"""Scores against cases worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.calibration.scores import coverage_test, covered, pinball, score, weighted_interval_score

QUANTILES = [0.0, 2.0, 4.0, 5.0, 7.0, 9.0, 12.0]


def test_the_weighted_interval_score_of_a_hand_made_forecast():
    # actual 10: median misses by 5 (half of it 2.5). 50 %: width 3, above by 3: 0.25 × (3 + 4 × 3) = 3.75.
    # 80 %: width 7, above by 1: 0.1 × (7 + 10 × 1) = 1.7. 95 %: width 12, inside: 0.025 × 12 = 0.3.
    # (2.5 + 3.75 + 1.7 + 0.3) / 3.5
    assert weighted_interval_score([QUANTILES], [10.0])[0] == pytest.approx(8.25 / 3.5)


def test_pinball_of_a_hand_made_forecast():
    # below the actual, level × miss: .025×10, .1×8, .25×6, .5×5, .75×3, .9×1; above it (1 − level) × miss: .025×2
    by_hand = (0.25 + 0.8 + 1.5 + 2.5 + 2.25 + 0.9 + 0.05) / 7
    assert pinball([QUANTILES], [10.0])[0] == pytest.approx(by_hand)


@given(
    st.lists(st.floats(0, 1e6), min_size=7, max_size=7).map(sorted),
    st.floats(0, 1e6),
)
def test_the_interval_score_is_twice_the_mean_pinball_loss(quantiles, actual):
    both = weighted_interval_score([quantiles], [actual])[0], 2.0 * pinball([quantiles], [actual])[0]
    assert both[0] == pytest.approx(both[1], rel=1e-9, abs=1e-6)


def test_an_outcome_on_a_bound_is_inside():
    inside = covered([QUANTILES] * 4, [4.0, 9.0, 9.5, 12.5])
    assert [one.tolist() for one in inside] == [[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0]]


def test_losses_are_scaled_and_an_outcome_of_0_has_no_percentage_error():
    found = score(np.array([QUANTILES, QUANTILES]), np.array([10.0, 0.0]), np.array([100.0, np.nan]))
    assert found.crps == pytest.approx(pinball([QUANTILES], [10.0])[0] / 100.0)
    assert found.mape == pytest.approx(0.5)
    assert found.n == 2


def test_nothing_scored_is_nan_not_0():
    found = score(np.array([QUANTILES]), np.array([0.0]), np.array([0.0]))
    assert math.isnan(found.crps)
    assert math.isnan(found.mape)


def test_coverage_counts_origins_not_points():
    # 1 of 5 origins covered where 4 are due: P(X ≤ 1 | 5, 0.8) = 0.00672; as likely or less on the other side: none
    assert coverage_test([1, 0, 0, 0, 0], 0.8) == pytest.approx(0.00672, abs=1e-5)
    assert coverage_test([0.8] * 5, 0.8) == pytest.approx(1.0)
    assert coverage_test([], 0.8) == 1.0
