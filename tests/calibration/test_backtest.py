"""Back-tests on identical sets, and the command that runs them."""

import json
from pathlib import Path

import numpy as np
import pytest

from simulation.calibration import backtest as tests
from simulation.calibration.scores import LEVELS
from simulation.calibration.series import read_series
from simulation.cli import main as command_line
from simulation.engines import compiled

SHIPPED = Path(__file__).parents[2] / "simulation" / "calibration" / "series"
SPACES = str(SHIPPED / "spaceapi_directory.csv")


def call(monkeypatch, *arguments, language="C"):
    monkeypatch.setenv("LC_ALL", language)
    with pytest.raises(SystemExit) as end:
        command_line.main(arguments)
    return end.value.code


@pytest.fixture(scope="module")
def made():
    series = read_series(Path(SPACES))
    return tests.backtest(series, series.origins(2), 2, simulate=compiled.simulate, replicates=40)


def test_every_method_is_scored_on_the_same_set(made):
    sets = {}
    for one in made:
        sets.setdefault(one.method, set()).add((one.origin, one.date, one.measure))
    assert len(sets) >= 10
    assert all(one == sets[tests.OURS] for one in sets.values())


def test_scales_by_hand(made):
    of = {(one.origin, one.measure): one.scale for one in made}
    assert of["2019-12-31", "stock"] == 183
    assert of["2019-12-31", "exits"] == pytest.approx((23 + 4 + 1) / 3)


def test_coverage_by_origin_by_hand():
    def one(origin, low, high, actual):
        quantiles = np.interp(LEVELS, (0.1, 0.9), (low, high))
        return tests.Forecast("s", origin, "m", "d", 1, "stock", quantiles, actual, 1.0)

    some = [one("a", 0, 10, 5), one("a", 0, 10, 11), one("b", 0, 10, 10), one("b", 0, 1, float("nan"))]
    assert tests.coverage_by_origin(some, "m") == [0.5, 1.0]


def test_the_answer_for_programs(monkeypatch, capsys):
    arguments = ("backtest", SPACES, "--origin", "2019", "--horizon", "2", "--futures", "40", "--json")
    assert call(monkeypatch, *arguments) == 0
    shown = capsys.readouterr()
    answer = json.loads(shown.out, parse_constant=pytest.fail)
    assert list(answer) == ["origin", "horizon", "forecasts", "scores"]
    assert (answer["origin"], answer["horizon"]) == ("2019-12-31", 2)
    assert list(answer["forecasts"][0]) == [
        "method", "date", "measure", "q025", "q10", "q25", "median", "q75", "q90", "q975",
    ]  # fmt: skip
    assert list(answer["scores"][0]) == [
        "method", "measure", "crps", "wis", "mape", "coverage_50", "coverage_80", "coverage_95", "n",
    ]  # fmt: skip
    assert {one["measure"] for one in answer["forecasts"]} == {"stock", "entries", "exits"}
    assert answer["forecasts"][0]["method"] == "carriersim"
    assert answer["forecasts"][0]["date"] == "2020-12-31"
    assert "largest difference 2" in " ".join(shown.err.split())


def test_a_forecast_without_an_outcome_has_no_scores(monkeypatch, capsys):
    arguments = ("backtest", SPACES, "--origin", "2021-12-19", "--futures", "40", "--json", "--quiet")
    assert call(monkeypatch, *arguments) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["scores"] == []
    assert shown.err == ""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_fits_80_columns(monkeypatch, capsys, language):
    from simulation.reporting.width import columns

    arguments = ("backtest", SPACES, "--origin", "2019", "--futures", "40", "--lang", language)
    assert call(monkeypatch, *arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(columns, lines)) <= 80
    assert any("carriersim" in line for line in lines)


def test_several_origins_name_theirs(monkeypatch, capsys):
    assert call(monkeypatch, "backtest", SPACES, "--horizon", "1", "--futures", "20", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["origin"] == "all"
    assert {one["origin"] for one in answer["forecasts"]} == {"2019-12-31", "2020-12-15"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((SPACES, "--origin", "2017"), "Possible: 2019-12-31, 2020-12-15, 2021-12-19"),
        ((str(SHIPPED / "china_makerspaces.csv"),), "no origin to score"),
        ((str(SHIPPED / "no.csv"),), "no readable file"),
        ((str(SHIPPED / "national_reviews.csv"),), "faults in the series"),
        ((SPACES, "--horizon", "0"), "horizon"),
    ],
)
def test_what_cannot_be_forecast_is_said_and_ends_with_2(monkeypatch, capsys, arguments, said):
    assert call(monkeypatch, "backtest", *arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in " ".join(shown.err.split())
    assert "Traceback" not in shown.err
