"""Stopping when settled: the same number of replicates, and the same bytes, however the run went."""

from dataclasses import dataclass

import numpy as np
import pytest

from simulation.ensemble import Interrupted, run
from simulation.ensemble import open as open_result
from simulation.ensemble.settling import next_number, whole_blocks
from tests.ensemble.fakes import RANDOM, FakeStudy
from tests.ensemble.files import parquet

pytestmark = pytest.mark.usefixtures("small_blocks", "settled_source")


@dataclass(frozen=True)
class MeanKnown:
    """The standard error of the mean number of listed carriers is below ``below``."""

    below: float
    limit: int = 100

    @property
    def text(self) -> str:
        return f"error < {self.below}"

    def error(self, result) -> float:
        last = result.totals("listed")[:, -1]
        return float(last.std(ddof=1) / np.sqrt(len(last)))

    def met(self, result) -> bool:
        return self.error(result) < self.below

    def needed(self, result) -> int:
        return int(result.n_used * (self.error(result) / self.below) ** 2) + 1


def go(folder, until, replicates=8, workers=1, **options):
    return run(FakeStudy(), replicates, 7, folder, workers, engine=RANDOM, until=until, **options)


@pytest.fixture(scope="module")
def halfway():
    """An error between those of 8 and of 50 replicates."""
    return 1.8


def test_it_stops_when_the_condition_holds_and_says_so(tmp_path, halfway):
    until = MeanKnown(halfway)
    result = go(tmp_path / "a", until)
    assert result.manifest.stopped_by == "settled"
    assert until.error(result) < halfway
    assert 8 < result.n_used < 100
    assert result.manifest.until == f"error < {halfway}, at most 100"
    run(FakeStudy(), result.n_used, 7, tmp_path / "b", 1, engine=RANDOM)
    assert parquet(tmp_path / "a") == parquet(tmp_path / "b")


def test_it_stops_at_the_limit_and_says_so(tmp_path):
    result = go(tmp_path / "a", MeanKnown(0.01, limit=18))
    assert (result.n_used, result.n_requested) == (18, 18)
    assert result.manifest.stopped_by == "limit"


def test_what_is_settled_at_once_adds_nothing(tmp_path):
    result = go(tmp_path / "a", MeanKnown(1000.0))
    assert (result.n_used, result.manifest.stopped_by) == (8, "settled")


@pytest.mark.parametrize("stop", [5, 11, 15, 19])
def test_interrupted_and_gone_on_with_it_ends_where_it_would_have(tmp_path, halfway, stop):
    until = MeanKnown(halfway)
    whole = go(tmp_path / "whole", until)
    seen = []

    def told(done, failed, total, left):
        seen.append(done)
        if len(seen) == stop:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted):
        go(tmp_path / "a", until, progress=told)
    assert open_result(tmp_path / "a").manifest.status == "interrupted"
    assert go(tmp_path / "a", until, resume=True).n_used == whole.n_used
    assert parquet(tmp_path / "a") == parquet(tmp_path / "whole")


def test_workers_change_nothing(tmp_path, halfway):
    one, two = go(tmp_path / "a", MeanKnown(halfway)), go(tmp_path / "b", MeanKnown(halfway), workers=2)
    assert one.n_used == two.n_used
    assert parquet(tmp_path / "a") == parquet(tmp_path / "b")


def test_a_finished_run_is_extended_until_it_is_settled(tmp_path, halfway):
    run(FakeStudy(), 11, 7, tmp_path / "a", 1, engine=RANDOM)
    result = go(tmp_path / "a", MeanKnown(halfway), resume=True)
    assert result.n_used >= 12
    assert result.manifest.stopped_by == "settled"
    again = go(tmp_path / "a", MeanKnown(halfway), resume=True)
    assert (again.n_used, again.manifest.stopped_by) == (result.n_used, "settled")


def test_a_limit_below_the_replicates_is_refused(tmp_path):
    with pytest.raises(ValueError, match="limit"):
        go(tmp_path / "a", MeanKnown(1.0, limit=7))
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("needed", "now", "then"),
    [(9, 8, 12), (100, 8, 16), (8, 8, 12), (12, 8, 12), (10_000, 60, 100)],
)
def test_a_round_goes_as_far_as_it_takes_but_at_most_doubles(needed, now, then):
    class Fixed:
        limit = 100

        def needed(self, result):
            return needed

    assert next_number(Fixed(), None, now) == then


def test_rounds_end_with_whole_blocks():
    assert [whole_blocks(number) for number in (1, 4, 5, 99)] == [4, 4, 8, 100]
