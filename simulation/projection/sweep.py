"""A design of experiments carried out: its points, every point on the same luck, and what moved the targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.projection.evaluations import F64, Evaluator, Progress, met
from simulation.quarters import quarter_name
from simulation.scenario import Study, study
from simulation.scenario.design import Design, Factor
from simulation.scenario.tasks import Target
from simulation.scenario.variants import varied

FILES = ("points.csv", "results.csv", "summary.csv", "effects.csv", "evaluations.jsonl")
NEEDS_SALIB = ("sobol", "morris")


class Effect(NamedTuple):
    """How a factor moves a result: by the statistic of its design, and a second one beside it."""

    result: str  # expected or chance, of a target; cost
    target: int | None  # its place, None for the cost
    factor: str
    statistic: str  # rank_correlation, first_order, mu_star, mean_effect
    value: float
    beside: float  # total index, sigma, ...; NaN where there is none
    error: float  # half the 95 % interval; NaN where there is none


@dataclass(frozen=True)
class Sweep:
    """What a sweep gave."""

    design: Design
    targets: tuple[Target, ...]
    points: tuple[dict[str, Any], ...]
    values: F64  # (points, replicates, targets + 1)
    effects: tuple[Effect, ...]
    failed: int

    def record(self) -> dict[str, Any]:
        """The answer for other programs."""
        chances, means = self.chances(), np.nanmean(self.values, axis=1)
        return {
            "scenario": self.design.scenario.name,
            "method": self.design.method,
            "points": len(self.points),
            "replicates": self.values.shape[1],
            "runs": self.values.shape[0] * self.values.shape[1],
            "failed": self.failed,
            "factors": [one.path for one in self.design.factors],
            "targets": [target_record(one) for one in self.targets],
            "effects": [
                {name: _plain(value) for name, value in one._asdict().items()} for one in self.effects
            ],
            "results": [
                {
                    "point": at,
                    **{name: told(name, value) for name, value in point.items()},
                    "chances": [_plain(one) for one in chances[at].tolist()],
                    "means": [_plain(one) for one in means[at, :-1].tolist()],
                    "cost": _plain(float(means[at, -1])),
                }
                for at, point in enumerate(self.points)
            ],
        }

    def chances(self) -> F64:
        """(points, targets) The share of futures that meet each target."""
        good = ~np.isnan(self.values[:, :, -1])
        count = np.maximum(good.sum(axis=1), 1)[:, None]
        return np.asarray((met(self.values, self.targets) & good[..., None]).sum(axis=1) / count)


def target_record(one: Target) -> dict[str, Any]:
    """A target for other programs."""
    return {
        "scope": one.scope,
        "basis": one.basis,
        "measure": one.measure,
        "at_least": one.at_least,
        "by": quarter_name(one.by),
        "official": one.official,
    }


def told(path: str, value: Any) -> Any:
    """A value as a scenario writes it: quarters by name."""
    is_quarter = path.startswith("levers.") and path.rpartition(".")[2] in ("from", "until")
    return quarter_name(int(value)) if is_quarter else value


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not np.isfinite(value) else value


# --------------------------------------------------------------------------- points


def parts_of(design: Design, seed: int) -> F64:
    """(points, factors) Where the points of a design lie, from 0 to 1 in the range of each factor."""
    from scipy.stats import qmc

    count = len(design.factors)
    if design.method == "latin_hypercube":
        return np.asarray(qmc.LatinHypercube(count, rng=np.random.default_rng(seed)).random(design.points))
    if design.method == "quasi_random":
        made = qmc.Sobol(count, rng=np.random.default_rng(seed))
        return np.asarray(made.random_base2(_power(design.points))[: design.points])
    if design.method == "sobol":
        from SALib.sample import sobol

        return np.asarray(sobol.sample(problem(design), _two(design), calc_second_order=False, seed=seed))
    if design.method == "morris":
        from SALib.sample import morris

        levels = 4 if design.levels % 2 else design.levels
        return np.asarray(morris.sample(problem(design), design.points, num_levels=levels, seed=seed))
    if design.method == "factorial":
        axes = [_levels(one, design.levels) for one in design.factors]
        grid = np.meshgrid(*axes, indexing="ij")
        return np.stack([one.ravel() for one in grid], axis=1)
    return np.zeros((len(design.rows), count))


def number_of_points(design: Design) -> int:
    """How many points a design has, without making them."""
    count = len(design.factors)
    if design.method == "sobol":
        return _two(design) * (count + 2)
    if design.method == "morris":
        return design.points * (count + 1)
    if design.method == "factorial":
        return int(np.prod([len(_levels(one, design.levels)) for one in design.factors]))
    return len(design.rows) if design.method == "table" else design.points


def _levels(factor: Factor, levels: int) -> F64:
    """Evenly spaced parts of a range with both ends; the middle of each value's part of a list."""
    if factor.values:
        return (np.arange(len(factor.values)) + 0.5) / len(factor.values)
    if factor.mode is not None:
        return (np.arange(levels) + 0.5) / levels
    return np.linspace(0.0, 1.0, max(levels, 2))


def _power(points: int) -> int:
    return max(1, int(np.ceil(np.log2(points))))


def _two(design: Design) -> int:
    """The next power of two: what a Sobol sequence is balanced for."""
    return int(2 ** _power(design.points))


def problem(design: Design) -> dict[str, Any]:
    """The factors as SALib takes them."""
    names = [one.path for one in design.factors]
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def points_of(design: Design, parts: F64) -> list[dict[str, Any]]:
    """The values of the factors at each point."""
    if design.method == "table":
        return list(design.rows)
    return [
        {one.path: one.at(float(part)) for one, part in zip(design.factors, row, strict=True)}
        for row in parts
    ]


# --------------------------------------------------------------------------- carrying out


def identity(design: Design, engine: str, seed: int) -> dict[str, Any]:
    """What must be equal for a sweep to be gone on with; more points or replicates may be asked for."""
    from simulation.source import source_hash

    factors = [[*one[:3], list(one.values), one.mode] for one in design.factors]
    return {
        "what": "sweep",
        "scenario": design.scenario.digest(),
        "method": design.method,
        "factors": factors,
        "engine": engine,
        "seed": seed,
        "source_hash": source_hash("projection"),
    }


def sweep(design: Design, evaluator: Evaluator, progress: Progress | None = None) -> Sweep:
    """Carry a design out. The same points in the same order come from the same seed."""
    parts = parts_of(design, evaluator.seed)
    points = points_of(design, parts)
    studies: dict[str, Study] = {}
    keys = []
    for point in points:
        key = repr(sorted(point.items()))
        if key not in studies:
            studies[key] = study(varied(design.scenario, point))
        keys.append(key)
    found = evaluator.run(studies, range(design.replicates), progress)
    values = np.stack([found[key] for key in keys])
    failed = int(np.isnan(values[:, :, -1]).sum())
    effects = effects_of(design, parts, points, values, evaluator.targets, evaluator.seed)
    return Sweep(design, evaluator.targets, tuple(points), values, tuple(effects), failed)


def effects_of(
    design: Design,
    parts: F64,
    points: Sequence[dict[str, Any]],
    values: F64,
    targets: Sequence[Target],
    seed: int,
) -> list[Effect]:
    """How each factor moves the expected value and the chance of each target, and the cost."""
    good = ~np.isnan(values[:, :, -1])
    results: list[tuple[str, int | None, F64]] = []
    for at in range(len(targets)):
        results.append(("expected", at, _mean(values[:, :, at], good)))
        results.append(("chance", at, _mean(met(values, targets)[:, :, at].astype(np.float64), good)))
    results.append(("cost", None, _mean(values[:, :, -1], good)))
    made = []
    for name, place, result in results:
        if np.isnan(result).any():
            continue  # a point none of whose futures gave a result: the design is no longer balanced
        for factor, one in zip(design.factors, _indices(design, parts, points, result, seed), strict=True):
            made.append(Effect(name, place, factor.path, *one))
    return made


def _mean(values: F64, good: NDArray[np.bool_]) -> F64:
    usable = good & ~np.isnan(values)
    number = usable.sum(axis=1)
    total = np.where(usable, values, 0.0).sum(axis=1)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def _indices(
    design: Design, parts: F64, points: Sequence[dict[str, Any]], result: F64, seed: int
) -> list[tuple[str, float, float, float]]:
    still = bool(np.ptp(result) == 0.0)
    nothing = float("nan")
    if design.method == "sobol":
        if still:
            return [("first_order", 0.0, 0.0, 0.0)] * len(design.factors)
        from SALib.analyze import sobol

        found = sobol.analyze(problem(design), result, calc_second_order=False, seed=seed)
        rows = zip(found["S1"], found["ST"], found["ST_conf"], strict=True)
        return [("first_order", float(one), float(total), float(error)) for one, total, error in rows]
    if design.method == "morris":
        from SALib.analyze import morris

        levels = 4 if design.levels % 2 else design.levels
        found = morris.analyze(problem(design), parts, result, num_levels=levels, seed=seed)
        mu_star, sigma, reach = (
            np.asarray(found[name], np.float64) for name in ("mu_star", "sigma", "mu_star_conf")
        )
        places = range(len(design.factors))
        return [("mu_star", float(mu_star[at]), float(sigma[at]), float(reach[at])) for at in places]
    from scipy.stats import spearmanr

    made = []
    for factor in design.factors:
        column = np.array([float(point[factor.path]) for point in points])
        if still or np.ptp(column) == 0.0 or len(column) < 3:
            made.append(("rank_correlation", 0.0, nothing, nothing))
        else:
            made.append(("rank_correlation", float(spearmanr(column, result).statistic), nothing, nothing))
    return made
