"""Blocks that were simulated before, by what decides their bytes: scenario, data, seed, code and versions.

A block is one file, named by the hash of all that decides it. It is written under a name of its own and
renamed, and carries a checksum: two processes may write at once, and one that is half-written or damaged is
found out and simulated again. The oldest in use are removed when all together pass a limit. Nothing here ever
stops a run: a folder that cannot be read or written only costs time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from simulation.ensemble.blocks import BLOCK_SIZE, ENGINES, Block, Job, Span
from simulation.ensemble.tables import TABLES
from simulation.kernels import cache_folder
from simulation.source import source_hash

FORMAT = b"carriersim block 1\n"
LIMIT = 2_000_000_000  # bytes: some 40,000 replicates of Wuhan
LIMIT_VARIABLE = "CARRIERSIM_REUSE_BYTES"  # another limit; 0 keeps and reuses nothing
_CHECK = hashlib.sha256
_VERSIONS = ("numpy", "numba", "pyarrow", "mesa")  # libraries that a byte of a result could depend on


def limit() -> int:
    """How many bytes may be kept."""
    given = os.environ.get(LIMIT_VARIABLE, "")
    return int(given) if given.isdecimal() else LIMIT


class Reuse:
    """The kept blocks of one job."""

    def __init__(self, job: Job, folder: Path | None = None) -> None:
        self._folder = (cache_folder() / "blocks" if folder is None else folder) / _key(job)
        self._works = True

    def find(self, span: Span) -> Block | None:
        """The block that was kept, if there is one and it is whole."""
        path = self._path(span)
        try:
            files = _unpacked(path.read_bytes())
        except OSError:  # not there, or not for us to read
            return None
        except ValueError:  # half-written or damaged: simulate it again
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # what was used last is removed last
        return Block(span, files, failed=0)

    def keep(self, block: Block) -> None:
        """Keep a block for later; one with failed replicates is not kept, for what failed may be mended."""
        if block.failed or not self._works:
            return
        path = self._path(block.span)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(_packed(block.files))
            part.replace(path)
        except OSError:
            self._works = False
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def _path(self, span: Span) -> Path:
        return self._folder / f"{span.first:07d}-{span.stop - 1:07d}"


def of_job(job: Job) -> Reuse | None:
    """The kept blocks of a job; none when nothing is to be kept, or its engine is not of this package."""
    return Reuse(job) if limit() > 0 and job.engine in ENGINES else None


def tidy(most: int | None = None, folder: Path | None = None) -> None:
    """Remove the blocks that were used longest ago, until all together take no more than the limit."""
    most, folder = limit() if most is None else most, cache_folder() / "blocks" if folder is None else folder
    kept = sorted(_files(folder), reverse=True)
    total = 0
    for _, size, path in kept:
        total += size
        if total > most:
            with contextlib.suppress(OSError):  # another process removed it, or uses it
                Path(path).unlink()
                Path(path).parent.rmdir()


def _files(folder: Path) -> Iterator[tuple[int, int, str]]:
    """Time of last use, size and path of every kept block."""
    try:
        jobs = [one.path for one in os.scandir(folder)]
    except OSError:
        return
    for job in jobs:
        with contextlib.suppress(OSError):
            for one in os.scandir(job):
                with contextlib.suppress(OSError):
                    found = one.stat()
                    yield found.st_mtime_ns, found.st_size, one.path


def _key(job: Job) -> str:
    """The hash of all that decides the bytes of a job's blocks, but their replicates."""
    scenario = job.study.scenario
    decides: list[Any] = [
        scenario.digest(),
        str(scenario.as_of),
        job.engine,
        job.seed,
        job.seeds_per_draw,
        BLOCK_SIZE,
        source_hash(),
        platform.python_version(),
        platform.machine(),
        *(version(name) for name in _VERSIONS),
    ]
    return hashlib.sha256(json.dumps(decides).encode()).hexdigest()[:32]


def _packed(files: dict[str, bytes]) -> bytes:
    """A block as one file: format, checksum of the rest, the lengths of its tables, the tables."""
    lengths = json.dumps({name: len(files[name]) for name in TABLES}).encode() + b"\n"
    rest = lengths + b"".join(files[name] for name in TABLES)
    return FORMAT + _CHECK(rest).digest() + rest


def _unpacked(content: bytes) -> dict[str, bytes]:
    """The tables of a block. Raises ``ValueError`` when the file is not whole."""
    size = _CHECK().digest_size
    check, rest = content[len(FORMAT) : len(FORMAT) + size], content[len(FORMAT) + size :]
    if not content.startswith(FORMAT) or _CHECK(rest).digest() != check:
        raise ValueError("damaged")
    head, _, tables = rest.partition(b"\n")
    files, at = {}, 0
    for name, length in json.loads(head).items():
        files[name] = tables[at : at + length]
        at += length
    return files
