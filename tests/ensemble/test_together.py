"""Several studies in one run: the bytes of each alone, replicate by replicate, the past simulated once."""

from pathlib import Path

import pytest

from simulation.ensemble import FolderRefused, Interrupted, run
from simulation.ensemble.together import run_together
from simulation.scenario import load, study
from tests.ensemble.fakes import RANDOM, FakeScenario, FakeStudy
from tests.ensemble.files import parquet, spans_of

ROOT = Path(__file__).parents[2]


def fakes(**faults):
    return [
        FakeStudy(FakeScenario("a")),
        FakeStudy(FakeScenario("b"), faults=faults.get("b", {}), quarters=3),
    ]


def go(folders, replicates=10, studies=None, **options):
    return run_together(studies or fakes(), folders, replicates, 7, engine=RANDOM, **options)


@pytest.fixture
def folders(tmp_path):
    return [tmp_path / "a", tmp_path / "b"]


@pytest.fixture
def alone(tmp_path):
    """The bytes of each study run alone."""
    for one in fakes():
        run(one, 10, 7, tmp_path / "alone" / one.scenario.name, 1, engine=RANDOM)
    return [parquet(tmp_path / "alone" / name) for name in "ab"]


pytestmark = pytest.mark.usefixtures("small_blocks", "settled_source")


@pytest.mark.parametrize("workers", [1, 2])
def test_together_they_have_the_bytes_of_each_alone(folders, alone, workers):
    results = go(folders, workers=workers)
    assert [parquet(folder) for folder in folders] == alone
    assert [result.folder for result in results] == folders
    assert [result.n_used for result in results] == [10, 10]


def test_a_stopped_run_leaves_pairs_and_goes_on_to_the_same_bytes(folders, alone):
    def told(done, failed, total, left):
        assert total == 20
        if done == 13:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as stopped:
        go(folders, workers=1, progress=told)
    assert [spans_of(folder) for folder in folders] == [[(0, 4)], [(0, 4)]]
    assert (stopped.value.kept, stopped.value.total) == (4, 10)
    go(folders, workers=1, resume=True)
    assert [parquet(folder) for folder in folders] == alone


def test_folders_that_are_not_equally_far_are_both_filled_up(folders, alone):
    run(fakes()[1], 4, 7, folders[1], 1, engine=RANDOM)
    results = go(folders, workers=1, resume=True)
    assert [parquet(folder) for folder in folders] == alone
    assert [result.manifest.status for result in results] == ["finished", "finished"]


def test_one_that_is_finished_is_left_as_it_is(folders, alone):
    run(fakes()[0], 10, 7, folders[0], 1, engine=RANDOM)
    before = (folders[0] / "manifest.json").read_bytes()
    go(folders, workers=1, resume=True)
    assert (folders[0] / "manifest.json").read_bytes() == before
    assert [parquet(folder) for folder in folders] == alone


def test_a_folder_that_is_taken_refuses_all_before_anything_is_written(folders):
    run(fakes()[1], 4, 7, folders[1], 1, engine=RANDOM)
    before = parquet(folders[1])
    with pytest.raises(FolderRefused) as refused:
        go(folders)
    assert refused.value.reason == "taken"
    assert not folders[0].exists()
    assert parquet(folders[1]) == before


@pytest.mark.slow
def test_a_study_that_ends_its_workers_is_given_up_alone(folders, alone):
    results = go(folders, studies=fakes(b={5: "dies"}), workers=2)
    assert parquet(folders[0]) == alone[0]
    assert [failure.replicate for failure in results[1].failures] == [4, 5, 6, 7]
    assert results[1].n_used == 6


def test_a_failing_replicate_of_one_is_no_failure_of_the_other(folders, alone):
    results = go(folders, studies=fakes(b={5: "raises"}), workers=1)
    assert [result.n_used for result in results] == [10, 9]
    assert parquet(folders[0]) == alone[0]


def test_a_folder_that_stands_twice_is_run_once(folders, alone):
    one = fakes()[0]
    first, second = go([folders[0], folders[0]], studies=[one, one], workers=1)
    assert first.folder == second.folder
    assert parquet(folders[0]) == alone[0]


@pytest.mark.parametrize("engine", ["compiled"])
def test_real_policies_share_the_past_and_have_the_bytes_of_each_alone(tmp_path, engine):
    path = ROOT / "scenarios" / "no-notice.yaml"
    begin = "levers.clean_up.from=2021Q3"
    settings = [[], ["levers.clean_up.strength=1", begin], ["levers.clean_up.strength=0.5", begin]]
    studies = [study(load(path, ["until=2021Q4", *one])) for one in settings]
    folders = [tmp_path / f"together{number}" for number in range(3)]
    run_together(studies, folders, 2, 3, workers=1, engine=engine)
    for number, one in enumerate(studies):
        run(one, 2, 3, tmp_path / f"alone{number}", 1, engine=engine)
        assert parquet(folders[number]) == parquet(tmp_path / f"alone{number}")
