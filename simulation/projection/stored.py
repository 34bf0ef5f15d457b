"""What a finished run tells without simulating again: the bridge, and which unknowns go with the answer."""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.ensemble import Result
from simulation.ensemble.scopes import by_scope
from simulation.projection.bridge import BridgeRow, UnbalancedBridgeError
from simulation.projection.measures import values
from simulation.projection.targets import TargetAnswer
from simulation.rules import codes

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

_FLOW_COLUMNS = ("quarter", "district", "level", "cause", "count", "operating")
_LUCK = 0.05
_FEWEST_DRAWS = 10


def bridge_rows(result: Result, until: str) -> list[BridgeRow]:
    """The mean bridge of each scope from the opening stock to the end of a quarter: the city, then each district.

    Raises ``UnbalancedBridgeError`` if opening and flows do not add up to the closing stock.
    """
    last = result.quarters.index(until)
    flows = _flows(result, last)
    rows = []
    for at, scope in enumerate(codes.SCOPES):
        opening, closing = _stock(result, scope, 0), _stock(result, scope, last)
        if not np.array_equal(opening + flows[at].sum(axis=0), closing):
            raise UnbalancedBridgeError(f"{scope}: opening and flows do not add up to the closing stock")
        rows += [
            _row(scope, code, opening[place], flows[at][:, place], closing[place], result.n_used)
            for code, place in _places(result.districts)
        ]
    return rows


def _places(districts: tuple[str, ...]) -> list[tuple[str | None, slice | int]]:
    return [(None, slice(None)), *((code, at) for at, code in enumerate(districts))]


def _stock(result: Result, scope: str, quarter: int) -> I64:
    """(districts) Carriers at the end of a quarter, added up over the futures."""
    stock: I64 = np.array([result.totals(scope, None, code)[:, quarter].sum() for code in result.districts])
    return stock


def _flows(result: Result, last: int) -> I64:
    """(scopes, causes, districts) Changes in the first ``last`` quarters, added up over the futures."""
    total = np.zeros((len(codes.SCOPES), len(codes.CAUSES), len(result.districts)), np.int64)
    for part in result.columns("flows", _FLOW_COLUMNS):
        kept = part["quarter"] <= last
        seen = by_scope(part["level"][kept], part["count"][kept], part["operating"][kept])
        place = part["cause"][kept].astype(np.int64) * len(result.districts) + part["district"][kept]
        for at in range(len(codes.SCOPES)):
            sums = np.zeros(total[at].size, np.int64)
            np.add.at(sums, place, seen[:, at])
            total[at] += sums.reshape(total[at].shape)
    return total


def _row(scope: str, code: str | None, opening: I64, flows: I64, closing: I64, n: int) -> BridgeRow:
    told: list[dict[str, str | float]] = []
    for cause, changes in zip(codes.CAUSES, flows, strict=True):
        if np.sum(changes):  # transfers cancel out in the city
            told.append({"cause": cause, "count": float(np.sum(changes)) / n})
    return BridgeRow(scope, code, float(np.sum(opening)) / n, told, float(np.sum(closing)) / n)


class Driver(NamedTuple):
    """How far an unknown number goes with what a target counts, over the draws of a run."""

    name: str
    correlation: float  # Spearman's, of its drawn value and the value at the end
    told: (
        bool  # whether luck alone would give as much in fewer than 1 in 20 runs, all unknowns taken together
    )


def drivers(result: Result, answer: TargetAnswer) -> list[Driver]:
    """The unknown numbers, those that go most with the outcome of a target first; empty with fewer than 10 draws.

    A mean over the seeds of each draw is ranked. This finds what moves the answer on its own and in one direction;
    it is no split of the spread into causes.
    """
    used = result.used
    outcome = values(result, answer.measure, answer.scope, answer.basis, answer.district)
    at_end = outcome[:, result.quarters.index(answer.by)]
    kept = ~np.isnan(at_end)
    draws, where = np.unique(used["draw"].to_numpy()[kept], return_inverse=True)
    if len(draws) < _FEWEST_DRAWS:
        return []
    means = np.bincount(where, weights=at_end[kept]) / np.bincount(where)
    drawn = result.unknowns.pivot(index="draw", columns="name", values="value").loc[draws]
    bound = NormalDist().inv_cdf(1.0 - _LUCK / (2.0 * max(1, drawn.shape[1])))  # Bonferroni's
    found = []
    for name in drawn.columns:
        correlation = _spearman(drawn[name].to_numpy(), means)
        if correlation is not None:
            told = abs(correlation) * np.sqrt(len(draws) - 1) > bound
            found.append(Driver(str(name), correlation, bool(told)))
    return sorted(found, key=lambda one: (-abs(one.correlation), one.name))


def _spearman(one: F64, other: F64) -> float | None:
    first, second = (pd.Series(values).rank().to_numpy(dtype=np.float64) for values in (one, other))
    if np.ptp(first) == 0.0 or np.ptp(second) == 0.0:
        return None
    return float(np.corrcoef(np.stack([first, second]))[0, 1])
