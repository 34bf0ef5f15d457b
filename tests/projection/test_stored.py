"""What the tables of a finished run tell: bridges that add up, and unknowns that go with the outcome."""

import pytest

from simulation.projection.stored import _spearman, bridge_rows
from tests.ensemble.fakes import cells


@pytest.fixture
def result(scripted):
    return scripted(
        cells(3, north=[5, 6, 7, 9], east=[4, 4, 3, 3]), cells(3, north=[5, 5, 6, 6], east=[4, 3, 3, 2])
    )


@pytest.mark.parametrize(("until", "closing"), [("2021Q1", 9.0), ("2021Q3", 10.0)])
def test_the_bridge_goes_from_opening_to_closing_by_cause(result, until, closing):
    rows = {(row.scope, row.district): row for row in bridge_rows(result, until)}
    city = rows["recognised", None]
    assert city.opening == 9.0
    assert city.closing == closing  # the mean of (10, 8) and of (12, 8)
    for row in rows.values():
        assert row.opening + sum(flow["count"] for flow in row.flows) == pytest.approx(row.closing)


def test_districts_add_up_to_the_city(result):
    rows = bridge_rows(result, "2021Q3")
    for scope in ("listed", "recognised", "national", "operating"):
        own = [row for row in rows if row.scope == scope]
        assert sum(row.closing for row in own if row.district) == own[0].closing


def test_rank_correlation_by_hand():
    import numpy as np

    one = np.array([1.0, 2.0, 3.0, 10.0])
    assert _spearman(one, one * one) == pytest.approx(1.0)
    assert _spearman(one, -one) == pytest.approx(-1.0)
    assert _spearman(one, np.array([1.0, 3.0, 2.0, 4.0])) == pytest.approx(0.8)  # 1 - 6 * 2 / (4 * 15)
    assert _spearman(one, np.ones(4)) is None
