"""A folder belongs to one run at a time.

The folder itself is locked, so no file is left behind; the system gives the lock back when a process ends,
also when it is killed. Where folders cannot be locked (Windows, some network file systems) a run goes on
without: blocks are still written whole or not at all.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from simulation.ensemble.store import FolderRefused

if sys.platform != "win32":
    import fcntl

_TAKEN = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder that exists. Raises ``FolderRefused`` when another run holds it."""
    if sys.platform == "win32":
        yield
        return
    held = os.open(folder, os.O_RDONLY)
    try:
        _lock(held, folder)
        yield
    finally:
        os.close(held)


def _lock(held: int, folder: Path) -> None:
    if sys.platform == "win32":
        return
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _TAKEN:
            raise FolderRefused(
                "busy", f"{folder} is in use by another run: wait for it, stop it, or choose another folder"
            ) from None
        # this file system knows no locks
