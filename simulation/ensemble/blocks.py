"""A block: some replicates in a row, simulated one after another and made into Parquet files.

A block is the unit of work of a worker and the unit of writing: its files are written whole or not at all.
Which replicates share a block depends on their numbers alone, so neither workers nor an interruption change
a byte.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from simulation.engines.books import Outcome, imbalance
from simulation.ensemble.labels import Address, Labels, address, labels_of
from simulation.ensemble.tables import Rows

if TYPE_CHECKING:
    from simulation.engines.setting import Setting
    from simulation.scenario import Study
    from simulation.world import World

# Replicates: few, so that a short run keeps every worker busy and little is lost when a run is broken off.
BLOCK_SIZE = 5

# The names of the engines, and where each is found.
ENGINES = {
    "mesa": "simulation.engines.mesa:simulate",
    "compiled": "simulation.engines.compiled:simulate",
}

Engine = Callable[["Setting", "World"], Outcome]


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


class Told(NamedTuple):
    """One more replicate of a block is done; ``good`` when it gave a result."""

    good: bool


class Block(NamedTuple):
    """A finished block: the Parquet bytes of each table."""

    span: Span
    files: dict[str, bytes]


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


def run_block(job: Job, span: Span) -> Iterator[Told | Block]:
    """Simulate the replicates of a block, telling of each, and give the block at the end.

    A replicate that raises is recorded with its error, and the others go on.
    """
    engine, labels = find_engine(job.engine), labels_of(job.study)
    rows = Rows(labels)
    for replicate in range(span.first, span.stop):
        who = address(replicate, job.seeds_per_draw)
        error = _run_replicate(job, engine, labels, who, rows)
        rows.add_replicate(who, error)
        yield Told(not error)
    yield Block(span, rows.parquet())


def _run_replicate(job: Job, engine: Engine, labels: Labels, who: Address, rows: Rows) -> str:
    """Simulate one replicate and add its rows. Gives the error, empty for none."""
    try:
        if who.seed == 0:  # before the engine, so that a failing replicate hides no draw
            rows.add_unknowns(who.draw, job.study.unknown_values(job.seed, who.draw))
        setting = job.study.setting(job.seed, who.draw, who.seed)
        outcome = engine(setting, job.study.world(job.seed, who.draw, who.seed))
        _check(outcome, labels)
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
