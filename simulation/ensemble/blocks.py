"""A block: some replicates in a row, simulated one after another and made into Parquet files.

A block is the unit of work of a worker and the unit of writing: its files are written whole or not at all.
Which replicates share a block depends on their numbers alone, so neither workers nor an interruption change
a byte.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Hashable, Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from simulation.engines.books import Outcome, imbalance
from simulation.ensemble.futures import Asked, Engine, simulate_together
from simulation.ensemble.labels import Address, Labels, address, labels_of
from simulation.ensemble.tables import Rows

if TYPE_CHECKING:
    from simulation.scenario import Study
    from simulation.world import World

# Replicates: few, so that a short run keeps every worker busy and little is lost when a run is broken off.
BLOCK_SIZE = 5

# The names of the engines, and where each is found.
ENGINES = {
    "mesa": "simulation.engines.mesa:simulate",
    "compiled": "simulation.engines.compiled:simulate",
}


class Span(NamedTuple):
    """The replicates ``first`` to ``stop - 1``."""

    first: int
    stop: int


class Job(NamedTuple):
    """What all blocks of a run have in common. Sent to worker processes by pickle."""

    study: Study
    engine: str  # a name of ``ENGINES``, or ``package.module:function``
    seed: int
    seeds_per_draw: int


class Failure(NamedTuple):
    """A replicate that gave no result, its address, and why."""

    replicate: int
    draw: int
    seed: int
    error: str


class Task(NamedTuple):
    """What a worker is asked for: the same block of one or several jobs, by their places among the jobs of a run."""

    span: Span
    places: tuple[int, ...]


class Told(NamedTuple):
    """One more replicate of a job's block is done; ``good`` when it gave a result."""

    place: int
    good: bool


class Block(NamedTuple):
    """A finished block: the Parquet bytes of each table, and how many of its replicates failed."""

    span: Span
    files: dict[str, bytes]
    failed: int


class Done(NamedTuple):
    """A finished task: a block for each of its places, in their order."""

    blocks: tuple[Block, ...]


class UnbalancedBooksError(Exception):
    """The books of a replicate do not balance: a fault of the engine."""


def spans(replicates: int) -> list[Span]:
    """The blocks of that many replicates, in order; the last may be short."""
    return [Span(first, min(first + BLOCK_SIZE, replicates)) for first in range(0, replicates, BLOCK_SIZE)]


def find_engine(name: str) -> Engine:
    """The engine of that name, or the function at that import path.

    Raises ``ValueError`` when there is none.
    """
    module, _, function = ENGINES.get(name, name).partition(":")
    if not function:
        raise ValueError(f"no engine {name!r}: it is one of {', '.join(ENGINES)}, or package.module:function")
    try:
        engine: Engine = getattr(import_module(module), function)
    except (ModuleNotFoundError, AttributeError) as error:
        raise ValueError(f"the engine {name!r} cannot be imported: {error}") from error
    return engine


def run_task(jobs: Sequence[Job], task: Task) -> Iterator[Told | Done]:
    """Simulate a block of each job of a task, telling of each replicate, and give the blocks at the end.

    The jobs of a replicate are simulated together, so that what they have in common is simulated once. A
    replicate that raises is recorded with its error, and the others go on.
    """
    asked = [jobs[place] for place in task.places]
    rows = [Rows(labels_of(job.study)) for job in asked]
    failed = [0] * len(asked)
    for replicate in range(task.span.first, task.span.stop):
        for number, error in enumerate(_run_replicate(asked, replicate, rows)):
            rows[number].add_replicate(address(replicate, asked[number].seeds_per_draw), error)
            failed[number] += bool(error)
            yield Told(task.places[number], not error)
    made = zip(rows, failed, strict=True)
    yield Done(tuple(Block(task.span, one.parquet(), bad) for one, bad in made))


def _run_replicate(jobs: Sequence[Job], replicate: int, rows: Sequence[Rows]) -> Iterator[str]:
    """Simulate one replicate of some jobs and add its rows. Gives the error of each job, empty for none."""
    asked: list[Asked | str] = []
    starts: dict[Hashable, World] = {}
    for job, its_rows in zip(jobs, rows, strict=True):
        try:
            asked.append(_asked(job, replicate, its_rows, starts))
        except Exception as error:
            asked.append(_told(error))
    found = iter(simulate_together([one for one in asked if isinstance(one, Asked)]))
    for one, job, its_rows in zip(asked, jobs, rows, strict=True):
        if isinstance(one, str):
            yield one
            continue
        outcome = next(found)
        if isinstance(outcome, Exception):
            yield _told(outcome)
            continue
        yield _add(job, address(replicate, job.seeds_per_draw), outcome, its_rows)


def _asked(job: Job, replicate: int, rows: Rows, starts: dict[Hashable, World]) -> Asked:
    """What an engine is asked for one replicate of a job. Adds the unknown numbers of a draw to the rows.

    ``starts`` holds the worlds that were made already; jobs that start alike share one.
    """
    who = address(replicate, job.seeds_per_draw)
    if who.seed == 0:  # before the engine, so that a failing replicate hides no draw
        rows.add_unknowns(who.draw, job.study.unknown_values(job.seed, who.draw))
    setting = job.study.setting(job.seed, who.draw, who.seed)
    start = (job.study.start, job.seed, who)
    if start not in starts:
        starts[start] = job.study.world(job.seed, who.draw, who.seed)
    return Asked(find_engine(job.engine), setting, starts[start], can_stop=job.engine in ENGINES)


def _add(job: Job, who: Address, outcome: Outcome, rows: Rows) -> str:
    """Add the rows of an outcome. Gives the error, empty for none."""
    try:
        _check(outcome, labels_of(job.study))
        rows.add_outcome(who, outcome)
    except Exception as error:
        return _told(error)
    return ""


def _check(outcome: Outcome, labels: Labels) -> None:
    expected = len(labels.quarters), len(labels.districts)
    if outcome.stocks.shape[:2] != expected:
        raise ValueError(
            f"the engine gave {outcome.stocks.shape[:2]} quarters and districts of stocks, not {expected}"
        )
    unbalanced = imbalance(outcome)
    if unbalanced:
        raise UnbalancedBooksError("; ".join(unbalanced[:3]))


def _told(error: Exception) -> str:
    """What an error says and where it was raised, the same on every machine: no path, no memory address."""
    said = re.sub(r"\b0x[0-9a-fA-F]+", "0x...", str(error))
    frame, line = list(traceback.walk_tb(error.__traceback__))[-1]
    where = f"{frame.f_globals.get('__name__', 'unknown')}, line {line}, in {frame.f_code.co_name}"
    return f"{type(error).__name__}: {said} ({where})"
