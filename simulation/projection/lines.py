"""A file of lines that outlives a kill: the first says what it is of, each other is kept at once.

In JSON, a line a thing. A line that a kill has cut short is left out when the file is read, and cut off.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from simulation.ensemble.store import FolderRefused

Line = dict[str, Any]


class Lines:
    """Lines that are added to a file, or kept nowhere without one. Several threads may add."""

    def __init__(self, file: IO[str] | None = None) -> None:
        self._file, self._lock = file, threading.Lock()

    def add(self, line: Line) -> None:
        """Write a line through to the system."""
        if self._file is not None:
            with self._lock:
                self._file.write(_written(line))
                self._file.flush()

    def close(self) -> None:
        """Close the file, on the disk by then."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None


def open_lines(
    path: Path, what: str, identity: Line, take: Callable[[Line], None], *, resume: bool, overwrite: bool
) -> Lines:
    """Lines of a file, begun anew or gone on with: ``take`` is given each line that is there already.

    ``what`` names in a refusal what the folder holds (``results``). Raises ``FolderRefused`` when there is a file
    and neither is asked for, one of another ``identity``, or one of which not even the first line is whole.
    """
    folder = path.parent
    if path.exists() and not overwrite:
        if not resume:
            raise FolderRefused("taken", f"{folder} holds {what} already: resume, or overwrite what is there")
        good = _read(path, what, identity, take)
        with path.open("r+b") as file:
            file.truncate(good)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(_written(identity), encoding="utf-8")
    return Lines(path.open("a", encoding="utf-8"))


def _written(line: Line) -> str:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"


def _read(path: Path, what: str, identity: Line, take: Callable[[Line], None]) -> int:
    """Give each whole line to ``take``; how many bytes they are."""
    good = 0
    with path.open("rb") as file:
        for number, raw in enumerate(file):
            line = _line(raw)
            if line is None:
                break
            if number == 0:
                _refuse_other(line, identity, what, path.parent)
            else:
                take(line)
            good += len(raw)
    if good == 0:
        raise FolderRefused("damaged", f"{path} is damaged: choose another folder, or overwrite it")
    return good


def _line(raw: bytes) -> Line | None:
    """A line; ``None`` for one that is cut short or is none of ours."""
    try:
        line = json.loads(raw) if raw.endswith(b"\n") else None
    except (json.JSONDecodeError, UnicodeDecodeError):
        return None
    return line if isinstance(line, dict) else None


def _refuse_other(found: Line, wanted: Line, what: str, folder: Path) -> None:
    different = [name for name in wanted if found.get(name) != wanted[name]]
    if different:
        raise FolderRefused(
            "other",
            f"{folder} holds {what} that cannot be gone on with, for these differ: {', '.join(different)}. "
            "Choose another folder, or overwrite it",
        )
