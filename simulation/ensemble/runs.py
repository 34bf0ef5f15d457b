"""The folders of one or several runs that are simulated together: made ready, filled block by block, ended."""

from __future__ import annotations

import contextlib
import csv
import io
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from simulation.ensemble import manifest as manifests
from simulation.ensemble import reuse
from simulation.ensemble.blocks import Block, Done, Failure, Job, Span, Task, Told, spans
from simulation.ensemble.errors import ClusterError
from simulation.ensemble.labels import address
from simulation.ensemble.lock import locked
from simulation.ensemble.manifest import Manifest, read_manifest
from simulation.ensemble.pool import TRIES, Died, Executor, WorkerError
from simulation.ensemble.result import Result
from simulation.ensemble.settling import Stopped, Until, whole_blocks
from simulation.ensemble.store import MANIFEST, PART, FolderRefused, Store, write_whole
from simulation.ensemble.tally import ProgressCallback, Tally

if TYPE_CHECKING:
    from simulation.scenario import Study


class Interrupted(KeyboardInterrupt):
    """A run was interrupted; the blocks it had finished are in the folder, and it can be resumed."""

    def __init__(self, folder: Path, kept: int, total: int) -> None:
        super().__init__(
            f"interrupted: {kept} of {total} replicates are kept in {folder}; resume=True (--resume) goes on"
        )
        self.folder, self.kept, self.total = folder, kept, total


class WriteError(Exception):
    """A run could not be written any more (a full disk); what it had finished is kept, and it can be resumed."""

    def __init__(self, folder: Path, kept: int, total: int, error: OSError) -> None:
        reason = error.strerror or type(error).__name__
        super().__init__(
            f"{folder} cannot be written any more ({reason}): {kept} of {total} replicates are kept; "
            "make room, then resume=True (--resume) goes on"
        )
        self.folder, self.kept, self.total, self.reason = folder, kept, total, reason


class Asking(NamedTuple):
    """What is asked of a run besides what decides its numbers."""

    replicates: int
    overwrite: bool
    resume: bool
    reuse: bool
    until: Until | None


class Runs:
    """Runs of several jobs, each in a folder of its own that it holds while it is in a ``with``."""

    def __init__(self, jobs: Sequence[Job], folders: Sequence[Path], asking: Asking, workers: int) -> None:
        pairs = zip(jobs, folders, strict=True)
        self._runs = [_Run(job, Store(folder), asking, workers) for job, folder in pairs]
        self._asking = asking
        self._held = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Make the folders ready. Raises ``FolderRefused`` before anything is written."""
        for one in self._runs:
            one.check()
        with contextlib.ExitStack() as held:
            for one in self._runs:
                one.take(held)
            self._held = held.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the folders."""
        self._held.close()
        if self._asking.reuse and any(one.keeps for one in self._runs):
            reuse.tidy()

    def finished(self) -> list[Result] | None:
        """The results, when every folder holds all that is asked for."""
        if any(one.finished is None for one in self._runs):
            return None
        return [Result(one.store, one.finished) for one in self._runs if one.finished is not None]

    def first_number(self) -> int:
        """How many replicates the first round goes to."""
        number = self._asking.replicates
        if self._asking.until is None:
            return number
        number = max(number, *(one.begun() for one in self._runs))
        return min(whole_blocks(number), self._asking.until.limit)

    def result(self, number: int) -> Result:
        """The result of the first run up to that number of replicates."""
        one = self._runs[0]
        return Result(one.store, one.manifest, upto=number)

    def work(
        self, number: int, executor: Callable[[int], Executor], progress: ProgressCallback | None
    ) -> None:
        """Simulate what is missing to that number of replicates.

        Raises ``Interrupted`` or ``WriteError``, after which the folders hold what was finished; ``OSError`` when
        not one block could be written.
        """
        tally = Tally(number * len(self._runs), progress)
        try:
            missing = self._missing(number, tally)
            tasks = list(self._not_reused(missing, tally))
            if tasks:
                self._simulate(tasks, executor(len(tasks)), tally)
        except KeyboardInterrupt:
            kept = self._break_off()
            raise Interrupted(self._runs[0].store.folder, kept, number) from None
        except (ClusterError, WorkerError):
            self._break_off()
            raise
        except _Unwritable as failed:
            kept = self._break_off()
            if not kept:  # perhaps nothing can ever be written here
                raise failed.error from None
            raise WriteError(failed.folder, kept, number, failed.error) from failed.error

    def end(self, stopped: Stopped | None) -> list[Result]:
        """Write the manifests of finished runs. Gives the results."""
        return [Result(one.store, one.end("finished", stopped)) for one in self._runs]

    def _missing(self, number: int, tally: Tally) -> list[Task]:
        """What the folders do not hold, in the order of replicates, so that all runs come equally far."""
        lacking: dict[Span, list[int]] = {span: [] for span in spans(number)}
        for place, one in enumerate(self._runs):
            held = one.begin(number)
            tally.held(*one.counted(span for span in held if span in lacking))
            for span, places in lacking.items():
                if span not in held:
                    places.append(place)
        tally.say()
        return [Task(span, tuple(places)) for span, places in lacking.items() if places]

    def _not_reused(self, tasks: Iterable[Task], tally: Tally) -> Iterator[Task]:
        """The tasks that are left when blocks that were simulated before have been taken over."""
        for span, places in tasks:
            left = tuple(place for place in places if not self._runs[place].reused(span))
            if len(left) < len(places):
                tally.held((len(places) - len(left)) * (span.stop - span.first), failed=0)
                tally.say()
            if left:
                yield Task(span, left)

    def _simulate(self, tasks: Sequence[Task], executor: Executor, tally: Tally) -> None:
        apart = self._simulated(executor, tasks, tally)
        if apart:  # a task of several runs ended every worker: perhaps one of them alone is to blame
            self._simulated(executor, apart, tally)

    def _simulated(self, executor: Executor, tasks: Sequence[Task], tally: Tally) -> list[Task]:
        apart: list[Task] = []
        with contextlib.closing(executor.news(tasks)) as news:
            for task, what in news:
                if isinstance(what, Done):
                    for place, block in zip(task.places, what.blocks, strict=True):
                        self._runs[place].write(block)
                elif isinstance(what, Told):
                    tally.told(task.span, what.place, what.good)
                else:
                    apart += self._died(task, what, tally)
        return apart

    def _died(self, task: Task, what: Died, tally: Tally) -> list[Task]:
        """Note that the worker of a task died. Gives what to try again, run by run."""
        several = len(task.places) > 1
        for place in task.places:
            tally.died(task.span, place, what.again or several)
            if not (what.again or several):
                self._runs[place].lost.append(task.span)
        return [Task(task.span, (place,)) for place in task.places] if several and not what.again else []

    def _break_off(self) -> int:
        """Write the manifests of runs that were stopped. Gives how many replicates every run holds."""
        kept = []
        for one in self._runs:
            with contextlib.suppress(OSError):  # the disk may be full: the old manifest says "running"
                one.end("interrupted", None)
            tried, failures = one.counted(one.store.blocks())
            kept.append(tried)
            del failures
        return min(kept)


class _Unwritable(Exception):  # noqa: N818 - told to nobody
    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(str(error))
        self.folder, self.error = folder, error


class _Run:
    """The folder of one run."""

    def __init__(self, job: Job, store: Store, asking: Asking, workers: int) -> None:
        self.job, self.store, self._asking = job, store, asking
        self.manifest = manifests.begin(job, asking.replicates, workers, asking.until)
        self.finished: Manifest | None = None  # that of the folder, when it holds all that is asked for
        self.lost: list[Span] = []
        self._kept = reuse.of_job(job) if asking.reuse else None
        self._old: Manifest | None = None
        self._reused = 0
        self._started = time.monotonic()

    @property
    def keeps(self) -> bool:
        """Whether blocks are kept for reuse."""
        return self._kept is not None

    def check(self) -> Manifest | None:
        """Refuse a folder that cannot be used as asked. Gives its manifest when it holds all. Writes nothing."""
        self.store.refuse_foreign()
        self._old = self.finished = None
        if not self.store.manifest.exists() or self._asking.overwrite:
            return None
        folder = self.store.folder
        if not self._asking.resume:
            raise FolderRefused(
                "taken",
                f"{folder} holds results already: resume=True (--resume) goes on with them, "
                "overwrite=True (--overwrite) replaces them",
            )
        self._old = read_manifest(self.store.manifest)
        different = manifests.differences(self._old, self.manifest)
        if different:
            raise FolderRefused(
                "other",
                f"{folder} holds a run that cannot be gone on with, for these differ: {', '.join(different)}. "
                "Choose another folder, or overwrite=True (--overwrite)",
            )
        self._check_number(self._old)
        return self.finished

    def _check_number(self, old: Manifest) -> None:
        """Refuse to go on to fewer replicates than the folder holds."""
        asked = self._asking.replicates if self._asking.until is None else self._asking.until.limit
        held = self._held()
        if held > asked:
            raise FolderRefused(
                "more",
                f"{self.store.folder} holds {held} replicates already: ask for {held} or more to go on",
            )
        if self._asking.until is None and old.status == "finished" and self.store.blocks() == spans(asked):
            self.finished = old

    def take(self, held: contextlib.ExitStack) -> None:
        """Make the folder and hold it. Raises ``FolderRefused`` when another run has it."""
        if self.finished is not None:
            return
        self.store.folder.mkdir(parents=True, exist_ok=True)
        held.enter_context(locked(self.store.folder))
        if self.check() is not None:  # again, for another run may have ended in the meantime
            return
        _check_writable(self.store.folder)
        if self._asking.overwrite:
            self.store.clear()
        self.store.sweep()

    def begun(self) -> int:
        """How many replicates a run that goes on until a condition holds has to start from."""
        if self._old is None or (self._old.until == self.manifest.until and self._old.status != "finished"):
            return 0  # its rounds begin at the same number as they did
        return self._held()

    def _held(self) -> int:
        return max((span.stop for span in self.store.blocks()), default=0)

    def begin(self, number: int) -> set[Span]:
        """Say in the manifest that a run to that number is on. Gives the blocks that are there."""
        self.lost = []
        self.manifest = self.manifest.extended(number)
        if self.finished is None:
            with self._writing():
                self.manifest.write(self.store.manifest)
                if not self.store.ledger.exists():
                    write_whole(self.store.ledger, _ledger(self.job.study))
        return set(self.store.blocks())

    def counted(self, blocks: Iterable[Span]) -> tuple[int, int]:
        """How many replicates of some blocks were tried, and how many of them failed."""
        tried, failures = self.store.outcomes(blocks)
        return tried, len(failures)

    def reused(self, span: Span) -> bool:
        """Take over a block that was simulated before. Says whether there was one."""
        block = None if self._kept is None else self._kept.find(span)
        if block is None:
            return False
        with self._writing():
            self.store.write(block)
        self._reused += span.stop - span.first
        return True

    def write(self, block: Block) -> None:
        """Write a finished block, and keep it for later runs."""
        with self._writing():
            self.store.write(block)
        if self._kept is not None:
            self._kept.keep(block)

    def end(self, status: manifests.Status, stopped: Stopped | None) -> Manifest:
        """Write the manifest of a run that has come to its end."""
        if self.finished is not None:
            return self.finished
        tried, failures = self.store.outcomes(self.store.blocks())
        lost = [self._lost(replicate) for span in self.lost for replicate in range(*span)]
        before = 0 if self._old is None else self._old.n_reused
        self.manifest = self.manifest.ended(
            status,
            n_used=tried - len(failures),
            n_reused=before + self._reused,
            failures=sorted(failures + lost),
            blocks=self.store.digests(),
            seconds=time.monotonic() - self._started,
            stopped_by=stopped,
        )
        self.manifest.write(self.store.manifest)
        return self.manifest

    def _lost(self, replicate: int) -> Failure:
        why = f"the worker process died {TRIES} times (killed, or out of memory)"
        return Failure(*address(replicate, self.job.seeds_per_draw), why)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise _Unwritable(self.store.folder, error) from error


def _check_writable(folder: Path) -> None:
    """Raise ``OSError`` when nothing can be written into a folder, before anything in it is touched."""
    probe = folder / f"{MANIFEST}{PART}"
    probe.touch()
    probe.unlink()


def _ledger(study: Study) -> bytes:
    """The assumptions as CSV, with the mark by which Excel knows UTF-8."""
    rows: list[dict[str, Any]] = [row._asdict() for row in study.ledger()]
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")
