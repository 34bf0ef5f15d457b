"""What happens to a run from outside: killed, stopped, a full disk, a folder that others use or nobody may write."""

import contextlib
import errno
import os
import random
import resource
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from simulation.ensemble import FolderRefused, WriteError, run, store
from simulation.ensemble import open as open_result
from simulation.ensemble.lock import locked
from tests.ensemble.fakes import RANDOM, FakeStudy
from tests.ensemble.files import parquet, spans_of

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
REPLICATES = 40


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of an undisturbed run."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    go(folder)
    return parquet(folder)


def go(folder, replicates=REPLICATES, workers=1, **options):
    return run(FakeStudy(), replicates, 7, folder, workers, engine=RANDOM, **options)


def script(folder: Path, **options) -> str:
    """A program that runs the same; nothing in it is guarded by ``__main__``."""
    return textwrap.dedent(
        f"""
        import sys
        sys.path.insert(0, {str(ROOT)!r})
        from simulation.ensemble import run
        from tests.ensemble.fakes import RANDOM, FakeStudy
        run(FakeStudy(), {REPLICATES}, 7, {str(folder)!r}, 2, engine=RANDOM, **{options!r})
        """
    )


def started(folder: Path, **options) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", script(folder, **options)], stderr=subprocess.PIPE, start_new_session=True
    )


def first_block_of(folder: Path) -> None:
    """Wait until a run has written something that counts."""
    while not (folder.exists() and spans_of(folder)):
        time.sleep(0.005)


# ------------------------------------------------------------------------------ killed and interrupted


def kill_at_random(folder: Path, luck: random.Random) -> None:
    """Start a run, or go on with it, and kill it at a random moment, the start of its processes included."""
    process = started(folder, resume=folder.exists())
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(luck.uniform(0.5, 5.0))
    process.kill()
    process.communicate()


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_killed_at_random_moments_a_run_goes_on_to_the_same_bytes(tmp_path, whole):
    """Twenty times in `make test-full`, three times elsewhere."""
    folder, kills = tmp_path / "run", 20 if "CARRIERSIM_TEST_FULL" in os.environ else 3
    luck = random.Random(kills)
    for _ in range(kills):
        kill_at_random(folder, luck)
        if (folder / "manifest.json").exists():  # what is there is whole at every moment
            held = parquet(folder) if spans_of(folder) else {}
            counted = {f"{first:07d}-{stop - 1:07d}.parquet" for first, stop in spans_of(folder)}
            for name, content in held.items():
                if Path(name).name in counted:
                    assert content == whole[name]
            open_result(folder)
    go(folder, resume=folder.exists())
    assert parquet(folder) == whole
    assert not list(folder.rglob("*.part"))


def test_at_ctrl_c_what_is_finished_is_kept_and_no_process_is_left(tmp_path, whole):
    for attempt in range(20):  # a run that was faster than the signal is tried again
        folder = tmp_path / f"run{attempt}"
        process = started(folder, progress=None)
        first_block_of(folder)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        workers = children.read_text().split() if children.exists() else []
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
        if process.returncode != 0:
            break
    assert b"--resume" in told
    manifest = open_result(folder).manifest
    assert (manifest.status, manifest.n_used) == ("interrupted", 5 * len(spans_of(folder)))
    assert not [one for one in workers if Path(f"/proc/{one}").exists()]
    go(folder, resume=True)
    assert parquet(folder) == whole


# ------------------------------------------------------------------------------ disks


def test_a_disk_that_fills_up_is_told_of_and_the_run_goes_on_when_there_is_room(tmp_path, whole, monkeypatch):
    room = [20]
    write = store.write_whole

    def filling(path, content):
        room[0] -= 1
        if room[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        write(path, content)

    monkeypatch.setattr(store, "write_whole", filling)
    with pytest.raises(WriteError, match="make room") as full:
        go(tmp_path / "run")
    assert (full.value.kept, full.value.total) == (10, REPLICATES)  # two blocks of eight files each
    assert full.value.reason == os.strerror(errno.ENOSPC)
    assert spans_of(tmp_path / "run") == [(0, 5), (5, 10)]
    monkeypatch.setattr(store, "write_whole", write)
    go(tmp_path / "run", resume=True)
    assert parquet(tmp_path / "run") == whole


def test_a_file_that_may_not_grow_stops_a_run_before_anything_counts(tmp_path):
    limited = textwrap.dedent(
        f"""
        import resource
        from simulation.ensemble import run
        from tests.ensemble.fakes import RANDOM, FakeStudy
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        run(FakeStudy(), 5, 7, {str(tmp_path / "run")!r}, 1, engine=RANDOM)
        """
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    done = subprocess.run(
        [sys.executable, "-c", limited], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "File too large" in done.stderr
    assert spans_of(tmp_path / "run") == []
    assert not list((tmp_path / "run").rglob("*.part"))
    go(tmp_path / "run", 5, resume=True)


@pytest.mark.skipif(
    not Path("/proc/self").exists(), reason="needs a file system that nobody may write, here /proc"
)
def test_a_place_that_cannot_be_written_is_refused():
    with pytest.raises(OSError, match="/proc"):
        go(Path("/proc/carriersim"))


def test_a_folder_that_may_be_read_only_is_left_as_it_is(tmp_path, monkeypatch):
    go(tmp_path / "run", 5)
    before = parquet(tmp_path / "run")

    def denied(path, *arguments, **options):
        raise PermissionError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    for name in ("touch", "unlink", "replace"):
        monkeypatch.setattr(Path, name, denied)
    for options in ({"overwrite": True}, {"resume": True}):
        with pytest.raises(OSError, match="Read-only"):
            go(tmp_path / "run", 10, **options)
    assert parquet(tmp_path / "run") == before


# ------------------------------------------------------------------------------ two runs, one folder


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be locked there")
def test_a_folder_in_use_by_another_run_is_refused(tmp_path):
    go(tmp_path / "run", 5)
    before = parquet(tmp_path / "run")
    with locked(tmp_path / "run"):
        for options in ({"overwrite": True}, {"resume": True}):
            with pytest.raises(FolderRefused, match="in use") as refused:
                go(tmp_path / "run", 10, **options)
            assert refused.value.reason == "busy"
    assert parquet(tmp_path / "run") == before
    assert go(tmp_path / "run", 10, resume=True).n_used == 10


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be locked there")
def test_a_folder_is_held_by_a_running_process_and_free_when_that_is_killed(tmp_path, whole):
    process = started(tmp_path / "run")
    first_block_of(tmp_path / "run")
    with pytest.raises(FolderRefused) as refused:
        go(tmp_path / "run", resume=True)
    process.kill()
    process.communicate()
    assert refused.value.reason == "busy"
    go(tmp_path / "run", resume=True)
    assert parquet(tmp_path / "run") == whole


def test_where_folders_cannot_be_locked_a_run_goes_on_without(tmp_path, whole, monkeypatch):
    def unknown(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", unknown)
    go(tmp_path / "run")
    assert parquet(tmp_path / "run") == whole


# ------------------------------------------------------------------------------ from wherever it is called


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_it_runs_in_a_child_process_of_either_kind(tmp_path, whole, method):
    """As in a pool of somebody's own: the caller has used the library before, so a fork inherits its state."""
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent(
            f"""
            import multiprocessing, sys
            sys.path.insert(0, {str(ROOT)!r})
            from simulation.ensemble import run
            from tests.ensemble.fakes import RANDOM, FakeStudy

            def child(folder):
                run(FakeStudy(), {REPLICATES}, 7, folder, 2, engine=RANDOM)

            if __name__ == "__main__":
                child({str(tmp_path / "first")!r})
                process = multiprocessing.get_context({method!r}).Process(
                    target=child, args=({str(tmp_path / "run")!r},)
                )
                process.start()
                process.join(90)
                sys.exit(process.exitcode if process.exitcode is not None else 99)
            """
        )
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", program], capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr
    assert parquet(tmp_path / "run") == parquet(tmp_path / "first") == whole


@pytest.mark.parametrize("how", ["file", "stdin", "interactive"])
def test_it_runs_from_a_script_without_a_guard_and_where_there_is_no_file(tmp_path, whole, how):
    """A notebook has no main module that a worker could import, as a program read from standard input has none."""
    text = script(tmp_path / "run").strip() + "\nprint('once')\n"
    (tmp_path / "program.py").write_text(text)
    arguments = {"file": [str(tmp_path / "program.py")], "stdin": ["-"], "interactive": ["-i", "-q"]}[how]
    done = subprocess.run(
        [sys.executable, *arguments],
        input=None if how == "file" else text,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert done.stdout.count("once") == 1, done.stderr
    assert parquet(tmp_path / "run") == whole
