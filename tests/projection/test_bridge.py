"""Bridges: exact in every future, by hand, and told when they are not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.engines import books
from simulation.projection.bridge import UnbalancedBridgeError, bridge, rows
from simulation.projection.coalitions import COLUMNS
from simulation.rules import codes
from tests.ensemble.fakes import DISTRICTS, cells, outcome_of


def outcome(seed, quarters=4):
    rng = np.random.default_rng(seed)
    shape = books.blank_stocks(quarters, len(DISTRICTS)).shape
    return outcome_of(rng.poisson(0.3, shape).astype(np.int32), rng)


@given(st.integers(0, 10**6), st.integers(1, 4))
def test_a_bridge_adds_up_in_every_scope_basis_and_district(seed, quarters):
    made = bridge(outcome(seed), quarters)
    assert np.array_equal(made.opening + made.flows.sum(axis=0), made.closing)
    assert made.opening.shape == (len(COLUMNS), len(DISTRICTS))


def test_the_mean_of_bridges_adds_up_and_districts_add_up_to_the_city():
    found = rows([bridge(outcome(seed), 4) for seed in range(5)], DISTRICTS)
    assert len(found) == (1 + 2) * 4 * (1 + len(DISTRICTS))
    for row in found:
        assert row.opening + sum(flow["count"] for flow in row.flows) == pytest.approx(row.closing, abs=1e-9)
    for scope in codes.SCOPES:
        ours = [row for row in found if (row.scope, row.basis) == (scope, None)]
        assert ours[0].district is None
        assert ours[0].closing == pytest.approx(sum(row.closing for row in ours[1:]))


def test_a_cause_that_changes_nothing_is_left_out_and_one_by_hand():
    stocks = cells(1, north=[5, 7])
    made = outcome_of(stocks, np.random.default_rng(0))
    made.flows[:] = 0
    made.flows[0, 0, codes.INCUBATOR, 0, 0, codes.MUNICIPAL - codes.DISTRICT, 1, codes.RECOGNITION] = 3
    made.flows[0, 0, codes.INCUBATOR, 0, 0, codes.MUNICIPAL - codes.DISTRICT, 1, codes.DELISTING] = -1
    row = rows([bridge(made, 1)], DISTRICTS)[0]
    assert (row.scope, row.opening, row.closing) == ("listed", 5, 7)
    assert row.flows == [{"cause": "recognition", "count": 3.0}, {"cause": "delisting", "count": -1.0}]


def test_books_that_do_not_balance_are_a_fault():
    made = outcome(1)
    made.flows[0, 0, 0, 0, 0, 0, 1, codes.STOP] += 1
    with pytest.raises(UnbalancedBridgeError):
        bridge(made, 4)
