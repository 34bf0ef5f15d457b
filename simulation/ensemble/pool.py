"""Tasks over processes: each thread of this process keeps one worker process busy.

A worker that dies (killed, out of memory) loses nothing but its task, which is tried again with a new one.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from simulation.ensemble import worker
from simulation.ensemble.blocks import Done, Job, Task, Told, run_task

TRIES = 3  # a task that has ended this many workers is given up


class Died(NamedTuple):
    """The worker of a task died: what it told of the task does not count; ``again`` when it is retried."""

    again: bool


class News(NamedTuple):
    """Something that happened to a task."""

    task: Task
    what: Told | Done | Died


class Executor(Protocol):
    """Something that simulates tasks: this process, several processes, or a cluster."""

    def news(self, tasks: Sequence[Task]) -> Generator[News]:
        """Simulate tasks; news come as they happen, tasks in any order."""

    def end(self) -> None:
        """End at once whatever is going on."""


class WorkerError(Exception):
    """Worker processes cannot do this job at all."""


def usable_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Here:
    """Tasks one after another in this process."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = jobs

    def news(self, tasks: Sequence[Task]) -> Generator[News]:
        """Simulate tasks, in their order."""
        for task in tasks:
            for what in run_task(self._jobs, task):
                yield News(task, what)

    def end(self) -> None:
        """Nothing is left to end."""


class Pool:
    """Threads that share a queue of tasks, each with a worker process of its own."""

    def __init__(self, jobs: Sequence[Job], workers: int) -> None:
        pickled = pickle.dumps(tuple(jobs), pickle.HIGHEST_PROTOCOL)
        self._todo: queue.SimpleQueue[Task] = queue.SimpleQueue()
        self._heard: queue.SimpleQueue[News | Exception] = queue.SimpleQueue()
        self._workers = [Worker(pickled) for _ in range(workers)]
        self._threads: list[threading.Thread] = []

    def news(self, tasks: Sequence[Task]) -> Generator[News]:
        """Simulate tasks; news come as they happen. Raises ``WorkerError`` when a worker cannot start."""
        for task in tasks:
            self._todo.put(task)
        self._threads = [
            threading.Thread(target=self._keep_busy, args=(one,), daemon=True) for one in self._workers
        ]
        for thread in self._threads:
            thread.start()
        unfinished = len(tasks)
        while unfinished:
            try:
                heard = self._heard.get(timeout=1)  # where Ctrl-C cannot end a wait, it is seen between two
            except queue.Empty:
                continue
            if isinstance(heard, Exception):
                raise heard
            what = heard.what
            if isinstance(what, Done) or (isinstance(what, Died) and not what.again):
                unfinished -= 1
            yield heard
        for thread in self._threads:
            thread.join()

    def end(self) -> None:
        """End every process and thread, whatever they do."""
        for one in self._workers:
            one.retire()
        for thread in self._threads:
            thread.join()
        for one in self._workers:
            one.end_process()

    def _keep_busy(self, one: Worker) -> None:
        try:
            while not one.retired:
                task = self._todo.get_nowait()
                for what in one.tried(task):
                    self._heard.put(News(task, what))
        except queue.Empty:
            pass  # nothing is left to do
        except Exception as error:  # raised again in the thread that waits for news
            self._heard.put(error)


class Worker:
    """A worker process, started when it is first needed and again after it has died."""

    def __init__(self, jobs: bytes) -> None:
        self._jobs = jobs
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()  # so that no process starts after retiring
        self.retired = False

    def tried(self, task: Task) -> Iterator[Told | Done | Died]:
        """Have a task done, with a new process when one dies of it, but not more often than ``TRIES``."""
        for trial in range(1, TRIES + 1):
            try:
                yield from self._done(task)
                return
            except (EOFError, OSError, pickle.UnpicklingError):  # the process died, perhaps in mid-sentence
                self.end_process()
                if self.retired:
                    return
                yield Died(again=trial < TRIES)

    def _done(self, task: Task) -> Iterator[Told | Done]:
        if self._process is None:
            self._start()
        self._send(pickle.dumps(task))
        while True:
            what = self._receive()
            yield what
            if isinstance(what, Done):
                return

    def retire(self) -> None:
        """Kill the process from another thread; the worker starts no other."""
        with self._lock:
            self.retired = True
            if self._process is not None:
                self._process.kill()

    def end_process(self) -> None:
        """End the process and close its pipes. For the thread that the worker belongs to."""
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):  # what it did not read any more
                    pipe.close()

    def _start(self) -> None:
        with self._lock:
            if self.retired:
                raise EOFError
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", worker.COMMAND],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C in the terminal is for this process alone
            )
        try:
            self._send(pickle.dumps(sys.path) + pickle.dumps(self._jobs))
            ready = self._receive()
        except (EOFError, OSError) as error:
            if self.retired:
                raise
            raise WorkerError(
                "a worker process ended while it started; it may have said why above"
            ) from error
        if ready.fault:
            raise WorkerError(
                f"a worker process cannot read the job: {ready.fault}. What it needs must be importable from "
                "a module; with workers=1 everything runs in this process"
            )

    def _send(self, pickled: bytes) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(pickled)
        self._process.stdin.flush()

    def _receive(self) -> Any:
        assert self._process is not None
        assert self._process.stdout is not None
        return pickle.load(self._process.stdout)
