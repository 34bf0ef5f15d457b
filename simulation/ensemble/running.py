"""Running an ensemble: many replicates of one study, into a folder that can be gone on with."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.ensemble.blocks import ENGINES, Job, find_engine, spans
from simulation.ensemble.pool import Executor, Here, Pool, usable_cores
from simulation.ensemble.result import Result
from simulation.ensemble.runs import Asking, Interrupted, Runs, WriteError
from simulation.ensemble.settling import Until, next_number, stopped
from simulation.ensemble.tally import ProgressCallback

if TYPE_CHECKING:
    from simulation.scenario import Study

__all__ = ["Interrupted", "ProgressCallback", "WriteError", "run", "run_all"]

_LARGEST_SEED = 2**63 - 1
_MOST_REPLICATES = 10_000_000


def run(
    study: Study,
    replicates: int,
    seed: int,
    out: Path | str,
    workers: int | None = None,
    *,
    engine: str = "mesa",
    seeds_per_draw: int | None = None,
    progress: ProgressCallback | None = None,
    overwrite: bool = False,
    resume: bool = False,
    reuse: bool = True,
    until: Until | None = None,
    scheduler: str | None = None,
) -> Result:
    """Simulate ``replicates`` replicates of a study into the folder ``out``.

    The numbers depend on the study, the seed and ``seeds_per_draw`` (by default the scenario's) alone, not on
    ``workers`` (processes; by default as many as there are cores) nor on interruptions. ``engine`` is
    ``mesa``, ``compiled`` or ``package.module:function``. ``resume`` goes on with an interrupted run, and
    extends a finished one to more replicates; ``overwrite`` replaces what a run has left in the folder. A
    replicate that raises is recorded in ``Result.failures`` and the others go on. With ``reuse``, blocks that
    were simulated before with the same scenario, data, seed and code are taken from the cache. ``until`` adds
    replicates until it holds or its limit is met. ``scheduler`` is the address of a Dask cluster that does
    the work.

    Raises ``FolderRefused`` when the folder cannot be used so, before anything is written; ``Interrupted`` at
    Ctrl-C; ``WriteError`` when the folder cannot be written any more.
    """
    results = run_all(
        [study],
        [Path(out)],
        replicates,
        seed,
        workers,
        engine=engine,
        seeds_per_draw=seeds_per_draw,
        progress=progress,
        overwrite=overwrite,
        resume=resume,
        reuse=reuse,
        until=until,
        scheduler=scheduler,
    )
    return results[0]


def run_all(
    studies: Sequence[Study],
    folders: Sequence[Path],
    replicates: int,
    seed: int,
    workers: int | None = None,
    *,
    engine: str = "mesa",
    seeds_per_draw: int | None = None,
    progress: ProgressCallback | None = None,
    overwrite: bool = False,
    resume: bool = False,
    reuse: bool = True,
    until: Until | None = None,
    scheduler: str | None = None,
) -> list[Result]:
    """Simulate several studies, each into its folder, replicate by replicate; otherwise as ``run``.

    A stopped run leaves all studies about equally far. ``until`` is asked of the first study.
    """
    asking = Asking(replicates, overwrite, resume, reuse, until)
    jobs = [_job(study, engine, seed, seeds_per_draw) for study in studies]
    _check(asking, workers)
    most = replicates if until is None else until.limit
    number = min(workers or usable_cores(), len(spans(most)))
    executors = _Executors(jobs, number, scheduler, growing=until is not None)
    with Runs(jobs, folders, asking, number) as runs, contextlib.closing(executors):
        finished = runs.finished()
        return _work(runs, executors.get, until, progress) if finished is None else finished


def _job(study: Study, engine: str, seed: int, seeds_per_draw: int | None) -> Job:
    """A job, when its arguments make sense. Raises ``ValueError`` when they do not."""
    k = study.scenario.seeds_per_draw if seeds_per_draw is None else seeds_per_draw
    if not 0 <= seed <= _LARGEST_SEED:
        raise ValueError(f"the seed must be 0 to {_LARGEST_SEED}, not {seed}")
    if k < 1:
        raise ValueError(f"seeds_per_draw must be at least 1, not {k}")
    if engine not in ENGINES:
        find_engine(engine)  # ours are there, and slow to import where workers do the work
    return Job(study, engine, seed, k)


def _check(asking: Asking, workers: int | None) -> None:
    """Raise ``ValueError`` when what is asked makes no sense."""
    until = asking.until
    if not 1 <= asking.replicates <= _MOST_REPLICATES:
        raise ValueError(f"replicates must be 1 to {_MOST_REPLICATES}, not {asking.replicates}")
    if until is not None and not asking.replicates <= until.limit <= _MOST_REPLICATES:
        raise ValueError(
            f"the limit must be {asking.replicates} (replicates) to {_MOST_REPLICATES}, not {until.limit}"
        )
    if workers is not None and workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")
    if asking.overwrite and asking.resume:
        raise ValueError("overwrite (--overwrite) begins anew and resume (--resume) goes on: choose one")


def _work(
    runs: Runs, executor: Callable[[int], Executor], until: Until | None, progress: ProgressCallback | None
) -> list[Result]:
    number = runs.first_number()
    runs.work(number, executor, progress)
    while until is not None:
        result = runs.result(number)
        why = stopped(until, result, number)
        if why is not None:
            return runs.end(why)
        number = next_number(until, result, number)
        runs.work(number, executor, progress)
    return runs.end(None)


class _Executors:
    """Makes the executor when the first task needs one, and ends it."""

    def __init__(self, jobs: Sequence[Job], workers: int, scheduler: str | None, growing: bool) -> None:
        self._jobs, self._workers, self._scheduler, self._growing = jobs, workers, scheduler, growing
        self._made: Executor | None = None

    def get(self, tasks: int) -> Executor:
        """The executor for so many tasks; more may follow when the run is growing."""
        if self._made is None:
            self._made = self._make(self._workers if self._growing else min(self._workers, tasks))
        return self._made

    def close(self) -> None:
        """End it, if there is one."""
        if self._made is not None:
            self._made.end()

    def _make(self, workers: int) -> Executor:
        if self._scheduler is not None:
            from simulation.ensemble.cluster import Cluster

            return Cluster(self._jobs, self._scheduler)
        return Pool(self._jobs, workers) if workers > 1 else Here(self._jobs)
