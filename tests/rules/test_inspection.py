import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.rules.codes import COMPREHENSIVE, DISTRICT, MUNICIPAL, NATIONAL, NONE, PROVINCIAL, SPECIALISED
from simulation.rules.inspection import (
    InspectionParameters,
    ends_at_review,
    finding_chance,
    label_is_wrong,
    past_grace,
    relabelling_chance,
)

from .filling import parameters


@pytest.mark.parametrize(
    ("quarters_stopped", "clean_up", "past"),
    [
        (2, 0.0, False),
        (3, 0.0, True),  # a grace of 3
        (1, 1.0, False),
        (2, 1.0, True),  # 3 - 1
        (2, 0.5, False),  # 3 - 0.5 = 2.5
        (3, 0.5, True),
        (0, 2.0, False),
        (1, 2.0, True),  # 3 - 2
    ],
)
def test_grace(quarters_stopped, clean_up, past):
    p = parameters(InspectionParameters, grace=3, clean_up_grace=1)
    assert past_grace(quarters_stopped, clean_up, p) is past


P = parameters(InspectionParameters, found=0.1, stocktake_gain=0.15, clean_up_gain=0.3)


@pytest.mark.parametrize(
    ("stocktake", "clean_up", "struck_off", "chance"),
    [
        (0.0, 0.0, False, 0.1),
        (1.0, 0.0, False, 0.25),  # 0.1 + 0.15
        (0.0, 1.0, False, 0.4),  # 0.1 + 0.3
        (2.0, 0.5, False, 0.55),  # 0.1 + 0.3 + 0.15
        (2.0, 2.0, False, 1.0),  # 0.1 + 0.3 + 0.6 = 1
        (2.0, 2.5, False, 1.0),
        (0.0, 0.0, True, 1.0),  # the company register tells
    ],
)
def test_the_chance_of_being_found(stocktake, clean_up, struck_off, chance):
    assert finding_chance(stocktake, clean_up, struck_off, P) == pytest.approx(chance)


@given(stocktake=st.floats(0, 2), clean_up=st.floats(0, 2), more=st.floats(0, 2), struck_off=st.booleans())
def test_levers_find_more(stocktake, clean_up, more, struck_off):
    chance = finding_chance(stocktake, clean_up, struck_off, P)
    assert 0.0 <= chance <= finding_chance(stocktake + more, clean_up, struck_off, P) <= 1.0
    assert chance <= finding_chance(stocktake, clean_up + more, struck_off, P) <= 1.0


def test_provincial_and_national_titles_end_at_a_review():
    assert [ends_at_review(level) for level in (NONE, DISTRICT, MUNICIPAL, PROVINCIAL, NATIONAL)] == [
        *(False, False, False, True, True)
    ]


def test_a_label_is_wrong_when_the_facts_differ_either_way():
    assert label_is_wrong(COMPREHENSIVE, SPECIALISED)
    assert label_is_wrong(SPECIALISED, COMPREHENSIVE)
    assert not label_is_wrong(SPECIALISED, SPECIALISED)
    assert not label_is_wrong(COMPREHENSIVE, COMPREHENSIVE)


@pytest.mark.parametrize(
    ("stocktake", "chance"), [(0.0, 0.0), (0.5, 0.15), (1.0, 0.3), (2.0, 0.6), (4.0, 1.0)]
)
def test_only_a_stocktake_corrects_labels(stocktake, chance):
    p = parameters(InspectionParameters, relabelled=0.3)
    assert relabelling_chance(stocktake, p) == pytest.approx(chance)
