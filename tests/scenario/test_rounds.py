"""Rounds and thresholds by quarter: the count moves at the announcement, rules change at their date."""

import math
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

from simulation.quarters import quarter
from simulation.rules import codes
from simulation.rules.rounds import Thresholds
from simulation.scenario import Study, load, study
from simulation.scenario.rounds import calendar_arrays
from tests.scenario.conftest import ROOT


def asked(one: Study, when: str, carrier_type: int, level: int, mode: int) -> Thresholds:
    row = quarter(when) - one.first_quarter
    return Thresholds(*one.setting(1, 0, 0).thresholds[row, carrier_type, level, mode].tolist())


def quarters_of(flags: np.ndarray, one: Study) -> list[int]:
    return [one.first_quarter + int(row) for row in np.flatnonzero(flags)]


def test_national_incubator_of_2018(wuhan: Study) -> None:
    general = asked(wuhan, "2021Q1", codes.INCUBATOR, codes.NATIONAL, codes.COMPREHENSIVE)
    assert general == Thresholds(12, 0, 2, 10_000, 0.75, 0, 50, 3, 20, 5_000_000, 3, 0.1, 0, 0, 0, 0)
    special = asked(wuhan, "2021Q1", codes.INCUBATOR, codes.NATIONAL, codes.SPECIALISED)
    assert special == Thresholds(12, 0, 2, 10_000, 0.75, 0, 30, 2, 15, 5_000_000, 3, 0.1, 0.75, 1, 0, 0)


def test_national_makerspace_of_2017(wuhan: Study) -> None:
    for mode in (codes.COMPREHENSIVE, codes.SPECIALISED):
        one = asked(wuhan, "2023Q2", codes.MAKERSPACE, codes.NATIONAL, mode)
        assert (one.quarters_open, one.area, one.tenants, one.admitted, one.events) == (6, 500, 20, 10, 10)


def test_municipal_makerspace_rule_changes_in_2023(wuhan: Study) -> None:
    before = asked(wuhan, "2023Q1", codes.MAKERSPACE, codes.MUNICIPAL, codes.COMPREHENSIVE)
    after = asked(wuhan, "2023Q2", codes.MAKERSPACE, codes.MUNICIPAL, codes.COMPREHENSIVE)
    assert (before.funded_tenants, before.events) == (0, 0)
    assert (after.funded_tenants, after.events) == (1, 10)
    assert (after.quarters_open, after.area, after.tenants) == (2, 500, 10)


def test_a_run_as_of_the_notice_does_not_know_the_rule_of_2023() -> None:
    one = study(load(ROOT / "scenarios" / "wuhan-2025.yaml", as_of=date(2021, 8, 25)))
    assert asked(one, "2025Q4", codes.MAKERSPACE, codes.MUNICIPAL, codes.COMPREHENSIVE).funded_tenants == 0


def test_desks_become_places(wuhan: Study) -> None:
    # 20 desks at 3 a place are 7 places.
    assert wuhan.baseline_numbers["desks_per_place"] == 3
    assert asked(wuhan, "2021Q1", codes.MAKERSPACE, codes.DISTRICT, codes.COMPREHENSIVE).places == 7


def test_accelerators_get_titles_only_by_a_switch(wuhan: Study, write: Callable[..., Path]) -> None:
    for level in range(codes.MUNICIPAL, codes.NATIONAL + 1):
        assert asked(wuhan, "2021Q1", codes.ACCELERATOR, level, 0).quarters_open == math.inf
    assert asked(wuhan, "2021Q1", codes.ACCELERATOR, codes.DISTRICT, 0).area == 2000
    switched = study(load(write("name: x\nswitches: {accelerators_recognised: true}\n")))
    for level in range(codes.MUNICIPAL, codes.NATIONAL + 1):
        of_incubators = asked(switched, "2021Q1", codes.INCUBATOR, level, 1)
        assert asked(switched, "2021Q1", codes.ACCELERATOR, level, 1) == of_incubators
        assert of_incubators.quarters_open < math.inf


def test_rounds_announce_after_they_open(wuhan: Study) -> None:
    calendar = wuhan.setting(1, 0, 0).calendar
    assert quarters_of(calendar.municipal_opens, wuhan)[:3] == [
        quarter(q) for q in ("2021Q2", "2021Q3", "2022Q2")
    ]
    assert quarters_of(calendar.municipal_announces, wuhan)[:2] == [quarter("2021Q3"), quarter("2021Q4")]
    assert quarters_of(calendar.provincial_opens, wuhan)[0] == quarter("2021Q2")
    assert quarters_of(calendar.provincial_announces, wuhan)[0] == quarter("2021Q4")
    assert (
        calendar.evaluation.sum() == calendar.provincial_review.sum() == calendar.national_review.sum() == 5
    )


def test_a_national_round_announces_in_the_next_year(wuhan: Study) -> None:
    held = {quarter(f"{year}Q3"): year != 2022 for year in range(2021, 2026)}
    calendar = calendar_arrays(wuhan.city.calendar, wuhan.first_quarter, wuhan.quarters, held)
    opens = [quarter(one) for one in ("2021Q3", "2023Q3", "2024Q3", "2025Q3")]
    announces = [quarter(one) for one in ("2022Q2", "2024Q2", "2025Q2")]
    assert quarters_of(calendar.national_opens, wuhan) == opens
    assert quarters_of(calendar.national_announces, wuhan) == announces


def test_national_rounds_are_a_chain_that_depends_on_the_seed(write: Callable[..., Path]) -> None:
    always = study(load(write("name: x\nunknowns: {rounds.national_round_held: 1}\n")))
    never = study(
        load(
            write(
                "name: x\nunknowns: {rounds.national_round_held: 0}\nrules: {rounds.national_round_lapses: 1}\n"
            )
        )
    )
    often = study(load(write("name: x\nunknowns: {rounds.national_round_held: 0.5}\n")))
    for seed in range(20):
        assert always.setting(seed, 0, 0).calendar.national_opens.sum() == 5
        assert never.setting(seed, 0, 0).calendar.national_opens.sum() == 0
    counts = {int(often.setting(1, 0, seed).calendar.national_opens.sum()) for seed in range(40)}
    assert len(counts) > 2
