"""Levers by quarter and district: first and last quarter included, ramps, aims, costs, warnings."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from simulation.quarters import quarter
from simulation.rules import codes
from simulation.scenario import Study, load, study


def made(write: Callable[..., Path], levers: str) -> Study:
    return study(load(write(f"name: x\nlevers:\n{levers}")))


def test_from_until_and_ramp(write: Callable[..., Path]) -> None:
    one = made(write, "  clean_up: {strength: 0.8, from: 2022Q1, until: 2022Q4, ramp: 4 quarters}\n")
    strength = one.setting(1, 0, 0).levers.strength[codes.CLEAN_UP]
    first = quarter("2022Q1") - one.first_quarter
    assert np.allclose(strength[first : first + 4, 0], [0.2, 0.4, 0.6, 0.8])
    assert strength[:first].sum() == 0.0
    assert strength[first + 4 :].sum() == 0.0
    assert (strength == strength[:, :1]).all()


def test_defaults(write: Callable[..., Path]) -> None:
    one = made(write, "  clean_up: {strength: 1}\n")
    strength = one.setting(1, 0, 0).levers.strength
    since = quarter("2021Q4") - one.first_quarter
    assert (strength[codes.CLEAN_UP, since:] == 1.0).all()
    assert (strength[codes.CLEAN_UP, :since] == 0.0).all()
    assert strength.sum() == strength[codes.CLEAN_UP].sum()


def test_districts_are_aimed_at_by_any_accepted_name(write: Callable[..., Path]) -> None:
    one = made(write, "  events: {strength: 1, districts: [Hongshan, 东湖高新区]}\n")
    strength = one.setting(1, 0, 0).levers.strength[codes.EVENTS, -1]
    aimed = [code for code, value in zip(one.city.codes, strength, strict=True) if value]
    assert aimed == ["hongshan", "east_lake_htz"]
    assert one.scenario.levers["events"].districts == ("hongshan", "east_lake_htz")


def test_aims_and_cost(write: Callable[..., Path]) -> None:
    one = made(
        write,
        "  convert_large: {strength: 1, types: [incubator], levels: [municipal, national], modes: [specialised],\n"
        "    sectors: [人工智能, none], sponsor_kinds: [university], cost: 7}\n",
    )
    levers = one.setting(1, 0, 0).levers
    row = codes.CONVERT_LARGE
    assert levers.of_type[row].tolist() == [0, 1, 0]
    assert levers.of_level[row].tolist() == [0, 0, 1, 0, 1]
    assert levers.of_mode[row].tolist() == [0, 1]
    assert levers.of_kind[row].tolist() == [0, 0, 1, 0, 0, 0, 0, 0, 0]
    sectors = np.flatnonzero(levers.of_sector[row]).tolist()
    assert sectors == [one.city.sector_index("artificial_intelligence"), len(one.city.sectors)]
    assert levers.unit_cost[row] == 7
    assert levers.unit_cost[codes.CLEAN_UP] == one.city.levers[codes.CLEAN_UP].unit_cost
    assert levers.of_type[codes.CLEAN_UP].all()


def test_a_lever_at_0_or_after_the_horizon_changes_no_strength(write: Callable[..., Path]) -> None:
    plain = made(write, "  clean_up: {strength: 0}\n").setting(1, 0, 0).levers
    for levers in (
        "  clean_up: {strength: 0, from: 2021Q1, ramp: 3}\n",
        "  clean_up: {strength: 1, from: 2026Q1}\n",
    ):
        other = made(write, levers).setting(1, 0, 0).levers
        assert all(np.array_equal(one, two) for one, two in zip(plain, other, strict=True))


def test_warnings_have_places(write: Callable[..., Path]) -> None:
    scenario = load(
        write(
            "name: x\nuntil: 2023Q4\nlevers:\n  clean_up: {strength: 1.5}\n  events: {strength: 1, from: 2024Q1}\n"
            "  banks: {strength: 1, from: 2019Q1, until: 2020Q4}\n  stocktake: {strength: 0, from: 2024Q1}\n"
            "targets:\n  - {at_least: 500, by: 2023Q4}\n  - {at_least: 600, by: 2025Q4}\n"
        )
    )
    assert [(one.line, one.found) for one in scenario.warnings] == [
        (4, "strength 1.5"),
        (5, "`events` is never active"),
        (6, "`banks` is never active"),
        (10, "a target by 2025Q4"),
    ]
    assert [one.at_least for one in study(scenario).targets] == [500.0]
