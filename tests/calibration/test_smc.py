"""The search: a posterior that is known exactly, the same from the same seed, gone on with after a kill."""

import numpy as np
import pytest
from scipy import stats

from simulation.calibration.one_district import Conditions, counts, register
from simulation.calibration.smc import Settings, distance, search
from simulation.engines import compiled

QUICK = Settings(particles=150, batch=50, generations=5, most_points=20_000)


def normal(noise=1.0, seeds=2):
    """Data are 10 u plus normal noise: with much prior room the posterior is normal around the datum."""

    def simulate(points, numbers):
        rngs = [np.random.default_rng([7, number]) for number in numbers.tolist()]
        luck = np.array([rng.standard_normal((seeds, 1)) for rng in rngs])
        return 10.0 * points[:, None, :1] + noise * luck

    return simulate


def test_a_posterior_that_is_known():
    found = search(normal(), np.array([4.0]), 1, 1, QUICK).posterior
    values = 10.0 * found.points[:, 0]
    mean = found.weights @ values
    sd = np.sqrt(found.weights @ (values - mean) ** 2)
    # Normal with mean 4 and deviation 1, a little wider for the tolerance (uniform: its square over 3).
    wide = np.sqrt(1.0 + (found.tolerance * 10 / np.sqrt(12)) ** 2 / 3)
    assert mean == pytest.approx(4.0, abs=0.3)
    assert sd == pytest.approx(wide, rel=0.2)


def test_what_the_data_do_not_tell_keeps_its_prior():
    found = search(normal(), np.array([4.0]), 2, 1, QUICK).posterior
    other = found.points[:, 1]
    assert found.weights @ other == pytest.approx(0.5, abs=0.08)
    assert np.sqrt(found.weights @ (other - 0.5) ** 2) == pytest.approx(np.sqrt(1 / 12), rel=0.15)


def test_tolerances_fall_and_weights_sum_to_1():
    made = search(normal(), np.array([4.0]), 1, 1, QUICK)
    tolerances = [one.tolerance for one in made.generations]
    assert tolerances == sorted(tolerances, reverse=True)
    assert len(made.generations) == 6
    for one in made.generations:
        assert one.weights.sum() == pytest.approx(1.0)
        assert 0.0 < one.effective <= 150.0
        assert (one.distances.min(axis=1) <= one.tolerance).all()


class Kept(dict):
    """A journal in memory, which can be as short as after a kill."""

    simulated = 0

    def find(self, generation, batch):
        return self.get((generation, batch))

    def keep(self, generation, batch, data):
        self[generation, batch] = data


def test_the_same_from_the_same_seed_and_after_a_kill():
    journal = Kept()
    whole = search(normal(), np.array([4.0]), 2, 1, QUICK, journal)
    again = search(normal(), np.array([4.0]), 2, 1, QUICK)
    for key in list(journal)[len(journal) // 2 :]:
        del journal[key]
    left = len(journal)
    calls = []

    def counted(points, numbers):
        calls.append(len(points))
        return normal()(points, numbers)

    resumed = search(counted, np.array([4.0]), 2, 1, QUICK, journal)
    for one, other, third in zip(whole.generations, again.generations, resumed.generations, strict=True):
        assert np.array_equal(one.points, other.points)
        assert np.array_equal(one.weights, third.weights)
    assert len(calls) == len(journal) - left
    different = search(normal(), np.array([4.0]), 2, 2, QUICK)
    assert not np.array_equal(whole.posterior.points, different.posterior.points)


def test_the_search_ends_when_few_points_come_near():
    made = search(normal(), np.array([400.0]), 1, 1, QUICK._replace(generations=60, least_acceptance=0.2))
    assert made.ended in ("acceptance", "tolerance")
    short = search(normal(), np.array([4.0]), 1, 1, QUICK._replace(most_points=400))
    assert short.ended == "points"


def test_distances_by_hand():
    data = np.array([[[3.0, 10.0]], [[np.nan, 4.0]]])
    assert distance(data, np.array([0.0, 2.0]), np.array([1.0, 2.0]))[0, 0] == pytest.approx(
        np.sqrt((9 + 16) / 2)
    )
    assert np.isinf(distance(data, np.array([0.0, 2.0]), np.array([1.0, 2.0]))[1, 0])


# --- simulation-based calibration (Talts et al. 2018) on the engine itself: founding and stopping of one register

QUARTERS, LISTED = 12, 80
FOUNDING, STOPPING = (0.5, 6.0), (0.002, 0.06)  # a quarter


def flows(points, numbers, seeds):
    """(m, seeds, 4) Entries and exits of the first and second half, by the compiled engine."""
    made = np.empty((len(points), seeds, 4))
    for row, (point, number) in enumerate(zip(points, numbers.tolist(), strict=True)):
        founding, stopping = (
            low + u * (high - low) for u, (low, high) in zip(point, (FOUNDING, STOPPING), strict=True)
        )
        conditions = Conditions(
            LISTED, 3, 4 * LISTED, 0.3,
            np.full(QUARTERS, founding), np.full(QUARTERS, stopping), np.full(QUARTERS, 0.4),
        )  # fmt: skip
        for seed in range(seeds):
            given = register(conditions, 8000, 31 * number + seed)
            entries, exits = counts(compiled.simulate(given.setting, given.world))
            halves = (entries[:6], entries[6:], exits[:6], exits[6:])
            made[row, seed] = [one.sum() for one in halves]
    return made


def ranks(sets, first=0):
    """(sets, 2) The rank of each true number among 19 posterior draws: uniform on 0 to 19."""
    settings = Settings(particles=100, batch=50, generations=4, most_points=3000)
    found = []
    for number in range(first, first + sets):
        rng = np.random.default_rng([11, number])
        true = rng.random(2)
        data = flows(true[None, :], np.array([10_000_000 + number]), 1)[0, 0]
        posterior = search(
            lambda points, numbers: flows(points, numbers, 1), data, 2, number, settings
        ).posterior
        drawn = posterior.points[rng.choice(len(posterior.points), 19, p=posterior.weights)]
        found.append((drawn < true).sum(axis=0))
    return np.array(found)


@pytest.mark.slow
def test_known_numbers_of_the_engine_are_recovered():
    """Twelve data sets here; the ranks of a hundred in the full test."""
    found = ranks(12)
    assert 0.2 < found.mean() / 19 < 0.8
    assert (found > 0).mean() > 0.6
    assert (found < 19).mean() > 0.6


@pytest.mark.full
@pytest.mark.timeout(7200)
def test_ranks_are_uniform_over_a_hundred_data_sets():
    found = ranks(100, first=1000)
    for column in found.T:
        histogram = np.bincount(column // 4, minlength=5)
        assert stats.chisquare(histogram).pvalue > 0.01, histogram
        # The 80 % interval: ranks 2 to 17 of 20.
        inside = int(((column >= 2) & (column <= 17)).sum())
        assert stats.binomtest(inside, 100, 0.8).pvalue > 0.01, inside
