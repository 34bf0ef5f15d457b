"""Runs: the same bytes whatever the workers, interruptions and extensions; failures recorded."""

import json
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from simulation.ensemble import FolderRefused, Interrupted, WorkerError, manifest, run
from simulation.ensemble import open as open_result
from tests.ensemble.fakes import RANDOM, FakeScenario, FakeStudy
from tests.ensemble.files import parquet, spans_of

pytestmark = pytest.mark.usefixtures("small_blocks", "settled_source")
ROOT = Path(__file__).parents[2]


def go(folder, replicates=10, study=None, seed=7, workers=1, **options):
    return run(study or FakeStudy(), replicates, seed, folder, workers, engine=RANDOM, **options)


def stop_after(replicates):
    def told(done, failed, total, seconds_left):
        if done == replicates:
            raise KeyboardInterrupt

    return told


@pytest.fixture
def whole(tmp_path):
    """The bytes of ten replicates in one go, in this process."""
    go(tmp_path / "whole")
    return parquet(tmp_path / "whole")


def test_two_processes_give_the_bytes_of_one(tmp_path, whole):
    result = go(tmp_path / "two", workers=2)
    assert parquet(tmp_path / "two") == whole
    assert (result.n_used, result.n_requested, result.failures) == (10, 10, ())


def test_files_hold_blocks_of_fixed_size_and_nothing_half_written(tmp_path, whole):
    assert spans_of(tmp_path / "whole") == [(0, 4), (4, 8), (8, 10)]
    assert len(whole) == 8 * 3
    assert not list((tmp_path / "whole").rglob("*.part"))


def test_another_seed_gives_other_numbers(tmp_path, whole):
    go(tmp_path / "other", seed=8)
    other = parquet(tmp_path / "other")
    assert {name for name in whole if whole[name] != other[name]} >= {"stocks/0000000-0000003.parquet"}


@pytest.mark.parametrize(("workers", "stop", "kept"), [(1, 7, [(0, 4)]), (2, 9, None)])
def test_an_interrupted_run_goes_on_to_the_same_bytes(tmp_path, whole, workers, stop, kept):
    folder = tmp_path / "interrupted"
    with pytest.raises(Interrupted, match="--resume") as stopped:
        go(folder, workers=workers, progress=stop_after(stop))
    assert isinstance(stopped.value, KeyboardInterrupt)
    halfway = spans_of(folder)
    assert kept in (None, halfway)
    assert len(halfway) < 3
    assert stopped.value.kept == sum(stop - first for first, stop in halfway)
    assert open_result(folder).manifest.status == "interrupted"
    assert open_result(folder).n_used == stopped.value.kept

    begun = {path: path.stat().st_mtime_ns for path in folder.rglob("*.parquet")}
    result = go(folder, workers=workers, resume=True)
    assert parquet(folder) == whole
    assert {path: path.stat().st_mtime_ns for path in begun} == begun  # what was finished is not done again
    assert (result.manifest.status, result.n_used) == ("finished", 10)


def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path, whole):
    folder = tmp_path / "killed"
    script = f"""
        import os, signal
        from simulation.ensemble import blocks, manifest, run
        from tests.ensemble.fakes import RANDOM, FakeStudy
        blocks.BLOCK_SIZE = manifest.BLOCK_SIZE = 4
        manifest.source_hash = lambda: "5" * 64
        def told(done, failed, total, seconds_left):
            if done == 7:
                os.kill(os.getpid(), signal.SIGKILL)
        run(FakeStudy(), 10, 7, {str(folder)!r}, 1, engine=RANDOM, progress=told)
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert spans_of(folder) == [(0, 4)]
    (folder / "stocks" / "0000004-0000007.parquet.part").write_bytes(b"half")  # as if killed in mid-write
    (folder / "flows" / "0000004-0000007.parquet").write_bytes(b"whole, but its block does not count")
    go(folder, resume=True)
    assert parquet(folder) == whole
    assert not list(folder.rglob("*.part"))


@pytest.mark.slow
def test_a_script_without_a_main_guard_runs_over_processes(tmp_path, whole):
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import sys
            sys.path.insert(0, {str(ROOT)!r})
            from simulation.ensemble import blocks, manifest, run
            from tests.ensemble.fakes import RANDOM, FakeStudy
            blocks.BLOCK_SIZE = manifest.BLOCK_SIZE = 4
            print("once")
            result = run(FakeStudy(), 10, 7, {str(tmp_path / "scripted")!r}, 2, engine=RANDOM)
            print(result.n_used)
            """
        )
    )
    told = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout == "once\n10\n"
    assert parquet(tmp_path / "scripted") == whole


@pytest.mark.parametrize("fewer", [3, 4, 6])
def test_a_finished_run_is_extended_to_the_bytes_of_one_run(tmp_path, whole, fewer):
    folder = tmp_path / "extended"
    go(folder, fewer)
    assert go(folder, 10, resume=True).n_used == 10
    assert parquet(folder) == whole


def test_resuming_a_finished_run_does_nothing(tmp_path, whole):
    before = (tmp_path / "whole" / "manifest.json").read_bytes()
    assert go(tmp_path / "whole", resume=True).n_used == 10
    assert (tmp_path / "whole" / "manifest.json").read_bytes() == before


def test_a_finished_run_is_neither_overwritten_unasked_nor_shortened(tmp_path, whole):
    folder = tmp_path / "whole"
    with pytest.raises(FolderRefused, match="--overwrite") as refused:
        go(folder)
    assert refused.value.reason == "taken"
    with pytest.raises(FolderRefused, match="holds 10 replicates") as refused:
        go(folder, 9, resume=True)
    assert refused.value.reason == "more"
    assert parquet(folder) == whole
    assert go(folder, 5, overwrite=True).n_used == 5
    assert spans_of(folder) == [(0, 4), (4, 5)]
    assert len(parquet(folder)) == 8 * 2


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"seed": 8}, "seed"),
        ({"seeds_per_draw": 2}, "seeds per draw"),
        ({"study": FakeStudy(scenario=FakeScenario("another"))}, "scenario or the data"),
    ],
)
def test_a_run_goes_on_only_with_the_same_inputs(tmp_path, whole, change, named):
    with pytest.raises(FolderRefused, match=named) as refused:
        go(tmp_path / "whole", 12, resume=True, **change)
    assert refused.value.reason == "other"
    assert parquet(tmp_path / "whole") == whole


def test_a_run_does_not_go_on_with_other_source(tmp_path, whole, monkeypatch):
    monkeypatch.setattr(manifest, "source_hash", lambda: "6" * 64)
    with pytest.raises(FolderRefused, match="source code"):
        go(tmp_path / "whole", 12, resume=True)


def test_foreign_files_are_refused(tmp_path, whole):
    (tmp_path / "notes.docx").write_text("mine")
    with pytest.raises(FolderRefused, match=r"notes\.docx"):
        go(tmp_path, overwrite=True)
    folder = tmp_path / "whole"
    (folder / "stocks" / "summary.xlsx").write_text("mine")
    with pytest.raises(FolderRefused, match=r"stocks/summary\.xlsx"):
        go(folder, overwrite=True)
    (folder / "stocks" / "summary.xlsx").unlink()
    (folder / "manifest.json").unlink()  # without it nothing says whose the tables are
    with pytest.raises(FolderRefused) as refused:
        go(folder, overwrite=True)
    assert refused.value.reason == "foreign"
    assert parquet(folder) == whole
    with pytest.raises(FolderRefused, match="is a file"):
        go(tmp_path / "notes.docx")


def test_a_failing_replicate_is_recorded_and_the_others_finish(tmp_path, whole):
    study = FakeStudy(faults={3: "raises", 5: "unbalanced", 9: "setting"})
    result = go(tmp_path / "failing", study=study, workers=2)
    assert [failure[:3] for failure in result.failures] == [(3, 3, 0), (5, 5, 0), (9, 9, 0)]
    told = [failure.error for failure in result.failures]
    assert told[0].startswith("ValueError: draw 3 has no luck, says <object object at 0x...>")
    assert "tests.ensemble.fakes, line" in told[0]
    assert "UnbalancedBooksError: quarter 1: 1 cells" in told[1]
    assert told[2].startswith("KeyError")
    assert (result.n_used, result.manifest.n_used, result.n_requested) == (7, 7, 10)
    good = [0, 1, 2, 4, 6, 7, 8]
    assert result.used["replicate"].tolist() == good
    assert sorted(result.stocks["replicate"].unique()) == good
    assert result.totals("listed").shape == (7, 5)
    assert result.unknowns["draw"].nunique() == 10  # a replicate that fails hides no draw
    assert go(tmp_path / "failing", study=study, resume=True).failures == result.failures


@pytest.mark.slow
def test_a_block_that_ends_every_worker_is_given_up_and_tried_again_on_resume(tmp_path, whole):
    folder = tmp_path / "deadly"
    result = go(folder, study=FakeStudy(faults={5: "dies"}), workers=2)
    assert [failure.replicate for failure in result.failures] == [4, 5, 6, 7]
    assert all("died 3 times" in failure.error for failure in result.failures)
    assert (result.n_used, result.totals("listed").shape[0]) == (6, 6)
    assert go(folder, resume=True).failures == ()
    assert parquet(folder) == whole


@pytest.mark.slow
def test_a_worker_that_dies_once_loses_nothing(tmp_path, whole):
    heard = []
    go(
        tmp_path / "robust",
        study=FakeStudy(faults={5: "dies once"}, once=tmp_path / "died"),
        workers=2,
        progress=lambda done, failed, total, left: heard.append((done, failed, total)),
    )
    assert (tmp_path / "died").exists()
    assert parquet(tmp_path / "robust") == whole
    assert heard[-1] == (10, 0, 10)


def test_progress_counts_every_replicate_and_tells_the_time_left(tmp_path):
    heard = []
    go(tmp_path / "a", 5, progress=lambda *told: heard.append(told))
    assert [told[:3] for told in heard] == [(done, 0, 5) for done in range(6)]
    assert heard[0][3] is None
    assert all(left > 0 for *_, left in heard[1:-1])
    assert heard[-1][3] == 0
    heard.clear()
    go(
        tmp_path / "a",
        6,
        FakeStudy(faults={5: "raises"}),
        resume=True,
        progress=lambda *told: heard.append(told),
    )
    assert [told[:3] for told in heard] == [(4, 0, 6), (5, 0, 6), (6, 1, 6)]  # the short block is done again


def test_seeds_per_draw_are_the_scenarios_unless_given(tmp_path):
    study = FakeStudy(scenario=FakeScenario(seeds_per_draw=3))
    result = go(tmp_path / "a", 7, study)
    assert result.used["draw"].tolist() == [0, 0, 0, 1, 1, 1, 2]
    assert result.used["seed"].tolist() == [0, 1, 2, 0, 1, 2, 0]
    assert result.unknowns["draw"].tolist() == [0, 0, 1, 1, 2, 2]  # two unknowns, once a draw
    assert go(tmp_path / "b", 3, study, seeds_per_draw=1).used["draw"].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"replicates": 0}, "replicates must be"),
        ({"seed": -1}, "seed must be"),
        ({"seed": 2**63}, "seed must be"),
        ({"seeds_per_draw": 0}, "seeds_per_draw"),
        ({"workers": 0}, "workers"),
        ({"overwrite": True, "resume": True}, "choose one"),
    ],
)
def test_arguments_without_sense_are_refused_before_anything_is_written(tmp_path, wrong, said):
    with pytest.raises(ValueError, match=said):
        go(tmp_path / "a", **wrong)
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("engine", ["warp", "nowhere.at_all:simulate", "tests.ensemble.fakes:nothing"])
def test_an_unknown_engine_is_refused(tmp_path, engine):
    with pytest.raises(ValueError, match="engine"):
        run(FakeStudy(), 1, 1, tmp_path / "a", engine=engine)
    assert not (tmp_path / "a").exists()


def test_the_largest_seed_works(tmp_path):
    assert go(tmp_path / "a", 1, seed=2**63 - 1).manifest.seed == 2**63 - 1


def test_a_study_that_no_worker_can_read_is_told_of(tmp_path):
    module = sys.modules["elsewhere"] = type(sys)("elsewhere")
    try:
        exec(
            "class Elsewhere(__import__('tests.ensemble.fakes').ensemble.fakes.FakeStudy): pass", vars(module)
        )
        with pytest.raises(WorkerError, match="workers=1"):
            go(tmp_path / "a", study=module.Elsewhere(), workers=2)
    finally:
        del sys.modules["elsewhere"]


def test_the_manifest_says_what_the_results_are_of(tmp_path, whole):
    content = json.loads((tmp_path / "whole" / "manifest.json").read_text("utf-8"))
    assert content["scenario_text"] == "name: fake\n"
    assert (content["seed"], content["n_requested"], content["n_used"]) == (7, 10, 10)
    assert content["engine"] == RANDOM
    assert content["source_hash"] == "5" * 64
    assert content["quarters"] == ["2020Q4", "2021Q1", "2021Q2", "2021Q3", "2021Q4"]
    assert content["seconds"] >= 0
    assert open_result(tmp_path / "whole").manifest.n_used == 10


@pytest.mark.parametrize(
    ("text", "reason"),
    [("{", "damaged"), ('{"schema_version": 99}', "version"), ('{"schema_version": 1, "x": 2}', "damaged")],
)
def test_a_manifest_that_cannot_be_read_is_refused(tmp_path, whole, text, reason):
    (tmp_path / "whole" / "manifest.json").write_text(text)
    with pytest.raises(FolderRefused) as refused:
        open_result(tmp_path / "whole")
    assert refused.value.reason == reason


def test_a_folder_without_results_is_refused(tmp_path):
    with pytest.raises(FolderRefused, match="no results"):
        open_result(tmp_path)


def test_a_write_that_fails_leaves_no_half_file(tmp_path, whole, monkeypatch):
    def full(path, target):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        with pytest.raises(OSError, match="No space"):
            go(tmp_path / "full")
    assert not list((tmp_path / "full").rglob("*.part"))
    go(tmp_path / "full")
    assert parquet(tmp_path / "full") == whole
