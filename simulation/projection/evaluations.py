"""Many variants of a scenario on the same luck: what the targets come to in each future, and what it costs.

Variants meet the same draws and seeds, so what differs between them is what was varied. What has been simulated is
kept at once in a file of lines, and taken from there when the work goes on after an interruption.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.ensemble.blocks import find_engine
from simulation.ensemble.labels import address
from simulation.ensemble.scopes import scope_totals
from simulation.projection.lines import Lines, open_lines
from simulation.rules import codes
from simulation.scenario import Study
from simulation.scenario.tasks import Target

F64 = NDArray[np.float64]
Progress = Callable[[int, int, int, float | None], None]
EVALUATIONS = "evaluations.jsonl"
SCHEMA_VERSION = 1
_MOST_WORLDS = 64  # kept between variants that start alike


class Job(NamedTuple):
    """One future of one variant."""

    key: str  # of the variant
    replicate: int


class Kept:
    """What has been evaluated: values by job, NaN where a future failed; in a file unless there is none."""

    def __init__(self) -> None:
        self.known: dict[Job, tuple[float, ...]] = {}
        self.errors: dict[Job, str] = {}
        self._lines = Lines()

    def add(self, job: Job, values: Sequence[float], error: str = "") -> None:
        """Keep the values of a job."""
        self.known[job] = tuple(values)
        if error:
            self.errors[job] = error
        line = {"key": job.key, "replicate": job.replicate}
        told = {"error": error} if error else {"values": [None if math.isnan(one) else one for one in values]}
        self._lines.add(line | told)

    def close(self) -> None:
        """Close the file."""
        self._lines.close()


def open_kept(folder: Path, identity: dict[str, Any], *, resume: bool, overwrite: bool) -> Kept:
    """The evaluations in a folder, begun anew or gone on with; failed futures are tried again.

    Raises ``FolderRefused`` when there are some and neither is asked for, or some of other inputs.
    """
    kept = Kept()
    kept._lines = open_lines(
        folder / EVALUATIONS,
        "results",
        {"schema_version": SCHEMA_VERSION, **identity},
        lambda line: _take(line, kept),
        resume=resume,
        overwrite=overwrite,
    )
    return kept


def _take(line: dict[str, Any], kept: Kept) -> None:
    if "values" in line:
        values = tuple(math.nan if one is None else float(one) for one in line["values"])
        kept.known[Job(line["key"], int(line["replicate"]))] = values


class Evaluator:
    """Simulates futures of variants on threads: the compiled engine lets go of Python's lock.

    The values of a future are those of ``targets`` at their quarters (a share of no carriers is NaN), then the
    public cost up to the last of them in CNY.
    """

    def __init__(self, engine: str, seed: int, targets: Sequence[Target], kept: Kept, workers: int) -> None:
        self.seed, self.targets, self.kept, self._workers = seed, tuple(targets), kept, workers
        self.engine = find_engine(engine)
        self._worlds: OrderedDict[tuple[str, int], Any] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def width(self) -> int:
        """How many values a future has."""
        return len(self.targets) + 1

    def run(
        self, studies: Mapping[str, Study], replicates: Sequence[int], progress: Progress | None = None
    ) -> dict[str, F64]:
        """By key (replicates, values): every future of every variant, those that are kept not simulated again."""
        self._simulate(studies, [Job(key, one) for one in replicates for key in studies], progress)
        return {
            key: np.array([self.kept.known[Job(key, one)] for one in replicates], np.float64)
            for key in studies
        }

    def _simulate(self, studies: Mapping[str, Study], jobs: Sequence[Job], progress: Progress | None) -> None:
        todo = [job for job in jobs if job not in self.kept.known]
        before, started = len(jobs) - len(todo), time.monotonic()
        waiting, done, failed = iter(todo), 0, 0
        with ThreadPoolExecutor(self._workers) as pool:
            running: dict[Future[tuple[float, ...]], Job] = {}
            try:
                while True:
                    for job in waiting:
                        running[pool.submit(self.evaluated, studies, job)] = job
                        if len(running) >= 2 * self._workers:
                            break
                    if not running:
                        return
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        failed += self._take(running.pop(future), future)
                        done += 1
                        if progress is not None:
                            left = (time.monotonic() - started) / done * (len(todo) - done)
                            progress(before + done, failed, len(jobs), left)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _take(self, job: Job, future: Future[tuple[float, ...]]) -> int:
        error = future.exception()
        if error is None:
            self.kept.add(job, future.result())
            return 0
        if not isinstance(error, Exception):
            raise error
        self.kept.add(job, [math.nan] * self.width, f"{type(error).__name__}: {error}")
        return 1

    def evaluated(self, studies: Mapping[str, Study], job: Job) -> tuple[float, ...]:
        """The values of a job."""
        return self.values(studies[job.key], job.replicate)

    def values(self, study: Study, replicate: int) -> tuple[float, ...]:
        """The values of one future."""
        where = address(replicate, study.scenario.seeds_per_draw)
        setting = study.setting(self.seed, where.draw, where.seed)
        outcome = self.engine(setting, self.world(study, where.draw, where.seed))
        return measured(outcome, self.targets, study.first_quarter - 1, public_levers(study))

    def world(self, study: Study, draw: int, seed: int) -> Any:
        """The world of a draw; variants that start alike share it, for engines leave it as it is."""
        key = (f"{study.start}|{study.scenario.covers}", draw)
        with self._lock:
            if key in self._worlds:
                self._worlds.move_to_end(key)
                return self._worlds[key]
        world = study.world(self.seed, draw, seed)
        with self._lock:
            self._worlds[key] = world
            while len(self._worlds) > _MOST_WORLDS:
                self._worlds.popitem(last=False)
        return world


def public_levers(study: Study) -> NDArray[np.bool_]:
    """(levers) Which are paid by the city or a district, not by a sponsor."""
    payers = {one.name: one.payer for one in study.city.levers}
    return np.array([payers.get(name) != "sponsor" for name in codes.LEVERS])


def measured(
    outcome: Any, targets: Sequence[Target], opening: int, public: NDArray[np.bool_] | None = None
) -> tuple[float, ...]:
    """What targets come to in one outcome, and what the ``public`` levers cost in CNY up to the last of them."""
    sums = scope_totals(outcome.stocks)
    found: list[float] = []
    for one in targets:
        row = one.by - opening
        whole = float(sums[one.scope][row].sum())
        if one.measure == "count":
            found.append(whole)
        else:
            part = float(sums[f"{one.scope}_{one.basis}"][row].sum())
            found.append(part / whole if whole else math.nan)
    last = max((one.by for one in targets), default=opening + len(outcome.money))
    money = outcome.money[: last - opening]
    return (*found, float(money.sum() if public is None else money[..., public].sum()))


def met(values: F64, targets: Sequence[Target]) -> NDArray[np.bool_]:
    """(..., targets) Whether each target is met, from values (..., targets + 1)."""
    asked = np.array([one.at_least for one in targets])
    answer: NDArray[np.bool_] = values[..., : len(targets)] >= asked
    return answer
