"""What a register's past says about its founding, stopping and finding: a particle filter over its years.

The unknowns of the model of ``one_district`` and its hidden state (stopped carriers still on the list, how the
years are going) are followed year by year; each particle is weighed by how likely it makes the entries, exits
and stocks that were published (Gordon, Salmond and Smith 1993), and the unknowns are refreshed around those
that did well (Liu and West 2001). Priors are wide and stand in ``_PRIOR``: every one is an assumption.
"""

from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from scipy.special import expit, gammaln, logit

from simulation.calibration.series import Series
from simulation.world import F64

PARTICLES = 4000
_SHRINK = 0.98  # Liu and West: how much of its own value a refreshed unknown keeps
_MOST_CV = 1.5


class Unknowns(NamedTuple):
    """(n) Unknown numbers of each particle, on scales without bounds. A step is a year (or quarter)."""

    example: F64  # logit of the share of founding that comes by example
    room: F64  # log of (sponsors less listed) over listed, at the first stock
    drift_founding: F64  # change a step of the logarithm of founding besides the model's own growth
    wander_founding: F64  # log of the standard deviation of a lasting change in founding a step
    cluster: F64  # log of the coefficient of variation of a single step's founding
    wander_stopping: F64  # the same two of stopping
    burst: F64
    slide_stopping: F64  # change of the logarithm of the stopping hazard a step
    prompt: F64  # logit of the share of stopped carriers found within an ordinary year
    purge: F64  # logit of the chance a year that the list is purged


# mean and standard deviation of each, by year
_PRIOR = Unknowns(
    example=(0.0, 1.5),  # type: ignore[arg-type] # the prior has pairs where a particle has numbers
    room=(1.0, 1.0),  # type: ignore[arg-type]
    drift_founding=(0.0, 0.05),  # type: ignore[arg-type]
    wander_founding=(np.log(0.15), 0.7),  # type: ignore[arg-type]
    cluster=(np.log(0.2), 0.8),  # type: ignore[arg-type]
    wander_stopping=(np.log(0.15), 0.7),  # type: ignore[arg-type]
    burst=(np.log(0.15), 0.9),  # type: ignore[arg-type]
    slide_stopping=(0.0, 0.08),  # type: ignore[arg-type]
    prompt=(1.5, 1.5),  # type: ignore[arg-type]
    purge=(-1.7, 0.7),  # type: ignore[arg-type]
)
PURGE_FINDS = 0.9  # share of the stopped that a purge finds within the year (assumption)


class State(NamedTuple):
    """(n) Where each particle's register stands at the end of a step."""

    listed: F64
    stopped: F64  # of these, stopped and not yet found
    founding: F64  # log of openings expected a step, were the list that of the first stock
    stopping: F64  # log of the hazard to stop a step


class Learned(NamedTuple):
    """Equally weighted particles, with the reference that their founding is relative to."""

    unknowns: Unknowns
    state: State
    reference: float  # the first stock known


def learn(past: Series, rng: Generator, particles: int = PARTICLES) -> Learned:
    """What a series says by its end. Whoever wants the state of knowledge at a date gives the rows up to it."""
    stocks = past.measure("stock")
    first = int(np.flatnonzero(np.isfinite(stocks))[0])
    reference = max(1.0, float(stocks[first]))
    unknowns = _drawn(rng, particles)
    state = _start(past, first, unknowns, rng)
    since = first
    weights = np.zeros(particles)
    for row in range(first + 1, len(past)):
        state, log_weights = advance(unknowns, state, reference, past, row, rng, elapsed=row - since)
        weights += log_weights
        if np.isfinite(past.values[row]).any():
            since = row
            chosen = _resampled(weights, rng)
            weights = np.zeros(particles)
            unknowns = _refreshed(Unknowns(*(one[chosen] for one in unknowns)), rng)
            state = State(*(one[chosen] for one in state))
    return Learned(unknowns, state, reference)


def intensity(unknowns: Unknowns, listed: F64, founding: F64, reference: float) -> F64:
    """(n) Openings expected a step at a list of this length: by example they grow with it, by room they fall."""
    share = expit(unknowns.example)
    sponsors = reference * (1.0 + np.exp(np.clip(unknowns.room, -3.0, 5.0)))
    sponsors = np.maximum(sponsors, 1.2 * listed)
    growth = (1.0 - share) + share * listed / reference
    left = (sponsors - listed) / np.maximum(sponsors - reference, 0.2 * reference)
    return np.asarray(np.exp(np.clip(founding, -12.0, 18.0)) * growth * np.minimum(left, 5.0), np.float64)


def advance(
    unknowns: Unknowns, state: State, reference: float, past: Series, row: int, rng: Generator, elapsed: int
) -> tuple[State, F64]:
    """One step on: the state, and the log likelihood of what the row says."""
    stock, entered, left = past.values[row]
    before = past.values[row - 1][0]
    years = past.quarters_a_step / 4.0
    count = len(state.listed)
    founding, stopping = wandered(unknowns, state, years, rng)
    expected = intensity(unknowns, state.listed, founding, reference)
    purged = rng.random(count) < 1.0 - (1.0 - expit(unknowns.purge)) ** years
    hazard = np.exp(np.minimum(stopping, np.log(1.5)))
    found = np.where(purged, PURGE_FINDS, expit(unknowns.prompt))
    stops, exits = _mean_flows(state, expected, hazard, found, past.quarters_a_step)
    cluster, burst = (np.minimum(np.exp(one), _MOST_CV) for one in (unknowns.cluster, unknowns.burst))
    log_weight = np.zeros(count)
    if np.isfinite(entered):
        log_weight += negative_binomial(entered, expected, cluster)
        # What one step's luck does not explain lasts in part: the year's founding is drawn to what was seen.
        expected = np.full(count, entered)
    if np.isfinite(left):
        log_weight += negative_binomial(left, exits, burst)
        stops = stops * np.clip((left + 1.0) / (exits + 1.0), 0.3, 3.0)
        exits = np.full(count, left)
    listed = state.listed + expected - exits
    if np.isfinite(stock) and np.isfinite(before) and not (np.isfinite(entered) and np.isfinite(left)):
        spread = _spread(expected, cluster, entered) + _spread(exits, burst, left)
        log_weight += _normal(stock - listed, spread + 1.0)
    elif np.isfinite(stock) and not np.isfinite(before):
        spread = elapsed * (_spread(expected, cluster, entered) + _spread(exits, burst, left))
        log_weight += _normal(stock - listed, spread + 1.0)
    if np.isfinite(stock):
        listed = np.full(count, stock)
    listed = np.maximum(listed, 0.0)
    stopped = np.clip(state.stopped + stops - exits, 0.0, 0.8 * listed)
    return State(listed, stopped, founding, stopping), log_weight


def wandered(unknowns: Unknowns, state: State, years: float, rng: Generator) -> tuple[F64, F64]:
    """(n), (n) The logarithms of founding and of the hazard, a step on."""
    root = np.sqrt(years)
    shift = np.minimum(np.exp(unknowns.wander_founding), 1.0) * root
    founding = state.founding + unknowns.drift_founding * years + shift * rng.standard_normal(len(shift))
    shift = np.minimum(np.exp(unknowns.wander_stopping), 1.0) * root
    stopping = state.stopping + unknowns.slide_stopping * years + shift * rng.standard_normal(len(shift))
    return founding, np.minimum(stopping, np.log(1.5 * years))


def _mean_flows(state: State, entries: F64, hazard: F64, found: F64, quarters: int) -> tuple[F64, F64]:
    """Stops and exits expected within a step, quarter by quarter as the engine has them."""
    stop = 1.0 - np.exp(-hazard / quarters)
    find = 1.0 - (1.0 - found) ** 0.25
    stopped, operating = state.stopped.copy(), np.maximum(state.listed - state.stopped, 0.0)
    stops, exits = np.zeros(len(stop)), np.zeros(len(stop))
    for _ in range(quarters):
        now = (operating + entries / quarters) * stop
        operating = operating + entries / quarters - now
        taken_off = (stopped + now) * find
        stopped = stopped + now - taken_off
        stops, exits = stops + now, exits + taken_off
    return stops, exits


def negative_binomial(count: float, mean: F64, variation: F64) -> F64:
    """(n) Log probability of a count of given mean, the mean itself varying from step to step (gamma)."""
    mean = np.maximum(mean, 1e-9)
    size = 1.0 / np.maximum(variation, 0.01) ** 2
    return np.asarray(
        gammaln(count + size) - gammaln(size) - gammaln(count + 1.0)
        + size * np.log(size / (size + mean))
        + count * np.log(mean / (size + mean)),
        np.float64,
    )  # fmt: skip


def _spread(mean: F64, variation: F64, known: float) -> F64:
    """(n) Variance of a flow, none when it was published."""
    if np.isfinite(known):
        return np.zeros(len(mean))
    return np.asarray(mean + (variation * mean) ** 2, np.float64)


def _normal(error: F64, variance: F64) -> F64:
    return np.asarray(-0.5 * (np.log(variance) + error**2 / variance), np.float64)


def _drawn(rng: Generator, count: int) -> Unknowns:
    return Unknowns(*(mean + sd * rng.standard_normal(count) for mean, sd in _PRIOR))


def _start(past: Series, first: int, unknowns: Unknowns, rng: Generator) -> State:
    """The state at the first stock: rates around those of the first flows known, and wide."""
    count = len(unknowns.room)
    stock = max(1.0, float(past.measure("stock")[first]))
    years = past.quarters_a_step / 4.0
    entries = _first(past.measure("entries"), 0.12 * stock * years)
    exits = _first(past.measure("exits"), 0.05 * stock * years)
    wide = 0.7 if np.isfinite(past.measure("exits")).any() else 1.0
    stopping = np.log((exits + 0.5) / stock) + wide * rng.standard_normal(count)
    founding = np.log(entries + 0.5) + 0.7 * rng.standard_normal(count)
    # Stopped ones wait for 1 over the chance to be found; how long ago the last purge was is not known.
    waiting = np.exp(stopping) / years * (1.0 / expit(unknowns.prompt) - 1.0) * rng.random(count)
    return State(
        np.full(count, float(past.measure("stock")[first])),
        np.minimum(waiting, 0.5) * stock,
        founding,
        stopping,
    )


def _first(values: F64, otherwise: float) -> float:
    known = values[np.isfinite(values)]
    return float(known[0]) if len(known) else otherwise


def _resampled(log_weights: F64, rng: Generator) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Rows of the particles that go on, by systematic resampling."""
    weights = np.exp(log_weights - log_weights.max())
    edges = np.cumsum(weights / weights.sum())
    points = (rng.random() + np.arange(len(weights))) / len(weights)
    return np.minimum(np.searchsorted(edges, points), len(weights) - 1)


def _refreshed(unknowns: Unknowns, rng: Generator) -> Unknowns:
    """Unknowns drawn anew around what they were, mean and spread kept."""
    made = []
    for one in unknowns:
        mean, spread = one.mean(), one.std()
        noise = np.sqrt(1.0 - _SHRINK**2) * spread * rng.standard_normal(len(one))
        made.append(_SHRINK * one + (1.0 - _SHRINK) * mean + noise)
    return Unknowns(*made)


def odds(share: float) -> float:
    """The logarithm of the odds of a share."""
    return float(logit(share))
