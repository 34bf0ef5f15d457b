"""Blocks over a Dask cluster on this machine: the same bytes, whatever happens to its workers."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from simulation.ensemble import run
from simulation.ensemble.errors import ClusterError
from tests.ensemble.fakes import RANDOM, FakeStudy
from tests.ensemble.files import parquet

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
REPLICATES = 40


def go(folder, study=None, replicates=REPLICATES, **options):
    return run(study or FakeStudy(), replicates, 7, folder, engine=RANDOM, **options)


class Machines:
    """A scheduler and workers, each a process of its own as on machines of their own."""

    def __init__(self, folder: Path):
        self.folder, self.processes = folder, []
        self._contact = folder / "scheduler.json"
        self.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show",
                   "--scheduler-file", str(self._contact))  # fmt: skip
        deadline = time.monotonic() + 60
        while not (self._contact.exists() and self._contact.read_text()):
            assert time.monotonic() < deadline, "the scheduler has not started"
            time.sleep(0.05)
        self.address = self._address()

    def _address(self) -> str:
        return json.loads(self._contact.read_text())["address"]

    def start(self, role: str, *arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *arguments]
        surroundings = os.environ | {"PYTHONPATH": str(ROOT)}
        with (self.folder / f"{role}{len(self.processes)}.log").open("w") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, env=surroundings, start_new_session=True
            )
        self.processes.append(process)
        return process

    def worker(self) -> subprocess.Popen:
        return self.start("worker", self.address, "--nthreads", "1", "--no-dashboard", "--no-nanny",
                          "--host", "127.0.0.1", "--local-directory", str(self.folder))  # fmt: skip

    def end(self) -> None:
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def machines(tmp_path_factory):
    made = Machines(tmp_path_factory.mktemp("machines"))
    yield made
    made.end()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of a run on this machine alone."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    go(folder, workers=1)
    return parquet(folder)


def test_a_cluster_gives_the_bytes_that_one_machine_gives(machines, whole, tmp_path):
    machines.worker()
    machines.worker()
    result = go(tmp_path / "run", scheduler=machines.address)
    assert result.n_used == REPLICATES
    assert parquet(tmp_path / "run") == whole


def test_a_worker_killed_in_the_middle_loses_nothing(machines, whole, tmp_path):
    first, _ = machines.worker(), machines.worker()

    def kill_when_begun():
        while not list((tmp_path / "run").rglob("*.parquet")):
            time.sleep(0.01)
        os.killpg(first.pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_when_begun, daemon=True)
    killer.start()
    go(tmp_path / "run", scheduler=machines.address)
    killer.join(10)
    assert first.wait(10) == -signal.SIGKILL
    assert parquet(tmp_path / "run") == whole


def test_a_block_that_kills_its_worker_is_recorded_and_the_rest_go_on(machines, whole, tmp_path):
    machines.worker()
    result = go(tmp_path / "run", FakeStudy(faults={7: "dies"}), scheduler=machines.address)
    assert [one.replicate for one in result.failures] == [5, 6, 7, 8, 9]  # a block holds five
    assert result.n_used == REPLICATES - 5
    mended = go(tmp_path / "run", scheduler=machines.address, resume=True)
    assert mended.n_used == REPLICATES
    assert parquet(tmp_path / "run") == whole


def test_a_scheduler_that_goes_leaves_what_is_finished(machines, whole, tmp_path):
    machines.worker()

    def kill_when_begun():
        while not list((tmp_path / "run").rglob("*.parquet")):
            time.sleep(0.01)
        os.killpg(machines.processes[0].pid, signal.SIGKILL)

    threading.Thread(target=kill_when_begun, daemon=True).start()
    with pytest.raises(ClusterError) as lost:
        go(tmp_path / "run", replicates=4000, scheduler=machines.address)
    assert lost.value.reason == "lost"
    assert go(tmp_path / "run", resume=True, workers=1).n_used >= REPLICATES


def test_an_address_where_nobody_answers_is_refused_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr("simulation.ensemble.cluster._CONNECT", 1)
    with pytest.raises(ClusterError) as refused:
        go(tmp_path / "run", scheduler="tcp://127.0.0.1:9")
    assert refused.value.reason == "address"
    assert not list(tmp_path.rglob("*.parquet"))
