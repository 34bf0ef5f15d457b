"""What a model's futures say of each observation: the simulated value under the same key.

Entries and exits are those of a scope within the year up to the date, by cause: what one cause moves within the
scope (a promotion inside the recognised list) is neither.
"""

from collections.abc import Sequence

import numpy as np

from simulation.calibration.observations import COUNT, SHARE, YEAR, Observation
from simulation.engines import books
from simulation.ensemble import Result
from simulation.ensemble.scopes import by_scope, scope_totals
from simulation.projection.measures import values
from simulation.quarters import quarter
from simulation.rules import codes
from simulation.world import F64, I64


def of_result(result: Result, observed: Sequence[Observation]) -> F64:
    """(replicates used, observations) The simulated values; nan for a share of no carriers."""
    made = np.empty((result.n_used, len(observed)))
    first = quarter(result.quarters[0])
    flows = None
    for place, one in enumerate(observed):
        at = one.quarter - first
        if one.measure in (COUNT, SHARE):
            path = values(result, one.measure, one.scope, one.basis, one.district or None)
            made[:, place] = path[:, at]
        else:
            flows = _flows_of(result) if flows is None else flows
            scope = codes.SCOPES.index(one.scope)
            where = slice(None) if not one.district else [result.districts.index(one.district)]
            year = flows[scope][:, at - YEAR : at, where].sum(axis=(1, 2))
            made[:, place] = _of_flow(year, one.measure)
    return made


def _flows_of(result: Result) -> list[I64]:
    """By scope (replicate, quarter, district, cause), quarters from the first simulated one on."""
    used = {int(one): row for row, one in enumerate(result.used["replicate"])}
    shape = (len(used), len(result.quarters) - 1, len(result.districts), len(codes.CAUSES))
    made = [np.zeros(shape, np.int64) for _ in codes.SCOPES]
    names = ("replicate", "quarter", "district", "cause", "level", "count", "operating")
    for columns in result.columns("flows", names):
        seen = by_scope(columns["level"], columns["count"], columns["operating"])
        row = np.array([used.get(int(one), -1) for one in columns["replicate"]])
        keep = row >= 0
        cell = tuple(
            one[keep] for one in (row, columns["quarter"] - 1, columns["district"], columns["cause"])
        )
        for scope, total in enumerate(made):
            np.add.at(total, cell, seen[keep, scope])
    return made


def _of_flow(net: I64, measure: str) -> F64:
    """(n) From net changes by cause (n, cause): what came in, or what went out."""
    signed = net if measure == "entries" else -net
    return np.asarray(np.maximum(signed, 0).sum(axis=-1), np.float64)


def of_outcome(
    outcome: books.Outcome, observed: Sequence[Observation], opening: int, districts: Sequence[str]
) -> F64:
    """(observations) The simulated values in one replicate, whose opening stock is of the end of ``opening``."""
    totals = scope_totals(outcome.stocks)
    made = np.empty(len(observed))
    for place, one in enumerate(observed):
        at = one.quarter - opening
        where = slice(None) if not one.district else districts.index(one.district)
        if one.measure == COUNT:
            made[place] = totals[one.scope][at, where].sum()
        elif one.measure == SHARE:
            whole = float(totals[one.scope][at, where].sum())
            part = float(totals[f"{one.scope}_{one.basis}"][at, where].sum())
            made[place] = part / whole if whole > 0.0 else np.nan
        else:
            made[place] = _of_flow(_net(outcome, one, at, where), one.measure)
    return made


def _net(outcome: books.Outcome, one: Observation, at: int, where: slice | int) -> I64:
    """(cause) Net changes of a scope in the year up to a quarter."""
    flows = outcome.flows[at - YEAR : at]
    flows = flows if isinstance(where, slice) else flows[:, where : where + 1]
    by_level = flows.sum(axis=(0, 1, 2, 3, 4), dtype=np.int64)  # level, operating, cause
    level, cause = np.indices((by_level.shape[0], by_level.shape[2])).reshape(2, -1)
    operating = by_level[:, 1].reshape(-1)
    seen = by_scope(level, by_level.sum(axis=1).reshape(-1), operating)
    net = np.zeros(by_level.shape[2], np.int64)
    np.add.at(net, cause, seen[:, codes.SCOPES.index(one.scope)])
    return net
