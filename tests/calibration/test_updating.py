"""Futures reweighted by what was counted: weights, chances and refusals by hand."""

import json
import math
from datetime import date

import numpy as np
import pytest

from simulation.calibration.observations import Observation, Observed
from simulation.calibration.simulated import of_outcome, of_result
from simulation.calibration.updating import (
    TooFewError,
    effective_size,
    log_likelihood,
    normalised,
    update,
    weighted_quantiles,
)
from simulation.quarters import quarter
from tests.ensemble import fakes
from tests.ensemble.fakes import Target, cells
from tests.projection.conftest import scripted  # noqa: F401 # a fixture

TARGET = Target("recognised", "label", "count", 10, quarter("2021Q4"), official=True)
DAY = date(2021, 8, 1)


def seen(value, sd=1.0, when="2021Q2", district="", measure="count", scope="recognised"):
    return Observation(quarter(when), district, scope, "label", measure, value, sd, DAY, "press", 2)


def observed(*rows):
    return Observed(rows, 0, 0, DAY)


@pytest.fixture
def futures(scripted):  # noqa: F811
    """Ten futures: five stand at 8 in 2021Q2 and miss 10 in 2021Q4, five stand at 9 and meet it."""
    low, high = cells(4, north=[7, 7, 6, 7, 8], east=[2] * 5), cells(4, north=[7, 7, 7, 8, 9], east=[2] * 5)
    return scripted(*([low] * 5 + [high] * 5), targets=[TARGET])


def test_weights_and_chance_by_hand(futures):
    # 9 was counted with an error of 1: the futures at 8 weigh exp(-1/2) as much as those at 9.
    found = update(futures, observed(seen(9)), least=1)
    odd = math.exp(-0.5)
    assert found.weights == pytest.approx([odd / (5 + 5 * odd)] * 5 + [1 / (5 + 5 * odd)] * 5)
    assert found.effective == pytest.approx((5 + 5 * odd) ** 2 / (5 + 5 * odd * odd))
    (moved,) = found.targets
    assert (moved.before.chance, moved.chance) == pytest.approx((1.0, 1.0))


def test_a_target_between_the_two(futures):
    raised = TARGET._replace(at_least=11)
    found = update(with_target(futures, raised), observed(seen(9)), least=1)
    (moved,) = found.targets
    new = 1 / (1 + math.exp(-0.5))
    assert moved.before.chance == pytest.approx(0.5)
    assert moved.chance == pytest.approx(new)
    # The error: squares of weight times distance, summed over futures.
    by_hand = sum((w * (met - new)) ** 2 for w, met in zip(found.weights, [0] * 5 + [1] * 5, strict=True))
    assert moved.error == pytest.approx(math.sqrt(by_hand))
    assert found.seen[0].change == pytest.approx(new - 0.5)
    assert found.seen[0].place == pytest.approx(0.75)  # five below, five equal


def with_target(result, target):
    from dataclasses import replace

    stored = target._asdict() | {"by": "2021Q4"}
    result.manifest = replace(result.manifest, targets=(stored,))
    return result


def test_an_observation_of_a_district_and_its_flows(futures):
    rows = (
        seen(2, district="east"),
        seen(7, district="north"),
        seen(2, when="2021Q4", measure="entries", district="north"),
        seen(0, when="2021Q4", measure="exits", district="north"),
    )
    simulated = of_result(futures, rows)
    assert simulated[0, :2].tolist() == [2, 6]
    assert simulated[9, :2].tolist() == [2, 7]
    # Within a cause, what comes and goes in the year is netted: +1 in one future, +2 in the other.
    net = simulated[:, 2] - simulated[:, 3]
    assert net.tolist() == [1] * 5 + [2] * 5


def test_a_replicate_and_a_result_say_the_same():
    rng = np.random.default_rng(4)
    stocks = cells(4, north=[7, 7, 6, 7, 8], north_label=[1, 2, 2, 3, 3], east=[2] * 5)
    outcome = fakes.outcome_of(stocks, rng)
    rows = [
        seen(0, scope=scope, measure=measure, district=district, when="2021Q4")
        for scope in ("listed", "recognised", "national", "operating")
        for measure in ("count", "specialised_share", "entries", "exits")
        for district in ("", "north", "east")
    ]
    alone = of_outcome(outcome, rows, quarter("2020Q4"), fakes.DISTRICTS)
    assert alone[:3].tolist() == [13, 11, 2]
    assert alone[3:6] == pytest.approx([3 / 13, 3 / 11, 0])
    assert np.isnan(alone[27:30]).all()  # no national carriers: no share


def test_flows_of_an_outcome_equal_those_of_its_tables(scripted):  # noqa: F811
    stocks = cells(4, north=[7, 7, 6, 7, 8], north_label=[1, 2, 2, 3, 3], east=[2, 1, 3, 3, 1])
    result = scripted(stocks, stocks)
    outcome = fakes.outcome_of(stocks, np.random.default_rng(1))  # the luck of draw 1
    rows = [
        seen(0, scope=scope, measure=measure, district=district, when="2021Q4")
        for scope in ("listed", "recognised", "operating")
        for measure in ("count", "specialised_share", "entries", "exits")
        for district in ("", "north", "east")
    ]
    alone = of_outcome(outcome, rows, quarter("2020Q4"), fakes.DISTRICTS)
    assert of_result(result, rows)[1].tolist() == alone.tolist()


def test_a_vague_observation_changes_little_and_a_sharp_one_all(futures):
    raised = with_target(futures, TARGET._replace(at_least=11))
    vague = update(raised, observed(seen(9, sd=1000.0)), least=1)
    assert vague.effective == pytest.approx(10, abs=1e-4)
    assert vague.targets[0].chance == pytest.approx(0.5, abs=1e-4)
    sharp = update(raised, observed(seen(9, sd=0.05)), least=1)
    assert sharp.effective == pytest.approx(5)
    assert sharp.targets[0].chance == 1.0


def test_two_observations_are_one_after_the_other(futures):
    both = update(futures, observed(seen(9), seen(10, when="2021Q3", sd=2.0)), least=1)
    first, second = (
        normalised(log_likelihood(of_result(futures, [one])[:, 0], one))
        for one in (seen(9), seen(10, when="2021Q3", sd=2.0))
    )
    assert both.weights == pytest.approx(first * second / (first * second).sum())


def test_too_few_futures_are_refused_with_what_it_would_take(futures):
    with pytest.raises(TooFewError) as few:
        update(futures, observed(seen(9), seen(2, district="east")))
    assert few.value.effective < 10
    assert few.value.needed >= 30
    assert few.value.unlikely.observation.value == 9
    with pytest.raises(TooFewError):
        update(futures, observed(seen(5000, sd=0.5)))


def test_the_unknown_numbers_move_with_the_weights(futures):
    found = update(futures, observed(seen(9, sd=0.05)), least=1)
    learned = {one.name: one for one in found.unknowns}
    # The fake study draws founding as -draw / 4: -1.125 on average, -1.75 over the last five draws.
    assert (learned["founding"].mean_before, learned["founding"].mean) == pytest.approx((-1.125, -1.75))
    assert learned["founding"].shift == pytest.approx(-0.625 / (np.arange(10).std() / 4))


def test_the_record_is_strict_json(futures):
    record = update(futures, observed(seen(9)), least=1).record()
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert list(record) == [
        *("scenario", "n", "known_on", "effective_sample_size", "observations", "targets", "unknowns")
    ]
    assert record["targets"][0]["chance_before"] == 1.0


def test_weighted_quantiles_by_hand():
    sample, weights = np.array([3.0, 1.0, 2.0, 9.0]), np.array([0.25, 0.5, 0.25, 0.0])
    # Middles of weight: 1 at 0.25, 2 at 0.625, 3 at 0.875; what weighs nothing does not count.
    assert weighted_quantiles(sample, weights, [0.25, 0.4375, 0.99]) == pytest.approx([1.0, 1.5, 3.0])
    assert np.isnan(weighted_quantiles(np.array([np.nan]), np.array([1.0]), [0.5])).all()


def test_effective_size_by_hand():
    assert effective_size(np.full(8, 1 / 8)) == pytest.approx(8)
    assert effective_size(np.array([0.5, 0.25, 0.25])) == pytest.approx(1 / 0.375)
    assert effective_size(np.zeros(3)) == 0.0
