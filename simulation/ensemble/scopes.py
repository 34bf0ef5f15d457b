"""Which carriers a scope counts: from the cells of the books to listed, recognised, national, operating.

Scopes nest: national within recognised within listed, operating within listed. A carrier stands once in each
scope it belongs to.
"""

import numpy as np
from numpy.typing import NDArray

from simulation.rules import codes
from simulation.scenario.tasks import LOWEST_LEVEL


def by_scope(
    level: NDArray[np.integer], count: NDArray[np.integer], operating: NDArray[np.integer]
) -> NDArray[np.int64]:
    """What each scope sees of each cell: one row a cell, one column a scope, in the order of ``codes.SCOPES``.

    ``level`` is the place in ``codes.LISTED_LEVELS``; ``count`` is of all carriers in the cell (or its change),
    ``operating`` of those that operate.
    """
    seen = np.zeros((len(level), len(codes.SCOPES)), np.int64)
    for column, scope in enumerate(codes.SCOPES):
        counted = operating if scope == "operating" else count
        seen[:, column] = np.where(level + codes.DISTRICT >= LOWEST_LEVEL[scope], counted, 0)
    return seen


def scope_totals(stocks: NDArray[np.integer]) -> dict[str, NDArray[np.int64]]:
    """Totals by scope, from the stocks of ``books.Outcome``: each an array (quarters + 1, districts).

    Keys: ``<scope>`` for all its carriers, ``<scope>_label`` and ``<scope>_fact`` for the specialised ones.
    """
    found = {}
    for scope in codes.SCOPES:
        levels = stocks[..., LOWEST_LEVEL[scope] - codes.DISTRICT :, :]
        counted = levels[..., 1] if scope == "operating" else levels.sum(axis=-1)
        cells = counted.sum(axis=(2, 5), dtype=np.int64)  # types and levels: (q, d, label, fact) is left
        found[scope] = cells.sum(axis=(2, 3))
        found[f"{scope}_label"] = cells[:, :, codes.SPECIALISED, :].sum(axis=-1)
        found[f"{scope}_fact"] = cells[:, :, :, codes.SPECIALISED].sum(axis=-1)
    return found
