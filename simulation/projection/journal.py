"""The journal of an explanation: every coalition of every replicate that has been evaluated, kept at once.

A line a thing, in JSON, appended to one file. A line that a kill has cut short is left out when the journal is read.
"""

from __future__ import annotations

import base64
import json
import os
import threading
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.ensemble.store import FolderRefused
from simulation.projection.bridge import Bridge

I64 = NDArray[np.int64]

JOURNAL = "journal.jsonl"
SCHEMA_VERSION = 1


class Ending(NamedTuple):
    """What the base and the variant come to in one replicate, besides totals."""

    base: Bridge
    variant: Bridge
    below: I64  # (districts, levels, reasons) of the variant
    unlabelled: I64  # (districts, label reasons)
    idle: I64  # (districts) sponsors
    fates: NDArray[np.int8]  # (carriers at the start)


@dataclass
class Journal:
    """What has been evaluated, by replicate and coalition; kept in a file unless there is no folder."""

    known: dict[int, dict[int, I64]]
    endings: dict[int, Ending]
    _file: IO[str] | None = None

    def __post_init__(self) -> None:
        """Make what does not go into the file."""
        self._lock = threading.Lock()

    def add(self, replicate: int, coalition: int, totals: I64) -> None:
        """Keep the totals of a coalition."""
        self.known.setdefault(replicate, {})[coalition] = totals
        self._write({"replicate": replicate, "coalition": f"{coalition:x}", "totals": _packed(totals)})

    def ended(self, replicate: int, ending: Ending) -> None:
        """Keep what a replicate comes to."""
        self.endings[replicate] = ending
        rest = (ending.below, ending.unlabelled, ending.idle, ending.fates)
        flat: list[NDArray[Any]] = [*ending.base, *ending.variant, *rest]
        self._write({"replicate": replicate, "ending": [_packed(one) for one in flat]})

    def _write(self, line: dict[str, Any]) -> None:
        if self._file is not None:
            with self._lock:
                self._file.write(json.dumps(line, separators=(",", ":")) + "\n")
                self._file.flush()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None


def in_memory() -> Journal:
    """A journal that is kept nowhere."""
    return Journal({}, {})


def open_journal(folder: Path, identity: dict[str, Any], *, resume: bool, overwrite: bool) -> Journal:
    """The journal in a folder, begun anew or gone on with.

    Raises ``FolderRefused`` when there is one and neither is asked for, or one of other inputs.
    """
    path = folder / JOURNAL
    journal = in_memory()
    wanted = {"schema_version": SCHEMA_VERSION, **identity}
    if path.exists() and not overwrite:
        if not resume:
            raise FolderRefused("taken", f"{folder} holds an explanation already: resume or overwrite it")
        good = _read(path, wanted, journal, folder)
        with path.open("r+b") as file:
            file.truncate(good)  # a line that was cut short
    else:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(
            json.dumps(wanted, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
        )
    journal._file = path.open("a", encoding="utf-8")
    return journal


def _read(path: Path, wanted: dict[str, Any], journal: Journal, folder: Path) -> int:
    """Read a journal into ``journal``; gives how many bytes of it are whole lines."""
    good = 0
    with path.open("rb") as file:
        for number, raw in enumerate(file):
            if not raw.endswith(b"\n"):
                break
            try:
                line = json.loads(raw)
            except (json.JSONDecodeError, UnicodeDecodeError):
                break
            if number == 0:
                _refuse_other(line, wanted, folder)
            else:
                _take(line, journal)
            good += len(raw)
    if good == 0:
        raise FolderRefused("damaged", f"{path} is damaged: choose another folder, or overwrite it")
    return good


def _refuse_other(found: dict[str, Any], wanted: dict[str, Any], folder: Path) -> None:
    different = [name for name in wanted if found.get(name) != wanted[name]]
    if different:
        raise FolderRefused(
            "other",
            f"{folder} holds an explanation that cannot be gone on with, for these differ: {', '.join(different)}. "
            "Choose another folder, or overwrite it",
        )


def _take(line: dict[str, Any], journal: Journal) -> None:
    replicate = int(line["replicate"])
    if "coalition" in line:
        journal.known.setdefault(replicate, {})[int(line["coalition"], 16)] = _unpacked(line["totals"])
    else:
        flat = [_unpacked(one) for one in line["ending"]]
        below, unlabelled, idle, fates = flat[6:]
        journal.endings[replicate] = Ending(
            Bridge(*flat[:3]), Bridge(*flat[3:6]), below, unlabelled, idle, fates.astype(np.int8)
        )


def _packed(values: NDArray[Any]) -> list[Any]:
    """Whole numbers as text: shape, and the compressed bytes."""
    raw = np.ascontiguousarray(values, np.int32).tobytes()
    return [list(values.shape), base64.b64encode(zlib.compress(raw, 6)).decode("ascii")]


def _unpacked(packed: list[Any]) -> I64:
    shape, text = packed
    raw = zlib.decompress(base64.b64decode(text))
    return np.frombuffer(raw, np.int32).astype(np.int64).reshape(shape)
