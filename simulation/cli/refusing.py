"""What ends a command that runs or writes, in the user's language: whom it is to blame on, and how to go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulation.cli.terminal import INTERRUPTED, Failed, Refused, Terminal
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.ensemble import Interrupted


@contextmanager
def refusing(
    terminal: Terminal, folder: Path, unwritable: type[click.ClickException] = Refused
) -> Iterator[None]:
    """Do something with a folder: ``Refused`` says why it cannot be used, ``unwritable`` why it cannot be written."""
    from simulation import ensemble

    words = terminal.words
    try:
        yield
    except ensemble.FolderRefused as refused:
        key = f"error.folder.{refused.reason}"
        text = words(key, folder=visible(str(folder))) if words.has(key) else visible(str(refused))
        raise Refused(text) from None
    except OSError as error:
        reason = visible(error.strerror or type(error).__name__)
        where = visible(str(error.filename or folder))
        raise unwritable(words("error.write", path=where, reason=reason)) from None


@contextmanager
def running(
    terminal: Terminal,
    folder: Path,
    stopped: Callable[[Interrupted], str],
    unwritable: type[click.ClickException] = Refused,
) -> Iterator[None]:
    """Run an ensemble into a folder; ``stopped`` says at Ctrl-C what is kept and how to go on."""
    from simulation import ensemble

    words = terminal.words
    try:
        with refusing(terminal, folder, unwritable):
            yield
    except ensemble.ClusterError as error:
        raise Failed(words(f"error.cluster.{error.reason}", text=visible(str(error)))) from None
    except ensemble.WriteError as full:
        said = {"folder": visible(str(folder)), "n": full.kept, "asked": full.total}
        raise Failed(words("error.full", reason=visible(full.reason), **said)) from None
    except ensemble.WorkerError as error:
        raise Failed(words("error.workers", text=visible(str(error)))) from error
    except ensemble.Interrupted as interrupted:
        terminal.warn(stopped(interrupted))
        click.get_current_context().exit(INTERRUPTED)
