"""Who misses: districts short of a task, carriers that may be lost, each with the reason that binds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.projection import reasons
from simulation.projection.coalitions import COLUMNS
from simulation.projection.journal import Ending
from simulation.quarters import quarter_name
from simulation.rules import codes
from simulation.scenario import Study
from simulation.scenario.tasks import Target

_LEVEL_OF = {"recognised": codes.MUNICIPAL, "national": codes.NATIONAL}
NO_SPONSORS, TOO_FEW = "no_sponsors", "too_few"
_MET = 1e-9


class Miss(NamedTuple):
    """A target of the city or a task of a district that some futures miss, and why."""

    scope: str
    measure: str
    basis: str
    district: str | None
    at_least: float
    by: str
    miss_share: float  # of all futures
    shortfall: float  # mean of what is missing in those: carriers, or a share
    reason: str  # what binds most often: of reasons.REASONS or LABEL_REASONS, no_sponsors, too_few
    reasons: list[dict[str, Any]]  # reason, carriers: mean of the carriers it holds back in those futures
    idle_sponsors: float  # mean of the potential founders left


class Risk(NamedTuple):
    """A carrier of the registry that counts as recognised at the start and may not at the end."""

    carrier: str  # id in the registry
    name: str
    lost_share: float  # of all futures
    reason: str  # stopped, delisted, title_lost: what happens most often
    stopped: float
    delisted: float
    title_lost: float


def misses(endings: Sequence[Ending], targets: Sequence[Target], districts: Sequence[str]) -> list[Miss]:
    """Every target of the last quarter and what holds it back, those never missed left out."""
    last = max((one.by for one in targets), default=0)
    found = []
    for one in targets:
        wanted = one.measure == "specialised_share" or one.scope in _LEVEL_OF
        if one.by == last and wanted:
            made = _miss(endings, one, slice(None) if one.district is None else districts.index(one.district))
            if made is not None:
                found.append(made)
    return found


def _miss(endings: Sequence[Ending], target: Target, place: slice | int) -> Miss | None:
    value = np.array([_value(one, target, place) for one in endings])
    missed = value < target.at_least - _MET
    if not missed.any():
        return None
    kept = [one for one, short in zip(endings, missed, strict=True) if short]
    shortfall = float((target.at_least - value[missed]).mean())
    counts, names = _held_back(kept, target, place)
    idle = float(np.mean([np.sum(one.idle[place]) for one in kept]))
    told = [
        {"reason": names[at], "carriers": float(counts[at])}
        for at in np.argsort(-counts, kind="stable").tolist()
        if counts[at] > 0.0
    ]
    reason = str(told[0]["reason"]) if told else TOO_FEW
    if target.measure == "count" and counts.sum() < shortfall:
        reason = NO_SPONSORS if idle < 1.0 else TOO_FEW
    return Miss(
        target.scope,
        target.measure,
        target.basis,
        target.district,
        target.at_least,
        quarter_name(target.by),
        float(missed.mean()),
        shortfall,
        reason,
        told,
        idle,
    )


def _value(ending: Ending, target: Target, place: slice | int) -> float:
    closing = ending.variant.closing
    whole = float(np.sum(closing[COLUMNS.index(target.scope), place]))
    if target.measure == "count":
        return whole
    part = float(np.sum(closing[COLUMNS.index(f"{target.scope}_{target.basis}"), place]))
    return part / whole if whole > 0.0 else 0.0


def _held_back(
    endings: Sequence[Ending], target: Target, place: slice | int
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """The mean number of carriers that each reason holds back."""
    if target.measure == "specialised_share":
        counts = [
            one.unlabelled[place].reshape(-1, len(reasons.LABEL_REASONS)).sum(axis=0) for one in endings
        ]
        return np.mean(counts, axis=0), reasons.LABEL_REASONS
    column = reasons.LEVELS.index(_LEVEL_OF[target.scope])
    counts = [one.below[place, column].reshape(-1, len(reasons.REASONS)).sum(axis=0) for one in endings]
    return np.mean(counts, axis=0), reasons.REASONS


def risks(endings: Sequence[Ending], study: Study) -> list[Risk]:
    """The carriers of the registry that some futures lose, the likeliest first; none without a registry.

    The carriers of the synthetic start are others in every draw, so that nothing can be said of one.
    """
    register = study.scenario.register
    if register is None:
        return []
    labels = dict(zip(register.id.tolist(), zip(register.label, register.name, strict=True), strict=True))
    ids = study.world(0, 0, 0).carriers.id.tolist()
    fate = np.stack([one.fates for one in endings])
    found = []
    for column, carrier in enumerate(ids):
        shares = [float((fate[:, column] == which).mean()) for which in range(len(reasons.FATES))]
        lost = sum(shares[1:])
        if lost > 0.0 and carrier in labels:
            at = int(np.argmax(shares[1:])) + 1
            label, name = labels[carrier]
            found.append(Risk(label, name, lost, reasons.FATES[at], shares[1], shares[2], shares[3]))
    return sorted(found, key=lambda one: (-one.lost_share, one.carrier))
