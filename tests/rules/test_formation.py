import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.rules.formation import FormationParameters, age_at_entry, demand, expected_seekers

from .filling import parameters

GAINS = {
    "enterprise_gain": 0.02,
    "university_gain": 0.03,
    "belt_gain": 0.05,
    "rd_gain": 0.07,
    "finance_gain": 0.11,
    "park_gain": 0.13,
    "events_gain": 0.17,
}
P = parameters(FormationParameters, **GAINS)
# The arguments of demand in order, each with the gain it goes with.
LEVERS = dict(
    zip(
        ("enterprises", "universities", "belts", "rd_institutions", "finance", "parks", "events"),
        GAINS.values(),
        strict=True,
    )
)


def test_without_levers_demand_is_as_it_was():
    assert demand(**dict.fromkeys(LEVERS, 0.0), p=P) == 1.0


@pytest.mark.parametrize(("lever", "gain"), LEVERS.items())
def test_each_lever_brings_its_own_seekers(lever, gain):
    strengths = dict.fromkeys(LEVERS, 0.0) | {lever: 1.5}
    assert demand(**strengths, p=P) == pytest.approx(1.0 + 1.5 * gain)


def test_levers_add_up():
    # 1 + 0.02 + 0.03 + 0.05 + 0.07 + 0.11 + 0.13 + 0.17
    assert demand(**dict.fromkeys(LEVERS, 1.0), p=P) == pytest.approx(1.58)


@pytest.mark.parametrize(
    ("share", "years", "demanded", "seekers"),
    [
        (1.0, 0.0, 1.0, 1950.0),  # a quarter of 7,800
        (0.3, 0.0, 1.0, 585.0),
        (0.3, 2.0, 1.0, 620.1),  # 585 x (1 + 0.03 x 2)
        (0.3, 2.0, 1.5, 930.15),
        (0.0, 2.0, 1.5, 0.0),
    ],
)
def test_seekers_of_a_district(share, years, demanded, seekers):
    p = parameters(FormationParameters, seekers=7800, growth=0.03)
    assert expected_seekers(share, years, demanded, p) == pytest.approx(seekers)


AGES = parameters(FormationParameters, oldest_at_entry=8)


@pytest.mark.parametrize(
    ("draw_1", "draw_2", "age"),
    [
        (0.5, 0.2, 0),  # 0.1 x 9 = 0.9
        (0.5, 0.25, 1),  # 0.125 x 9 = 1.125
        (0.5, 0.5, 2),  # 0.25 x 9 = 2.25
        (0.9, 0.9, 7),  # 0.81 x 9 = 7.29
        (0.95, 0.95, 8),  # 0.9025 x 9 = 8.1
        (1.0 - 2.0**-53, 1.0 - 2.0**-53, 8),  # never older than the oldest admitted
    ],
)
def test_the_age_of_a_seeker(draw_1, draw_2, age):
    assert age_at_entry(draw_1, draw_2, AGES) == age
    assert age_at_entry(draw_2, draw_1, AGES) == age


@given(draw_1=st.floats(0, 1), draw_2=st.floats(0, 1), oldest=st.integers(0, 30))
def test_nobody_is_older_than_the_oldest_admitted(draw_1, draw_2, oldest):
    p = parameters(FormationParameters, oldest_at_entry=oldest)
    assert 0 <= age_at_entry(draw_1, draw_2, p) <= oldest
