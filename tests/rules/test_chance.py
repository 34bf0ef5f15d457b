import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulation.rules.chance import between, exponential, gumbel, normal, whole

DRAWS = st.floats(2.0**-53, 1.0 - 2.0**-53)


@pytest.mark.parametrize(
    ("value", "kept"), [(0.1, 0.2), (0.2, 0.2), (0.45, 0.45), (0.7, 0.7), (0.71, 0.7), (-3.0, 0.2)]
)
def test_between(value, kept):
    assert between(value, 0.2, 0.7) == kept


def test_exponential_and_gumbel_are_inverses_of_their_laws():
    for draw in (2.0**-53, 0.03, 0.5, 0.97, 1.0 - 2.0**-53):
        assert math.exp(-exponential(draw)) == pytest.approx(draw, rel=1e-13)
        assert math.exp(-math.exp(-gumbel(draw))) == pytest.approx(draw, rel=1e-13)
    assert exponential(math.exp(-1.75)) == pytest.approx(1.75)
    assert gumbel(math.exp(-1.0)) == pytest.approx(0.0, abs=1e-15)


@pytest.mark.parametrize(
    ("expected", "draw", "number"),
    [
        (2.75, 0.2, 2),
        (2.75, 0.24, 2),
        (2.75, 0.25, 3),  # 2.75 + 0.25: the upper quarter to three quarters is one more
        (2.75, 0.9, 3),
        (3.0, 0.001, 3),
        (3.0, 0.999, 3),
        (0.0, 0.999, 0),
    ],
)
def test_whole(expected, draw, number):
    assert whole(expected, draw) == number


@given(expected=st.floats(0, 50))
def test_the_mean_of_whole_numbers_is_what_is_expected(expected):
    draws = (np.arange(500) + 0.5) / 500
    mean = sum(whole(expected, draw) for draw in draws.tolist()) / 500
    assert mean == pytest.approx(expected, abs=1 / 500)


def test_normal_is_the_inverse_of_the_normal_law_to_fourteen_digits():
    # All three branches: the middle, the tails (from 0.075 on), the far tails (from exp(-25) on).
    exponents = np.linspace(-36.7, -0.7, 4_001)
    low = np.exp(exponents)
    middle = np.linspace(0.001, 0.999, 4_001)
    edges = np.array([0.075, np.nextafter(0.075, 0), 0.925, np.nextafter(0.925, 1), math.exp(-25.0)])
    far = np.array([2.0**-53, 3 * 2.0**-53, 1e-100, 1e-300])
    draws = np.concatenate([low, middle, edges, far])
    found = [normal(draw) for draw in draws.tolist()]
    np.testing.assert_allclose(found, stats.norm.ppf(draws), rtol=1e-14, atol=1e-15)
    # Near 1 a draw has few digits left: the reference must see the same ones.
    high = 1.0 - low[low > 2.0**-53]
    found = [normal(draw) for draw in high.tolist()]
    np.testing.assert_allclose(found, stats.norm.isf(1.0 - high), rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize(
    ("draw", "number"),
    [
        (0.5, 0.0),
        (0.975, 1.959963984540054),  # tables
        (0.025, -1.959963984540054),
        (0.8413447460685429, 1.0),
        (0.0013498980316300933, -3.0),
        (2.866515718791939e-07, -5.0),
        (7.619853024160527e-24, -10.0),  # the far tail
    ],
)
def test_normal_at_known_points(draw, number):
    assert normal(draw) == pytest.approx(number, rel=1e-14, abs=1e-15)
    assert normal(draw) == pytest.approx(NormalDist().inv_cdf(draw), rel=1e-13, abs=1e-14)


@given(one=DRAWS, other=DRAWS)
def test_normal_rises_with_the_draw(one, other):
    if other < one:
        one, other = other, one
    assert normal(one) <= normal(other) + 1e-14 * abs(normal(other))


@given(draw=DRAWS)
def test_every_draw_gives_a_finite_number(draw):
    assert math.isfinite(normal(draw))
    assert math.isfinite(gumbel(draw))
    assert 0.0 < exponential(draw) < 37.0
