"""Several studies on the same draws and seeds, in rounds: a run that is stopped leaves pairs, not one long run."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.ensemble.blocks import BLOCK_SIZE
from simulation.ensemble.result import Result
from simulation.ensemble.running import ProgressCallback, run
from simulation.ensemble.store import FolderRefused, Store

if TYPE_CHECKING:
    from simulation.scenario import Study

_FIRST_ROUND = 20  # replicates: fewer are not worth starting worker processes for
_GROWTH = 4


def rounds(replicates: int) -> list[int]:
    """Up to which replicate each round goes: four times as far as the one before, the last to the end."""
    ends, end = [replicates], replicates // _GROWTH
    while end >= _FIRST_ROUND:
        ends.append(end // BLOCK_SIZE * BLOCK_SIZE)
        end //= _GROWTH
    return ends[::-1]


def run_together(
    studies: Sequence[Study],
    folders: Sequence[Path],
    replicates: int,
    seed: int,
    *,
    progress: ProgressCallback | None = None,
    overwrite: bool = False,
    resume: bool = False,
    **options: Any,
) -> list[Result]:
    """Run each study into its folder, all to the same number of replicates, in rounds; ``options`` as of ``run``.

    Raises as ``run`` does. After an interruption every folder holds at least the rounds that were finished.
    """
    pairs = dict(zip(folders, studies, strict=True))  # a study that stands twice is run once
    for folder in pairs:
        _refuse_taken(Store(folder), overwrite or resume)
    tally = _Together(len(pairs), replicates, progress)
    results: dict[Path, Result] = {}
    for number, end in enumerate(rounds(replicates)):
        for place, (folder, study) in enumerate(pairs.items()):
            begins = number == 0
            results[folder] = run(
                study,
                end if begins and overwrite else max(end, _held(folder)),
                seed,
                folder,
                progress=tally.of(place),
                overwrite=begins and overwrite,
                resume=not begins or resume,
                **options,
            )
    return [results[folder] for folder in folders]


def _refuse_taken(store: Store, allowed: bool) -> None:
    """Refuse a folder before anything is simulated: ``run`` would only when its turn comes."""
    store.refuse_foreign()
    if store.manifest.exists() and not allowed:
        raise FolderRefused("taken", f"{store.folder} holds results already: resume or overwrite them")


def _held(folder: Path) -> int:
    """How many replicates a folder holds already."""
    return max((span.stop for span in Store(folder).blocks()), default=0)


class _Together:
    """How far all studies have come, told as one run."""

    def __init__(self, studies: int, replicates: int, progress: ProgressCallback | None) -> None:
        self._done = [0] * studies
        self._failed = [0] * studies
        self._total = studies * replicates
        self._progress = progress
        self._started = time.monotonic()
        self._before: int | None = None

    def of(self, place: int) -> ProgressCallback | None:
        """What the run of one study tells."""
        if self._progress is None:
            return None
        progress = self._progress

        def told(done: int, failed: int, total: int, seconds: float | None) -> None:
            del total, seconds  # of one round of one study
            self._done[place] = max(self._done[place], done)
            self._failed[place] = failed
            all_done = sum(self._done)
            if self._before is None:
                self._before = all_done
            new = all_done - self._before
            left = (time.monotonic() - self._started) / new * (self._total - all_done) if new else None
            progress(all_done, sum(self._failed), self._total, left)

        return told
