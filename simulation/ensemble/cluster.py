"""Tasks over a Dask cluster: ``--scheduler tcp://host:8786``, or ``tls://`` with certificates.

Each worker of the cluster does its tasks in a process of its own, as the threads of ``pool`` do: a task that
ends its process is tried three times and given up, and the cluster's worker lives on. When a worker of the
cluster itself is killed, the scheduler gives its tasks to another. Results are taken over task by task as they
arrive, and each future is asked how it ended: when a scheduler dies, waiting for futures ends as if all were well.
"""

from __future__ import annotations

import contextlib
import pickle
import queue
import socket
import threading
import time
from collections import deque
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from simulation.ensemble.blocks import Done, Job, Task, Told
from simulation.ensemble.errors import ClusterError
from simulation.ensemble.pool import Died, News, Worker, WorkerError
from simulation.source import source_hash

if TYPE_CHECKING:
    from distributed import Future

_CONNECT = 20  # seconds to reach the scheduler
_FIRST_WORKER = 60  # seconds to wait for a worker at the beginning ...
_NO_WORKER = 120  # ... and when all have gone
_AHEAD = 3  # tasks handed out for each thread of the cluster: enough to keep it busy, few to lose


class Cluster:
    """Tasks on the workers of a Dask scheduler."""

    def __init__(self, jobs: Sequence[Job], address: str) -> None:
        """Connect. Raises ``ClusterError`` when that cannot be."""
        try:
            from distributed import Client
        except ModuleNotFoundError as missing:
            raise ClusterError("extra", f"dask.distributed is not installed ({missing})") from None
        self._address, self._jobs = address, pickle.dumps(tuple(jobs), pickle.HIGHEST_PROTOCOL)
        try:
            self._client = Client(address, timeout=_CONNECT, set_as_default=False)
        except (OSError, TypeError, ValueError, RuntimeError) as error:
            raise ClusterError("address", f"{address}: {_first_line(error)}") from None
        self._number = 0
        self._sent: Future[bytes] | None = None

    def news(self, tasks: Sequence[Task]) -> Generator[News]:
        """Simulate tasks; news of a task come when it is done. Raises ``ClusterError`` or ``WorkerError``."""
        self._wait_for_workers()
        todo = deque(tasks)
        pending: dict[Any, tuple[Future[Any], Task]] = {}
        ended: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
        seen = time.monotonic()
        while todo or pending:
            self._hand_out(todo, pending, ended)
            try:
                future = ended.get(timeout=1)
            except queue.Empty:
                seen = self._still_there(seen)
                continue
            seen = time.monotonic()
            _, task = pending.pop(future.key)
            for what in self._told(future):
                yield News(task, what)
            future.release()

    def end(self) -> None:
        """Cancel what is left, and let the workers end their processes."""
        with contextlib.suppress(Exception):  # the cluster may be gone
            self._client.run(end_idle, wait=False)
        with contextlib.suppress(Exception):
            self._client.close(timeout=5)

    def _hand_out(
        self, todo: deque[Task], pending: dict[Any, tuple[Future[Any], Task]], ended: queue.SimpleQueue[Any]
    ) -> None:
        most = _AHEAD * max(self._threads, 1)
        while todo and len(pending) < most:
            task = todo.popleft()
            self._number += 1
            future = self._submit(task)
            pending[future.key] = future, task
            future.add_done_callback(ended.put)

    def _submit(self, task: Task) -> Future[Any]:
        try:
            if self._sent is None:
                # The scheduler keeps the jobs, so that they outlive every worker.
                self._sent = self._client.submit(bytes, self._jobs, pure=False)
            name = f"carriersim-{task.span.first}-{self._number}-{id(self)}"
            return self._client.submit(simulate, self._sent, task, source_hash(), key=name, pure=False)
        except Exception as error:
            raise self._lost(_first_line(error)) from error

    def _told(self, future: Future[Any]) -> list[Told | Done | Died]:
        """What a worker has told of a task."""
        if future.status == "finished":
            try:
                told: list[Told | Done | Died] = future.result(timeout=60)
            except Exception as error:
                raise self._lost(_first_line(error)) from error
            return told
        if future.status != "error":  # cancelled, lost: the scheduler has gone
            raise self._lost(f"a task is {future.status}")
        from distributed import KilledWorker

        raised = future.exception(timeout=60)
        if isinstance(raised, KilledWorker):  # whatever it was, it happened wherever the task went
            return [Died(again=False)]
        if isinstance(raised, ClusterError | WorkerError):
            raise raised
        raise ClusterError("source", _first_line(raised))

    def _wait_for_workers(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=_FIRST_WORKER)
        except TimeoutError:
            raise ClusterError("address", f"{self._address}: no worker joined within a minute") from None
        self._threads = self._count_threads()

    def _still_there(self, seen: float) -> float:
        """When workers were last seen. Raises ``ClusterError`` when they or the scheduler have gone."""
        if self._client.status != "running":
            raise self._lost(f"the connection is {self._client.status}")
        self._threads = self._count_threads()
        if self._threads:
            return time.monotonic()
        if time.monotonic() - seen > _NO_WORKER:
            raise self._lost("no worker is left")
        return seen

    def _count_threads(self) -> int:
        try:
            return sum(self._client.nthreads().values())
        except Exception as error:
            raise self._lost(_first_line(error)) from error

    def _lost(self, why: str) -> ClusterError:
        return ClusterError("lost", f"{self._address}: {why}")


def _first_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]


# --------------------------------------------------------------------------- in a worker of the cluster

_lock = threading.Lock()
_idle: dict[bytes, list[Worker]] = {}  # processes that wait for another task of their jobs


def simulate(jobs: bytes, task: Task, source: str) -> list[Told | Done | Died]:
    """Simulate a task in a process of this worker. Raises ``ClusterError`` when its source is another."""
    if source_hash() != source:
        where = socket.gethostname()
        raise ClusterError("source", f"the source of carriersim on {where} is not the one here")
    one = _take(jobs)
    try:
        told = list(one.tried(task))
    except BaseException:
        one.end_process()
        raise
    with _lock:
        _idle.setdefault(jobs, []).append(one)
    return told


def _take(jobs: bytes) -> Worker:
    """A process for these jobs: one that waits, or a new one. Those that wait for other jobs are ended."""
    with _lock:
        others = [one for known, idle in _idle.items() if known != jobs for one in idle]
        mine = _idle.pop(jobs, [])
        _idle.clear()
        found = mine.pop() if mine else Worker(jobs)
        _idle[jobs] = mine
    for one in others:
        one.end_process()
    return found


async def end_idle() -> None:
    """End the processes that wait for tasks."""
    with _lock:
        idle = [one for waiting in _idle.values() for one in waiting]
        _idle.clear()
    for one in idle:
        one.end_process()
