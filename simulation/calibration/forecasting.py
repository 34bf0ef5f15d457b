"""Our forecast of a register: the engine run from its last stock, once for each of many learned registers."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from scipy.special import expit

from simulation.calibration import learning
from simulation.calibration.learning import Learned, State, Unknowns
from simulation.calibration.one_district import MOST_AGENTS, MOST_CHANCE, Conditions, counts, register
from simulation.calibration.scores import LEVELS
from simulation.calibration.series import MEASURES, Series
from simulation.draws import replicate_key
from simulation.engines import books
from simulation.engines.setting import Setting
from simulation.world import F64, World

Simulate = Callable[[Setting, World], books.Outcome]
REPLICATES = 400
_LEAST_ROOM = 8.0  # idle sponsors at least so many times the openings of the busiest quarter
_MOST_ROOM = 50.0  # ... and this many times all openings: more would only cost time, and change growth by 2 %


class Futures(NamedTuple):
    """(n, horizon, 3) What each replicate records: stock, entries, exits."""

    values: F64

    def quantiles(self) -> F64:
        """(horizon, 3, 7) Quantiles at ``LEVELS``."""
        return np.moveaxis(np.quantile(self.values, LEVELS, axis=0), 0, -1)


def forecast(
    past: Series,
    horizon: int,
    *,
    seed: int,
    simulate: Simulate,
    replicates: int = REPLICATES,
    workers: int = 1,
) -> Futures:
    """Futures of a register from the end of ``past``, which must end with a known stock."""
    rng = np.random.default_rng([seed, _digest(past)])
    learned = learning.learn(past, rng)
    chosen = rng.choice(len(learned.state.listed), replicates, replace=len(learned.state.listed) < replicates)
    unknowns = Unknowns(*(one[chosen] for one in learned.unknowns))
    state = State(*(one[chosen] for one in learned.state))
    stock = float(past.values[-1, 0])
    scale = max(1, int(np.ceil(stock / MOST_AGENTS)))
    made = _conditions(learned._replace(unknowns=unknowns, state=state), past, horizon, scale, rng)
    first = past.last_quarters[-1] + 1

    def one(row: int) -> F64:
        given = register(made[row], first, replicate_key(seed, row, 0))
        entries, exits = counts(simulate(given.setting, given.world))
        return scale * np.stack([_by_step(entries, past), _by_step(exits, past)], axis=-1)

    with ThreadPoolExecutor(workers) as pool:
        flows = np.stack(list(pool.map(one, range(replicates))))
    recorded = np.cumsum(flows[..., 0] - flows[..., 1] + _recording(past, flows.shape[:2], rng), axis=1)
    stocks = np.maximum(stock + recorded, 0.0)
    return Futures(np.concatenate((stocks[..., None], flows), axis=-1))


def _digest(past: Series) -> int:
    """A number that follows from what is known, so that luck depends on nothing later."""
    text = "\n".join(",".join(f"{value:.0f}" for value in row) for row in past.values.tolist())
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest(), "big")


def _by_step(quarterly: F64 | np.ndarray[tuple[int], np.dtype[np.int64]], past: Series) -> F64:
    by_step = np.asarray(quarterly, np.float64).reshape(-1, past.quarters_a_step).sum(axis=1)
    return np.asarray(by_step, np.float64)


def _recording(past: Series, shape: tuple[int, int], rng: Generator) -> F64:
    """(n, horizon) Errors of recording: those of the past drawn anew, with either sign (assumed without bias)."""
    known = past.residuals[np.isfinite(past.residuals)]
    if not len(known):
        return np.zeros(shape)
    return np.asarray(rng.choice(known, shape) * rng.choice([-1.0, 1.0], shape), np.float64)


def _conditions(learned: Learned, past: Series, horizon: int, scale: int, rng: Generator) -> list[Conditions]:
    """What each future register is like: its unknowns learned, the luck of its years drawn."""
    unknowns, state = learned.unknowns, learned.state
    count, quarters = len(state.listed), past.quarters_a_step
    years = quarters / 4.0
    at_start = learning.intensity(unknowns, state.listed, np.zeros(count), learned.reference)
    founding, stopping, finding = (np.empty((count, horizon)) for _ in range(3))
    for step in range(horizon):
        now = learning.wandered(unknowns, state, years, rng)
        state = state._replace(founding=now[0], stopping=now[1])
        founding[:, step] = np.exp(np.clip(now[0], -12.0, 18.0)) * at_start * _luck(unknowns.cluster, rng)
        stopping[:, step] = np.exp(now[1]) * _luck(unknowns.burst, rng)
        purged = rng.random(count) < 1.0 - (1.0 - expit(unknowns.purge)) ** years
        finding[:, step] = np.where(purged, learning.PURGE_FINDS, expit(unknowns.prompt))
    founding = np.maximum(np.repeat(founding / quarters, quarters, axis=1) / scale, 1e-9)
    stopping = np.minimum(1.0 - np.exp(-np.repeat(stopping, quarters, axis=1) / quarters), MOST_CHANCE)
    finding = 1.0 - (1.0 - np.repeat(finding, quarters, axis=1)) ** 0.25
    example = expit(unknowns.example) * state.listed / learned.reference
    example = example / (1.0 - expit(unknowns.example) + example)
    sponsors = learned.reference * (1.0 + np.exp(np.clip(unknowns.room, -3.0, 5.0))) / scale
    listed = round(float(past.values[-1, 0]) / scale)
    made = []
    for row in range(count):
        idle = max(sponsors[row] - listed, 0.2 * listed, _LEAST_ROOM * founding[row].max())
        idle = min(idle, max(5.0 * listed, _LEAST_ROOM * founding[row].max()))
        idle = min(idle, max(_MOST_ROOM * founding[row].sum(), 1.0))
        made.append(
            Conditions(
                listed=listed,
                stopped=int(rng.binomial(listed, min(1.0, state.stopped[row] / max(1.0, scale * listed)))),
                sponsors=listed + int(np.ceil(idle)),
                example=float(example[row]),
                founding=founding[row],
                stopping=stopping[row],
                finding=finding[row],
            )
        )
    return made


def _luck(variation: F64, rng: Generator) -> F64:
    """(n) A factor of mean 1 for one step: the gamma that makes counts over-dispersed."""
    size = 1.0 / np.clip(np.exp(variation), 0.01, 1.5) ** 2
    return np.asarray(rng.gamma(size, 1.0 / size), np.float64)


__all__ = ["MEASURES", "REPLICATES", "Futures", "forecast"]
