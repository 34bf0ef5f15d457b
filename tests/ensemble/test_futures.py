"""One past, many futures: what is simulated together has the bytes of each simulated alone."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation import world as worlds
from simulation.engines import compiled, mesa
from simulation.engines.setting import Setting
from simulation.ensemble.futures import Asked, common_quarters, joined, part, simulate_together
from simulation.rules import codes
from tests.engines.small_city import small_city
from tests.engines.telling import differences

CLEAN_UP = codes.LEVERS.index("clean_up")
EVENTS = codes.LEVERS.index("events")
QUARTERS = 8


def strengthened(setting: Setting, lever: int, begins: int, strength: float = 1.0) -> Setting:
    """The setting with a lever in force from a quarter on, aimed at everything."""
    strengths = setting.levers.strength.copy()
    strengths[lever, begins:] = strength
    return setting._replace(levers=setting.levers._replace(strength=strengths))


def without(setting: Setting, *levers: int) -> Setting:
    strengths = setting.levers.strength.copy()
    strengths[list(levers)] = 0.0
    return setting._replace(levers=setting.levers._replace(strength=strengths))


def counting(engine: Callable) -> tuple[Callable, list[int]]:
    """The engine, and a list of how many quarters it was asked for."""
    quarters: list[int] = []

    def counted(setting, world):
        quarters.append(setting.quarters)
        return engine(setting, world)

    return counted, quarters


# ------------------------------------------------------------------------------ stopping and going on


@given(seed=st.integers(0, 2**32), after=st.integers(1, QUARTERS - 1))
def test_stopped_and_gone_on_with_is_run_through(seed, after):
    setting, world = small_city(seed)
    past = compiled.simulate(part(setting, 0, after), world, True)
    future = compiled.simulate(part(setting, after, setting.quarters), past.world, True)
    assert differences(compiled.simulate(setting, world, True), joined(past, future)) == []


# ------------------------------------------------------------------------------ what is common


def test_settings_agree_until_their_levers_differ():
    setting = without(small_city(5).setting, CLEAN_UP, EVENTS)
    early, late = strengthened(setting, CLEAN_UP, 3), strengthened(setting, EVENTS, 5)
    assert common_quarters(setting, setting) == QUARTERS
    assert common_quarters(setting, early) == 3
    assert common_quarters(late, early) == 3
    assert common_quarters(late, setting) == 5
    assert common_quarters(early, strengthened(setting, CLEAN_UP, 3, strength=0.5)) == 3


def test_an_aim_matters_once_its_lever_is_in_force():
    setting = strengthened(without(small_city(5).setting, CLEAN_UP), CLEAN_UP, 4)
    of_type = setting.levers.of_type.copy()
    of_type[CLEAN_UP, codes.INCUBATOR] ^= 1
    unit_cost = setting.levers.unit_cost.copy()
    unit_cost[CLEAN_UP] += 1
    for change in ({"of_type": of_type}, {"unit_cost": unit_cost}):
        other = setting._replace(levers=setting.levers._replace(**change))
        assert common_quarters(setting, other) == 4
        never = without(other, CLEAN_UP)
        assert common_quarters(without(setting, CLEAN_UP), never) == QUARTERS


def test_everything_else_parts_settings_at_once_or_from_its_quarter():
    setting = small_city(5).setting
    assert common_quarters(setting, setting._replace(key=setting.key + 1)) == 0
    numbers = setting.parameters._replace(
        founding=setting.parameters.founding._replace(
            **{setting.parameters.founding._fields[0]: setting.parameters.founding[0] + 1}
        )
    )
    assert common_quarters(setting, setting._replace(parameters=numbers)) == 0
    rent = setting.city.rent * 2
    assert common_quarters(setting, setting._replace(city=setting.city._replace(rent=rent))) == 0
    milestones = setting.milestones.copy()
    milestones[6] += 1
    assert common_quarters(setting, setting._replace(milestones=milestones)) == 6
    opens = setting.calendar.municipal_opens.copy()
    opens[2] ^= 1
    calendar = setting.calendar._replace(municipal_opens=opens)
    assert common_quarters(setting, setting._replace(calendar=calendar)) == 2
    assert common_quarters(setting, part(setting, 0, 5)) == 5


# ------------------------------------------------------------------------------ together


@pytest.mark.parametrize("engine", [mesa.simulate, compiled.simulate], ids=["mesa", "compiled"])
def test_futures_have_the_bytes_of_each_alone_and_share_the_past(engine):
    setting, world = small_city(6)
    setting = without(setting, CLEAN_UP, EVENTS)
    settings = [
        setting,
        strengthened(setting, CLEAN_UP, 3),
        strengthened(strengthened(setting, CLEAN_UP, 3), EVENTS, 6),
        strengthened(setting, EVENTS, 6),
        part(setting, 0, 5),
        setting,
    ]
    counted, quarters = counting(engine)
    found = simulate_together([Asked(counted, one, world, True) for one in settings])
    for one, outcome in zip(settings, found, strict=True):
        assert not isinstance(outcome, Exception)
        assert differences(engine(one, world), outcome) == []
    # 3 shared by all; 3 + 2 with the lever clean-up; 2 + 1 without to the short one's end and to the other
    # lever; then 2 each. Alone they would be 45 quarters.
    assert sum(quarters) < 30
    assert quarters[0] == 3


@pytest.mark.slow
@given(
    seed=st.integers(0, 2**32),
    begins=st.lists(
        st.tuples(st.integers(0, len(codes.LEVERS) - 1), st.integers(0, 8)), min_size=2, max_size=4
    ),
)
def test_any_variants_have_the_bytes_of_each_alone(seed, begins):
    setting, world = small_city(seed)
    settings = [strengthened(setting, lever, quarter) for lever, quarter in begins]
    found = simulate_together([Asked(compiled.simulate, one, world, True) for one in settings])
    for one, outcome in zip(settings, found, strict=True):
        assert differences(compiled.simulate(one, world), outcome) == []


def test_other_worlds_and_other_engines_share_nothing():
    setting, world = small_city(7)
    other = world._replace(districts=world.districts._replace(space=world.districts.space + 1))
    engine, quarters = counting(compiled.simulate)
    simulate_together([Asked(engine, setting, world, True), Asked(engine, setting, other, True)])
    simulate_together([Asked(engine, setting, world, False), Asked(engine, setting, world, False)])
    assert quarters == [QUARTERS] * 4


def test_equal_worlds_share_though_they_were_made_apart():
    (setting, world), (_, again) = small_city(7), small_city(7)
    assert worlds.differences(world, again) == []
    engine, quarters = counting(compiled.simulate)
    one, other = simulate_together([Asked(engine, setting, world, True), Asked(engine, setting, again, True)])
    assert differences(one, other) == []
    assert quarters == [QUARTERS]


def test_one_that_fails_later_does_not_take_the_others_with_it():
    setting, world = small_city(9)
    setting = without(setting, CLEAN_UP)
    fails = strengthened(setting, CLEAN_UP, 4)

    def engine(given, start):
        if np.any(given.levers.strength[CLEAN_UP]):
            raise ValueError("clean-up")
        return compiled.simulate(given, start)

    good, bad = simulate_together([Asked(engine, one, world, True) for one in (setting, fails)])
    assert differences(compiled.simulate(setting, world), good) == []
    assert isinstance(bad, ValueError)


def test_when_the_past_fails_each_is_told_its_own_error():
    setting, world = small_city(9)

    def engine(given, start):
        raise ValueError(f"{given.quarters} quarters")

    found = simulate_together(
        [Asked(engine, setting, world, True), Asked(engine, part(setting, 0, 5), world, True)]
    )
    assert [str(one) for one in found] == ["8 quarters", "5 quarters"]
