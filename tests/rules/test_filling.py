"""The helper of these tests must itself be able to fail."""

import math

import pytest

from simulation.rules.codes import BANK, INVESTOR
from simulation.rules.founding import FoundingParameters, loss_chance, platform_chance

from .filling import parameters


def test_what_is_given_is_there():
    p = parameters(FoundingParameters, lost=0.05, platform_gain={"bank": 0.25})
    assert p.lost == 0.05
    assert p.platform_gain[BANK] == 0.25


@pytest.mark.parametrize(
    "use",
    [
        lambda value: value * 2.0,
        lambda value: 1.0 - value,
        lambda value: value > 0.5,
        lambda value: value > 0.0,
        lambda value: value == 1.0,
        math.exp,
        int,
        bool,
        lambda value: max(0.0, value),
    ],
)
def test_any_use_of_what_is_not_given_fails(use):
    p = parameters(FoundingParameters, platform_gain={"bank": 0.25})
    for value in (p.lost, p.platform_gain[INVESTOR]):
        with pytest.raises(AssertionError, match=r"uses .*, which this test does not give"):
            use(value)


def test_a_rule_that_reads_another_number_is_found_out():
    with pytest.raises(AssertionError, match=r"uses FoundingParameters\.coordination_rescue"):
        loss_chance(1.0, parameters(FoundingParameters, lost=0.05))
    p = parameters(FoundingParameters, platform_if_specialised=0.3, platform_gain={"bank": 0.25})
    with pytest.raises(AssertionError, match=r"uses platform_gain\[investor\]"):
        platform_chance(True, INVESTOR, 1.0, p)


def test_names_that_do_not_exist_are_refused():
    with pytest.raises(AssertionError, match="has no"):
        parameters(FoundingParameters, loss=0.05)
    with pytest.raises(AssertionError, match="has no"):
        parameters(FoundingParameters, platform_gain={"banks": 0.25})
