"""Shapley values against closed forms, exact and sampled; chances by stand-ins; sums and order."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.projection import contributions, shapley
from simulation.projection.contributions import Paths
from simulation.projection.intervals import Clusters, means


def members(coalition, players):
    return [player for player in range(players) if coalition >> player & 1]


def over_all_orders(players, value):
    """The definition: what each adds, averaged over all n! orders."""
    shares = np.zeros(players)
    orders = list(permutations(range(players)))
    for order in orders:
        coalition = 0
        for player in order:
            joined = coalition | 1 << player
            shares[player] += value(joined) - value(coalition)
            coalition = joined
    return shares / len(orders)


def test_an_airport_game():
    """Littlechild and Owen (1973): a runway costs what its largest aircraft needs; costs 1, 2, 4, 8.

    The first quarter of the runway is shared by all, the next by three, ...: 1/4, 1/4+1/3, +2/2, +4/1.
    """
    costs = [1, 2, 4, 8]
    value = lambda coalition: np.array([max((costs[one] for one in members(coalition, 4)), default=0.0)])  # noqa: E731
    assert shapley.exact(4, value)[:, 0] == pytest.approx(
        [1 / 4, 1 / 4 + 1 / 3, 1 / 4 + 1 / 3 + 1, 4 + 1 + 7 / 12]
    )


def test_a_vote_with_weights_by_hand():
    """Weights 3 2 1 1, majority 4: Shapley and Shubik's index is 1/2, 1/6, 1/6, 1/6."""
    weights = [3, 2, 1, 1]
    value = lambda coalition: np.array([float(sum(weights[one] for one in members(coalition, 4)) >= 4)])  # noqa: E731
    assert shapley.exact(4, value)[:, 0] == pytest.approx([1 / 2, 1 / 6, 1 / 6, 1 / 6])


@given(st.lists(st.integers(-9, 9), min_size=16, max_size=16))
def test_exact_values_are_those_of_the_definition_and_add_up(worth):
    value = lambda coalition: np.array([float(worth[coalition])])  # noqa: E731
    shares = shapley.exact(4, value)[:, 0]
    assert shares == pytest.approx(over_all_orders(4, lambda one: float(worth[one])))
    assert shares.sum() == pytest.approx(worth[15] - worth[0], abs=1e-9)


@given(st.lists(st.integers(-9, 9), min_size=16, max_size=16), st.permutations(range(4)))
def test_naming_players_in_another_order_changes_nothing_but_order(worth, order):
    def renamed(coalition):
        return sum(1 << order[player] for player in members(coalition, 4))

    shares = shapley.exact(4, lambda one: np.array([float(worth[one])]))
    turned = shapley.exact(4, lambda one: np.array([float(worth[renamed(one)])]))
    assert turned[:, 0] == pytest.approx([shares[order[player], 0] for player in range(4)])


@given(st.integers(0, 10**6), st.integers(1, 3))
def test_sampled_orders_add_up_whatever_the_game(seed, pairs):
    worth = np.random.default_rng(seed).normal(size=(1 << 6, 2))
    shares = shapley.along(shapley.orders(6, pairs, [seed]), 6, lambda one: worth[one])
    assert shares.sum(axis=0) == pytest.approx(worth[63] - worth[0], abs=1e-9)


def test_orders_come_in_pairs_and_name_everybody_once():
    made = shapley.orders(5, 3, [1, 2])
    assert len(made) == 6
    for there, back in zip(made[::2], made[1::2], strict=True):
        assert sorted(there.tolist()) == list(range(5))
        assert back.tolist() == there.tolist()[::-1]
    assert [one.tolist() for one in shapley.orders(5, 3, [1, 2])] == [one.tolist() for one in made]


def test_each_coalition_is_evaluated_once():
    assert list(shapley.coalitions(2, None)) == [0, 3, 1, 2]
    order = np.array([2, 0, 1])
    assert list(shapley.coalitions(3, [order, order[::-1]])) == [0, 7, 4, 5, 2, 3]


# ------------------------------------------------------------------------------ a model with known effects

PLAYERS, BOUND = 10, 12.0
EFFECTS = np.array([6.0, 4.0, 3.0, 2.0, 1.0, 1.0, 0.5, 0.0, -1.0, -2.0])
TOGETHER = 2.0  # what the first two add on top when both are there


def world(rng):
    """A replicate: where it starts by luck, and its value for each coalition."""
    start = rng.normal(0.0, 3.0)

    def value(coalition):
        there = np.array([coalition >> player & 1 for player in range(PLAYERS)], float)
        return np.array([start + there @ EFFECTS + TOGETHER * there[0] * there[1]])

    return value


def sampled(seed, n):
    rng = np.random.default_rng(seed)
    paths = [Paths(shapley.orders(PLAYERS, 1, [seed, row]), world(rng)) for row in range(n)]
    return paths, contributions.expected(paths)


@pytest.fixture(scope="module")
def true_chances():
    """The Shapley values of the chance, from all coalitions and the normal distribution."""
    from scipy.special import ndtr

    def value(coalition):
        there = np.array([coalition >> player & 1 for player in range(PLAYERS)], float)
        mean = there @ EFFECTS + TOGETHER * there[0] * there[1]
        return np.array([ndtr((mean - BOUND) / 3.0)])

    return shapley.exact(PLAYERS, value)[:, 0]


def test_expected_values_match_the_closed_form():
    """Additive effects are their own shares; what two do together is halved."""
    _, shares = sampled(1, 40)
    closed = EFFECTS + np.array([1.0, 1.0] + [0.0] * 8) * TOGETHER / 2
    found = means(shares[:, :, 0], Clusters.of(np.arange(40)), 0.0, identical=True)
    assert np.all(
        np.abs(found.mean - closed) <= 1e-9
    )  # forwards and backwards, one of two comes second each time


def test_chances_match_the_closed_form_within_their_errors_and_add_up(true_chances):
    paths, shares = sampled(3, 400)
    made = contributions.chances(paths, shares, [0], [BOUND], 3)[:, :, 0]
    found = means(made, Clusters.of(np.arange(400)), 0.0, identical=True)
    assert np.all(np.abs(found.mean - true_chances) < 4 * found.error + 0.005)
    met = np.array([(one.values[0, [0, -1], 0] >= BOUND) for one in paths], float)
    assert made.sum(axis=1) == pytest.approx(met[:, 1] - met[:, 0], abs=1e-9)


def test_the_stand_in_makes_errors_smaller_and_no_bias():
    plain, better = [], []
    for seed in range(40):
        paths, shares = sampled(seed, 30)
        made = contributions.chances(paths, shares, [0], [BOUND], seed)[:, :, 0]
        better.append(made.mean(axis=0))
        plain.append(
            np.mean([one.shares((one.values[:, :, 0] >= BOUND).astype(float)) for one in paths], axis=0)
        )
    error = np.std(plain, axis=0) / np.sqrt(40)
    assert np.all(np.abs(np.mean(plain, axis=0) - np.mean(better, axis=0)) < 4 * error + 1e-9)
    assert np.std(better, axis=0).mean() < 0.8 * np.std(plain, axis=0).mean()


def test_errors_of_shares_cover_at_their_nominal_rate(true_chances):
    """150 explanations of 40 futures each, 10 shares: 1,500 intervals, those of one explanation alike.

    With the share's error sqrt(0.95 x 0.05 / 150) = 0.018 were they all alike; 3 such errors are allowed below.
    """
    inside = []
    for seed in range(150):
        paths, shares = sampled(1000 + seed, 40)
        made = contributions.chances(paths, shares, [0], [BOUND], seed)[:, :, 0]
        found = means(made, Clusters.of(np.arange(40)), 0.0, identical=True)
        inside.append((found.low <= true_chances) & (true_chances <= found.high))
    assert 0.95 - 3 * 0.018 < np.mean(inside) < 0.99


def test_a_player_that_adds_nothing_has_a_share_of_nothing():
    _, shares = sampled(5, 10)
    assert shares[:, 7, 0] == pytest.approx(np.zeros(10))


def test_a_bound_that_nobody_comes_near_has_shares_of_exactly_nothing():
    paths, shares = sampled(5, 10)
    assert not contributions.chances(paths, shares, [0], [1000.0], 5).any()
