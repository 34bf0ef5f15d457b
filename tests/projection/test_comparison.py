"""Comparisons in pairs of futures: every number by hand, identity, order, matching."""

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

from simulation.projection.comparison import as_csv, compare, unique_names
from simulation.projection.effects import BETTER, SAME, UNCLEAR, WORSE
from simulation.projection.pairing import UnmatchedError
from simulation.quarters import quarter
from simulation.rules import codes
from tests.ensemble.fakes import DISTRICTS, Target, cells
from tests.projection.pairs import scripted_run

COUNT = Target("recognised", "label", "count", 10, quarter("2021Q4"), official=True)
TASK = Target("recognised", "label", "count", 6, quarter("2021Q4"), official=True, district="north")
ON = (("events", 1.0, ("north",)),)
EFFECT_KEYS = [
    *("variant", "scope", "basis", "measure", "district", "quarter", "mean", "low", "high", "helps_share"),
    *("chance_difference", "chance_difference_error", "verdict", "n_needed"),
]


def futures(*ends, east=3, label=0):
    """A future for each number of carriers that north has in the last quarter; east stands still."""
    return [cells(4, north=[5, 5, 5, 6, end], east=[east] * 5, east_label=[label] * 5) for end in ends]


def two(tmp_path, base, variant, **options):
    first = scripted_run(tmp_path / "base", "base", base, targets=[COUNT], tasks=[TASK], **options)
    other = scripted_run(
        tmp_path / "variant", "variant", variant, levers=ON, targets=[COUNT], tasks=[TASK], **options
    )
    return [first, other]


def only(found, **wanted):
    kept = [one for one in found if all(getattr(one, name) == value for name, value in wanted.items())]
    assert len(kept) == 1
    return kept[0]


@pytest.fixture
def compared(tmp_path):
    """North ends with 4, 6, 7, 9 carriers in the base and 2 more, 1 more, as many and 4 more in the variant."""
    return compare(two(tmp_path, futures(4, 6, 7, 9), futures(6, 7, 7, 13)))


def test_the_record_holds_what_other_programs_are_promised(compared):
    record = compared.record()
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert (record["base"], record["n"]) == ("base", 4)
    assert {tuple(one) for one in record["effects"]} == {tuple(EFFECT_KEYS)}
    # (2 measures x 4 scopes x 2 bases) x (3 districts and the city) x 5 quarters
    assert len(record["effects"]) == 16 * 4 * 5


def test_an_effect_by_hand(compared):
    effect = only(
        compared.effects, scope="recognised", basis="label", measure="count", district=None, quarter="2021Q4"
    )
    # Differences 2, 1, 0, 4: mean 1.75, variance 8.75 / 3; t of 3 degrees of freedom at 0.975: 3.182446.
    assert effect.mean == pytest.approx(1.75)
    reach = 3.182446 * (8.75 / 3 / 4) ** 0.5
    assert (effect.low, effect.high) == pytest.approx((1.75 - reach, 1.75 + reach), abs=1e-6)
    assert effect.helps_share == 0.75
    assert effect.verdict == UNCLEAR
    # (2.801585)^2 x (8.75 / 3) / 1.75^2 = 7.475
    assert effect.n_needed == 8
    # Totals of the city 7 9 10 12 and 9 10 10 16: one future more reaches 10.
    assert effect.chance_difference == pytest.approx(0.25)
    assert effect.chance_difference_error > 0.25 / 4


def test_chances_and_districts_won(compared):
    city = only(compared.chances, scope="recognised", basis="label", district=None)
    assert (city.base_chance, city.variant_chance, city.gained, city.lost) == (0.5, 0.75, 1, 0)
    north = only(compared.chances, scope="recognised", basis="label", district="north")
    assert (north.base_chance, north.variant_chance) == (0.75, 1.0)


def test_only_the_targets_quarter_has_a_chance(compared):
    with_chance = {one.quarter for one in compared.effects if one.chance_difference is not None}
    assert with_chance == {"2021Q4"}


def test_what_is_better_and_worse(tmp_path):
    up = compare(two(tmp_path / "up", futures(4, 6, 7), futures(6, 8, 9.0)))
    down = compare(two(tmp_path / "down", futures(6, 8, 9), futures(4, 6, 7)))
    wanted = {
        "scope": "recognised",
        "basis": "label",
        "measure": "count",
        "district": None,
        "quarter": "2021Q4",
    }
    assert only(up.effects, **wanted).verdict == BETTER
    assert only(down.effects, **wanted).verdict == WORSE


def test_a_variant_equal_to_its_base_gives_exactly_nothing(tmp_path):
    first = scripted_run(tmp_path / "a", "same", futures(4, 6, 7), targets=[COUNT], tasks=[TASK])
    second = scripted_run(tmp_path / "b", "same", futures(4, 6, 7), targets=[COUNT], tasks=[TASK])
    found = compare([first, second])
    assert found.names == ("same", "same (2)")
    assert {(one.mean, one.low, one.high) for one in found.effects if one.mean is not None} == {(0, 0, 0)}
    assert {one.verdict for one in found.effects} == {SAME}
    assert {(one.difference, one.error, one.low, one.high) for one in found.chances} == {(0, 0, 0, 0)}
    assert {(one.difference, one.low, one.high) for one in found.costs} == {(0, 0, 0)}
    assert found.inputs == {"same (2)": []}
    assert found.comparisons("same (2)") == (0, 0)


def test_a_lever_that_changes_nothing_is_no_difference_but_bounded(tmp_path):
    found = compare(two(tmp_path, futures(4, 6, 7), futures(4, 6, 7)))
    effect = only(
        found.effects, scope="recognised", basis="label", measure="count", district=None, quarter="2021Q4"
    )
    assert (effect.mean, effect.verdict, effect.low, effect.high) == (0.0, SAME, -1.0, 1.0)
    assert effect.chance_difference_error > 0.0


def test_the_order_of_variants_changes_nothing_but_order(tmp_path):
    base = scripted_run(tmp_path / "a", "a", futures(4, 6, 7), targets=[COUNT])
    b = scripted_run(tmp_path / "b", "b", futures(5, 6, 9), levers=ON, targets=[COUNT])
    c = scripted_run(tmp_path / "c", "c", futures(4, 4, 4), levers=ON, targets=[COUNT])
    assert set(compare([base, b, c]).effects) == set(compare([base, c, b]).effects)
    assert set(compare([base, b, c]).costs) == set(compare([base, c, b]).costs)


def test_any_run_can_be_the_base(tmp_path):
    first, other = two(tmp_path, futures(4, 6, 7, 9), futures(6, 7, 7, 13))
    there, back = compare([first, other]), compare([other, first])
    for one, turned in zip(there.effects, back.effects, strict=True):
        if one.mean is not None:
            assert (turned.mean, turned.low, turned.high) == pytest.approx((-one.mean, -one.high, -one.low))


@pytest.mark.parametrize(("option", "value"), [("seed", 2), ("seeds_per_draw", 2)])
def test_runs_of_other_luck_are_refused(tmp_path, option, value):
    first = scripted_run(tmp_path / "a", "a", futures(4, 6))
    other = scripted_run(tmp_path / "b", "b", futures(4, 6), **{option: value})
    with pytest.raises(UnmatchedError, match="only be compared in pairs") as refused:
        compare([first, other])
    assert refused.value.reason == option


def test_other_quarters_are_refused(tmp_path):
    first = scripted_run(tmp_path / "a", "a", futures(4, 6))
    other = scripted_run(tmp_path / "b", "b", [cells(3, north=[1, 2, 3, 4])] * 2)
    with pytest.raises(UnmatchedError, match="the quarters simulated"):
        compare([first, other])


def test_replicates_are_matched_by_their_address(tmp_path):
    """The second replicate failed in the base, and the variant has one more: three pairs are left, in order."""
    base = scripted_run(tmp_path / "a", "a", futures(4, 6, 7, 9), faults={1: "raises"}, targets=[COUNT])
    more = scripted_run(tmp_path / "b", "b", futures(5, 99, 9, 12, 50), levers=ON, targets=[COUNT])
    found = compare([base, more])
    assert (found.n, found.matched.left_out) == (3, 2)
    effect = only(
        found.effects, scope="recognised", basis="label", measure="count", district=None, quarter="2021Q4"
    )
    assert effect.mean == pytest.approx((1 + 2 + 3) / 3)


def test_runs_without_a_common_replicate_are_refused(tmp_path):
    first = scripted_run(tmp_path / "a", "a", futures(4, 6), faults={0: "raises"})
    other = scripted_run(tmp_path / "b", "b", futures(4, 6), faults={1: "raises"})
    with pytest.raises(UnmatchedError, match="no replicate in common"):
        compare([first, other])


def test_costs_are_by_year_measure_payer_and_payment_year(compared):
    base, other = compared.matched.results
    for result, which in ((base, "base"), (other, "cost")):
        frame = result.money
        for one in compared.costs:
            rows = frame[(frame["purpose"] == one.purpose) & (frame["payment_year"] == one.payment_year)]
            rows = rows[rows["quarter"].astype(str).str.startswith(str(one.year))]
            assert getattr(one, which) == pytest.approx(rows["CNY"].sum() / compared.n)
            assert set(rows["payer"]) <= {one.payer}
    late = [one for one in compared.costs if one.payment_year > one.year]
    assert {one.purpose for one in late} == {"excellence_subsidy"}
    assert compared.total_costs == pytest.approx(
        [result.money["CNY"].sum() / compared.n for result in (base, other)]
    )


def test_spillovers_are_of_districts_where_no_lever_differs(tmp_path):
    base = futures(4, 6, 7, 9)
    variant = [cells(4, north=[5, 5, 5, 6, end], east=[3, 3, 3, 3, 5]) for end in (4, 6, 7, 9)]
    found = compare(two(tmp_path, base, variant))
    assert found.touched == {"variant": {"north"}}
    assert {one.district for one in found.spillovers} == {"east", "south"}
    east = only(found.spillovers, district="east", scope="listed", measure="count", basis="label")
    assert (east.mean, east.verdict) == (2.0, BETTER)


def test_inputs_that_differ_are_told_by_path(compared):
    found = {one.path: (one.base, one.variant) for one in compared.inputs["variant"]}
    assert found == {"levers.events.strength": (0.0, 1.0), "levers.events.districts": (None, ["north"])}


def test_a_share_of_no_carriers_has_no_value(tmp_path):
    found = compare(two(tmp_path, futures(4, 6, 7), futures(6, 8, 9)))
    south = [one for one in found.effects if one.district == "south" and one.measure == "specialised_share"]
    assert {(one.mean, one.low, one.verdict, one.n_needed) for one in south} == {(None, None, UNCLEAR, None)}


def test_a_districts_place_in_the_table_does_not_matter(tmp_path):
    """North and south change places in both runs: their effects change places, the city's stay."""

    def turned(script):
        place = [DISTRICTS.index(name) for name in ("south", "east", "north")]
        return [stocks[:, place] for stocks in script]

    base, variant = futures(4, 6, 7, 9), futures(6, 7, 7, 13)
    found = compare(two(tmp_path / "a", base, variant))
    other = compare(two(tmp_path / "b", turned(base), turned(variant)))
    swap = {"north": "south", "south": "north", "east": "east", None: None}
    expected = {
        one._replace(district=swap[one.district], chance_difference=None, chance_difference_error=None)
        for one in found.effects
    }
    assert expected == {
        one._replace(chance_difference=None, chance_difference_error=None) for one in other.effects
    }


def test_names_are_told_apart():
    assert unique_names(["a", "b", "a", "a"]) == ("a", "b", "a (2)", "a (3)")


def test_a_name_is_no_formula_in_a_spreadsheet():
    told = as_csv(["name", "n"], [("=1+1", -2.5), ("好", 1)]).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(told))) == [["name", "n"], ["'=1+1", "-2.5"], ["好", "1"]]


def test_every_scope_nests_in_effects_as_in_counts(compared):
    """Carriers that are municipal and operating stand alike in three scopes, and in none of the national."""
    ends = [one for one in compared.effects if one.quarter == "2021Q4" and one.measure == "count"]
    by_scope = {scope: [one.mean for one in ends if one.scope == scope] for scope in codes.SCOPES}
    assert by_scope["listed"] == by_scope["recognised"] == by_scope["operating"]
    assert set(by_scope["national"]) == {0.0}
    assert np.isfinite(by_scope["listed"]).all()


def test_a_manifest_of_another_program_is_told(tmp_path):
    from simulation.projection.inputs import other_program

    first, other = two(tmp_path, futures(4, 6), futures(4, 6))
    assert other_program(first.manifest, other.manifest) == []
    assert other_program(first.manifest, replace(other.manifest, source_hash="x")) == ["program"]
