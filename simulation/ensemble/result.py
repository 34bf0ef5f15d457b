"""The result of a run: its tables, read from the folder when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.ensemble import tables
from simulation.ensemble.blocks import Failure
from simulation.ensemble.frames import COLUMNS, Frames
from simulation.ensemble.manifest import Manifest, read_manifest
from simulation.ensemble.store import Store
from simulation.rules import codes

I64 = NDArray[np.int64]


def open_result(folder: Path | str) -> Result:
    """The result in a folder. That of an interrupted run holds the replicates that were finished.

    Raises ``FolderRefused`` when the folder holds none that this program can read.
    """
    store = Store(Path(folder))
    return Result(store, read_manifest(store.manifest))


class Result:
    """What a run gave. Frames are read when they are first asked for, and kept.

    ``stocks`` and ``flows`` of thousands of replicates fill the memory: ``parts`` gives them piece by piece,
    and ``totals`` the counts that most questions need.
    """

    def __init__(self, store: Store, manifest: Manifest, upto: int | None = None) -> None:
        self._store = store
        self._blocks = tuple(span for span in store.blocks() if upto is None or span.stop <= upto)
        self._frames = Frames(manifest.labels())
        self._dense_total = lru_cache(maxsize=3)(self._read_total)
        self.manifest = manifest

    def __repr__(self) -> str:
        done = f"{self.n_used} of {self.n_requested} replicates"
        return f"<Result of {self.manifest.scenario!r}: {done}, {self.folder}>"

    @property
    def folder(self) -> Path:
        """Where the result is."""
        return self._store.folder

    @property
    def n_requested(self) -> int:
        """How many replicates were asked for."""
        return self.manifest.n_requested

    @property
    def n_used(self) -> int:
        """How many replicates gave a result; every summary is of these."""
        return len(self.used)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The replicates that gave none, each with its address and error."""
        return self.manifest.failures

    @property
    def quarters(self) -> tuple[str, ...]:
        """The quarters, that of the opening stock first."""
        return self.manifest.quarters

    @property
    def districts(self) -> tuple[str, ...]:
        """The codes of the districts, in official order."""
        return self.manifest.districts

    # --- frames ---

    @cached_property
    def stocks(self) -> pd.DataFrame:
        """Carriers at the end of each quarter, by district, scope, type, modes and level."""
        return self._all("stocks")

    @cached_property
    def flows(self) -> pd.DataFrame:
        """Signed changes of the same counts, by cause. What a scope does not see as a change has no row."""
        return self._all("flows")

    @cached_property
    def startups(self) -> pd.DataFrame:
        """Tenants at the end of each quarter, and what startups did in it, by district and sector."""
        return self._all("startups")

    @cached_property
    def money(self) -> pd.DataFrame:
        """What the levers (purpose) cost, by the quarter that causes it and the year that pays it."""
        return self._all("money")

    @cached_property
    def capacity(self) -> pd.DataFrame:
        """Operating carriers, their places, tenants and floor (m²), by type and level."""
        return self._all("capacity")

    @cached_property
    def unknowns(self) -> pd.DataFrame:
        """The drawn values of the unknown numbers: draw, name, value."""
        return self._all("unknowns")

    @cached_property
    def ledger(self) -> pd.DataFrame:
        """The assumptions: each number with its value, range, unit, grade of evidence and source."""
        return pd.read_csv(self._store.ledger, encoding="utf-8-sig", dtype="str", keep_default_na=False)

    def parts(self, name: str) -> Iterator[pd.DataFrame]:
        """A frame piece by piece, some replicates each: for more replicates than the memory holds."""
        if name not in COLUMNS:
            raise ValueError(f"no table {name!r}: it is one of {', '.join(COLUMNS)}")
        for span in self._blocks:
            yield self._frames.frame(name, tables.read(self._store.file(name, span), name))

    def columns(self, name: str, only: Iterable[str] | None = None) -> Iterator[tables.Columns]:
        """The stored columns of a table block by block, code columns as places: for sums over many rows."""
        for span in self._blocks:
            yield tables.read(self._store.file(name, span), name, only).columns

    def _all(self, name: str) -> pd.DataFrame:
        nothing = self._frames.frame(name, tables.nothing(name))
        return pd.concat([nothing, *self.parts(name)], ignore_index=True)

    # --- numbers ---

    @cached_property
    def replicates(self) -> pd.DataFrame:
        """Every replicate that was tried: replicate, draw, seed, error (empty for none)."""
        return self._all("replicates")

    @cached_property
    def used(self) -> pd.DataFrame:
        """The replicates that gave a result: replicate, draw, seed. The rows of ``totals``, in their order."""
        tried = self.replicates
        return tried.loc[tried["error"] == "", ["replicate", "draw", "seed"]].reset_index(drop=True)

    def totals(self, scope: str, specialised: str | None = None, district: str | None = None) -> I64:
        """Carriers in a scope: an array (replicate, quarter), replicates as in ``used``.

        ``specialised``: ``None`` counts all, ``label`` or ``fact`` those that are specialised on that basis.
        ``district``: its code; ``None`` is the city.
        """
        total = self._dense_total(scope, specialised)
        if district is None:
            city: I64 = total.sum(axis=2, dtype=np.int64)
            return city
        if district not in self.districts:
            raise ValueError(f"no district {district!r}: it is one of {', '.join(self.districts)}")
        return total[:, :, self.districts.index(district)].astype(np.int64)

    def _read_total(self, scope: str, specialised: str | None) -> NDArray[np.int32]:
        """Totals as they are stored: (replicate, quarter, district)."""
        if scope not in codes.SCOPES:
            raise ValueError(f"no scope {scope!r}: it is one of {', '.join(codes.SCOPES)}")
        if specialised not in (None, *codes.BASES):
            raise ValueError(f"no basis {specialised!r}: it is one of {', '.join(codes.BASES)}")
        column = scope if specialised is None else f"{scope}_{specialised}"
        files = (self._store.file("totals", span) for span in self._blocks)
        parts = [tables.read(file, "totals", [column]).columns[column] for file in files]
        numbers: NDArray[np.int32] = np.concatenate(parts) if parts else np.empty(0, np.int32)
        return numbers.reshape(-1, len(self.quarters), len(self.districts))
