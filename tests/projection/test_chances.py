"""Errors of chances, by hand."""

import numpy as np
import pytest

from simulation.projection.chances import chance, wilson


def test_independent_futures_have_the_binomial_error():
    found = chance(np.array([True, False, False, True, False]), np.arange(5), 1)
    assert found.chance == pytest.approx(0.4)
    assert found.error == pytest.approx((0.4 * 0.6 / 5) ** 0.5)
    assert (found.low, found.high) == pytest.approx(wilson(0.4, 5))


def test_wilsons_interval_as_published():
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3 (score): 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15 / 148, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0 / 20, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(1 / 29, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)
    assert wilson(1.0, 20) == pytest.approx((1 - 0.1611, 1.0), abs=5e-5)


@pytest.mark.parametrize("number", [1, 7, 33, 1000])
def test_wilsons_interval_holds_its_share(number):
    for met in (0, number):
        low, high = wilson(met / number, number)
        assert 0.0 <= low <= met / number <= high <= 1.0


def test_the_error_of_alike_futures_is_taken_over_draws():
    met = np.array([True, True, True, False, False, False])
    found = chance(met, np.array([0, 0, 1, 1, 2, 2]), 2)
    # Draws meet it in 1, 1/2 and 0: mean 1/2, variance of the draws 1/4, error sqrt(1/4 / 3).
    assert found.chance == pytest.approx(0.5)
    assert found.error == pytest.approx((0.25 / 3) ** 0.5)
    # As many independent futures as have that error: 0.25 / (0.25 / 3) = 3.
    assert (found.low, found.high) == pytest.approx(wilson(0.5, 3))


def test_draws_of_unequal_size_count_by_their_futures():
    # Draw 0 meets it in 2 of 3, draw 1 in 0 of 1 (two of its futures failed). Share 1/2; what the draws add
    # above their part: 2 - 3/2 = 1/2 and 0 - 1/2 = -1/2; error sqrt(2/1 * (1/4 + 1/4)) / 4 = 1/4.
    found = chance(np.array([True, True, False, False]), np.array([4, 4, 4, 9]), 3)
    assert found.error == pytest.approx(0.25)


def test_futures_that_are_less_alike_than_chance_count_at_most_once_each():
    found = chance(np.array([True, False, True, False]), np.array([0, 0, 1, 1]), 2)
    assert found.error == 0.0
    assert (found.low, found.high) == pytest.approx(wilson(0.5, 4))


def test_when_no_future_differs_the_interval_is_of_the_draws():
    found = chance(np.zeros(6, bool), np.array([0, 0, 1, 1, 2, 2]), 2)
    assert (found.chance, found.error) == (0.0, 0.0)
    assert (found.low, found.high) == pytest.approx(wilson(0.0, 3))


def test_one_draw_counts_as_one_future():
    found = chance(np.array([True, False, False, False]), np.zeros(4, int), 4)
    assert found.error == pytest.approx((0.25 * 0.75) ** 0.5)
    assert (found.low, found.high) == pytest.approx(wilson(0.25, 1))
