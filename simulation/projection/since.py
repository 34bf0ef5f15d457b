"""Why a chance is not what it was in the last run: data, time passed, policy, parameters, definitions, noise.

The inputs of the last run are replaced by those of this run, one kind after another, and each step is simulated on
the same draws and seeds as the last run. What a step changes is its part. Noise is what is left: other draws, seeds
and numbers of futures. So the parts add up to the change.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.ensemble import Result
from simulation.ensemble.manifest import Manifest
from simulation.ensemble.recovery import Inputs, UnrecoverableError
from simulation.projection import intervals
from simulation.projection.chances import chance
from simulation.projection.intervals import Clusters
from simulation.projection.measures import values
from simulation.projection.targets import targets_of
from simulation.quarters import quarter_name
from simulation.scenario import Study
from simulation.scenario.tasks import Target
from simulation.source import source_hash

PARTS = ("definitions", "data", "time_passed", "policy", "parameters", "noise")

# The keys of a scenario that each step replaces, in the order of the steps.
_KEYS: dict[str, tuple[str, ...]] = {
    "definitions": ("targets", "switches", "until"),
    "data": ("city", "baseline", "annex"),
    "time_passed": ("start", "as_of"),
    "policy": ("levers",),
    "parameters": ("unknowns", "rules"),
}
_EXACT = 1e-12  # what is left by rounding of floats
Simulate = Callable[[Study, str], Result]  # a study, and the name of its step


class Part(NamedTuple):
    """What one kind of input changes in a chance, with one standard error; exactly 0 when it is the same."""

    part: str
    change: float
    error: float
    same: bool  # whether this kind of input is the same in both runs


@dataclass(frozen=True)
class Moved:
    """How the chance of an official target moved, and by what."""

    scope: str
    basis: str
    measure: str
    at_least: float
    by: str
    last_chance: float
    last_error: float
    last_low: float  # Wilson's 95 % interval
    last_high: float
    this_chance: float
    this_error: float
    this_low: float
    this_high: float
    parts: tuple[Part, ...]

    @property
    def change(self) -> float:
        """From the last run to this one."""
        return self.this_chance - self.last_chance

    def record(self) -> dict[str, Any]:
        """The fields for JSON."""
        return {
            "scope": self.scope,
            "basis": self.basis,
            "measure": self.measure,
            "at_least": self.at_least,
            "by": self.by,
            "last_chance": self.last_chance,
            "last_error": self.last_error,
            "last_low": self.last_low,
            "last_high": self.last_high,
            "this_chance": self.this_chance,
            "this_error": self.this_error,
            "this_low": self.this_low,
            "this_high": self.this_high,
            "change": self.change,
            "parts": [one._asdict() for one in self.parts],
        }


@dataclass(frozen=True)
class Since:
    """What changed from one run to the next."""

    last: str
    this: str
    last_folder: str
    this_folder: str
    n: int  # futures of each step
    moved: tuple[Moved, ...]
    notes: tuple[str, ...]  # what could not be told apart: together, program

    def record(self) -> dict[str, Any]:
        """The answer for other programs."""
        return {
            "last": self.last,
            "this": self.this,
            "last_folder": self.last_folder,
            "this_folder": self.this_folder,
            "n": self.n,
            "targets": [one.record() for one in self.moved],
            "notes": list(self.notes),
        }


class NotSeparableError(Exception):
    """The change cannot be split: says what cannot be recomputed. ``reason`` is one word for programs."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Step(NamedTuple):
    """A state on the way from the last run to this one; without a study it is the last run as it is stored."""

    part: str  # the kind of input that was replaced to come here
    study: Study | None
    changed: bool


def since(last: Result, this: Result, simulate: Simulate, folders: Sequence[Path] = ()) -> Since:
    """Split the change of each official target's chance. ``simulate`` runs a study on the luck of the last run.

    Raises ``NotSeparableError`` when a step cannot be made from what is stored.
    """
    pairs = _matching(last, this)
    steps, notes = plan(last.manifest, this.manifest, folders)
    states: list[tuple[str, Result]] = []
    changed = [step for step in steps if step.changed]
    for step in changed:
        if step.study is None:
            states.append((step.part, last))
        elif step is changed[-1] and _same_luck(last, this):
            states.append((step.part, this))  # all inputs are replaced: this is that run
        else:
            states.append((step.part, simulate(step.study, step.part)))
    moved = tuple(_moved(last, this, states, *pair) for pair in pairs)
    n = min([last.n_used, *(state.n_used for _, state in states)])
    names = last.manifest.scenario, this.manifest.scenario
    return Since(*names, str(last.folder), str(this.folder), n, moved, tuple(notes))


def plan(last: Manifest, this: Manifest, folders: Sequence[Path]) -> tuple[list[Step], list[str]]:
    """The steps from the last run to this one, and what they cannot tell apart.

    The stored results of the last run serve as far as they can: a registry that is gone need not be read again.
    """
    _refuse_past(this)
    at, goal = Inputs.of(last, folders), Inputs.of(this, folders)
    notes: list[str] = []
    other_program = last.source_hash != source_hash() or last.engine != this.engine
    other_tables = _other_tables(last, at)
    other_data = other_tables or last.registry_digest != this.registry_digest or _differ(at, goal, "data")
    steps = []
    for part, keys in _KEYS.items():
        changed = _differ(at, goal, part)
        at = at.replaced(goal, keys)
        if part == "definitions":
            needs_run = other_program or _run_anew(last, this)
            changed = changed or other_program
            if needs_run and other_data and not _recoverable(at, other_tables):
                notes.append("together")  # definitions that need a run come with the data
                steps.append(Step(part, None, _targets_differ(last, this)))
                other_data = True
                continue
            if other_program:
                notes.append("program")
            steps.append(Step(part, _study(at) if needs_run else None, changed))
            continue
        if part == "data":
            changed = other_data
            if changed and not _starts(at):
                notes.append("start")  # this registry cannot be read as of the last start
                at = at.replaced(goal, _KEYS["time_passed"])
        steps.append(Step(part, _study(at) if changed else None, changed))
    if _study(at).city.digest != this.city_digest:
        raise NotSeparableError("city", "the tables of the city have changed since this run: run it again")
    return steps, notes


def _refuse_past(this: Manifest) -> None:
    if this.source_hash != source_hash():
        raise NotSeparableError(
            "program", "this run was made by another version of the program: run it again"
        )


def _differ(at: Inputs, goal: Inputs, part: str) -> bool:
    return any(at.content.get(key) != goal.content.get(key) for key in _KEYS[part])


def _run_anew(last: Manifest, this: Manifest) -> bool:
    """Whether definitions differ that change what is simulated: targets alone are judged on what is stored.

    Tasks follow from targets, and districts act on tasks: targets that differ are simulated too when a lever does.
    """
    ours, theirs = Inputs.of(last), Inputs.of(this)
    return any(ours.content.get(key) != theirs.content.get(key) for key in ("switches", "until", "targets"))


def _targets_differ(last: Manifest, this: Manifest) -> bool:
    return Inputs.of(last).content.get("targets") != Inputs.of(this).content.get("targets")


def _other_tables(last: Manifest, at: Inputs) -> bool:
    """Whether the city's tables are others today than those of the last run."""
    try:
        return at.study().city.digest != last.city_digest
    except UnrecoverableError:
        return True  # nobody can tell; it comes with the data


def _same_luck(last: Result, this: Result) -> bool:
    ours, theirs = last.manifest, this.manifest
    same = (ours.seed, ours.seeds_per_draw) == (theirs.seed, theirs.seeds_per_draw)
    return same and len(last.used) == len(this.used) and bool((last.used == this.used).all(axis=None))


def _recoverable(at: Inputs, other_tables: bool) -> bool:
    if other_tables:
        return False
    try:
        at.study()
    except UnrecoverableError:
        return False
    return True


def _starts(at: Inputs) -> bool:
    try:
        at.study()
    except UnrecoverableError as lost:
        return lost.reason != "scenario"
    return True


def _study(at: Inputs) -> Study:
    try:
        return at.study()
    except UnrecoverableError as lost:
        raise NotSeparableError(lost.reason, str(lost)) from None


# ------------------------------------------------------------------------------ chances


def _matching(last: Result, this: Result) -> list[tuple[Target, Target]]:
    """The official targets of this run, each with the one of the last run that it has come from."""
    before = [one for one in targets_of(last) if one.official and one.district is None]
    found = []
    for target in (one for one in targets_of(this) if one.official and one.district is None):
        like = [one for one in before if one.measure == target.measure]
        same = [one for one in like if (one.scope, one.basis) == (target.scope, target.basis)]
        if same or like:
            old = (same or like)[0]
            before.remove(old)
            found.append((old, target))
    if not found:
        raise NotSeparableError("targets", "the runs have no official target of the same measure")
    return found


def _met(result: Result, target: Target) -> NDArray[np.bool_]:
    """Whether each future meets a target; nobody can tell where the quarter was not simulated."""
    by = quarter_name(target.by)
    if by not in result.quarters:
        raise NotSeparableError("horizon", f"{result.folder} does not reach {by}")
    paths = values(result, target.measure, target.scope, target.basis, target.district)
    met: NDArray[np.bool_] = paths[:, result.quarters.index(by)] >= target.at_least
    return met


def _moved(
    last: Result, this: Result, states: Sequence[tuple[str, Result]], old: Target, new: Target
) -> Moved:
    met_last, met_this = _met(last, old), _met(this, new)
    first = chance(met_last, last.used["draw"].to_numpy(), last.manifest.seeds_per_draw)
    end = chance(met_this, this.used["draw"].to_numpy(), this.manifest.seeds_per_draw)
    parts: dict[str, Part] = {}
    before: tuple[Result, Target] = (last, old)
    for part, state in states:
        change = _paired(*before, state, new)
        parts[part] = Part(part, change.difference, change.error, False)
        before = (state, new)
    # Exactly what is left, so that the parts add up.
    rest = end.chance - first.chance - math.fsum(one.change for one in parts.values())
    same = _same_luck(last, this) and abs(rest) < _EXACT
    parts["noise"] = Part(
        "noise", 0.0 if same else rest, 0.0 if same else math.hypot(first.error, end.error), same
    )
    told = tuple(parts.get(name, Part(name, 0.0, 0.0, True)) for name in PARTS)
    return Moved(
        new.scope,
        new.basis,
        new.measure,
        new.at_least,
        quarter_name(new.by),
        first.chance,
        first.error,
        first.low,
        first.high,
        end.chance,
        end.error,
        end.low,
        end.high,
        told,
    )


def _paired(one: Result, target: Target, other: Result, its_target: Target) -> intervals.Change:
    """The change between two states, on the futures that both have."""
    ours, theirs = (result.used[["draw", "seed"]].apply(tuple, axis=1).tolist() for result in (one, other))
    place = {address: row for row, address in enumerate(theirs)}
    rows = [(row, place[address]) for row, address in enumerate(ours) if address in place]
    if not rows:
        raise NotSeparableError("none", "the runs have no futures in common")
    mine, its = (np.array(column) for column in zip(*rows, strict=True))
    draw = one.used["draw"].to_numpy()[mine]
    return intervals.change(
        _met(one, target)[mine],
        _met(other, its_target)[its],
        Clusters.of(draw),
        identical=one is other and target == its_target,
    )
