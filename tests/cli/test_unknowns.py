"""What is worth finding out, from the folders of finished runs."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from simulation.cli.main import carriersim
from simulation.quarters import quarter
from tests.ensemble.fakes import FakeStudy, Target, cells
from tests.projection.pairs import scripted_run


def call(*arguments):
    return CliRunner(env={"LC_ALL": "C"}).invoke(carriersim, ["unknowns", *map(str, arguments)])


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    drawn = np.random.default_rng(3).random((60, 2))
    target = Target("recognised", "label", "count", 10, quarter("2021Q1"), True)
    script = [cells(1, north=[9, int(6 + 8 * one)]) for one in drawn[:, 0]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            FakeStudy, "unknown_values", lambda self, seed, draw: {"a": drawn[draw, 0], "b": drawn[draw, 1]}
        )
        for name, futures in (("many", script), ("few", script[:20])):
            scripted_run(folder / name, name, futures, targets=(target,))
    return folder


def test_a_finished_run_is_enough(runs):
    done = call(runs / "many", "--json")
    assert done.exit_code == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["order"][0]["unknown"] == "a"
    assert record["targets"][0]["learning"] == []
    assert record["out"] is None


def test_tables_are_written_where_they_are_asked_for(runs, tmp_path):
    done = call(runs / "many", "--out", tmp_path / "out", "--quiet")
    assert done.exit_code == 0, done.stderr
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == [
        "boxes.csv",
        "indices.csv",
        "learning.csv",
    ]
    assert done.stdout.startswith("Find out first: a.")


def test_few_draws_are_refused(runs):
    done = call(runs / "few")
    assert done.exit_code == 2
    assert "at least 50" in " ".join(done.stderr.split())
