"""Several studies on the same draws and seeds, replicate by replicate: a run that is stopped leaves pairs.

What the studies of a replicate have in common is simulated once: policies that begin later share the past.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.ensemble.result import Result
from simulation.ensemble.running import ProgressCallback, run_all

if TYPE_CHECKING:
    from simulation.scenario import Study


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
    """Run each study into its folder, all to the same number of replicates; ``options`` as of ``run``.

    The files have the bytes that ``run`` would give them. Raises as ``run`` does, before anything is written
    when one of the folders cannot be used.
    """
    pairs = dict(zip(folders, studies, strict=True))  # a folder that stands twice is run once
    results = run_all(
        list(pairs.values()),
        list(pairs),
        replicates,
        seed,
        progress=progress,
        overwrite=overwrite,
        resume=resume,
        **options,
    )
    of_folder = dict(zip(pairs, results, strict=True))
    return [of_folder[folder] for folder in folders]
