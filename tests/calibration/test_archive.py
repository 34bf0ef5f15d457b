"""Forecasts kept and scored later: rows as a hub reads them, refusals with their place, no peer that knows more."""

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from simulation import scenario
from simulation.calibration import archive
from simulation.calibration.archive import Archived
from simulation.calibration.backtest import OURS
from simulation.calibration.scores import LEVELS
from simulation.calibration.scoring import score_archives
from simulation.faults import ScenarioErrors
from simulation.quarters import quarter
from tests.ensemble.fakes import cells
from tests.projection.conftest import scripted  # noqa: F401 # a fixture

WUHAN = Path(__file__).parents[2] / "scenarios" / "wuhan-2025.yaml"
HEADER = "date,district,scope,basis,measure,value,sd,known_on,source\n"
PAST = (
    "2018-12-31,,recognised,label,count,380,,2019-02-15,press\n"
    "2019-12-31,,recognised,label,count,420,,2020-02-15,press\n"
    "2020-12-31,,recognised,label,count,460,,2021-02-05,press\n"
)
OUTCOME = "2021-12-31,,recognised,label,count,500,,2022-02-15,press\n"
MADE_ON = date(2021, 8, 31)
QUANTILES = (470.0, 480.0, 490.0, 500.0, 510.0, 520.0, 530.0)


@pytest.fixture(scope="module")
def city():
    return scenario.load(WUHAN).tables


@pytest.fixture
def result(scripted):  # noqa: F811
    return scripted(*(cells(4, north=[5, 6, 7, 8, 8 + more]) for more in range(5)))


def forecast(quantiles=QUANTILES, made_on=MADE_ON, when="2021Q4", measure="count"):
    return Archived(made_on, "one.csv", quarter(when), "", "recognised", "label", measure, quantiles)


def scored(tmp_path, city, rows, *forecasts):
    file = tmp_path / "actuals.csv"
    file.write_text(HEADER + rows, encoding="utf-8")
    return score_archives(forecasts or [forecast()], file, city)


def test_the_rows_are_those_of_a_hub(result):
    rows = list(csv.DictReader(archive.text_of(result, MADE_ON).splitlines()))
    assert list(rows[0]) == list(archive.COLUMNS)
    ours = [row for row in rows if row["target"] == "recognised carriers" and row["location"] == "north"]
    assert [row["output_type_id"] for row in ours] == [
        *("0.025", "0.1", "0.25", "0.5", "0.75", "0.9", "0.975")
    ] * 2
    last = [row for row in ours if row["target_end_date"] == "2021-12-31"]
    assert {row["horizon"] for row in last} == {"1"}  # MADE_ON lies in 2021Q3
    assert [float(row["value"]) for row in last] == pytest.approx([8.1, 8.4, 9, 10, 11, 11.6, 11.9])
    assert min(row["target_end_date"] for row in rows) == "2021-09-30"  # nothing that had ended


def test_what_is_written_is_read_again(result, tmp_path):
    file = tmp_path / "archive" / archive.file_name(MADE_ON, "wuhan 2025 · A")
    assert file.name == "2021-08-31-carriersim-wuhan-2025-A.csv"
    archive.write(result, MADE_ON, file)
    found = archive.read([file])
    (one,) = [one for one in found if (one.scope, one.district, one.quarter, one.measure) == (
        "recognised", "north", quarter("2021Q4"), "count")]  # fmt: skip
    assert one.quantiles == pytest.approx((8.1, 8.4, 9, 10, 11, 11.6, 11.9))
    assert one.origin == MADE_ON
    assert not [one for one in found if one.scope == "national" and one.measure != "count"]  # no such share


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("output_type_id", "level", "the columns"),
        ("quantile,0.5,10", "quantile,0.4,10", "allowed: 0.025"),
        ("quantile,0.5,10", "quantile,0.25,10", "again"),
        ("quantile,0.5,10", "mean,0.5,10", "allowed: quantile"),
        ("quantile,0.5,10", "quantile,0.5,ten", "a number such as"),
        ("quantile,0.5,10", "quantile,0.5,99", "none below the one before"),
        ("2021-12-31", "2021-12-30", "the last day of a quarter"),
        ("2021-08-31", "2022-08-31", "a day after `origin_date`"),
        ("recognised carriers", "recognized carriers", "recognised carriers"),
    ],
)
def test_a_wrong_archive_is_refused(result, tmp_path, old, new, said):
    text = archive.text_of(result, MADE_ON)
    assert old in text
    file = tmp_path / "wrong.csv"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ScenarioErrors) as wrong:
        archive.read([file])
    assert said in str(wrong.value)
    assert str(wrong.value).startswith("wrong.csv:")


def test_a_score_by_hand(tmp_path, city):
    found = scored(tmp_path, city, PAST + OUTCOME)
    ours = found.by_method()[OURS, "count"]
    # The actual is the median: each lower quantile loses level × distance, each upper one (1 − level) × distance.
    loss = 2 * (0.025 * 30 + 0.1 * 20 + 0.25 * 10) / 7
    assert ours.crps == pytest.approx(loss / 460)
    assert (ours.coverage_50, ours.mape, ours.n) == (1.0, 0.0, 1)
    drift = next(one for one in found.scored if one.method == "drift")
    assert drift.quantiles[3] == pytest.approx(500)  # 40 more each year
    assert found.by_method()["last_value", "count"].mape == pytest.approx(40 / 500)


def test_every_method_is_scored_on_the_same_set(tmp_path, city):
    share = "2021-12-31,,recognised,label,specialised_share,0.4,,2022-02-15,press\n"
    shares = forecast(tuple(one / 1000 for one in QUANTILES), measure="specialised_share")
    found = scored(tmp_path, city, PAST + OUTCOME + share, forecast(), shares)
    assert len({one.n for one in found.by_method().values()}) == 1
    assert found.alone == 1  # the share had no announced past


def test_peers_see_nothing_that_was_announced_later(tmp_path, city):
    """The leak test: a table with later announcements of the past itself changes no peer."""
    late = (
        "2021-06-30,,recognised,label,count,900,,2021-09-15,press\n"
        "2020-12-31,,recognised,label,count,10,,2021-12-01,press\n"
    )
    first, second = (scored(tmp_path, city, rows).scored for rows in (PAST + OUTCOME, PAST + late + OUTCOME))
    assert [(one.method, one.quantiles.tobytes(), one.scale) for one in first] == [
        (one.method, one.quantiles.tobytes(), one.scale) for one in second
    ]


def test_without_a_past_ours_is_scored_alone(tmp_path, city):
    found = scored(tmp_path, city, OUTCOME)
    assert {one.method for one in found.scored} == {OURS}
    record = found.record()
    assert record["scores"][0]["crps"] is None
    assert record["scores"][0]["wis"] == pytest.approx(found.by_method()[OURS, "count"].wis)


def test_an_outcome_that_is_not_known_is_not_scored(tmp_path, city):
    assert scored(tmp_path, city, PAST).scored == ()
    assert np.array(LEVELS).shape == (len(QUANTILES),)
