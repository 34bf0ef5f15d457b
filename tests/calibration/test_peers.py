"""Each peer against a series whose continuation follows by hand."""

import numpy as np
import pytest

from simulation.calibration import peers
from simulation.calibration.growth_curves import bass, grey, logistic
from simulation.calibration.own_errors import peer_forecast
from simulation.calibration.series import Series

LINE = np.array([10.0, 13.0, 16.0, 19.0, 22.0])


def series(values):
    count = len(values)
    full = np.full((count, 3), np.nan)
    full[:, : np.shape(values)[1]] = values
    years = range(2000, 2000 + count)
    return Series("x", tuple(map(str, years)), 4, tuple(4 * year + 3 for year in years), full)


def test_simple_peers_by_hand():
    assert peers.last_value(LINE, 2).tolist() == [22, 22]
    assert peers.drift(np.array([10.0, 11.0, 16.0]), 2).tolist() == [19, 22]
    assert peers.linear_trend(np.array([0.0, 4.0, 5.0]), 1)[0] == pytest.approx(
        8.0
    )  # slope 2.5, level 3 at the middle
    assert peers.constant_growth(np.array([100.0, 130.0, 121.0]), 2) == pytest.approx([133.1, 146.41])
    assert peers.constant_growth(np.array([0.0, 4.0]), 1).tolist() == [4]


def test_damped_holt_follows_a_line_and_bends():
    made = peers.damped_holt(LINE, 3)
    assert 22 < made[0] < 25
    assert made[2] - made[1] < made[1] - made[0]


def test_grey_follows_a_geometric_series():
    made = grey(100.0 * 1.05 ** np.arange(6), 2)
    assert made == pytest.approx([100 * 1.05**6, 100 * 1.05**7], rel=2e-3)


def path(first, steps, ceiling, own, example):
    values = [first]
    for _ in range(steps):
        now = values[-1]
        values.append(now + (own + example * now / ceiling) * (ceiling - now))
    return np.array(values)


def test_logistic_and_bass_recover_their_own_curves():
    values = path(10.0, 12, 200.0, 0.0, 0.5)
    assert logistic(values[:9], 4) == pytest.approx(values[9:], rel=0.02)
    values = path(10.0, 12, 200.0, 0.03, 0.4)
    assert bass(values[:9], 4) == pytest.approx(values[9:], rel=0.02)


def test_stock_flow_by_hand():
    # mean entries 12; exits 10 + 11 of stocks 100 + 110: a tenth
    past = peers.Past(np.array([100.0, 110, 111]), np.array([np.nan, 12, 12]), np.array([np.nan, 10, 11]))
    made = peers.stock_flow(past, 2)
    assert made[0] == pytest.approx([111 + 12 - 11.1, 12, 11.1])
    assert made[1] == pytest.approx([111.9 + 12 - 11.19, 12, 11.19])


def test_gaps_are_filled_from_what_was_known():
    assert peers.filled(np.array([np.nan, 4.0, np.nan, 8.0, np.nan])).tolist() == [4, 6, 8]


def test_quantiles_come_from_the_peers_own_errors():
    # last value missed by 1, 2, 3 one year ahead; with either sign the errors are −3 −2 −1 1 2 3, median 0
    made = peer_forecast("last_value", series([[10.0], [11.0], [13.0], [16.0]]), 1)[0, 0]
    assert made[3] == pytest.approx(16.0)
    assert made[1] == pytest.approx(16.0 - 2.5)  # the 10 % quantile of those six
    assert made[5] == pytest.approx(16.0 + 2.5)


def test_a_peer_gives_nothing_for_what_was_never_known_and_nothing_below_0():
    made = peer_forecast("drift", series([[100.0], [50.0], [4.0]]), 3)
    assert np.isnan(made[:, 1:]).all()
    assert (made[:, 0] >= 0.0).all()


@pytest.mark.parametrize("name", peers.available())
def test_every_peer_takes_flat_zero_and_gappy_series(name):
    for column in ([5.0] * 8, [0.0] * 8, [3.0, np.nan, 7.0, np.nan, np.nan, 9.0, 9.0, 10.0]):
        made = peer_forecast(name, series([[one, one, one] for one in column]), 3)
        assert np.isfinite(made).all()
        assert (np.diff(made, axis=-1) >= 0.0).all()
