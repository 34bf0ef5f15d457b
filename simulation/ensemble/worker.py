"""A worker process: simulates the blocks that it reads from its input, and answers on its output.

It is started as ``python -c`` and given everything through pipes, so it never imports the caller's main
module: a script needs no ``if __name__ == "__main__"``, and a notebook works. It ends when its input ends,
also when the process that started it was killed.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Sequence
from typing import IO, NamedTuple

from simulation.ensemble.blocks import Done, Job, Task, Told, find_engine, run_task

# What the new process runs. The first thing it reads is where to find modules.
COMMAND = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from simulation.ensemble.worker import serve; serve()"
)


class Ready(NamedTuple):
    """The worker has read its jobs; ``fault`` says why it could not."""

    fault: str


Answer = Ready | Told | Done


def serve() -> None:
    """Answer on standard output what comes on standard input, until that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one
    questions, answers = sys.stdin.buffer, _own_output()
    try:
        _serve(questions, answers)
    except (EOFError, BrokenPipeError):  # nobody asks or listens any more
        os._exit(0)


def _own_output() -> IO[bytes]:
    """The pipe to the caller, kept apart from what libraries print, which goes to standard error."""
    own = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return own


def _serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    def answer(message: Answer) -> None:
        pickle.dump(message, answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()

    jobs = _read_jobs(questions)
    answer(Ready(jobs if isinstance(jobs, str) else ""))
    while not isinstance(jobs, str):
        task: Task = pickle.load(questions)
        for message in run_task(jobs, task):
            answer(message)


def _read_jobs(questions: IO[bytes]) -> Sequence[Job] | str:
    """The jobs, or why they cannot be done here."""
    try:
        jobs: Sequence[Job] = pickle.loads(pickle.load(questions))
        for job in jobs:
            find_engine(job.engine)
    except EOFError:
        raise
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return jobs
