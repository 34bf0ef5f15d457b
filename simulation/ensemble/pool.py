"""Blocks over processes: each thread of this process keeps one worker process busy.

A worker that dies (killed, out of memory) loses nothing but its block, which is tried again with a new one.
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
from typing import Any, NamedTuple

from simulation.ensemble import worker
from simulation.ensemble.blocks import Block, Job, Span, Told, run_block

TRIES = 3  # a block that has ended this many workers is given up


class Died(NamedTuple):
    """The worker of a block died: what it told of the block does not count; ``again`` when it is retried."""

    again: bool


class News(NamedTuple):
    """Something that happened to a block."""

    span: Span
    what: Told | Block | Died


class WorkerError(Exception):
    """Worker processes cannot do this job at all."""


def usable_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_here(job: Job, spans: Sequence[Span]) -> Generator[News]:
    """Simulate blocks one after another in this process."""
    for span in spans:
        for what in run_block(job, span):
            yield News(span, what)


def run_in_processes(job: Job, spans: Sequence[Span], workers: int) -> Generator[News]:
    """Simulate blocks in worker processes; news come as they happen, blocks in any order.

    Closing the iterator ends the workers at once. Raises ``WorkerError`` when a worker cannot start.
    """
    pool = _Pool(job, spans, workers)
    try:
        yield from pool.news()
    finally:
        pool.end()


class _Pool:
    """Threads that share a queue of blocks, each with a worker process of its own."""

    def __init__(self, job: Job, spans: Sequence[Span], workers: int) -> None:
        self._todo: queue.SimpleQueue[Span] = queue.SimpleQueue()
        for span in spans:
            self._todo.put(span)
        self._unfinished = len(spans)
        self._heard: queue.SimpleQueue[News | Exception] = queue.SimpleQueue()
        pickled = pickle.dumps(job, pickle.HIGHEST_PROTOCOL)
        self._workers = [_Worker(pickled) for _ in range(workers)]
        self._threads = [
            threading.Thread(target=self._keep_busy, args=(one,), daemon=True) for one in self._workers
        ]

    def news(self) -> Iterator[News]:
        """Start the threads; give what they hear until every block is finished or given up."""
        for thread in self._threads:
            thread.start()
        while self._unfinished:
            try:
                heard = self._heard.get(timeout=1)  # where Ctrl-C cannot end a wait, it is seen between two
            except queue.Empty:
                continue
            if isinstance(heard, Exception):
                raise heard
            what = heard.what
            if isinstance(what, Block) or (isinstance(what, Died) and not what.again):
                self._unfinished -= 1
            yield heard

    def end(self) -> None:
        """End every process and thread, whatever they do."""
        for one in self._workers:
            one.retire()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def _keep_busy(self, one: _Worker) -> None:
        try:
            while not one.retired:
                self._finish(one, self._todo.get_nowait())
        except queue.Empty:
            pass  # nothing is left to do
        except Exception as error:  # raised again in the thread that waits for news
            self._heard.put(error)
        finally:
            one.end_process()

    def _finish(self, one: _Worker, span: Span) -> None:
        for trial in range(1, TRIES + 1):
            try:
                for what in one.block(span):
                    self._heard.put(News(span, what))
                return
            except (EOFError, OSError, pickle.UnpicklingError):  # the process died, perhaps in mid-sentence
                one.end_process()
                if one.retired:
                    return
                self._heard.put(News(span, Died(again=trial < TRIES)))


class _Worker:
    """A worker process, started when it is first needed and again after it has died."""

    def __init__(self, job: bytes) -> None:
        self._job = job
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()  # so that no process starts after retiring
        self.retired = False

    def block(self, span: Span) -> Iterator[Told | Block]:
        """Have a block done. Raises ``EOFError`` or ``OSError`` when the process dies."""
        if self._process is None:
            self._start()
        self._send(pickle.dumps(span))
        while True:
            what = self._receive()
            yield what
            if isinstance(what, Block):
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
            self._send(pickle.dumps(sys.path) + pickle.dumps(self._job))
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
