"""What is worth finding out, from scripted futures: north has a carrier more whenever an unknown is high."""

import numpy as np
import pytest

from simulation.projection.unknowns import unknowns
from simulation.quarters import quarter
from simulation.reporting.text import Words
from simulation.reporting.unknowns_page import UnknownsPage, tables
from simulation.reporting.width import columns
from tests.ensemble.fakes import FakeStudy, Target, cells
from tests.projection.pairs import scripted_run

BY = quarter("2021Q1")
DRAWS = 120


@pytest.fixture(scope="module")
def drawn():
    return np.random.default_rng(6).random((DRAWS, 2))


@pytest.fixture(scope="module")
def found(drawn, tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as monkeypatch:
        return _found(drawn, tmp_path, monkeypatch)


def _found(drawn, tmp_path, monkeypatch):
    monkeypatch.setattr(
        FakeStudy,
        "unknown_values",
        lambda self, seed, draw: {
            "start.specialised_share": drawn[draw, 0],
            "noise": drawn[draw, 1],
            "pinned": 1.0,
        },
    )
    target = Target("recognised", "label", "count", 10, BY, True)
    high = [int(6 + 8 * one) for one in drawn[:, 0]]
    base = [cells(1, north=[9, number]) for number in high]
    other = [cells(1, north=[9, 10 if number % 2 else 9]) for number in high]
    results = [
        scripted_run(tmp_path / name, name, script, targets=(target,))
        for name, script in (("base", base), ("other", other))
    ]
    return unknowns(results, ["base", "other"])


def test_the_unknown_that_decides_comes_first(found):
    (one,) = found.targets
    assert found.order[0][0] == "start.specialised_share"
    assert found.order[0][1] > 0.8
    assert [each.unknown for each in one.explained] == ["start.specialised_share", "noise"]
    assert one.explained[0].low_chance == 0.0
    assert one.explained[0].high_chance == 1.0
    assert one.rest == pytest.approx(0.0, abs=0.25)


def test_it_is_worth_learning_and_the_box_is_where_it_is_low(found):
    (one,) = found.targets
    learned = {each.unknown: each for each in one.learning}
    assert learned["start.specialised_share"].value.value > 0.05
    assert learned["start.specialised_share"].choice[0] == "other"
    assert learned["start.specialised_share"].choice[-1] == "base"
    assert learned["noise"].value.value < 0.03
    assert [limit.name for limit in one.box.limits] == ["start.specialised_share"]
    assert one.box.limits[0].high == pytest.approx(0.5, abs=0.05)
    assert one.box.density > 0.95


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_says_it_in_a_sentence_first(found, language):
    lines = UnknownsPage(Words(language), found, "results").lines()
    assert max(columns(line) for line in lines) <= 80
    first = {"en": "Find out first: specialised share at the start.", "zh": "先摸清：期初专业型占比。"}
    assert lines[0].startswith(first[language])
    assert set(tables(found)) == {"indices.csv", "learning.csv", "boxes.csv"}
    assert found.record()["targets"][0]["missed_in"]["coverage"] > 0.8
