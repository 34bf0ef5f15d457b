"""The folder of an answer that rests on many evaluated variants: begun, gone on with, or refused with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulation.cli.pairs import refuse_foreign
from simulation.cli.refusing import refusing
from simulation.cli.terminal import INTERRUPTED, Refused, Terminal
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.projection.evaluations import Kept


@contextmanager
def kept_in(
    terminal: Terminal,
    folder: Path,
    files: Sequence[str],
    identity: dict[str, Any],
    *,
    resume: bool,
    overwrite: bool,
) -> Iterator[Kept]:
    """What has been evaluated, in its file; an interruption says that nothing finished is lost."""
    words = terminal.words
    if resume and overwrite:
        raise Refused(words("error.resume_overwrite"))
    refuse_foreign(terminal, folder, files, resume=resume, overwrite=overwrite)
    from simulation.projection.evaluations import open_kept

    with refusing(terminal, folder):
        kept = open_kept(folder, identity, resume=resume, overwrite=overwrite)
    try:
        yield kept
    except KeyboardInterrupt:
        terminal.warn(words("explain.stopped", out=visible(str(folder))))
        click.get_current_context().exit(INTERRUPTED)
    finally:
        kept.close()


def write_files(terminal: Terminal, folder: Path, contents: dict[str, bytes]) -> None:
    """Write the tables of an answer, each whole or not at all."""
    from simulation.ensemble.store import write_whole

    with refusing(terminal, folder):
        for name, content in contents.items():
            write_whole(folder / name, content)


def missing_package(terminal: Terminal, package: str) -> Refused:
    """The refusal of what needs a package of the extra ``research``."""
    return Refused(terminal.words("research.missing", package=package))
