"""Running an ensemble: many replicates of one study, into a folder that can be gone on with."""

from __future__ import annotations

import contextlib
import csv
import io
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.ensemble import manifest as manifests
from simulation.ensemble.blocks import ENGINES, Block, Failure, Job, Span, find_engine, spans
from simulation.ensemble.labels import address
from simulation.ensemble.manifest import Manifest, read_manifest
from simulation.ensemble.pool import TRIES, Died, run_here, run_in_processes, usable_cores
from simulation.ensemble.result import Result
from simulation.ensemble.store import FolderRefused, Store, write_whole

if TYPE_CHECKING:
    from simulation.scenario import Study

# done, of them failed, total, seconds left (None while nobody can tell)
ProgressCallback = Callable[[int, int, int, float | None], None]

_LARGEST_SEED = 2**63 - 1
_MOST_REPLICATES = 10_000_000


class Interrupted(KeyboardInterrupt):
    """A run was interrupted; the blocks it had finished are in the folder, and it can be resumed."""

    def __init__(self, folder: Path, kept: int, total: int) -> None:
        super().__init__(
            f"interrupted: {kept} of {total} replicates are kept in {folder}; resume=True (--resume) goes on"
        )
        self.folder, self.kept, self.total = folder, kept, total


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
) -> Result:
    """Simulate ``replicates`` replicates of a study into the folder ``out``.

    The numbers depend on the study, the seed and ``seeds_per_draw`` (by default the scenario's) alone, not on
    ``workers`` (processes; by default as many as there are cores) nor on interruptions. ``engine`` is
    ``mesa``, ``compiled`` or ``package.module:function``. ``resume`` goes on with an interrupted run, and
    extends a finished one to more replicates; ``overwrite`` replaces what a run has left in the folder. A
    replicate that raises is recorded in ``Result.failures`` and the others go on.

    Raises ``FolderRefused`` when the folder cannot be used so, before anything is written, and ``Interrupted``
    at Ctrl-C.
    """
    k = study.scenario.seeds_per_draw if seeds_per_draw is None else seeds_per_draw
    job = Job(study, engine, seed, k)
    workers = _checked(job, replicates, workers, overwrite, resume)
    store, started = Store(Path(out)), time.monotonic()
    manifest = manifests.begin(job, replicates, workers)
    finished = _prepare(store, manifest, overwrite, resume)
    if finished is not None:
        return Result(store, finished)
    manifest.write(store.manifest)
    write_whole(store.ledger, _ledger(study))
    held = set(store.blocks())
    todo = [span for span in spans(replicates) if span not in held]
    tally = _Tally(store, todo, replicates, progress)
    try:
        _work(job, todo, workers, store, tally)
    except KeyboardInterrupt:
        ended = _end(store, manifest, "interrupted", tally, started)
        raise Interrupted(store.folder, ended.n_used + len(ended.failures), replicates) from None
    return Result(store, _end(store, manifest, "finished", tally, started))


def _checked(job: Job, replicates: int, workers: int | None, overwrite: bool, resume: bool) -> int:
    """How many workers, when all arguments make sense. Raises ``ValueError`` when they do not."""
    if not 1 <= replicates <= _MOST_REPLICATES:
        raise ValueError(f"replicates must be 1 to {_MOST_REPLICATES}, not {replicates}")
    if not 0 <= job.seed <= _LARGEST_SEED:
        raise ValueError(f"the seed must be 0 to {_LARGEST_SEED}, not {job.seed}")
    if job.seeds_per_draw < 1:
        raise ValueError(f"seeds_per_draw must be at least 1, not {job.seeds_per_draw}")
    if workers is not None and workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")
    if overwrite and resume:
        raise ValueError("overwrite (--overwrite) begins anew and resume (--resume) goes on: choose one")
    if job.engine not in ENGINES:
        find_engine(job.engine)  # ours are there, and slow to import where workers do the work
    return min(workers or usable_cores(), len(spans(replicates)))


def _prepare(store: Store, manifest: Manifest, overwrite: bool, resume: bool) -> Manifest | None:
    """Make the folder ready. Gives the manifest found there when it holds all that is asked for."""
    store.refuse_foreign()
    if store.manifest.exists():
        if overwrite:
            store.clear()
        elif resume:
            old = read_manifest(store.manifest)
            _refuse_other(store, old, manifest)
            if old.status == "finished" and store.blocks() == spans(manifest.n_requested):
                return old
        else:
            raise FolderRefused(
                "taken",
                f"{store.folder} holds results already: resume=True (--resume) goes on with them, "
                "overwrite=True (--overwrite) replaces them",
            )
    store.folder.mkdir(parents=True, exist_ok=True)
    store.sweep()
    return None


def _refuse_other(store: Store, old: Manifest, new: Manifest) -> None:
    """Refuse to go on in a folder with other inputs, or to fewer replicates than it holds."""
    different = manifests.differences(old, new)
    if different:
        raise FolderRefused(
            "other",
            f"{store.folder} holds a run that cannot be gone on with, for these differ: {', '.join(different)}. "
            "Choose another folder, or overwrite=True (--overwrite)",
        )
    held = max((span.stop for span in store.blocks()), default=0)
    if held > new.n_requested:
        raise FolderRefused(
            "more", f"{store.folder} holds {held} replicates already: ask for {held} or more to go on"
        )


def _work(job: Job, todo: Sequence[Span], workers: int, store: Store, tally: _Tally) -> None:
    workers = min(workers, len(todo))
    news = run_in_processes(job, todo, workers) if workers > 1 else run_here(job, todo)
    with contextlib.closing(news):
        for span, what in news:
            if isinstance(what, Block):
                store.write(what)
            elif isinstance(what, Died):
                tally.died(span, what.again)
            else:
                tally.told(span, what.good)


def _end(
    store: Store, manifest: Manifest, status: manifests.Status, tally: _Tally, started: float
) -> Manifest:
    """Write the manifest of a run that has come to its end."""
    tried, failures = store.outcomes(store.blocks())
    lost = [_lost(replicate, manifest.seeds_per_draw) for span in tally.lost for replicate in range(*span)]
    ended = manifest.ended(
        status,
        n_used=tried - len(failures),
        failures=sorted(failures + lost),
        seconds=time.monotonic() - started,
    )
    ended.write(store.manifest)
    return ended


def _lost(replicate: int, seeds_per_draw: int) -> Failure:
    why = f"the worker process died {TRIES} times (killed, or out of memory)"
    return Failure(*address(replicate, seeds_per_draw), why)


def _ledger(study: Study) -> bytes:
    """The assumptions as CSV, with the mark by which Excel knows UTF-8."""
    rows: list[dict[str, Any]] = [row._asdict() for row in study.ledger()]
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


class _Tally:
    """How far a run has come, told to whoever wants to know."""

    def __init__(
        self, store: Store, todo: Sequence[Span], total: int, progress: ProgressCallback | None
    ) -> None:
        self.lost: list[Span] = []
        begun = {span.first for span in todo}
        tried, failures = store.outcomes([span for span in store.blocks() if span.first not in begun])
        self._before, self._failed_before = tried, len(failures)
        self._total = total
        self._progress = progress
        self._now: dict[Span, tuple[int, int]] = {}  # done and failed, of each block of this command
        self._started = time.monotonic()
        self._say()

    def told(self, span: Span, good: bool) -> None:
        """One more replicate of a block is done."""
        done, failed = self._now.get(span, (0, 0))
        self._now[span] = done + 1, failed + (not good)
        self._say()

    def died(self, span: Span, again: bool) -> None:
        """The worker of a block died; it is tried again or given up."""
        size = span.stop - span.first
        self._now[span] = (0, 0) if again else (size, size)
        if not again:
            self.lost.append(span)
        self._say()

    def _say(self) -> None:
        if self._progress is None:
            return
        now = sum(done for done, _ in self._now.values())
        failed = self._failed_before + sum(failed for _, failed in self._now.values())
        done = self._before + now
        seconds_left = (time.monotonic() - self._started) / now * (self._total - done) if now else None
        self._progress(done, failed, self._total, seconds_left)
