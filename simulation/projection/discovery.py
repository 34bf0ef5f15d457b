"""Scenario discovery: the box of unknowns in which something happens much more often than elsewhere (PRIM).

Friedman and Fisher's patient rule induction method (1999): the box of all futures is peeled, a thin slice of one
unknown at a time, where that leaves the largest share of hits; of all boxes on the way the one is taken that has
both hits and holds most of them. Limits that luck alone would explain are taken off again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

F64 = NDArray[np.float64]
_PEEL = 0.05  # of the futures in the box, a step
_LEAST_FUTURES, _LEAST_SHARE = 20, 0.05
_LUCK = 0.05  # a limit that luck explains with at least this chance is no limit


class Limit(NamedTuple):
    """A box's range of one unknown; ``None`` where it is not limited on that side."""

    name: str
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Box:
    """A box of unknowns, and how well it tells hits from others."""

    limits: tuple[Limit, ...]
    density: float  # share of the futures inside that are hits
    coverage: float  # share of all hits that lie inside
    mass: float  # share of all futures that lie inside
    base: float  # share of all futures that are hits


def find_box(x: F64, hit: NDArray[np.bool_], names: list[str]) -> Box | None:
    """The box of ``x`` (futures, unknowns) in which ``hit`` is most common; ``None`` when there is none.

    None is found where all futures are hits, or none, or where no unknown limits them beyond luck.
    """
    base, number = float(hit.mean()), len(hit)
    if base in (0.0, 1.0) or number < 2 * _LEAST_FUTURES:
        return None
    low, high = np.full(x.shape[1], -np.inf), np.full(x.shape[1], np.inf)
    best = (0.0, low.copy(), high.copy())
    least = max(_LEAST_FUTURES, int(_LEAST_SHARE * number))
    while True:
        best = max(best, (_quality(x, hit, low, high), low.copy(), high.copy()), key=lambda one: one[0])
        step = _best_peel(x, hit, low, high, least)
        if step is None:
            break
        low, high = step
    _, low, high = best
    low, high = _without_luck(x, hit, low, high)
    limits = tuple(
        Limit(
            names[at],
            float(low[at]) if np.isfinite(low[at]) else None,
            float(high[at]) if np.isfinite(high[at]) else None,
        )
        for at in range(x.shape[1])
        if np.isfinite(low[at]) or np.isfinite(high[at])
    )
    if not limits:
        return None
    inside = _inside(x, low, high)
    hits = int((inside & hit).sum())
    return Box(limits, hits / max(int(inside.sum()), 1), hits / int(hit.sum()), float(inside.mean()), base)


def _inside(x: F64, low: F64, high: F64) -> NDArray[np.bool_]:
    return np.asarray(((x >= low) & (x <= high)).all(axis=1), np.bool_)


def _quality(x: F64, hit: NDArray[np.bool_], low: F64, high: F64) -> float:
    """How far a box tells hits from others: coverage of the hits less that of the rest (Youden's index)."""
    inside = _inside(x, low, high)
    return float(inside[hit].mean() - inside[~hit].mean())


def _best_peel(x: F64, hit: NDArray[np.bool_], low: F64, high: F64, least: int) -> tuple[F64, F64] | None:
    """The box after the slice whose loss leaves the largest share of hits; ``None`` when none may be cut."""
    inside = _inside(x, low, high)
    here, hits = x[inside], hit[inside]
    found: tuple[float, F64, F64] | None = None
    for at in range(x.shape[1]):
        for upper in (False, True):
            cut = float(np.quantile(here[:, at], 1.0 - _PEEL if upper else _PEEL))
            stays = np.asarray(here[:, at] <= cut if upper else here[:, at] >= cut)
            if stays.all():  # many equal values at the edge: they go together
                rest = here[:, at][here[:, at] < cut] if upper else here[:, at][here[:, at] > cut]
                if not len(rest):
                    continue
                cut = float(rest.max() if upper else rest.min())
                stays = np.asarray(here[:, at] <= cut if upper else here[:, at] >= cut)
            if stays.sum() < least:
                continue
            density = float(hits[stays].mean())
            if found is None or density > found[0]:
                limits = low.copy(), high.copy()
                limits[upper][at] = cut
                found = (density, *limits)
    if found is None or found[0] < float(hits.mean()):
        return None
    return found[1], found[2]


def _without_luck(x: F64, hit: NDArray[np.bool_], low: F64, high: F64) -> tuple[F64, F64]:
    """The box without the limits that luck explains, the weakest first.

    A limit is luck when a box without it has so many hits that as many as in the box are no surprise (binomial).
    """
    low, high = low.copy(), high.copy()
    while True:
        weakest: tuple[float, int, bool] | None = None
        inside = _inside(x, low, high)
        number, hits = int(inside.sum()), int((inside & hit).sum())
        for at in range(x.shape[1]):
            for upper, limits in ((False, low), (True, high)):
                if not np.isfinite(limits[at]):
                    continue
                kept = limits[at]
                limits[at] = np.inf if upper else -np.inf
                wider = float(hit[_inside(x, low, high)].mean())
                limits[at] = kept
                luck = float(binom.sf(hits - 1, number, wider))
                if luck > _LUCK and (weakest is None or luck > weakest[0]):
                    weakest = (luck, at, upper)
        if weakest is None:
            return low, high
        _, at, upper = weakest
        (high if upper else low)[at] = np.inf if upper else -np.inf
