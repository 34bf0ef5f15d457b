"""Several studies in rounds: the bytes of single runs, pairs after an interruption, refusals before anything."""

import pytest

from simulation.ensemble import FolderRefused, Interrupted, run
from simulation.ensemble.together import rounds, run_together
from tests.ensemble.fakes import RANDOM, FakeScenario, FakeStudy
from tests.ensemble.files import parquet

pytestmark = pytest.mark.usefixtures("settled_source")
A, B = FakeStudy(), FakeStudy(scenario=FakeScenario("other"))


def go(tmp_path, replicates=85, **options):
    return run_together(
        [A, B], [tmp_path / "a", tmp_path / "b"], replicates, 7, workers=1, engine=RANDOM, **options
    )


def test_rounds_grow_to_the_end():
    assert rounds(10) == [10]
    assert rounds(80) == [20, 80]
    assert rounds(1000) == [60, 250, 1000]
    assert all(one % 5 == 0 for one in rounds(12_345)[:-1])


def test_rounds_give_the_bytes_of_runs_in_one_go(tmp_path):
    results = go(tmp_path)
    assert [one.n_used for one in results] == [85, 85]
    run(B, 85, 7, tmp_path / "alone", 1, engine=RANDOM)
    assert parquet(tmp_path / "b") == parquet(tmp_path / "alone")


def test_after_an_interruption_there_are_pairs_and_the_rest_is_made_on_resuming(tmp_path):
    def stop(done, failed, total, seconds):
        assert total == 170
        if done == 60:  # the first round of both is done, and half of the rest of the first
            raise KeyboardInterrupt

    with pytest.raises(Interrupted):
        go(tmp_path, progress=stop)
    whole = tmp_path / "whole"
    go(tmp_path, resume=True)
    go(whole)
    assert parquet(tmp_path / "a") == parquet(whole / "a")
    assert parquet(tmp_path / "b") == parquet(whole / "b")


def test_resuming_goes_on_from_a_longer_run(tmp_path):
    run(A, 40, 7, tmp_path / "a", 1, engine=RANDOM)
    results = go(tmp_path, 30, resume=True)
    assert [one.n_used for one in results] == [40, 30]


def test_a_study_that_stands_twice_is_run_once(tmp_path):
    told = []
    folder = tmp_path / "a"
    results = run_together(
        [A, A], [folder, folder], 5, 7, workers=1, engine=RANDOM, progress=lambda *one: told.append(one)
    )
    assert results[0] is results[1]
    assert told[-1][:3] == (5, 0, 5)


def test_a_folder_that_is_taken_is_refused_before_anything_is_run(tmp_path):
    run(B, 5, 7, tmp_path / "b", 1, engine=RANDOM)
    with pytest.raises(FolderRefused) as refused:
        go(tmp_path)
    assert refused.value.reason == "taken"
    assert not (tmp_path / "a").exists()
    assert [one.n_used for one in go(tmp_path, 5, overwrite=True)] == [5, 5]
