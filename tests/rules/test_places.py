import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.rules.places import winners

SCORES = np.array([0.4, 0.9, 0.4, 0.1, 0.7])
TIES = np.array([0.8, 0.6, 0.3, 0.2, 0.5])


@pytest.mark.parametrize(
    ("places", "rows"),
    [
        (-3, []),
        (0, []),
        (1, [1]),
        (2, [1, 4]),
        (3, [1, 4, 2]),  # rows 0 and 2 have the same score: the lower draw wins
        (4, [1, 4, 2, 0]),
        (5, [1, 4, 2, 0, 3]),
        (6, [1, 4, 2, 0, 3]),  # more places than candidates
    ],
)
def test_the_best_get_the_places_and_draws_break_ties(places, rows):
    assert winners(SCORES, TIES, places).tolist() == rows


def test_nobody_wins_when_nobody_stands():
    nothing = np.empty(0)
    assert winners(nothing, nothing, 3).tolist() == []
    assert winners(nothing, nothing, 0).tolist() == []


def test_scores_below_nothing_are_ranked_too():
    assert winners(np.array([-0.2, -0.1, -0.3]), np.array([0.1, 0.9, 0.5]), 2).tolist() == [1, 0]


# Few different scores, so that ties are common; every draw once.
CANDIDATES = st.lists(st.sampled_from([-1.0, 0.0, 0.25, 0.5]), max_size=12).flatmap(
    lambda scores: st.tuples(
        st.just(scores),
        st.permutations([(row + 0.5) / 12 for row in range(len(scores))]),
        st.permutations(range(len(scores))),
        st.integers(-2, 14),
    )
)


@given(CANDIDATES)
def test_winners_do_not_depend_on_position(candidates):
    scores, ties, order, places = candidates
    scores, ties, order = np.array(scores, float), np.array(ties, float), np.array(order, int)
    before = winners(scores, ties, places)
    after = winners(scores[order], ties[order], places)
    assert order[after].tolist() == before.tolist()


@given(CANDIDATES)
def test_no_loser_is_better_than_a_winner(candidates):
    scores, ties, _, places = candidates
    scores, ties = np.array(scores, float), np.array(ties, float)
    rows = winners(scores, ties, places).tolist()
    assert len(rows) == min(max(places, 0), len(scores))
    # Best first, by an independent rule: higher score, then lower draw.
    ranked = sorted(range(len(scores)), key=lambda row: (-scores[row], ties[row]))
    assert rows == ranked[: len(rows)]


def test_the_rows_given_are_left_as_they_were():
    scores, ties = SCORES.copy(), TIES.copy()
    winners(scores, ties, 3)
    assert scores.tolist() == SCORES.tolist()
    assert ties.tolist() == TIES.tolist()
