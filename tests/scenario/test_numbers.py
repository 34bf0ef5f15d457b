"""Numbers of the rulebook: every field has a row; a chance a year becomes one a quarter; unknowns are drawn."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.rules import codes
from simulation.scenario import Study, load, study
from simulation.scenario.numbers import to_chance_a_quarter, triangular
from simulation.scenario.parameters import names


def test_names_follow_the_rule_files() -> None:
    assert names()[0] == "policy.accountability_effort"
    assert "founding.preparation[bank]" in names()
    assert "operations.stop_makerspace[none]" in names()
    assert "founding.preparation" not in names()
    assert len(set(names())) == len(names())


def test_a_chance_a_year_adds_up_over_four_quarters() -> None:
    quarterly = to_chance_a_quarter(0.19)
    assert 1.0 - (1.0 - quarterly) ** 4 == pytest.approx(0.19)
    assert quarterly == pytest.approx(1.0 - math.sqrt(math.sqrt(0.81)))
    assert (to_chance_a_quarter(0.0), to_chance_a_quarter(1.0)) == (0.0, 1.0)


def test_rules_get_numbers_in_their_own_units(wuhan: Study) -> None:
    p = wuhan.parameters(1, 0)
    assert 1.0 - (1.0 - p.incubation.failure_year_1) ** 4 == pytest.approx(0.016)
    assert p.founding.innovation == 0.0098
    assert p.founding.preparation[codes.UNIVERSITY] == 4.0
    assert p.founding.median_area == (1500.0, 6000.0, 10000.0)
    assert len(p.operations.stop_incubator) == len(codes.LEVELS)
    assert p.operations.stop_incubator[codes.NATIONAL] == pytest.approx(to_chance_a_quarter(0.007))


def test_every_value_of_a_parameter_is_a_float(wuhan: Study) -> None:
    for part in wuhan.parameters(1, 0):
        for value in part:
            assert all(type(one) is float for one in (value if isinstance(value, tuple) else (value,)))


def test_triangle_by_hand() -> None:
    # Bounds 0 and 4, peak 1: area left of the peak 1/4; density at 1 is 1/2.
    assert triangular(0.0, 1.0, 4.0, 0.25) == pytest.approx(1.0)
    assert triangular(0.0, 1.0, 4.0, 0.0625) == pytest.approx(0.5)
    assert triangular(0.0, 1.0, 4.0, 1.0 - 1.0 / 12.0) == pytest.approx(3.0)
    assert triangular(2.0, 2.0, 2.0, 0.7) == 2.0
    assert triangular(0.0, 4.0, 4.0, 0.25) == pytest.approx(2.0)


@given(
    st.tuples(*[st.floats(-1e6, 1e6)] * 3).map(sorted),
    st.floats(0.0, 1.0),
    st.floats(0.0, 1.0),
)
def test_triangle_keeps_within_bounds_and_rises(corners: list[float], one: float, other: float) -> None:
    low, mode, high = corners
    first, second = sorted((one, other))
    below, above = triangular(low, mode, high, first), triangular(low, mode, high, second)
    slack = 1e-9 * max(1.0, abs(low), abs(high))
    assert low - slack <= below <= above + slack <= high + 2 * slack


def test_unknowns_are_drawn_once_a_draw(wuhan: Study) -> None:
    assert wuhan.unknown_values(1, 0) == wuhan.unknown_values(1, 0)
    assert wuhan.unknown_values(1, 0) != wuhan.unknown_values(1, 1)
    assert wuhan.unknown_values(1, 0) != wuhan.unknown_values(2, 0)
    for name, value in wuhan.unknown_values(1, 0).items():
        low, _, high = wuhan.priors[name]
        assert low < value < high
    assert wuhan.parameters(1, 0).founding.imitation == wuhan.unknown_values(1, 0)["founding.imitation"]


def test_mean_of_an_unknown_is_that_of_its_triangle(wuhan: Study) -> None:
    low, mode, high = wuhan.priors["rounds.national_places"]
    drawn = [wuhan.unknown_values(3, draw)["rounds.national_places"] for draw in range(2000)]
    deviation = math.sqrt(
        (low * low + mode * mode + high * high - low * mode - low * high - mode * high) / 18
    )
    mean = math.fsum(drawn) / len(drawn)
    assert abs(mean - (low + mode + high) / 3) < 4 * deviation / math.sqrt(len(drawn))


def test_a_changed_prior_moves_its_unknown_alone(wuhan: Study, write: Callable[..., Path]) -> None:
    text = "name: x\nunknowns:\n  founding.imitation: 0.02\n  rounds.national_places: {high: 18}\n"
    changed = study(load(write(text)))
    assert changed.priors["rounds.national_places"] == (6.0, 14.0, 18.0)
    before, after = wuhan.unknown_values(1, 0), changed.unknown_values(1, 0)
    assert after["founding.imitation"] == 0.02
    moved = {name for name in before if before[name] != after[name]}
    assert moved == {"founding.imitation", "rounds.national_places"}


def test_rules_override_fixed_numbers(write: Callable[..., Path]) -> None:
    text = "name: x\nrules:\n  founding.preparation[bank]: 7\n  incubation.graduation: 0.19\n"
    scenario = load(write(text))
    p = study(scenario).parameters(1, 0)
    assert p.founding.preparation[codes.BANK] == 7.0
    assert p.incubation.graduation == pytest.approx(to_chance_a_quarter(0.19))
    assert ["rules" in str(one) or "range of the city's table" in str(one) for one in scenario.warnings] == [
        True
    ]
