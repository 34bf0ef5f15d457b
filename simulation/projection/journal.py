"""The journal of an explanation: every coalition of every replicate that has been evaluated, kept at once.

A line a thing: see ``lines``.
"""

from __future__ import annotations

import base64
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.projection.bridge import Bridge
from simulation.projection.lines import Lines, open_lines

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


class Journal:
    """What has been evaluated, by replicate and coalition; kept in a file unless there is no folder."""

    def __init__(self) -> None:
        self.known: dict[int, dict[int, I64]] = {}
        self.endings: dict[int, Ending] = {}
        self._lines = Lines()

    def add(self, replicate: int, coalition: int, totals: I64) -> None:
        """Keep the totals of a coalition."""
        self.known.setdefault(replicate, {})[coalition] = totals
        self._lines.add({"replicate": replicate, "coalition": f"{coalition:x}", "totals": _packed(totals)})

    def ended(self, replicate: int, ending: Ending) -> None:
        """Keep what a replicate comes to."""
        self.endings[replicate] = ending
        rest = (ending.below, ending.unlabelled, ending.idle, ending.fates)
        flat: list[NDArray[Any]] = [*ending.base, *ending.variant, *rest]
        self._lines.add({"replicate": replicate, "ending": [_packed(one) for one in flat]})

    def close(self) -> None:
        """Close the file."""
        self._lines.close()


def in_memory() -> Journal:
    """A journal that is kept nowhere."""
    return Journal()


def open_journal(folder: Path, identity: dict[str, Any], *, resume: bool, overwrite: bool) -> Journal:
    """The journal in a folder, begun anew or gone on with.

    Raises ``FolderRefused`` when there is one and neither is asked for, or one of other inputs.
    """
    journal = in_memory()
    journal._lines = open_lines(
        folder / JOURNAL,
        "an explanation",
        {"schema_version": SCHEMA_VERSION, **identity},
        lambda line: _take(line, journal),
        resume=resume,
        overwrite=overwrite,
    )
    return journal


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
