"""The bridge from the opening stock to the closing one: every change by its cause, adding up exactly."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.engines.books import Outcome
from simulation.ensemble.scopes import scope_totals
from simulation.projection.coalitions import COLUMNS
from simulation.rules import codes

I64 = NDArray[np.int64]


class Bridge(NamedTuple):
    """One or the sum of several futures: whole numbers, by ``COLUMNS`` and district."""

    opening: I64  # (columns, districts)
    flows: I64  # (causes, columns, districts)
    closing: I64  # (columns, districts)


class UnbalancedBridgeError(Exception):
    """A bridge does not add up: a fault of the engine's books."""


def bridge(outcome: Outcome, quarters: int) -> Bridge:
    """The bridge over the first ``quarters`` of one future. Raises ``UnbalancedBridgeError`` if it does not add up."""
    stocks = scope_totals(outcome.stocks)
    # The causes stand where quarters stand in stocks.
    flows = scope_totals(np.moveaxis(outcome.flows[:quarters].sum(axis=0), -1, 0))
    made = Bridge(
        opening=np.stack([stocks[name][0] for name in COLUMNS]),
        flows=np.stack([flows[name] for name in COLUMNS], axis=1),
        closing=np.stack([stocks[name][quarters] for name in COLUMNS]),
    )
    if not np.array_equal(made.opening + made.flows.sum(axis=0), made.closing):
        raise UnbalancedBridgeError("opening and flows do not add up to the closing stock")
    return made


class BridgeRow(NamedTuple):
    """The mean bridge of a scope, of the city or a district; specialised carriers alone when a basis is named."""

    scope: str
    district: str | None
    opening: float
    flows: list[dict[str, str | float]]  # cause, count; causes that change nothing in any future are left out
    closing: float
    basis: str | None = None  # of the specialised carriers, None for all


def rows(bridges: list[Bridge], districts: tuple[str, ...]) -> list[BridgeRow]:
    """The mean bridge of each scope, of the city and each district: all carriers, then those specialised."""
    n = len(bridges)
    opening = sum(one.opening for one in bridges)
    flows = sum(one.flows for one in bridges)
    closing = sum(one.closing for one in bridges)
    moved = np.any([one.flows != 0 for one in bridges], axis=0)
    made = []
    places: list[tuple[str | None, slice | int]] = [
        (None, slice(None)),
        *((c, at) for at, c in enumerate(districts)),
    ]
    for basis in (None, *codes.BASES):
        for scope in codes.SCOPES:
            column = COLUMNS.index(scope if basis is None else f"{scope}_{basis}")
            for code, place in places:
                made.append(
                    BridgeRow(
                        scope,
                        code,
                        float(np.sum(np.asarray(opening)[column, place])) / n,
                        [
                            {
                                "cause": name,
                                "count": float(np.sum(np.asarray(flows)[cause, column, place])) / n,
                            }
                            for cause, name in enumerate(codes.CAUSES)
                            if np.any(moved[cause, column, place])
                        ],
                        float(np.sum(np.asarray(closing)[column, place])) / n,
                        basis,
                    )
                )
    return made
