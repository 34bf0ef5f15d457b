"""Targets beyond the places of the rounds are told before a run; both sides of the bound."""

import math

import pytest

from simulation.scenario import load

SCENARIO = (
    "name: a\nuntil: 2025Q4\ntargets:\n  - {{scope: {scope}, measure: count, at_least: {n}, by: {by}}}\n"
)


def told(tmp_path, scope, n, by, more=""):
    path = tmp_path / "a.yaml"
    path.write_text(SCENARIO.format(scope=scope, n=n, by=by) + more, encoding="utf-8")
    return [str(one) for one in load(path).warnings]


# Municipal rounds of 60 places are announced in the third and fourth quarter: two until the end of 2021.
@pytest.mark.parametrize(("n", "told_of"), [(456 + 120, False), (456 + 121, True)])
def test_recognised_carriers_need_places_in_municipal_rounds(tmp_path, n, told_of):
    found = told(tmp_path, "recognised", n, "2021Q4")
    assert bool(found) == told_of
    if told_of:
        assert "at most 576: 456 at the start, 120 places in the 2 rounds until then" in found[0]


# A national round that opens in 2021 is announced in 2022Q2: before, there is none that opened within the run.
def test_no_round_no_title(tmp_path):
    assert told(tmp_path, "national", 118, "2022Q1") == []
    assert "at most 118" in told(tmp_path, "national", 119, "2022Q1")[0]


def test_national_places_count_with_luck(tmp_path):
    # By default places grow with applicants, and counting sets no bound.
    assert told(tmp_path, "national", 400, "2022Q2") == []
    fixed = "rules:\n  rounds.national_elasticity: 0\n"
    most = 118 + 24 * math.exp(2 * 0.35)
    assert told(tmp_path, "national", math.floor(most), "2022Q2", fixed) == []
    assert told(tmp_path, "national", math.ceil(most), "2022Q2", fixed)
    pinned = fixed + "unknowns:\n  rounds.national_places: 10\n"
    assert told(tmp_path, "national", 118 + 21, "2022Q2", pinned)


def test_the_notices_targets_pass(tmp_path):
    assert told(tmp_path, "recognised", 600, "2025Q4") == []
    assert told(tmp_path, "national", 200, "2025Q4") == []
