"""How likely each target is: under every scope and basis, side by side, the official one marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.ensemble import Result
from simulation.projection.bands import quantiles
from simulation.projection.chances import chance
from simulation.projection.measures import F64, values
from simulation.quarters import quarter, quarter_name
from simulation.rules import codes
from simulation.scenario.tasks import Target


@dataclass(frozen=True, kw_only=True)
class TargetAnswer:
    """What the futures say of one target under one scope and basis.

    A future **meets** a target when its value at the end of ``by`` is at least ``at_least``. An undefined
    value, a share of no carriers, meets nothing; it is left out of quantiles and shortfall. ``None`` stands
    where no future has a value.
    """

    scope: str
    basis: str  # a count is the same on both
    official: bool  # whether this scope and basis are the official reading of the target
    measure: str
    district: str | None  # code, None for the city
    at_least: float
    by: str  # quarter
    chance: float  # share of futures that meet it
    chance_error: float  # Monte-Carlo: one standard error, over draws when they have several seeds
    chance_low: float  # Wilson's 95 % interval
    chance_high: float
    median: float | None  # of the value at the end of ``by``
    q025: float | None
    q10: float | None
    q25: float | None
    q75: float | None
    q90: float | None
    q975: float | None
    expected_shortfall: float | None  # mean of max(0, at_least - value)
    first_met: str | None  # quarter by which half of those that reach it up to ``by`` have; None if none does
    falls_back: float  # share of futures that reach it and are below it again in a later quarter up to ``by``
    asked: bool = True  # whether scope and basis are those that a target of the scenario names
    undefined: int = 0  # futures without a value at the end of ``by``

    def record(self) -> dict[str, Any]:
        """The fields that other programs are promised, ready for JSON."""
        fields = asdict(self)
        del fields["asked"], fields["undefined"]
        return fields


class _Question(NamedTuple):
    """A target apart from scope and basis: it is answered under all of them."""

    measure: str
    district: str | None
    at_least: float
    by: int


def targets_of(result: Result) -> list[Target]:
    """The targets of the scenario that was run, with the tasks of its districts."""
    return [Target(**{**stored, "by": quarter(stored["by"])}) for stored in result.manifest.targets]


def summarise(result: Result, targets: Iterable[Target] | None = None) -> list[TargetAnswer]:
    """The answer to each target of the city and task of a district, under every scope and basis.

    Without ``targets`` those of the scenario that was run, its districts' tasks included. Answers stand in
    the order of the targets, then of ``codes.SCOPES`` and ``codes.BASES``. Empty when no replicate gave a
    result. Raises ``ValueError`` for a target that lies outside the simulated quarters.
    """
    given = targets_of(result) if targets is None else list(targets)
    if not result.n_used:
        return []
    official = {(_question(one), one.scope, one.basis): False for one in given}
    official |= {(_question(one), one.scope, one.basis): True for one in given if one.official}
    questions = list(dict.fromkeys(question for question, _, _ in official))
    found = {
        (question, scope, basis): answer
        for scope in codes.SCOPES  # outermost, so that the totals of a scope are read once
        for question in questions
        for basis, answer in _answers(result, question, scope).items()
    }
    order = ((one, scope, basis) for one in questions for scope in codes.SCOPES for basis in codes.BASES)
    return [replace(found[key], asked=key in official, official=official.get(key, False)) for key in order]


def _question(target: Target) -> _Question:
    return _Question(target.measure, target.district, target.at_least, target.by)


def _answers(result: Result, question: _Question, scope: str) -> dict[str, TargetAnswer]:
    """The answers under one scope, by basis."""
    if question.measure == "count":
        answer = _answer(result, question, scope, codes.BASES[0])
        return {basis: replace(answer, basis=basis) for basis in codes.BASES}
    return {basis: _answer(result, question, scope, basis) for basis in codes.BASES}


def _answer(result: Result, question: _Question, scope: str, basis: str) -> TargetAnswer:
    by = quarter_name(question.by)
    if by not in result.quarters:
        raise ValueError(
            f"a target for {by} cannot be judged: the run covers {result.quarters[0]} to {result.quarters[-1]}"
        )
    until = result.quarters.index(by) + 1
    paths = values(result, question.measure, scope, basis, question.district)[:, :until]
    reached: NDArray[np.bool_] = paths >= question.at_least  # False where undefined
    at_end = paths[:, -1]
    at = {name: None if np.isnan(value) else value for name, value in quantiles(at_end).items()}
    found = chance(reached[:, -1], result.used["draw"].to_numpy(), result.manifest.seeds_per_draw)
    return TargetAnswer(
        scope=scope,
        basis=basis,
        official=False,
        measure=question.measure,
        district=question.district,
        at_least=question.at_least,
        by=by,
        chance=found.chance,
        chance_error=found.error,
        chance_low=found.low,
        chance_high=found.high,
        median=at["median"],
        q025=at["q025"],
        q10=at["q10"],
        q25=at["q25"],
        q75=at["q75"],
        q90=at["q90"],
        q975=at["q975"],
        expected_shortfall=_shortfall(at_end, question.at_least),
        first_met=_first_met(reached, result.quarters),
        falls_back=_falls_back(reached),
        undefined=int(np.isnan(at_end).sum()),
    )


def _shortfall(at_end: F64, at_least: float) -> float | None:
    defined = at_end[~np.isnan(at_end)]
    return float(np.maximum(0.0, at_least - defined).mean()) if len(defined) else None


def _first_met(reached: NDArray[np.bool_], quarters: tuple[str, ...]) -> str | None:
    """The first quarter by which half of the futures that ever reach the target have reached it."""
    first = np.sort(reached.argmax(axis=1)[reached.any(axis=1)])
    return quarters[first[(len(first) - 1) // 2]] if len(first) else None


def _falls_back(reached: NDArray[np.bool_]) -> float:
    """The share of futures that are below the target in a quarter after one in which they reached it."""
    before = np.logical_or.accumulate(reached, axis=1)
    return float((before & ~reached).any(axis=1).mean())
