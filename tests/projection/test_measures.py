"""Measures and bands, by hand."""

import numpy as np
import pytest

from simulation.projection import bands
from simulation.projection.measures import values
from tests.ensemble.fakes import cells


@pytest.fixture
def result(scripted):
    """Two futures: opening stock and two quarters, in two districts."""
    return scripted(
        cells(2, north=[4, 5, 6], north_label=[1, 2, 2], south_fact=[5, 1, 0], south_both=[0, 2, 3]),
        cells(2, north=[0, 1, 0], east_both=[0, 0, 3]),
    )


def test_counts_are_sums_over_districts(result):
    assert values(result, "count", "recognised").tolist() == [[10, 10, 11], [0, 1, 3]]
    assert values(result, "count", "recognised", district="south").tolist() == [[5, 3, 3], [0, 0, 0]]
    assert values(result, "count", "national").tolist() == [[0, 0, 0], [0, 0, 0]]


def test_a_share_is_of_the_citys_sums_on_its_basis_and_undefined_without_carriers(result):
    label = values(result, "specialised_share", "listed", "label")
    assert label[0].tolist() == [1 / 10, 4 / 10, 5 / 11]
    assert np.isnan(label[1, 0])
    assert label[1, 1:].tolist() == [0.0, 1.0]
    fact = values(result, "specialised_share", "listed", "fact")
    assert fact[0].tolist() == [5 / 10, 3 / 10, 3 / 11]
    assert values(result, "specialised_share", "listed", "fact", "south")[0].tolist() == [1.0, 1.0, 1.0]
    assert np.isnan(values(result, "specialised_share", "national", "fact")).all()


def test_an_unknown_measure_is_refused(result):
    with pytest.raises(ValueError, match="no measure 'counts'"):
        values(result, "counts", "listed")


def test_bands_are_linear_quantiles_of_the_totals(scripted):
    futures = [(3, 40), (1, 10), (5, 20), (8, 30), (2, 50)]
    result = scripted(*(cells(1, north=[first, last]) for first, last in futures))
    table = bands(result, "count", "listed")
    assert list(table.columns) == ["q025", "q10", "q25", "median", "q75", "q90", "q975"]
    assert table.index.tolist() == ["2020Q4", "2021Q1"]
    # Sorted 1 2 3 5 8: the quantile p stands at place 4 p.
    assert table.loc["2020Q4"].tolist() == pytest.approx([1.1, 1.4, 2, 3, 5, 6.8, 7.7])
    assert table.loc["2021Q1"].tolist() == pytest.approx([11, 14, 20, 30, 40, 46, 49])


def test_bands_of_the_city_are_not_sums_of_bands(scripted):
    result = scripted(*(cells(1, north=[n, n], south=[10 - n, 9 - n]) for n in (2, 5, 9)))
    assert bands(result, "count", "listed").loc["2020Q4"].tolist() == [10.0] * 7
    north, south = (
        bands(result, "count", "listed", district=code).loc["2020Q4"] for code in ("north", "south")
    )
    assert north["q10"] + south["q10"] < 10


def test_bands_leave_undefined_shares_out(scripted):
    result = scripted(
        cells(1, north=[0, 1], north_label=[0, 1]), cells(1, north=[0, 3], north_label=[0, 1]), cells(1)
    )
    table = bands(result, "specialised_share", "listed")
    assert table.loc["2020Q4"].isna().all()
    assert table.loc["2021Q1", "median"] == pytest.approx((1 / 2 + 1 / 4) / 2)
