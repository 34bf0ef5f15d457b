"""Answers to targets: every number by hand."""

import json

import numpy as np
import pytest

from simulation.projection import summarise
from simulation.projection.chances import wilson
from simulation.projection.targets import targets_of
from simulation.quarters import quarter
from tests.ensemble.fakes import Target, cells

# The keys that other programs are promised, in their order.
KEYS = [
    *("scope", "basis", "official", "measure", "district", "at_least", "by"),
    *("chance", "chance_error", "chance_low", "chance_high"),
    *("median", "q025", "q10", "q25", "q75", "q90", "q975"),
    *("expected_shortfall", "first_met", "falls_back"),
]

COUNT = Target("recognised", "label", "count", 10, quarter("2021Q4"), official=True)
SHARE = Target("recognised", "label", "specialised_share", 0.5, quarter("2021Q3"), official=True)


def only(answers, **wanted):
    found = [one for one in answers if all(getattr(one, name) == value for name, value in wanted.items())]
    assert len(found) == 1
    return found[0]


@pytest.fixture
def futures(scripted):
    """Five futures of a count of 10: two meet it, one of them after falling back, one reaches it too early."""
    paths = [
        [7, 8, 9, 11, 12],  # reached in 2021Q3 and kept
        [7, 10, 8, 9, 10],  # reached in 2021Q1, lost, met in the end
        [7, 8, 12, 8, 6],  # reached in 2021Q2 and lost
        [7, 7, 7, 8, 9],
        [7, 7, 6, 5, 3],
    ]
    return scripted(*(cells(4, north=path) for path in paths), targets=[COUNT])


def test_the_record_has_the_promised_keys(futures):
    record = only(summarise(futures), scope="recognised", basis="label").record()
    assert list(record) == KEYS
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert (record["measure"], record["district"], record["at_least"], record["by"]) == (
        *("count", None, 10, "2021Q4"),
    )


def test_every_number_of_a_count(futures):
    answer = only(summarise(futures), scope="recognised", basis="label")
    assert answer.chance == pytest.approx(2 / 5)
    assert answer.chance_error == pytest.approx((0.4 * 0.6 / 5) ** 0.5)
    assert (answer.chance_low, answer.chance_high) == pytest.approx(wilson(0.4, 5))
    # Sorted at the end: 3 6 9 10 12; the quantile p stands at place 4 p.
    assert [answer.q025, answer.q10, answer.q25, answer.median] == pytest.approx([3.3, 4.2, 6, 9])
    assert [answer.q75, answer.q90, answer.q975] == pytest.approx([10, 11.2, 11.8])
    assert answer.expected_shortfall == pytest.approx((0 + 0 + 4 + 1 + 7) / 5)
    assert answer.first_met == "2021Q2"  # of 2021Q1, Q2, Q3, in futures that reach it
    assert answer.falls_back == pytest.approx(2 / 5)
    assert answer.undefined == 0


def test_only_what_happens_up_to_the_date_counts(futures):
    early = COUNT._replace(by=quarter("2021Q2"))
    answer = only(summarise(futures, [early]), scope="recognised", basis="label")
    assert answer.chance == pytest.approx(1 / 5)
    assert answer.first_met == "2021Q1"  # of two futures, the quarter by which the first half has reached it
    assert answer.falls_back == pytest.approx(1 / 5)
    assert answer.median == 8


def test_the_opening_stock_may_meet_a_target(futures):
    answer = only(summarise(futures, [COUNT._replace(at_least=7)]), scope="recognised", basis="fact")
    assert answer.first_met == "2020Q4"
    assert answer.falls_back == pytest.approx(2 / 5)  # the third and the fifth
    assert answer.chance == pytest.approx(3 / 5)


def test_a_target_that_no_future_reaches(futures):
    answer = only(summarise(futures, [COUNT._replace(at_least=13)]), scope="recognised", basis="label")
    assert (answer.chance, answer.chance_error, answer.first_met, answer.falls_back) == (0, 0, None, 0)
    assert answer.chance_high == pytest.approx(wilson(0, 5)[1])
    assert answer.expected_shortfall == pytest.approx((1 + 3 + 7 + 4 + 10) / 5)


def test_every_scope_and_basis_side_by_side_the_official_one_marked(scripted):
    result = scripted(
        cells(3, north=[1, 1, 1, 1], north_label=[0, 0, 0, 3], south_fact=[1, 1, 1, 5]),
        targets=[COUNT, SHARE, COUNT._replace(scope="listed", official=False)],
        tasks=[COUNT._replace(district="south", at_least=5.0, by=quarter("2021Q3"))],
    )
    answers = summarise(result, [one for one in targets_of(result) if one.by == quarter("2021Q3")])
    order = [(one.measure, one.district, one.scope, one.basis) for one in answers]
    scopes = ["listed", "recognised", "national", "operating"]
    assert order == [
        (measure, district, scope, basis)
        for measure, district in (("specialised_share", None), ("count", "south"))
        for scope in scopes
        for basis in ("label", "fact")
    ]
    assert [(one.district, one.scope, one.basis) for one in answers if one.official] == [
        (None, "recognised", "label"),
        ("south", "recognised", "label"),
    ]
    share = {(one.scope, one.basis): one for one in answers if one.district is None}
    assert share["recognised", "label"].median == pytest.approx(3 / 9)
    assert share["recognised", "fact"].median == pytest.approx(5 / 9)
    assert share["recognised", "label"].chance == 0
    assert share["recognised", "fact"].chance == 1
    assert share["recognised", "fact"].first_met == "2020Q4"  # 1 of 2 is half
    task = only(answers, district="south", scope="operating", basis="fact")
    assert (task.median, task.chance, task.at_least) == (5, 1, 5)


def test_alternatives_to_one_target_are_one_group(futures):
    answers = summarise(futures, [COUNT, COUNT._replace(scope="listed", basis="fact", official=False)])
    assert len(answers) == 8
    assert [(one.scope, one.basis) for one in answers if one.official] == [("recognised", "label")]
    assert {(one.scope, one.basis) for one in answers if one.asked} == {
        ("recognised", "label"),
        ("listed", "fact"),
    }


def test_a_count_is_the_same_on_both_bases(futures):
    label, fact = (
        only(summarise(futures), scope="recognised", basis=basis).record() for basis in ("label", "fact")
    )
    assert {key for key in KEYS if label[key] != fact[key]} == {"basis", "official"}


def test_an_undefined_share_meets_nothing_and_has_no_value(scripted):
    result = scripted(
        cells(3, north=[1, 1, 1, 1], north_label=[0, 0, 1, 3]),
        cells(3, north=[1, 0, 0, 0], north_label=[1, 0, 0, 0]),  # reached, then nothing is left
        cells(3, north=[2, 2, 2, 4], north_label=[1, 1, 1, 1]),
    )
    answer = only(summarise(result, [SHARE]), scope="recognised", basis="label")
    assert answer.chance == pytest.approx(1 / 3)
    assert answer.undefined == 1
    assert answer.median == pytest.approx((0.75 + 0.2) / 2)
    assert answer.expected_shortfall == pytest.approx((0 + 0.3) / 2)
    assert answer.falls_back == pytest.approx(1 / 3)
    nothing = only(summarise(result, [SHARE]), scope="national", basis="label").record()
    assert nothing["chance"] == 0
    assert {nothing[key] for key in ("median", "q025", "q975", "expected_shortfall", "first_met")} == {None}


def test_with_several_seeds_a_draw_the_error_is_over_draws(scripted):
    ends = [12, 11, 10, 3, 4, 9]  # draws meet it in 2 of 2, 1 of 2, 0 of 2
    result = scripted(*(cells(4, north=[1, 1, 1, 1, end]) for end in ends), seeds_per_draw=2)
    answer = only(summarise(result, [COUNT]), scope="listed", basis="label")
    assert answer.chance == pytest.approx(0.5)
    assert answer.chance_error == pytest.approx((0.25 / 3) ** 0.5)
    assert (answer.chance_low, answer.chance_high) == pytest.approx(wilson(0.5, 3))


def test_failed_replicates_are_left_out(scripted):
    result = scripted(
        *(cells(4, north=[1, 1, 1, 1, end]) for end in (10, 9, 12, 2)), faults={1: "raises"}, targets=[COUNT]
    )
    answer = only(summarise(result), scope="listed", basis="label")
    assert answer.chance == pytest.approx(2 / 3)
    assert answer.median == 10
    assert result.n_used == 3


def test_without_any_future_there_is_no_answer(scripted):
    result = scripted(cells(4, north=[1, 1, 1, 1, 1]), faults={0: "raises"}, targets=[COUNT])
    assert summarise(result) == []


def test_a_target_outside_the_run_is_refused(futures):
    with pytest.raises(ValueError, match="2022Q1 cannot be judged: the run covers 2020Q4 to 2021Q4"):
        summarise(futures, [COUNT._replace(by=quarter("2022Q1"))])


def test_the_median_is_of_city_totals(scripted):
    result = scripted(*(cells(1, north=[0, n], south=[0, 10 - n]) for n in (0, 3, 10)))
    answer = only(summarise(result, [COUNT._replace(by=quarter("2021Q1"))]), scope="listed", basis="label")
    assert {answer.q025, answer.median, answer.q975} == {10.0}
    assert np.isclose(answer.chance, 1.0)
