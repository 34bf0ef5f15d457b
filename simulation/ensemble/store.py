"""The folder of a run: which files it holds, and how blocks get into it.

    results/wuhan-2025/
        manifest.json  ledger.csv
        stocks/0000000-0000004.parquet  stocks/0000005-0000009.parquet ...
        flows/ startups/ money/ capacity/ unknowns/ totals/ replicates/

A file holds one block of one table and is named by its first and last replicate. It is written under another
name and renamed, so a file that has its name is whole. The file of ``replicates`` comes last: a block counts
when that file is there. So a run can be killed at any moment: blocks that count are whole, what else lies
about is swept away when the run goes on, and a longer run only adds blocks.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from simulation.ensemble import tables
from simulation.ensemble.blocks import Block, Failure, Span

MANIFEST = "manifest.json"
LEDGER = "ledger.csv"
FIGURES = "figures"  # made from the tables by others; replaced with them

_LAST_TABLE = "replicates"
PART = ".part"
_NAME = re.compile(r"(\d{7,})-(\d{7,})\.parquet")
_OF_DESKTOPS = {".DS_Store", "Thumbs.db", "desktop.ini"}  # left behind by looking at a folder


class FolderRefused(Exception):  # noqa: N818 - it is no error of the program
    """A folder cannot be used as asked; says why and what to do. ``reason`` is one word for programs.

    ``foreign`` files, ``taken`` by another run, ``empty`` of results, ``damaged``, of another ``version``,
    of ``other`` inputs, of ``more`` replicates, or ``busy`` with another run.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: under another name, then renamed."""
    part = path.with_name(path.name + PART)
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


class Store:
    """The files of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def manifest(self) -> Path:
        """Where the manifest is."""
        return self.folder / MANIFEST

    @property
    def ledger(self) -> Path:
        """Where the assumptions ledger is."""
        return self.folder / LEDGER

    def blocks(self) -> list[Span]:
        """The blocks that count, in order. A block that has been made again with more replicates counts once."""
        longest: dict[int, Span] = {}
        for span in _spans_in(self.folder / _LAST_TABLE):
            longest[span.first] = max(span, longest.get(span.first, span))
        return [longest[first] for first in sorted(longest)]

    def file(self, table: str, span: Span) -> Path:
        """Where a block of a table is."""
        return self.folder / table / f"{self.name(span)}.parquet"

    def name(self, span: Span) -> str:
        """What the files of a block are named, without their ending."""
        return f"{span.first:07d}-{span.stop - 1:07d}"

    def span(self, name: str) -> Span | None:
        """The block whose files have a name."""
        return _span(Path(f"{name}.parquet"))

    def write(self, block: Block) -> None:
        """Write a finished block; it takes the place of a shorter one with the same first replicate."""
        for table in (*(name for name in tables.TABLES if name != _LAST_TABLE), _LAST_TABLE):
            path = self.file(table, block.span)
            path.parent.mkdir(exist_ok=True)
            write_whole(path, block.files[table])
        for span in _spans_in(self.folder / _LAST_TABLE):
            if span.first == block.span.first and span != block.span:
                self._remove(span)

    def outcomes(self, blocks: Iterable[Span]) -> tuple[int, list[Failure]]:
        """How many replicates of some blocks were tried, and those that failed."""
        tried, failures = 0, []
        for span in blocks:
            told = tables.read(self.file(_LAST_TABLE, span), _LAST_TABLE)
            tried += told.rows
            rows = zip(*(told.columns[name].tolist() for name in Failure._fields), strict=True)
            failures += [one for one in map(Failure._make, rows) if one.error]
        return tried, failures

    def digests(self) -> dict[str, str]:
        """The digest of the files of each block that counts, by the name of its files."""
        return {self.name(span): self.digest(span) for span in self.blocks()}

    def digest(self, span: Span) -> str:
        """The digest of the files of a block. Raises ``OSError`` when one is not there."""
        digest = hashlib.sha256()
        for table in tables.TABLES:
            content = self.file(table, span).read_bytes()
            digest.update(f"{table} {len(content)}\n".encode() + content)
        return digest.hexdigest()[:32]

    def sweep(self) -> None:
        """Remove what an interrupted run left half done."""
        kept = set(self.blocks())
        for table in tables.TABLES:
            for path in _files_in(self.folder / table):
                if path.name.endswith(PART) or _span(path) not in kept:
                    path.unlink()
        for name in (MANIFEST, LEDGER):
            (self.folder / (name + PART)).unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove everything of an earlier run. The manifest goes last, so that this can be broken off."""
        for name in (_LAST_TABLE, *tables.TABLES, FIGURES):
            for path in _files_in(self.folder / name):
                path.unlink()
        for name in (LEDGER, MANIFEST):
            (self.folder / name).unlink(missing_ok=True)
        self.sweep()

    def refuse_foreign(self) -> None:
        """Raise ``FolderRefused`` when something lies here that no run has written."""
        if self.folder.exists() and not self.folder.is_dir():
            raise FolderRefused("foreign", f"{self.folder} is a file: choose a folder for the results")
        foreign = sorted(self._foreign())
        if foreign:
            shown = ", ".join(foreign[:5]) + (" ..." if len(foreign) > 5 else "")
            raise FolderRefused(
                "foreign",
                f"{self.folder} holds files that are not of a run ({shown}): choose another folder, "
                "or move them away",
            )

    def _foreign(self) -> Iterator[str]:
        own = {*tables.TABLES, FIGURES}
        inside = list(self.folder.iterdir()) if self.folder.exists() else []
        names = {path.name for path in inside} - _OF_DESKTOPS
        if names and MANIFEST not in names and names != {MANIFEST + PART}:
            yield from names  # a manifest is the first thing that a run writes
            return
        yield from names - own - {MANIFEST, LEDGER, MANIFEST + PART, LEDGER + PART}
        for table in tables.TABLES:
            yield from (
                f"{table}/{path.name}"
                for path in _files_in(self.folder / table)
                if _NAME.fullmatch(path.name.removesuffix(PART)) is None
            )

    def _remove(self, span: Span) -> None:
        for table in (_LAST_TABLE, *tables.TABLES):
            self.file(table, span).unlink(missing_ok=True)


def _files_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.name not in _OF_DESKTOPS)


def _spans_in(folder: Path) -> list[Span]:
    return [span for span in map(_span, _files_in(folder)) if span is not None]


def _span(path: Path) -> Span | None:
    match = _NAME.fullmatch(path.name)
    return None if match is None else Span(int(match[1]), int(match[2]) + 1)
