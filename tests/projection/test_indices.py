"""Indices and the value of learning from given futures, on functions whose answers are known in closed form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.projection.indices import (
    bins_for,
    choice_by,
    first_order,
    first_order_with_error,
    value_of_learning,
    value_with_error,
)

N = 4000


@pytest.fixture(scope="module")
def drawn():
    return np.random.default_rng(11).random((N, 3))


def test_first_order_matches_the_closed_form(drawn):
    # y = 4 a + 2 b + luck of variance 5/3: variances 16/12, 4/12 and 20/12, so 0.4, 0.1 and nothing for c.
    luck = np.random.default_rng(2).normal(0.0, np.sqrt(20 / 12), N)
    y = 4 * drawn[:, 0] + 2 * drawn[:, 1] + luck
    found = [first_order(drawn[:, at], y) for at in range(3)]
    assert found == pytest.approx([0.4, 0.1, 0.0], abs=0.03)


def test_an_effect_that_turns_round_is_seen(drawn):
    # A hump, of which no correlation tells: all variance, for bins in which it is nearly flat.
    assert first_order(drawn[:, 0], (drawn[:, 0] - 0.5) ** 2) > 0.95


def test_few_futures_do_not_make_something_of_nothing():
    rng = np.random.default_rng(5)
    found = [first_order(rng.random(100), rng.normal(size=100)) for _ in range(300)]
    assert abs(np.mean(found)) < 0.01  # without the correction it would be about 3 / 99 = 0.03


def test_the_error_is_about_the_spread_over_samples():
    rng = np.random.default_rng(8)
    many = []
    for _ in range(60):
        x = rng.random(300)
        many.append(first_order(x, 2 * x + rng.normal(0.0, 0.6, 300)))
    x = rng.random(300)
    error = first_order_with_error(x, 2 * x + rng.normal(0.0, 0.6, 300), 1).error
    assert 0.6 * np.std(many) < error < 1.7 * np.std(many)


def test_what_does_not_vary_explains_nothing():
    assert first_order(np.ones(100), np.arange(100.0)) == 0.0
    assert first_order(np.arange(100.0), np.ones(100)) == 0.0


def test_the_value_of_learning_matches_the_closed_form(drawn):
    # Do nothing: 0. Act: a - 1/2. Knowing a, one acts in half of all cases and gains 1/4 there: 1/8.
    luck = np.random.default_rng(3).normal(0.0, 2.0, N)
    utilities = np.stack([luck, luck + drawn[:, 0] - 0.5], axis=1)
    assert value_of_learning(drawn[:, 0], utilities) == pytest.approx(1 / 8, abs=0.01)
    assert value_of_learning(drawn[:, 1], utilities) == pytest.approx(0.0, abs=0.01)
    assert choice_by(drawn[:, 0], utilities) == [0, 0, 1, 1]


def test_what_never_changes_the_choice_is_worth_nothing(drawn):
    # Acting is always better, by 1 + a: knowing a is of no use, though it moves the result.
    utilities = np.stack([np.zeros(N), 1.0 + drawn[:, 0]], axis=1)
    assert value_of_learning(drawn[:, 0], utilities) == pytest.approx(0.0, abs=1e-9)
    assert value_with_error(drawn[:, 0], utilities, 1).error == pytest.approx(0.0, abs=1e-9)


def test_three_variants(drawn):
    # a, 1 - a and 1/2: the best of them is max(a, 1 - a), 3/4 on average, against 1/2 today.
    a = drawn[:, 0]
    utilities = np.stack([np.full(N, 0.5), a, 1.0 - a], axis=1)
    assert value_of_learning(a, utilities) == pytest.approx(1 / 4, abs=0.01)


def test_one_variant_leaves_no_choice(drawn):
    assert value_of_learning(drawn[:, 0], drawn[:, :1]) == 0.0


@given(st.integers(1, 100_000))
def test_bins_hold_enough_futures(number):
    assert 4 <= bins_for(number) <= 20
