"""The city of one district: what goes in as founding, stopping and finding comes out of the engine so."""

import numpy as np
import pytest

from simulation.calibration.one_district import Conditions, counts, register
from simulation.engines import books, compiled, mesa
from simulation.rules import founding, inspection, operations

FIRST = 4 * 2020


def conditions(quarters=8, **changed):
    usual = Conditions(
        listed=60,
        stopped=6,
        sponsors=400,
        example=0.4,
        founding=np.linspace(1.0, 3.0, quarters),
        stopping=np.linspace(0.04, 0.01, quarters),
        finding=np.where(np.arange(quarters) == 3, 0.8, 0.2),
    )
    return usual._replace(**changed)


def run(given, seed=0, simulate=compiled.simulate):
    made = register(given, FIRST, 1000 + seed)
    return simulate(made.setting, made.world)


def mean(given, seeds=400):
    flows = np.array([counts(run(given, seed)) for seed in range(seeds)], np.float64)
    return flows.mean(axis=0)


def test_the_books_balance_and_the_list_opens_as_given():
    outcome = run(conditions())
    assert books.imbalance(outcome) == []
    entries, exits = counts(outcome)
    stocks = outcome.stocks.reshape(len(entries) + 1, -1).sum(axis=1)
    assert stocks[0] == 60
    assert np.array_equal(np.diff(stocks), entries - exits)


@pytest.mark.slow
def test_founding_comes_out_as_it_goes_in():
    """Expected openings each quarter, the list held still: nobody stops, and a handful among many sponsors."""
    given = conditions(
        stopped=0, example=0.0, sponsors=60 + 20_000, founding=np.array([2.0, 6.0, 1.0, 3.0]),
        stopping=np.zeros(4), finding=np.full(4, 0.5),
    )  # fmt: skip
    entries, exits = mean(given)
    assert exits.sum() == 0
    assert entries == pytest.approx(
        given.founding, abs=4 * np.sqrt(6.0 / 400)
    )  # four standard errors of a Poisson


@pytest.mark.slow
def test_founding_by_example_grows_with_the_list():
    alone = conditions(founding=np.full(8, 12.0), example=0.0, sponsors=60_000, stopping=np.zeros(8))
    follow = alone._replace(example=1.0)
    assert mean(follow, 60)[0][-1] > 1.5 * mean(alone, 60)[0][-1]


def test_finite_sponsors_saturate():
    few = conditions(founding=np.full(8, 12.0), example=0.0, sponsors=60 + 80, stopping=np.zeros(8))
    entries = mean(few, 60)[0]
    assert entries[-1] < 0.6 * entries[0]
    assert entries.sum() < 80


def test_stopping_and_finding_by_hand():
    """Without entries, found at once: a list of 60 of which 54 operate loses a share each quarter."""
    given = conditions(
        stopped=0, founding=np.full(3, 1e-9), stopping=np.array([0.1, 0.2, 0.05]), finding=np.ones(3)
    )
    exits = mean(given)[1]
    by_hand = [60 * 0.1, 60 * 0.9 * 0.2, 60 * 0.9 * 0.8 * 0.05]
    assert exits == pytest.approx(by_hand, abs=4 * np.sqrt(11.0 / 400))


def test_a_purge_empties_the_pool_of_stopped_ones():
    given = conditions(
        stopped=20, founding=np.full(4, 1e-9), stopping=np.zeros(4), finding=np.array([0.0, 1.0, 0.0, 0.0])
    )
    assert mean(given, 3)[1].tolist() == [0, 20, 0, 0]


@pytest.mark.parametrize("seed", range(3))
def test_both_engines_agree(seed):
    one, other = run(conditions(), seed), run(conditions(), seed, mesa.simulate)
    assert np.array_equal(one.flows, other.flows)
    assert np.array_equal(one.stocks, other.stocks)


@pytest.mark.parametrize(
    ("module", "rule", "which"),
    [
        (founding, "commitment_chance", 0),
        (operations, "stopping_chance", 1),
        (inspection, "finding_chance", 1),
    ],
)
def test_a_changed_rule_changes_what_comes_out(monkeypatch, module, rule, which):
    """In the engine that reads rules as they are: no separate formula stands behind the flows."""
    usual = counts(run(conditions(), simulate=mesa.simulate))[which]
    monkeypatch.setattr(module, rule, lambda *arguments: 0.0)
    assert counts(run(conditions(), simulate=mesa.simulate))[which].sum() < usual.sum()
