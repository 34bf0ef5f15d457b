"""The scenario of a run: from its file, or recovered from the folder of its results."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.cli.pairs import MANIFEST, open_result
from simulation.cli.scenarios import load
from simulation.cli.terminal import Refused, Terminal
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.scenario import Study


def study_of(terminal: Terminal, path: str, settings: Sequence[str], as_of: date | None) -> Study:
    """The study of a scenario file, or that which a folder of results is of.

    Raises ``Refused`` when the folder's inputs are not there any more as they were.
    """
    if not (Path(path) / MANIFEST).is_file():
        from simulation.scenario import study

        return study(load(terminal, path, settings, as_of))
    if settings or as_of is not None:
        raise Refused(terminal.words("recover.settings", folder=visible(path)))
    from simulation.ensemble.recovery import UnrecoverableError, recovered

    try:
        return recovered(open_result(terminal, path).manifest, [Path(path), Path(path).parent])
    except UnrecoverableError as lost:
        why = terminal.words(f"recover.{lost.reason}")
        raise Refused(terminal.words("recover.lost", folder=visible(path), why=why)) from None
