"""Futures held in memory: what the page needs of each, and a result that summaries and comparisons can read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import NamedTuple, NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.engines.books import Outcome, imbalance
from simulation.ensemble import Result, tables
from simulation.ensemble.blocks import Failure, UnbalancedBooksError
from simulation.ensemble.labels import Address, Labels
from simulation.ensemble.manifest import Manifest
from simulation.ensemble.scopes import scope_totals
from simulation.projection.coalitions import COLUMNS
from simulation.rules import codes

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

_MONEY = ("quarter", "payment_year", "payer", "purpose", "CNY")


class Kept(NamedTuple):
    """What is kept of some quarters of a future."""

    totals: I32  # (columns, quarters + 1, districts) by ``COLUMNS``; the opening stock first
    flows: I64  # (causes, columns, districts) summed over the quarters that the bridge spans
    spent: I64  # (quarters, levers) CNY of all districts


def kept(outcome: Outcome, bridge_quarters: int) -> Kept:
    """What is kept of an outcome; ``bridge_quarters`` of its quarters belong to the bridge.

    Raises ``UnbalancedBooksError`` when its books do not add up.
    """
    unbalanced = imbalance(outcome)
    if unbalanced:
        raise UnbalancedBooksError("; ".join(unbalanced[:3]))
    stocks = scope_totals(outcome.stocks)
    moved = outcome.flows[: max(0, bridge_quarters)].sum(axis=0)
    flows = scope_totals(np.moveaxis(moved, -1, 0))  # the causes stand where quarters stand in stocks
    return Kept(
        np.stack([stocks[name] for name in COLUMNS]).astype(np.int32),
        np.stack([flows[name] for name in COLUMNS], axis=1).astype(np.int64),
        outcome.money.sum(axis=1),
    )


def joined(past: Kept, future: Kept) -> Kept:
    """What is kept of a future that was stopped and gone on with."""
    return Kept(
        np.concatenate([past.totals, future.totals[:, 1:]], axis=1),
        past.flows + future.flows,
        np.concatenate([past.spent, future.spent]),
    )


class Future(NamedTuple):
    """One replicate: its address, and what is kept of it or why it gave nothing."""

    who: Address
    kept: Kept | None
    error: str = ""


class Held(Result):
    """The first futures of a run, in memory: the numbers that ``carriersim run`` gives for as many replicates.

    It has ``totals``, ``money``, ``replicates`` and ``used``; what fills the memory (stocks, flows by cell) is
    not kept, and asking for it raises ``ValueError``.
    """

    def __init__(self, manifest: Manifest, labels: Labels, futures: Sequence[Future]) -> None:
        self._futures = tuple(futures)
        self._good = tuple((one.who, one.kept) for one in futures if one.kept is not None)
        self._labels = labels
        self._dense_total = lru_cache(maxsize=3)(self._read_total)
        self.manifest = replace(
            manifest,
            n_requested=len(futures),
            n_used=len(self._good),
            failures=tuple(Failure(*one.who, one.error) for one in futures if one.kept is None),
        )

    def __repr__(self) -> str:
        return f"<Held {self.manifest.scenario!r}: {self.n_used} of {self.n_requested} replicates>"

    @cached_property
    def replicates(self) -> pd.DataFrame:
        """Every replicate that was tried: replicate, draw, seed, error (empty for none)."""
        rows = [(*one.who, one.error) for one in self._futures]
        return pd.DataFrame(rows, columns=["replicate", "draw", "seed", "error"])

    @cached_property
    def _totals(self) -> I32:
        shape = 0, len(COLUMNS), len(self.quarters), len(self.districts)
        return np.stack([one.totals for _, one in self._good]) if self._good else np.empty(shape, np.int32)

    def _read_total(self, scope: str, specialised: str | None) -> I32:
        if scope not in codes.SCOPES:
            raise ValueError(f"no scope {scope!r}: it is one of {', '.join(codes.SCOPES)}")
        return self._totals[:, COLUMNS.index(scope if specialised is None else f"{scope}_{specialised}")]

    def columns(self, name: str, only: Iterable[str] | None = None) -> Iterator[tables.Columns]:
        """The stored columns of ``totals`` or ``money``; money has no district here."""
        if name == "totals":
            yield {one: self._read_total(*_of_column(one)).ravel() for one in only or COLUMNS}
        elif name == "money":
            found = self._money()
            yield {one: found[one] for one in only or ("replicate", *_MONEY)}
        else:
            self._not_kept(name)

    def parts(self, name: str) -> Iterator[pd.DataFrame]:
        """No frame is kept. Raises ``ValueError``."""
        self._not_kept(name)

    def _all(self, name: str) -> pd.DataFrame:
        self._not_kept(name)

    def _not_kept(self, name: str) -> NoReturn:
        raise ValueError(f"the table {name!r} is not kept in memory: run the scenario into a folder")

    def _money(self) -> tables.Columns:
        rows = []
        for who, one in self._good:
            found = tables.money_columns(one.spent[:, np.newaxis], self._labels)
            rows.append(found | {"replicate": np.full(len(found["CNY"]), who.replicate)})
        names = ("replicate", *_MONEY)
        return {name: np.concatenate([row[name] for row in rows]) if rows else np.empty(0) for name in names}

    @property
    def spent(self) -> I64:
        """(used, quarters, levers) CNY of all districts in each future."""
        return np.stack([one.spent for _, one in self._good])

    @property
    def moved(self) -> I64:
        """(causes, columns, districts) Changes by cause up to the bridge's end, summed over the futures."""
        moved: I64 = np.sum([one.flows for _, one in self._good], axis=0, dtype=np.int64)
        return moved


def _of_column(name: str) -> tuple[str, str | None]:
    scope, _, specialised = name.partition("_")
    return scope, specialised or None
