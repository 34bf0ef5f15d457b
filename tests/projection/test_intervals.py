"""Intervals of paired differences: by hand, and by simulation where the truth is known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.projection import intervals
from simulation.projection.intervals import Clusters

ALONE = Clusters.of(np.arange(5))


def test_a_paired_t_interval_by_hand():
    # Mean 2, deviations -2 -1 0 1 2: variance 10 / 4; t of 4 degrees of freedom at 0.975 is 2.776445 (tables).
    found = intervals.means(np.array([0.0, 1, 2, 3, 4]), ALONE, 1.0, identical=False)
    error = math.sqrt(2.5 / 5)
    assert float(found.mean) == 2.0
    assert float(found.error) == pytest.approx(error)
    assert float(found.low) == pytest.approx(2 - 2.776445 * error, abs=1e-6)
    assert float(found.high) == pytest.approx(2 + 2.776445 * error, abs=1e-6)


def test_with_several_seeds_a_draw_the_error_is_over_draws():
    # Draw means 1, 3, 8: mean 4, variance 13; three draws.
    draws = Clusters.of(np.array([7, 7, 9, 9, 11, 11]))
    found = intervals.means(np.array([0.0, 2, 3, 3, 6, 10]), draws, 1.0, identical=False)
    assert float(found.mean) == 4.0
    assert float(found.error) == pytest.approx(math.sqrt(13 / 3))


def test_pairs_of_a_draw_need_not_stand_together():
    values, draw = np.array([0.0, 3, 6, 2, 3, 10]), np.array([7, 9, 11, 7, 9, 11])
    apart = intervals.means(values, Clusters.of(draw), 1.0, identical=False)
    assert float(apart.error) == pytest.approx(math.sqrt(13 / 3))


def test_a_single_draw_says_nothing_about_others():
    found = intervals.means(np.array([1.0, 2.0]), Clusters.of(np.array([3, 3])), 1.0, identical=False)
    assert math.isinf(float(found.error))


def test_where_no_pair_differs_the_interval_is_a_bound_unless_the_inputs_are_the_same():
    still = np.zeros(30)
    found = intervals.means(still, Clusters.of(np.arange(30)), 2.0, identical=False)
    assert (float(found.low), float(found.high)) == pytest.approx((-2 * 3 / 30, 2 * 3 / 30))
    same = intervals.means(still, Clusters.of(np.arange(30)), 2.0, identical=True)
    assert (float(same.mean), float(same.error), float(same.low), float(same.high)) == (0, 0, 0, 0)


def test_how_many_draws_would_be_needed():
    # (1.959964 + 0.841621)^2 x 16 / 1 = 125.58 for a mean of 1 and a standard deviation of 4.
    assert float(intervals.needed(np.float64(1.0), np.float64(4 / math.sqrt(50)), 50)) == 126
    assert math.isinf(float(intervals.needed(np.float64(0.0), np.float64(1.0), 50)))


def test_a_change_of_a_chance_by_hand():
    # 10 pairs: 3 only in the variant, 1 only in the base. Bonett and Price: p12 = 4 / 12, p21 = 2 / 12.
    base = np.array([1, 0, 0, 0, 1, 1, 0, 0, 0, 0], bool)
    variant = np.array([0, 1, 1, 1, 1, 1, 0, 0, 0, 0], bool)
    found = intervals.change(base, variant, Clusters.of(np.arange(10)), identical=False)
    assert (found.gained, found.lost, found.difference) == (3, 1, pytest.approx(0.2))
    error = math.sqrt((4 / 12 + 2 / 12 - (4 / 12 - 2 / 12) ** 2) / 12)
    assert found.error == pytest.approx(error)
    assert found.low == pytest.approx(2 / 12 - 1.959964 * error, abs=1e-6)


def test_no_pair_that_disagrees_is_no_certainty():
    met = np.ones(100, bool)
    found = intervals.change(met, met, Clusters.of(np.arange(100)), identical=False)
    assert found.difference == 0.0
    assert found.error == pytest.approx(math.sqrt(2) / 102)
    assert 0.025 < found.high < 0.03  # near the rule of three, 3 / 100
    same = intervals.change(met, met, Clusters.of(np.arange(100)), identical=True)
    assert (same.error, same.low, same.high) == (0.0, 0.0, 0.0)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=40))
def test_swapping_base_and_variant_turns_the_change_round(pairs):
    base, variant = (np.array(one) for one in zip(*pairs, strict=True))
    alone = Clusters.of(np.arange(len(pairs)))
    there = intervals.change(base, variant, alone, identical=False)
    back = intervals.change(variant, base, alone, identical=False)
    assert back.difference == pytest.approx(-there.difference)
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low))
    assert there.error > 0


def test_a_ratio_by_fieller_holds_the_true_one_and_is_refused_when_the_divisor_may_be_0():
    rng = np.random.default_rng(5)
    above, below = 10 + rng.normal(size=200), 4 + rng.normal(size=200)
    found = intervals.ratio(above, below, Clusters.of(np.arange(200)))
    assert found.value == pytest.approx(above.mean() / below.mean())
    assert found.low < 2.5 < found.high
    nothing = intervals.ratio(above, below - below.mean(), Clusters.of(np.arange(200)))
    assert nothing == (None, None, None)


# ------------------------------------------------------------------------------ coverage


def _covered(rng, trials, draws, seeds, truth, make):
    """The share of trials whose interval holds the truth."""
    place = np.repeat(np.arange(draws), seeds)
    inside = 0
    for _ in range(trials):
        found = intervals.means(make(rng, place), Clusters.of(place), 1.0, identical=False)
        inside += float(found.low) <= truth <= float(found.high)
    return inside / trials


@pytest.mark.parametrize(("draws", "seeds"), [(40, 1), (25, 4)])
def test_intervals_of_means_cover_at_their_nominal_rate(draws, seeds):
    """2,000 trials: the Monte-Carlo error of the share is sqrt(0.95 x 0.05 / 2000) = 0.005; 4 errors allowed."""

    def make(
        rng, place
    ):  # a policy that adds a Poisson number of carriers, more in some draws than in others
        of_draw = rng.gamma(4.0, 0.5, place.max() + 1)
        return rng.poisson(of_draw[place]) - rng.poisson(0.5, len(place)).astype(float)

    share = _covered(np.random.default_rng([draws, seeds]), 2000, draws, seeds, 4 * 0.5 - 0.5, make)
    assert abs(share - 0.95) < 0.02


@pytest.mark.parametrize(
    ("only_base", "only_variant", "n"), [(0.05, 0.20, 100), (0.02, 0.02, 200), (0.0, 0.01, 60)]
)
def test_intervals_of_chances_cover_at_least_at_their_nominal_rate(only_base, only_variant, n):
    """Errors as above. Where hardly a pair disagrees the made-up draws make the interval wider: more is covered."""
    rng, inside = np.random.default_rng(n), 0
    for _ in range(2000):
        luck = rng.random(n)
        base, variant = luck < only_base, (luck >= only_base) & (luck < only_base + only_variant)
        found = intervals.change(base, variant, Clusters.of(np.arange(n)), identical=False)
        inside += found.low <= only_variant - only_base <= found.high
    assert inside / 2000 > 0.93
