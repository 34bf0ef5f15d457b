"""Why one scenario does better than another: what each lever contributes, the bridge, and who misses."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.ensemble.labels import address
from simulation.projection import contributions, reasons, shapley
from simulation.projection.bridge import Bridge, BridgeRow, bridge, rows
from simulation.projection.coalitions import COLUMNS, Game, Replicate
from simulation.projection.contributions import Paths
from simulation.projection.intervals import Clusters, means
from simulation.projection.journal import Ending, Journal
from simulation.projection.misses import Miss, Risk, misses, risks
from simulation.quarters import quarter_name
from simulation.rules import codes
from simulation.scenario.tasks import Target

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
# done and failed evaluations, of how many, seconds left (None while nobody can tell)
Progress = Callable[[int, int, int, float | None], None]

_BATCH = 10  # replicates between two looks at the errors


class Quantity(NamedTuple):
    """Something that is shared out over the levers: the chance of a target, or an expected value at its quarter."""

    outcome: str  # chance, expected
    scope: str
    basis: str
    measure: str  # count, specialised_share
    at_least: float | None  # of a chance
    by: int
    official: bool


class LeverShare(NamedTuple):
    """What one lever contributes: its Shapley value with one standard error over draws."""

    lever: str
    share: float
    error: float


@dataclass(frozen=True)
class Share:
    """A difference between two scenarios, shared out over the levers: the shares add up to it."""

    quantity: Quantity
    base: float
    variant: float
    difference: float
    error: float
    levers: tuple[LeverShare, ...]

    def record(self) -> dict[str, Any]:
        """The promised fields, and what tells shares of one scope and measure apart."""
        one = self.quantity
        return {
            "scope": one.scope,
            "measure": one.measure,
            "difference": self.difference,
            "levers": [lever._asdict() for lever in self.levers],
            "outcome": one.outcome,
            "basis": one.basis,
            "official": one.official,
            "at_least": one.at_least,
            "by": quarter_name(one.by),
            "error": self.error,
            "base": self.base,
            "variant": self.variant,
        }


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a variant differs from a base."""

    base: str
    variant: str
    players: tuple[str, ...]
    exact: bool  # all coalitions, or sampled orders
    n: int
    n_requested: int
    evaluations: int
    shares: tuple[Share, ...]
    bridge: tuple[BridgeRow, ...]  # of the variant, to the last official target's quarter
    bridge_of_base: tuple[BridgeRow, ...]
    misses: tuple[Miss, ...]
    risks: tuple[Risk, ...]
    last: str  # that quarter
    failures: tuple[tuple[int, str], ...] = field(default=())

    @property
    def largest_error(self) -> float:
        """The largest error of a lever's share in the chance of an official target."""
        errors = [
            one.error
            for share in self.shares
            if share.quantity.outcome == "chance" and share.quantity.official
            for one in share.levers
        ]
        return max(errors, default=0.0)

    def record(self) -> dict[str, Any]:
        """The answer for other programs."""

        def told(row: BridgeRow) -> dict[str, Any]:
            fields = row._asdict()
            if row.basis is None:
                del fields["basis"]
            return fields

        return {
            "base": self.base,
            "variant": self.variant,
            "n": self.n,
            "n_requested": self.n_requested,
            "exact": self.exact,
            "evaluations": self.evaluations,
            "shares": [one.record() for one in self.shares],
            "bridge": [told(one) for one in self.bridge if one.basis is None],
            "bridge_specialised": [told(one) for one in self.bridge if one.basis is not None],
            "bridge_of_base": [told(one) for one in self.bridge_of_base if one.basis is None],
            "misses": [one._asdict() for one in self.misses],
            "at_risk": [one._asdict() for one in self.risks],
            "by": self.last,
            "failures": [{"replicate": number, "error": error} for number, error in self.failures],
        }


class Wanted(NamedTuple):
    """How much is asked of an explanation."""

    replicates: int
    pairs: int | None  # of orders a replicate; None: all coalitions
    error: float  # stop when the error of every share in an official chance is at most this; 0: never early


def quantities(targets: Sequence[Target]) -> list[Quantity]:
    """What is shared out: the chance of each target under all scopes and bases, and the expected values at its end."""
    official = {(one.measure, one.scope, one.basis, one.at_least, one.by) for one in targets if one.official}
    found: dict[Quantity, None] = {}
    for one in dict.fromkeys((target.measure, target.at_least, target.by) for target in targets):
        measure, at_least, by = one
        bases = codes.BASES if measure == "specialised_share" else codes.BASES[:1]
        for outcome in ("chance", "expected"):
            for scope in codes.SCOPES:
                for basis in bases:
                    asked = (measure, scope, basis, at_least, by) in official
                    bound = at_least if outcome == "chance" else None
                    found[Quantity(outcome, scope, basis, measure, bound, by, asked)] = None
    kept = {one._replace(official=False): one for one in found if one.official}
    return [one for one in found if one.official or one not in kept]


def values(totals: I64, ends: Sequence[int], wanted: Sequence[Quantity]) -> F64:
    """Each quantity in one future, from totals (ends, columns, districts) of the city."""
    city = totals.sum(axis=2)
    made = np.empty(len(wanted))
    for at, one in enumerate(wanted):
        row = ends.index(one.by)
        whole = float(city[row, COLUMNS.index(one.scope)])
        if one.measure == "count":
            value = whole
        else:
            part = float(city[row, COLUMNS.index(f"{one.scope}_{one.basis}")])
            value = part / whole if whole > 0 else 0.0  # no carriers: nothing is specialised, nothing is met
        made[at] = value if one.at_least is None else float(value >= one.at_least)
    return made


def explain(
    game: Game,
    targets: Sequence[Target],
    wanted: Wanted,
    journal: Journal,
    workers: int,
    progress: Progress | None = None,
) -> Explanation:
    """Explain the difference between the two scenarios of a game on matched draws and seeds.

    Replicates are evaluated in batches until the errors are small enough or all are done; what is evaluated is
    kept in the journal at once, and taken from there. Results do not depend on workers or interruptions.
    """
    work = _Work(game, wanted, journal, workers, progress)
    things = quantities(targets)
    done: list[int] = []
    sample = np.empty((0, len(game.players) + 2, len(things)))
    for first in range(0, wanted.replicates, _BATCH):
        done += work.batch(range(first, min(first + _BATCH, wanted.replicates)))
        if done:
            sample = _sample(work, done, things)
        if (
            wanted.error > 0.0
            and len(done) >= 2 * _BATCH
            and _settled(game, done, sample, things, wanted.error)
        ):
            break
    return _told(game, work, done, sample, things)


def _sample(work: _Work, done: Sequence[int], things: Sequence[Quantity]) -> F64:
    """(replicates, players + 2, quantities) Each player's contribution, then the values of base and variant."""
    game, known = work.game, work.journal.known

    def value_of(number: int, wanted: Sequence[Quantity]) -> Callable[[int], F64]:
        return lambda coalition: values(known[number][coalition], game.ends, wanted)

    ends = np.stack([[value_of(one, things)(which) for which in (0, game.everyone)] for one in done])
    if not game.players:
        return ends
    if work.wanted.pairs is None:
        exact = [shapley.exact(len(game.players), value_of(one, things)) for one in done]
        return np.concatenate([np.stack(exact), ends], axis=1)
    plain = list(
        dict.fromkeys(one._replace(outcome="expected", at_least=None, official=False) for one in things)
    )
    paths = [Paths(work.orders(one) or [], value_of(one, plain)) for one in done]
    shares = contributions.expected(paths)
    column = [plain.index(one._replace(outcome="expected", at_least=None, official=False)) for one in things]
    asked = [at for at, one in enumerate(things) if one.at_least is not None]
    made = shares[:, :, column]
    bounds = [one.at_least for one in things if one.at_least is not None]
    made[:, :, asked] = contributions.chances(paths, shares, [column[at] for at in asked], bounds, game.seed)
    return np.concatenate([made, ends], axis=1)


def _clusters(game: Game, done: Sequence[int]) -> Clusters:
    k = game.base.scenario.seeds_per_draw
    return Clusters.of(np.array([address(number, k).draw for number in done]))


def _settled(game: Game, done: Sequence[int], sample: F64, things: Sequence[Quantity], error: float) -> bool:
    asked = [at for at, one in enumerate(things) if one.official and one.outcome == "chance"]
    found = means(sample[:, : len(game.players)][:, :, asked], _clusters(game, done), 0.0, identical=True)
    return bool(found.error.size == 0 or found.error.max() <= error)


class _Work:
    """Evaluates coalitions on several threads: the compiled engine lets go of Python's lock."""

    def __init__(
        self, game: Game, wanted: Wanted, journal: Journal, workers: int, progress: Progress | None
    ) -> None:
        self.game, self.wanted, self.journal = game, wanted, journal
        self.failures: list[tuple[int, str]] = []
        self._workers, self._progress = workers, progress
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._tally = _Tally(wanted.replicates * len(list(self._coalitions(0))), progress)

    def orders(self, number: int) -> list[NDArray[np.integer]] | None:
        """The sampled orders of a replicate; ``None`` when all coalitions are evaluated."""
        if self.wanted.pairs is None:
            return None
        return shapley.orders(len(self.game.players), self.wanted.pairs, [self.game.seed, number])

    def _coalitions(self, number: int) -> Sequence[int]:
        return list(shapley.coalitions(len(self.game.players), self.orders(number)))

    def batch(self, numbers: Sequence[int]) -> list[int]:
        """Evaluate some replicates; gives those that gave a result, in order."""
        failed: dict[int, str] = {}
        with ThreadPoolExecutor(self._workers) as pool:
            todo = {pool.submit(self._replicate, number): number for number in numbers}
            try:
                for future in as_completed(todo):
                    error = future.exception()
                    if isinstance(error, Exception):
                        failed[todo[future]] = f"{type(error).__name__}: {error}"
                    elif error is not None:
                        raise error
            except BaseException:
                self._stop.set()
                pool.shutdown(cancel_futures=True)
                raise
        self.failures += sorted(failed.items())
        return [number for number in numbers if number not in failed]

    def _replicate(self, number: int) -> None:
        known = self.journal.known.setdefault(number, {})
        todo = self._coalitions(number)
        missing = [one for one in todo if one not in known]
        self._told(len(todo) - len(missing), fresh=False)
        replicate = self.game.replicate(number)
        replicate.known = known
        if number not in self.journal.endings:
            self.journal.ended(number, _ending(replicate))
        for coalition in missing:
            if self._stop.is_set():
                return
            if coalition not in known or coalition in (0, self.game.everyone):
                self.journal.add(number, coalition, replicate.totals(coalition))
            self._told(1)
        replicate.forget()

    def _told(self, more: int, fresh: bool = True) -> None:
        with self._lock:
            self._tally.told(more, len(self.failures), fresh)


class _Tally:
    """How far the evaluations have come."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        import time

        self._clock = time.monotonic
        self._total, self._progress, self._started = total, progress, self._clock()
        self._done = self._fresh = 0

    def told(self, more: int, failed: int, fresh: bool) -> None:
        self._done += more
        self._fresh += more if fresh else 0
        if self._progress is None:
            return
        left = (
            (self._clock() - self._started) / self._fresh * (self._total - self._done)
            if self._fresh
            else None
        )
        self._progress(self._done, failed, self._total, left)


def _ending(replicate: Replicate) -> Ending:
    """What the base and the variant come to besides totals: bridges, reasons, fates."""
    game = replicate.game
    quarters = max(game.ends) - game.base.first_quarter + 1
    _, _, base = replicate.whole(0)
    setting, world, variant = replicate.whole(game.everyone, events=True)
    return Ending(
        base=bridge(base, quarters),
        variant=bridge(variant, quarters),
        below=reasons.below(setting, variant),
        unlabelled=reasons.unlabelled(setting, variant),
        idle=reasons.idle_sponsors(variant.world),
        fates=reasons.fates(world, variant.world),
    )


def _told(
    game: Game,
    work: _Work,
    done: Sequence[int],
    sample: F64,
    things: Sequence[Quantity],
) -> Explanation:
    found: list[Share] = []
    if done:
        clusters = _clusters(game, done)
        players = len(game.players)
        result = means(sample[:, :players], clusters, 0.0, identical=True)
        whole = sample[:, players + 1] - sample[:, players]
        differences = means(whole, clusters, 0.0, identical=True)
        for at, one in enumerate(things):
            found.append(
                Share(
                    one,
                    float(sample[:, players, at].mean()),
                    float(sample[:, players + 1, at].mean()),
                    float(differences.mean[at]),
                    float(differences.error[at]) if np.isfinite(differences.error[at]) else 0.0,
                    tuple(
                        LeverShare(
                            name,
                            float(result.mean[row, at]),
                            float(result.error[row, at]) if np.isfinite(result.error[row, at]) else 0.0,
                        )
                        for row, name in enumerate(game.players)
                    ),
                )
            )
    endings = [work.journal.endings[number] for number in done]
    bridges: tuple[list[Bridge], list[Bridge]] = (
        [one.variant for one in endings],
        [one.base for one in endings],
    )
    districts = game.base.city.codes
    return Explanation(
        base=game.base.scenario.name,
        variant=game.variant.scenario.name,
        players=game.players,
        exact=work.wanted.pairs is None,
        n=len(done),
        n_requested=work.wanted.replicates,
        evaluations=sum(len(work.journal.known[number]) for number in done),
        shares=tuple(found),
        bridge=tuple(rows(bridges[0], districts)) if done else (),
        bridge_of_base=tuple(rows(bridges[1], districts)) if done else (),
        misses=tuple(misses(endings, [*game.variant.targets, *game.variant.tasks], districts))
        if done
        else (),
        risks=tuple(risks(endings, game.variant)) if done else (),
        last=quarter_name(max(game.ends)),
        failures=tuple(work.failures),
    )
