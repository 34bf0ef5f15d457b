"""What the levers cost in paired futures: by year, measure, payer and payment year, and for a point of chance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulation.ensemble.tables import code_lists
from simulation.projection import intervals
from simulation.projection.pairing import F64, Matched


class CostChange(NamedTuple):
    """The mean cost of a lever in a year, in the base and in a variant, CNY; the 95 % interval is of the difference."""

    variant: str
    year: int  # in which it is caused
    payment_year: int  # in which it is paid
    payer: str
    purpose: str  # the lever
    base: float
    cost: float
    difference: float
    low: float | None
    high: float | None


Cell = tuple[int, int, str, str]  # year, payment year, payer, purpose


class Books(NamedTuple):
    """The money of one run: CNY by cell (columns) in each pair (rows)."""

    cells: list[Cell]
    amounts: F64

    @property
    def totals(self) -> F64:
        """(pairs) All that is spent."""
        total: F64 = self.amounts.sum(axis=1)
        return total


def books(matched: Matched, place: int) -> Books:
    """The money of a run."""
    result = matched.results[place]
    labels = result.manifest.labels()
    words = code_lists(labels)
    years = np.array(labels.years)
    row_of = np.full(int(result.replicates["replicate"].max()) + 1, -1)
    row_of[result.used["replicate"].to_numpy()[matched.rows(place)]] = np.arange(matched.n)
    found: dict[tuple[int, int, int, int], F64] = {}
    for part in result.columns("money", ("replicate", "quarter", "payment_year", "payer", "purpose", "CNY")):
        year = years[part["quarter"]]
        key = (year * 10_000 + part["payment_year"].astype(np.int64)) * 10_000
        key = key + part["payer"].astype(np.int64) * 100 + part["purpose"]
        rows, kept = row_of[part["replicate"]], row_of[part["replicate"]] >= 0
        names, at = np.unique(key[kept], return_inverse=True)
        sums = np.zeros((len(names), matched.n))
        np.add.at(sums, (at, rows[kept]), part["CNY"][kept])
        for name, sum_ in zip(names.tolist(), sums, strict=True):
            cell = name // 10_000 // 10_000, name // 10_000 % 10_000, name % 10_000 // 100, name % 100
            found[cell] = found[cell] + sum_ if cell in found else sum_
    order = sorted(found)
    cells = [(one[0], one[1], words["payer"][one[2]], words["lever"][one[3]]) for one in order]
    amounts = np.stack([found[one] for one in order], axis=1) if order else np.zeros((matched.n, 0))
    return Books(cells, amounts)


def cost_changes(matched: Matched, place: int, name: str, base: Books, other: Books) -> list[CostChange]:
    """The cost of each cell that either run pays for; by year, payment year, payer and purpose."""
    cells = sorted({*base.cells, *other.cells})
    if not cells:
        return []
    ours, theirs = _spread(base, cells, matched.n), _spread(other, cells, matched.n)
    found = intervals.means(theirs - ours, matched.clusters, 0.0, matched.identical(place))
    return [
        CostChange(
            name,
            *cell,
            float(ours[:, at].mean()),
            float(theirs[:, at].mean()),
            float(found.mean[at]),
            float(found.low[at]) if np.isfinite(found.low[at]) else None,
            float(found.high[at]) if np.isfinite(found.high[at]) else None,
        )
        for at, cell in enumerate(cells)
    ]


def _spread(given: Books, cells: list[Cell], n: int) -> F64:
    place = {cell: at for at, cell in enumerate(cells)}
    spread = np.zeros((n, len(cells)))
    spread[:, [place[one] for one in given.cells]] = given.amounts
    return spread


def cost_per_point(extra: F64, met_base: F64, met_variant: F64, matched: Matched) -> intervals.Ratio:
    """CNY for one percentage point more of a chance: extra cost over the change, with Fieller's interval."""
    return intervals.ratio(extra, 100.0 * (met_variant - met_base), matched.clusters)
