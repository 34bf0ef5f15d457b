"""Calibration of a scenario to what was counted: its unknown numbers by ABC-SMC, several seeds a point.

Only the quarters up to the last observation are simulated. Each simulated value gets the error of counting that
its observation has. The shares of districts stay drawn from their own ranges: they are no unknown of the search.
"""

import hashlib
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simulation.calibration.observations import Observation, Observed
from simulation.calibration.simulated import of_outcome
from simulation.calibration.smc import Generation, Search, Settings, Told, search
from simulation.draws import name_id, uniforms
from simulation.engines import books
from simulation.engines.setting import Setting
from simulation.ensemble.store import write_whole
from simulation.quarters import quarter_name
from simulation.scenario import Study
from simulation.scenario.numbers import triangular
from simulation.scenario.posterior import content_of
from simulation.source import source_hash
from simulation.world import F64, I64, World

SEEDS = 2
LEAST_CONTRACTION = 0.15  # of a number's variance: below it the data say little of it (assumption)
POSTERIOR, DIAGNOSTICS = "posterior.parquet", "diagnostics.json"
Simulate = Callable[[Setting, World], books.Outcome]


@dataclass(frozen=True, eq=False)
class _Points(Study):
    """A study whose draws are the points of a search, by their numbers."""

    points: dict[int, dict[str, float]] = field(default_factory=dict)

    def unknown_values(self, seed: int, draw: int) -> dict[str, float]:
        del seed  # a point is the same for all luck
        return self.points[draw]


class Reached(NamedTuple):
    """An observation beside what the posterior gives (its predictive check)."""

    observation: Observation
    prior: tuple[float, float, float]  # 10 % quantile, median, 90 % quantile of simulations from the prior
    posterior: tuple[float, float, float]
    place: float  # share of posterior simulations below the observed value, of equal ones half
    distance: float  # mean difference of posterior simulations, in spreads of the prior's


class Number(NamedTuple):
    """An unknown number before and after."""

    name: str
    prior: tuple[float, float, float]  # 5 % quantile, median, 95 % quantile
    posterior: tuple[float, float, float]
    contraction: float  # 1 − variance after over variance before, both as quantiles of the prior
    least: float  # from which on that is told from chance

    @property
    def informed(self) -> bool:
        """Whether the data say something of it."""
        return self.contraction >= self.least


@dataclass(frozen=True)
class Calibration:
    """A posterior with what it takes to judge it."""

    scenario: str
    observed: Observed
    found: Search
    values: F64  # (n, p) the points of the posterior, in the numbers' own units
    reached: tuple[Reached, ...]
    numbers: tuple[Number, ...]
    seeds: int
    simulated: int  # points in all

    def record(self) -> dict[str, Any]:
        """The answer for programs."""
        last = self.found.posterior
        return {
            "scenario": self.scenario,
            "known_on": self.observed.known_on.isoformat(),
            "points": len(last.points),
            "seeds_per_point": self.seeds,
            "points_simulated": self.simulated,
            "effective_sample_size": last.effective,
            "ended": self.found.ended,
            "generations": [
                {
                    "tolerance": None if np.isinf(one.tolerance) else one.tolerance,
                    "acceptance": one.acceptance,
                    "effective_sample_size": one.effective,
                    "tried": one.tried,
                }
                for one in self.found.generations
            ],
            "observations": [_reached_record(one) for one in self.reached],
            "unknowns": [_number_record(one) for one in self.numbers],
            "not_informed": [one.name for one in self.numbers if not one.informed],
        }


def _reached_record(one: Reached) -> dict[str, Any]:
    seen = one.observation
    return {
        "quarter": quarter_name(seen.quarter),
        "district": seen.district or None,
        "scope": seen.scope,
        "basis": seen.basis,
        "measure": seen.measure,
        "value": seen.value,
        "sd": seen.sd,
        "prior": list(one.prior),
        "posterior": list(one.posterior),
        "place": one.place,
        "distance": one.distance,
    }


def _number_record(one: Number) -> dict[str, Any]:
    return {
        "name": one.name,
        "prior": list(one.prior),
        "posterior": list(one.posterior),
        "contraction": one.contraction,
        "least_contraction": one.least,
        "informed": one.informed,
    }


def unknowns_of(study: Study) -> dict[str, tuple[float, float, float]]:
    """The triangles of the numbers that are searched: those that the scenario does not pin."""
    return {name: one for name, one in study.priors.items() if one[0] < one[2]}


def calibrate(
    study: Study,
    observed: Observed,
    *,
    simulate: Simulate,
    seed: int,
    settings: Settings,
    seeds: int = SEEDS,
    workers: int = 1,
    folder: Path | None = None,
    told: Told | None = None,
) -> Calibration:
    """The posterior of a study's unknown numbers given what was observed.

    What is simulated goes to ``folder`` at once, and is taken from there when the search is gone on with.
    """
    triangles = unknowns_of(study)
    last = max(one.quarter for one in observed.rows)
    shorter = study.scenario.model_copy(update={"until": last})
    points = _Points(shorter, study.city)
    pinned = {name: one[1] for name, one in study.priors.items() if name not in triangles}
    noise = np.array([one.sd for one in observed.rows])

    def batch(cube: F64, numbers: I64) -> F64:
        for row, number in zip(cube, numbers.tolist(), strict=True):
            points.points[number] = pinned | _values(triangles, row)
        jobs = [(number, one) for number in numbers.tolist() for one in range(seeds)]
        with ThreadPoolExecutor(workers) as pool:
            made = np.array(list(pool.map(simulated, jobs)))
        for number in numbers.tolist():
            del points.points[number]
        return made.reshape(len(numbers), seeds, len(observed.rows))

    def simulated(job: tuple[int, int]) -> F64:
        number, one = job
        setting = points.setting(seed, number, one)
        outcome = simulate(setting, points.world(seed, number, one))
        exact = of_outcome(outcome, observed.rows, study.first_quarter - 1, study.city.codes)
        return exact + noise * _normals(setting.key, len(noise))

    counted = _Counted(told)
    value = np.array([one.value for one in observed.rows])
    journal = None if folder is None else _Folder(folder / "journal")
    found = search(batch, value, len(triangles), seed, settings, journal, counted)
    return Calibration(
        study.scenario.name,
        observed,
        found,
        np.array([list(_values(triangles, row).values()) for row in found.posterior.points]),
        tuple(_reached(one, row, found) for row, one in enumerate(observed.rows)),
        tuple(_number(name, place, triangles[name], found) for place, name in enumerate(triangles)),
        seeds,
        counted.done or settings.particles,
    )


class _Counted:
    """Remembers how many points were simulated, and tells on."""

    def __init__(self, told: Told | None) -> None:
        self.done = 0
        self._told = told

    def __call__(self, generation: int, kept: int, wanted: int, done: int) -> None:
        self.done = done
        if self._told is not None:
            self._told(generation, kept, wanted, done)


def _values(triangles: dict[str, tuple[float, float, float]], cube: F64) -> dict[str, float]:
    """A point of the unit cube in the numbers' own units: each at that quantile of its prior."""
    return {
        name: triangular(*one, float(at)) for (name, one), at in zip(triangles.items(), cube, strict=True)
    }


def _normals(key: int, count: int) -> F64:
    """Standard normal errors of counting, at an address of their own in a replicate's luck (Box and Muller)."""
    who = np.full(count, name_id("calibration", "counting"), np.int64)
    places = np.arange(count, dtype=np.int64)
    first, second = (uniforms(key, who ^ places, 0, decision) for decision in (0, 1))
    return np.sqrt(-2.0 * np.log(first)) * np.cos(2.0 * np.pi * second)


class _Folder:
    """Keeps what was simulated in files, each whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def find(self, generation: int, batch: int) -> F64 | None:
        """The data of a batch."""
        file = self._file(generation, batch)
        return np.load(file, allow_pickle=False) if file.is_file() else None

    def keep(self, generation: int, batch: int, data: F64) -> None:
        """Keep the data of a batch."""
        from io import BytesIO

        content = BytesIO()
        np.save(content, data, allow_pickle=False)
        write_whole(self._file(generation, batch), content.getvalue())

    def _file(self, generation: int, batch: int) -> Path:
        return self._folder / f"{generation:03}-{batch:05}.npy"


# --- what is kept of it


def identity(study: Study, observed: Observed, seed: int, settings: Settings, seeds: int, engine: str) -> str:
    """What decides a posterior, as one digest."""
    rows = [(*one.key, one.value, one.sd) for one in observed.rows]
    parts = (study.scenario.digest(), rows, seed, tuple(settings), seeds, engine, source_hash("calibration"))
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def write(made: Calibration, study: Study, folder: Path) -> None:
    """Write the posterior and its diagnostics."""
    names = list(unknowns_of(study))
    about = {"scenario": made.scenario, "scenario_digest": study.scenario.digest()}
    content = content_of(names, made.values, made.found.posterior.weights, made.observed.known_on, about)
    write_whole(folder / POSTERIOR, content)
    text = json.dumps(made.record(), ensure_ascii=False, indent=1, allow_nan=False)
    write_whole(folder / DIAGNOSTICS, f"{text}{os.linesep}".encode())


# --- diagnostics


def _reached(one: Observation, place: int, found: Search) -> Reached:
    prior, last = found.generations[0], found.posterior
    before, after = prior.data[..., place], last.data[..., place]
    weights = np.where(last.distances <= last.tolerance, last.weights[:, None], 0.0)
    weights = weights / weights.sum()
    below = (weights * ((after < one.value) + 0.5 * (after == one.value))).sum()
    apart = (weights * np.abs(after - one.value)).sum() / found.scales[place]
    return Reached(
        one,
        _quantiles(before.ravel(), np.full(before.size, 1.0 / before.size), (0.1, 0.5, 0.9)),
        _quantiles(after.ravel(), weights.ravel(), (0.1, 0.5, 0.9)),
        float(below),
        float(apart),
    )


def _number(name: str, place: int, triangle: tuple[float, float, float], found: Search) -> Number:
    last: Generation = found.posterior
    cube = last.points[:, place]
    mean = float(last.weights @ cube)
    variance = float(last.weights @ (cube - mean) ** 2)
    # The variance of so many points of a uniform number is off by the root of 0.8 over their number.
    least = max(LEAST_CONTRACTION, 2.0 * float(np.sqrt(0.8 / last.effective)))
    low, mid, high = (triangular(*triangle, at) for at in (0.05, 0.5, 0.95))
    after = tuple(triangular(*triangle, at) for at in _quantiles(cube, last.weights, (0.05, 0.5, 0.95)))
    return Number(name, (low, mid, high), (after[0], after[1], after[2]), 1.0 - 12.0 * variance, least)


def _quantiles(sample: F64, weights: F64, levels: tuple[float, float, float]) -> tuple[float, float, float]:
    from simulation.calibration.updating import weighted_quantiles

    low, mid, high = weighted_quantiles(sample, weights, levels).tolist()
    return low, mid, high
