"""Our forecasts: known data are learned, nothing later leaks, the engine's rules decide."""

from pathlib import Path

import numpy as np
import pytest

from simulation.calibration import backtest as tests
from simulation.calibration.forecasting import forecast
from simulation.calibration.learning import learn, negative_binomial
from simulation.calibration.series import Series, read_series
from simulation.engines import compiled, mesa
from simulation.rules import founding, operations

SHIPPED = Path(__file__).parents[2] / "simulation" / "calibration" / "series"
FEW = 40


def series(rows, first=2000):
    years = range(first, first + len(rows))
    return Series(
        "made", tuple(map(str, years)), 4, tuple(4 * year + 3 for year in years), np.array(rows, np.float64)
    )


def ours(past, horizon=2, replicates=FEW, simulate=compiled.simulate):
    return forecast(past, horizon, seed=1, simulate=simulate, replicates=replicates)


def steady(years=8, stock=200, entries=20, exits=20):
    return series([[stock, entries, exits]] * years)


def test_a_steady_register_stays_steady():
    middle = ours(steady(), replicates=200).quantiles()[0, :, 3]
    assert middle == pytest.approx([200, 20, 20], rel=0.15)


def test_flows_add_up_to_the_stock_when_the_books_balance():
    values = ours(steady()).values
    assert np.array_equal(values[:, 0, 0], np.maximum(200 + values[:, 0, 1] - values[:, 0, 2], 0))


def test_what_does_not_balance_widens_the_stock_alone():
    rows = [[200 + 15 * (-1) ** year, 20, 20] for year in range(8)]  # off by 30 every year
    assert abs(np.nanmean(np.abs(series(rows).residuals)) - 30) < 1e-9
    wide, narrow = ours(series(rows), replicates=200).quantiles(), ours(steady(), replicates=200).quantiles()
    assert wide[0, 0, 5] - wide[0, 0, 1] > 1.5 * (narrow[0, 0, 5] - narrow[0, 0, 1])


def test_bunched_exits_give_wider_exits_than_even_ones_of_the_same_mean():
    bunched = series([[200, 20, exits] for exits in (2, 3, 55, 1, 4, 60, 2, 33)])
    even = series([[200, 20, 20]] * 8)
    widths = [ours(one, replicates=200).quantiles()[0, 2] for one in (bunched, even)]
    assert widths[0][5] - widths[0][1] > 1.5 * (widths[1][5] - widths[1][1])


def test_the_same_seed_gives_the_same_and_another_seed_another():
    past = steady()
    assert np.array_equal(ours(past).values, ours(past).values)
    other = forecast(past, 2, seed=2, simulate=compiled.simulate, replicates=FEW)
    assert not np.array_equal(ours(past).values, other.values)


def test_workers_change_nothing():
    past = steady()
    both = forecast(past, 2, seed=1, simulate=compiled.simulate, replicates=FEW, workers=3)
    assert np.array_equal(both.values, ours(past).values)


def test_later_rows_change_no_forecast_of_anybody():
    """The leak test: the file as it was at the origin, and as it is with wild years added."""
    whole = read_series(SHIPPED / "beta_gouv_projects.csv")
    origin = 4
    wild = np.vstack((whole.values[: origin + 1], [[9e6, 9e6, 0]] * (len(whole) - origin - 1)))
    other = Series(whole.name, whole.dates, 4, whole.last_quarters, wild)
    short = whole.until(origin)
    made = [
        tests.backtest(one, [origin], 2, simulate=compiled.simulate, replicates=FEW)
        for one in (whole, other, short)
    ]
    keys = [
        [(one.method, one.date, one.measure, one.quantiles.tobytes(), one.scale) for one in some]
        for some in made
    ]
    assert keys[0] == keys[1] == keys[2]
    assert len(keys[0]) == (1 + len(set(one[0] for one in keys[0])) - 1) * 6  # noqa: C401 # methods × 2 years × 3


@pytest.mark.parametrize(
    ("module", "rule", "measure"), [(founding, "commitment_chance", 1), (operations, "stopping_chance", 2)]
)
def test_a_changed_rule_moves_the_forecast(monkeypatch, module, rule, measure):
    usual = ours(steady(years=4), 2, 20, mesa.simulate).values[:, 1, measure].mean()
    whole = getattr(module, rule)
    monkeypatch.setattr(module, rule, lambda *arguments: 0.5 * whole(*arguments))
    halved = ours(steady(years=4), 2, 20, mesa.simulate).values[:, 1, measure].mean()
    assert 0.3 * usual < halved < 0.8 * usual


def test_a_large_register_is_simulated_by_the_hundred_and_counted_one_by_one():
    past = series([[400_000, 40_000, 40_000]] * 6)
    middle = ours(past, 1, 40).quantiles()[0, :, 3]
    assert middle == pytest.approx([400_000, 40_000, 40_000], rel=0.2)


def test_stocks_alone_are_enough():
    past = series([[100, np.nan, np.nan], [120, np.nan, np.nan], [np.nan] * 3, [172, np.nan, np.nan]])
    made = ours(past, 1, 200).quantiles()[0, 0]
    assert made[1] < 172 * 1.2 < made[5]


def test_the_negative_binomial_by_hand():
    # size 1 is the geometric law: P(2) with mean 3 = (1/4) (3/4)²
    assert negative_binomial(2.0, np.array([3.0]), np.array([1.0]))[0] == pytest.approx(np.log(9 / 64))


def test_what_was_put_in_is_found_again():
    """Registers made by the engine's own law with known rates: the learned rates lie around them."""
    rng = np.random.default_rng(5)
    stock, rows = 300.0, []
    for _ in range(12):
        entries, exits = rng.poisson(30), rng.poisson(0.08 * stock)
        stock += entries - exits
        rows.append([stock, entries, exits])
    learned = learn(series(rows), np.random.default_rng(1))
    low, high = np.quantile(np.exp(learned.state.stopping), (0.05, 0.95))
    assert low < 0.083 < high < 0.16
    assert np.allclose(learned.state.listed, stock)
