"""Planning on a small model with a known answer: every mix can be tried, so the cheapest one is known."""

import itertools
import json
import math

import numpy as np
import pytest

from simulation.projection.evaluations import Evaluator, Kept, open_kept
from simulation.projection.mixes import Dose, Space, dominant, hypervolume, judged, key_of
from simulation.projection.planning import Asked, Planner
from simulation.quarters import quarter
from simulation.reporting.city_names import names_of_city
from simulation.reporting.plan_page import PlanPage, overlay
from simulation.reporting.text import Words
from simulation.reporting.width import columns
from simulation.scenario import load, study
from simulation.scenario.tasks import Target

LEVERS = ("events", "banks", "clean_up")
STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
SCENARIO = """\
name: small
until: 2025Q4
targets:
  - {scope: recognised, measure: count, at_least: 600, by: 2025Q4, official: true}
  - {scope: recognised, basis: label, measure: specialised_share, at_least: 0.5, by: 2025Q4, official: true}
"""
PRICE = {"events": 40e6, "banks": 100e6, "clean_up": 10e6}


class Small(Evaluator):
    """Events bring 40 carriers and banks 60; banks and clean-up raise the share; luck is a few carriers.

    A lever that begins later does the less; an unknown, the chance to apply, brings 200 carriers per unit.
    """

    calls = 0

    def values(self, study, replicate):
        type(self).calls += 1
        levers = study.scenario.levers
        dose = {
            name: levers[name].strength * (quarter("2025Q4") - levers[name].from_) / 16 for name in LEVERS
        }
        luck = np.random.default_rng([self.seed, replicate]).normal(0.0, [8.0, 0.01])
        pinned = study.scenario.unknowns.get("rounds.apply_municipal")
        applying = 0.0 if pinned is None else 200.0 * (pinned.value - 0.22)
        count = 550 + 40 * dose["events"] + 60 * dose["banks"] - 10 * dose["clean_up"] + luck[0] + applying
        share = 0.42 + 0.05 * dose["banks"] + 0.08 * dose["clean_up"] + luck[1]
        return (count, share, sum(PRICE[name] * levers[name].strength for name in LEVERS))


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    path = tmp_path_factory.mktemp("scenario") / "small.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return study(load(path))


def planner(base, kept=None, **changed):
    given = {
        "chance": 0.8, "budget": None, "replicates": 20, "population": 12, "generations": 8, "fresh": 200,
    } | changed  # fmt: skip
    kept = Kept() if kept is None else kept
    space = Space(base, LEVERS, given.pop("most", 1.0), given.pop("starts", False))
    return Planner(space, Asked(**given), lambda luck: Small("compiled", 7 + luck, base.targets, kept, 2))


@pytest.fixture(scope="module")
def found(base):
    return planner(base).plan()


def cheapest(base, one, budget=math.inf):
    """The cheapest mix that reaches the chance on the luck of the search, by trying them all."""
    tried = [
        one.space.mix(dict(zip(LEVERS, doses, strict=True))) for doses in itertools.product(STEPS, repeat=3)
    ]
    told = [(one.judge([mix])[0], mix) for mix in tried]
    reaching = [(each.cost, key_of(mix)) for each, mix in told if each.reach >= 0.0 and each.cost <= budget]
    return min(reaching) if reaching else None


def test_the_search_comes_near_the_known_optimum(base):
    one = planner(base)
    one.plan()
    reaching = [each.cost for each in one.search.judged.values() if each.reach >= 0.0]
    assert len(one.search.judged) < 100  # of 125
    assert min(reaching) <= 1.05 * cheapest(base, planner(base))[0]


def test_few_levers_are_tried_in_every_mix(base):
    one = planner(base, generations=11)  # 132 mixes may be tried, and there are 125
    plan = one.plan()
    assert plan.settled
    reaching = [each.cost for each in one.search.judged.values() if each.reach >= 0.0]
    assert min(reaching) == cheapest(base, planner(base))[0]


def test_the_winner_is_judged_on_luck_that_chose_nothing(found):
    assert found.winner is not None
    assert found.winner.judged.lowest >= 0.8
    assert found.final.lowest > 0.7
    assert found.final.cost == found.winner.judged.cost
    assert found.final.margins != found.winner.judged.margins


def test_the_front_is_a_front(found):
    costs = [one.judged.cost for one in found.options]
    assert costs == sorted(costs)
    assert costs[0] == 0.0
    assert sum(one.best_share for one in found.options) == pytest.approx(1.0)
    assert min(one.regret for one in found.options) >= 0.0
    assert list(found.volumes) == sorted(found.volumes)


def test_within_a_budget_there_may_be_no_mix(base):
    plan = planner(base, budget=60e6).plan()
    assert plan.winner is None
    assert plan.final is None
    assert all(one.judged.cost <= 60e6 for one in plan.options)
    needs = {one.target: one for one in plan.needs}
    # Half-events, or events and some clean-up: tens of carriers short. Each 0.01 more of the chance to apply brings 2.
    assert needs[0].unknown == "rounds.apply_municipal"
    assert needs[0].at_least
    assert needs[0].chance >= 0.8
    assert needs[0].value > 0.22
    assert needs[0].rise == pytest.approx((600 - 456) / 5)
    assert plan.record()["reached"] is False


def test_no_mix_at_all(base):
    plan = planner(base, chance=0.8, most=0.25).plan()
    assert plan.winner is None
    assert plan.nearest.judged.lowest < 0.8


def test_least_dose_and_latest_start_hold_on_the_searchs_luck(base):
    one = planner(base)
    plan = one.plan()
    assert plan.doses
    for dose in plan.doses:
        given = plan.winner.mix[dose.lever]

        def reach(changed, lever=dose.lever):
            return one.judge([{**plan.winner.mix, lever: changed}])[0].reach

        assert reach(given._replace(strength=dose.strength)) >= 0.0
        assert reach(given._replace(start=dose.latest)) >= 0.0
        if dose.strength > 0.0:
            assert reach(given._replace(strength=dose.strength - 0.25)) < 0.0
        if dose.latest < quarter("2025Q4"):
            assert reach(given._replace(start=dose.latest + 1)) < 0.0


def test_a_plan_that_was_killed_goes_on_to_the_same_answer(base, found, tmp_path):
    kept = open_kept(tmp_path, {"what": "plan"}, resume=False, overwrite=False)
    planner(base, kept).plan()
    kept.close()
    path = tmp_path / "evaluations.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 3 // 5])
    again = open_kept(tmp_path, {"what": "plan"}, resume=True, overwrite=False)
    before = Small.calls
    resumed = planner(base, again).plan()
    again.close()
    assert resumed.record() == found.record()
    assert 0 < Small.calls - before < 0.6 * whole.count(b"\n")


def test_starts_may_be_decided_as_well(base):
    plan = planner(base, starts=True, generations=4).plan()
    starts = {dose.start for one in plan.options for dose in one.mix.values() if dose.strength > 0.0}
    assert min(starts) >= quarter("2021Q4")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_fits_the_terminal(base, found, language):
    for plan in (found, planner(base, budget=60e6).plan()):
        lines = PlanPage(Words(language), plan, names_of_city(base.city), "results").lines()
        assert max(columns(line) for line in lines) <= 80
        json.dumps(plan.record(), allow_nan=False)


def test_the_mix_is_a_scenario(base, found, tmp_path):
    (tmp_path / "small.yaml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(overlay(found, "small.yaml"), encoding="utf-8")
    read = load(tmp_path / "plan.yaml")
    assert {name: read.levers[name].strength for name in LEVERS} == {
        name: dose.strength for name, dose in found.winner.mix.items()
    }


# --------------------------------------------------------------------------- parts

TARGET = Target("recognised", "label", "count", 10.0, quarter("2025Q4"), True, None, "scenario")


def test_a_mix_reaches_when_enough_futures_pass():
    values = np.array([[8.0, 1.0], [9.0, 1.0], [10.0, 3.0], [12.0, 3.0], [14.0, 2.0]])
    told = judged(values, [TARGET], 0.6, [2.0], 1)
    assert told.chances == (0.6,)
    assert told.margins == (0.0,)  # three of five have 10 or more
    assert told.reach == 0.0
    assert told.cost == 2.0
    assert judged(values, [TARGET], 0.8, [2.0], 1).margins == (-1.0,)
    assert judged(values, [TARGET], 0.8, [2.0], 1).reach == -0.5


def test_what_several_targets_lack_adds_up():
    other = TARGET._replace(at_least=20.0)
    values = np.array([[9.0, 19.0, 1.0], [9.0, 17.0, 1.0]])
    told = judged(values, [TARGET, other], 1.0, [1.0, 2.0], 1)
    assert told.margins == (-1.0, -3.0)
    assert told.reach == -2.5
    assert (
        judged(values + 10.0, [TARGET, other], 1.0, [1.0, 2.0], 1).reach == 3.5
    )  # the least, once all are met


def test_failed_futures_are_left_out():
    values = np.array([[8.0, 1.0], [math.nan, math.nan], [10.0, 3.0]])
    assert judged(values, [TARGET], 0.5, [1.0], 1).chances == (0.5,)


def test_a_front_by_hand():
    points = [(3.0, 1.0), (1.0, 0.0), (2.0, 2.0), (2.0, 1.5), (4.0, 3.0)]
    assert dominant(points) == [1, 2, 4]
    # Corner (5, -1): (5-1)/5 x 1 + (5-2)/5 x 2 + (5-4)/5 x 1
    assert hypervolume(points, 5.0, -1.0) == pytest.approx(0.8 + 1.2 + 0.2)


def test_the_leading_districts_hold_half_of_the_baseline(base):
    space = Space(base, LEVERS)
    shares = {one.code: one.share for one in base.city.districts}
    held = sum(shares[code] for code in space.leading)
    assert 0.5 <= held < 0.6
    made = space.scenario({"events": Dose(0.5, quarter("2023Q1"), True)})
    assert made.levers["events"].districts == space.leading
    assert made.levers["events"].from_ == quarter("2023Q1")
