"""Approximate Bayesian computation by sequential Monte Carlo (Toni et al. 2009; Beaumont et al. 2009).

Points lie in the unit cube, in which the prior is uniform: a number of the model is the quantile of its own prior.
Each generation draws around the one before, simulates every point with several seeds (which are luck, never
parameters), and keeps points of which at least one simulation comes nearer to the data than the generation's
tolerance; a point weighs the share of its seeds that do, over the density by which it was proposed. A point's
draw follows from (seed, generation, number) alone: nothing depends on workers, and what a journal holds is not
simulated again.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

import numpy as np

from simulation.world import F64, I64

# (points (m, p), their numbers (m)) → simulated data (m, seeds, k)
Simulate = Callable[[F64, I64], F64]
Told = Callable[[int, int, int, int], None]  # generation, kept, wanted, points simulated in all
_MOST_NUMBER = 1 << 24  # points in a generation: numbers of points go on from one generation to the next
_WIDTH = 2.0  # times the covariance of a generation: the kernel that Beaumont et al. show to be near the best


class Settings(NamedTuple):
    """How to search."""

    particles: int = 200
    batch: int = 100  # points simulated at once, and kept in the journal together
    generations: int = 6  # that of the prior not counted
    quantile: float = 0.5  # of the distances of a generation: the next one's tolerance
    least_acceptance: float = 0.02  # below it the search ends
    most_points: int = 20_000


class Journal(Protocol):
    """Keeps what was simulated."""

    def find(self, generation: int, batch: int) -> F64 | None:
        """The data of a batch, when it was simulated before."""

    def keep(self, generation: int, batch: int, data: F64) -> None:
        """Keep the data of a batch."""


class Generation(NamedTuple):
    """The points kept in one generation. Shapes: n points, p numbers, s seeds, k observations."""

    points: F64  # (n, p) in the unit cube
    weights: F64  # (n) summing to 1
    data: F64  # (n, s, k) simulated
    distances: F64  # (n, s)
    tolerance: float
    tried: int  # points simulated for it

    @property
    def acceptance(self) -> float:
        """Share of the points tried that were kept."""
        return len(self.points) / self.tried

    @property
    def effective(self) -> float:
        """How many equally weighted points the weighted ones are worth."""
        return float(1.0 / (self.weights * self.weights).sum())


class Search(NamedTuple):
    """All generations, the prior first, and why the search ended."""

    generations: list[Generation]
    scales: F64  # (k) by which differences are divided: the spread of prior simulations
    ended: str  # generations, acceptance or points

    @property
    def posterior(self) -> Generation:
        """The last generation."""
        return self.generations[-1]


def search(
    simulate: Simulate,
    observed: F64,
    numbers: int,
    seed: int,
    settings: Settings,
    journal: Journal | None = None,
    told: Told | None = None,
) -> Search:
    """Search the posterior of ``numbers`` numbers given observed data (k)."""
    work = _Work(simulate, numbers, seed, settings, journal, told)
    first = work.prior()
    scales = spread(first)
    distances = distance(first, observed, scales)
    count = settings.particles
    generations = [Generation(work.points, np.full(count, 1.0 / count), first, distances, np.inf, count)]
    while len(generations) <= settings.generations:
        before = generations[-1]
        tolerance = _tolerance(before, settings.quantile)
        if not tolerance < before.tolerance:
            return Search(generations, scales, "tolerance")
        made = work.generation(len(generations), before, tolerance, observed, scales)
        if isinstance(made, str):
            return Search(generations, scales, made)
        generations.append(made)
    return Search(generations, scales, "generations")


def distance(data: F64, observed: F64, scales: F64) -> F64:
    """(n, s) Root mean square difference in units of ``scales``; infinite where the model gives no value."""
    missed = (data - observed) / scales
    made = np.sqrt((missed * missed).mean(axis=-1))
    return np.asarray(np.where(np.isfinite(made), made, np.inf), np.float64)


def spread(data: F64) -> F64:
    """(k) Standard deviation of simulations from the prior; 1 where they do not differ."""
    flat = data.reshape(-1, data.shape[-1])
    made = np.array([one[np.isfinite(one)].std() if np.isfinite(one).any() else 0.0 for one in flat.T])
    return np.where(made > 0.0, made, 1.0)


def _tolerance(before: Generation, quantile: float) -> float:
    """The quantile of the distances of what was kept, each point by its weight."""
    near = before.distances <= before.tolerance
    weights = np.where(near, before.weights[:, None] / np.maximum(near.sum(axis=1), 1)[:, None], 0.0)
    order = np.argsort(before.distances, axis=None, kind="stable")
    total = np.cumsum(weights.reshape(-1)[order])
    place = int(np.searchsorted(total, quantile * total[-1]))
    return float(before.distances.reshape(-1)[order][place])


class _Work:
    """Proposes, simulates and keeps points."""

    def __init__(
        self,
        simulate: Simulate,
        numbers: int,
        seed: int,
        settings: Settings,
        journal: Journal | None,
        told: Told | None,
    ) -> None:
        self._simulate, self._numbers, self._seed = simulate, numbers, seed
        self._settings, self._journal, self._told = settings, journal, told
        self.points = np.empty((0, numbers))
        self._done = 0

    def prior(self) -> F64:
        """(n, s, k) What points of the prior give; the points are in ``points``."""
        count = self._settings.particles
        self.points = np.array([self._rng(0, number).random(self._numbers) for number in range(count)])
        parts = [
            self._batch(0, batch, self.points[first : first + self._settings.batch])
            for batch, first in enumerate(range(0, count, self._settings.batch))
        ]
        return np.concatenate(parts)

    def generation(
        self, place: int, before: Generation, tolerance: float, observed: F64, scales: F64
    ) -> Generation | str:
        """The next generation, or why there is none."""
        settings = self._settings
        root = _root(before)
        points, data, distances = [], [], []
        kept = tried = 0
        for batch in self._batches():
            if self._done + settings.batch > settings.most_points:
                return "points"
            first = batch * settings.batch
            proposed = np.array(
                [self._proposal(place, first + row, before, root) for row in range(settings.batch)]
            )
            made = self._batch(place, batch, proposed)
            apart = distance(made, observed, scales)
            near = np.flatnonzero((apart <= tolerance).any(axis=1))[: settings.particles - kept]
            points.append(proposed[near])
            data.append(made[near])
            distances.append(apart[near])
            kept += len(near)
            enough = kept == settings.particles
            tried += int(near[-1]) + 1 if enough else settings.batch
            if self._told is not None:
                self._told(place, kept, settings.particles, self._done)
            if enough:
                break
            if tried >= settings.particles / settings.least_acceptance:
                return "acceptance"
        found = np.concatenate(points)
        apart = np.concatenate(distances)
        weights = (apart <= tolerance).mean(axis=1) / _density(found, before, root)
        return Generation(found, weights / weights.sum(), np.concatenate(data), apart, tolerance, tried)

    def _batches(self) -> Iterator[int]:
        return iter(range(_MOST_NUMBER // self._settings.batch))

    def _batch(self, generation: int, batch: int, points: F64) -> F64:
        """(m, s, k) What a batch of points gives: out of the journal, or simulated and kept."""
        self._done += len(points)
        found = None if self._journal is None else self._journal.find(generation, batch)
        if found is not None:
            return found
        first = generation * _MOST_NUMBER + batch * self._settings.batch
        made = self._simulate(points, first + np.arange(len(points)))
        if self._journal is not None:
            self._journal.keep(generation, batch, made)
        return made

    def _proposal(self, generation: int, number: int, before: Generation, root: F64) -> F64:
        """(p) A point near one of the last generation, drawn anew until it lies inside the prior."""
        rng = self._rng(generation, number)
        edges = np.cumsum(before.weights)
        while True:
            near = before.points[min(int(np.searchsorted(edges, rng.random())), len(edges) - 1)]
            point = near + root @ rng.standard_normal(self._numbers)
            if ((point > 0.0) & (point < 1.0)).all():
                return np.asarray(point, np.float64)

    def _rng(self, generation: int, number: int) -> np.random.Generator:
        return np.random.default_rng([self._seed, generation, number])


def _root(before: Generation) -> F64:
    """(p, p) A root of the kernel's covariance: twice that of the last generation, a little wider where it is flat."""
    mean = before.weights @ before.points
    apart = before.points - mean
    covariance = (before.weights[:, None] * apart).T @ apart
    return np.asarray(np.linalg.cholesky(_WIDTH * covariance + 1e-8 * np.eye(len(mean))), np.float64)


def _density(points: F64, before: Generation, root: F64) -> F64:
    """(n) By which density points were proposed, up to a factor that is the same for all."""
    inverse = np.linalg.inv(root)
    apart = (points[:, None, :] - before.points[None, :, :]) @ inverse.T
    return np.asarray(np.exp(-0.5 * (apart * apart).sum(axis=-1)) @ before.weights, np.float64)
