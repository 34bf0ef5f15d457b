"""A lever, or one more sponsor, in one district leaves every other untouched, to the last bit.

That holds with the spillovers between districts closed by data; each of them, opened alone, reaches another.
"""

import numpy as np
import pytest

from simulation.engines import compiled, events
from simulation.engines.books import Outcome
from simulation.engines.setting import Setting
from simulation.rules import codes
from simulation.world import Sponsors, World, build, differences
from tests.engines import groups, pairs
from tests.engines.pairs import FIRST, FULL
from tests.engines.signatures import with_numbers

# Hongshan has universities and a park, so every lever acts in it.
DISTRICT = pairs.no_notice().city.codes.index("hongshan")
ENOUGH = "1000000"

# The named spillovers, each by the number that closes it. Two more names are no way between districts in this
# rulebook: the methods of outside operators spread within theirs, and accountability looks at its own count.
CLOSED = {
    "places in a municipal round": f"rounds.municipal_places={ENOUGH}",
    "recommendations": f"rounds.recommendations={ENOUGH}",
    "provincial places": f"rounds.provincial_places={ENOUGH}",
    "national places": f"rounds.national_places={ENOUGH}",
    "places that grow with applicants": "rounds.national_elasticity=0",
    "ranks in the evaluation": "evaluation.excellent_share=1",
    "looks beyond the district": "admission.home_share=1",
    "transfers": "transfers=0",
}


def closed_but(spillover: str, *opened: str) -> tuple[str, ...]:
    """The numbers that close every spillover but one, and those that open it."""
    assert spillover in CLOSED
    return (*(number for name, number in CLOSED.items() if name != spillover), *opened)


ALL_CLOSED = tuple(CLOSED.values())


def run(setting: Setting, world: World) -> Outcome:
    return compiled.simulate(setting, world, keep_events=True)


def in_one_district(
    lever: int, draw: int, numbers: tuple[str, ...], district: int = DISTRICT, first: int = FIRST
) -> tuple[Outcome, Outcome]:
    """A run without any lever, and one with a lever alone in one district."""
    setting, world = with_numbers(*pairs.start(draw), lever, numbers)
    base = pairs.without(draw, FULL, tuple(sorted(numbers)))
    return base, run(pairs.turned_on(setting, lever, first=first, district=district), world)


def district_of(outcome: Outcome, rows: groups.Events, world: World) -> groups.Mask:
    """The district of each event's agent; where a startup without a carrier looks first."""
    view = pairs.at_the_end(pairs.start(0)[0], outcome)  # all carriers and sponsors are still in the world
    place = groups.district(view, rows)
    homeless = rows[:, 1] == events.GAVE_UP_LOOKING
    formed = outcome.events[outcome.events[:, 1] == events.FORMED]
    homes = dict(zip(world.startups.id.tolist(), world.startups.district.tolist(), strict=True))
    homes |= dict(zip(formed[:, 2].tolist(), formed[:, 3].tolist(), strict=True))
    place[homeless] = [homes[who] for who in rows[homeless, 2].tolist()]
    return place


def events_elsewhere(
    base: Outcome, other: Outcome, world: World, district: int = DISTRICT
) -> dict[str, set[int]]:
    """The kinds of event that differ in other districts, each with the districts."""
    found: dict[str, set[int]] = {}
    for outcome, rows in zip((other, base), pairs.differences(base.events, other.events), strict=True):
        for kind, place in zip(rows[:, 1].tolist(), district_of(outcome, rows, world).tolist(), strict=True):
            if place != district:
                found.setdefault(events.NAMES[kind], set()).add(place)
    return found


def elsewhere(world: World, district: int) -> World:
    """The world without one district."""

    def others(table: groups.Any) -> groups.Any:
        keep = table.district != district
        return type(table)(*(column[keep] for column in table))

    keep = np.arange(len(world.districts.id)) != district
    return World(
        world.quarter,
        type(world.districts)(*(column[keep] for column in world.districts)),
        others(world.sponsors),
        others(world.carriers),
        others(world.startups),
    )


def assert_untouched_elsewhere(base: Outcome, other: Outcome, world: World) -> None:
    """Every other district is equal in books, money, events and final world."""
    assert events_elsewhere(base, other, world) == {}
    keep = [place for place in range(base.money.shape[1]) if place != DISTRICT]
    for book in ("stocks", "flows", "startups", "money"):
        assert np.array_equal(getattr(base, book)[:, keep], getattr(other, book)[:, keep]), book
    assert differences(elsewhere(base.world, DISTRICT), elsewhere(other.world, DISTRICT)) == []


# --- closed ---

# With places and recommendations enough, these change nothing that a carrier lives through.
CHANGES_NO_EVENT = (codes.PROVINCIAL_RECOMMENDATION, codes.EXCELLENCE_SUBSIDY, codes.EVALUATION_TILT)

# What makes sure that a lever acts in one district: a task that it is behind of, chances that are not small.
FOUNDS = ("founding.lever_scale=8",)
CONVERTS = ("conversion.start=0.05", "conversion.lever_gain=10", "conversion.role_model_gain=10")
NEEDS = {
    **dict.fromkeys((lever for lever in codes.LEVER_OF_KIND if lever >= 0), FOUNDS),
    codes.BANKS: ("founding.lever_scale=200", "incubation.bank_rescue=1"),  # a district may have few
    codes.CONVERT_LARGE: CONVERTS,
    codes.ROLE_MODELS: CONVERTS,
    codes.MUNICIPAL_SUPPORT: ("rounds.apply_municipal=0.1", "rounds.support_gain=9"),
    codes.ACCOUNTABILITY: ("milestones=1000",),
}


def assert_acts_at_home_alone(lever: int, draw: int) -> None:
    closed = (*ALL_CLOSED, *NEEDS.get(lever, ()))
    base, alone = in_one_district(lever, draw, closed)
    world = with_numbers(*pairs.start(draw), lever, closed)[1]
    assert_untouched_elsewhere(base, alone, world)
    assert alone.money[:, DISTRICT, lever].sum() > 0
    if lever not in CHANGES_NO_EVENT:
        assert not np.array_equal(base.events, alone.events)


@pytest.mark.parametrize("lever", range(len(codes.LEVERS)), ids=codes.LEVERS)
def test_a_lever_in_one_district_leaves_every_other_untouched(lever: int) -> None:
    assert_acts_at_home_alone(lever, 0)


@pytest.mark.slow
@pytest.mark.parametrize("lever", range(len(codes.LEVERS)), ids=codes.LEVERS)
def test_a_lever_in_one_district_leaves_every_other_untouched_on_more_luck(lever: int) -> None:
    for draw in (1, 2):
        assert_acts_at_home_alone(lever, draw)


def test_neither_accountability_nor_outside_methods_lead_from_district_to_district() -> None:
    setting, world = with_numbers(*pairs.start(0), -1, ALL_CLOSED)
    for lever in (codes.ACCOUNTABILITY, codes.OUTSIDE_OPERATORS):
        setting = pairs.turned_on(setting, lever)
    base = run(setting, world)
    assert base.money[..., codes.ACCOUNTABILITY].sum() > 0
    alone = run(pairs.turned_on(setting, codes.DISTRICT_NEW_BUILD, district=DISTRICT), world)
    assert not np.array_equal(base.events, alone.events)
    assert_untouched_elsewhere(base, alone, world)


# --- opened, one at a time ---

OPENED = {
    # spillover: a lever in Hongshan, what opens it, the kind of event that then differs elsewhere
    "places in a municipal round": (codes.MUNICIPAL_SUPPORT, ("rounds.municipal_places=3",), "recognised"),
    "recommendations": (
        codes.PROVINCIAL_RECOMMENDATION,
        ("rounds.recommendations=3", "rounds.recommendation_bonus=1"),
        "promoted",
    ),
    "provincial places": (
        codes.PLATFORM_SHARING,
        ("rounds.provincial_places=10", "rounds.apply_provincial=1", "operations.sharing_gain=0.5"),
        "promoted",
    ),
    "national places": (
        codes.PLATFORM_SHARING,
        ("rounds.national_places=20", "rounds.apply_national=1", "operations.sharing_gain=0.5"),
        "promoted",
    ),
    "ranks in the evaluation": (codes.EVALUATION_TILT, ("evaluation.excellent_share=0.2",), "graded"),
    "looks beyond the district": (codes.MATCHMAKING, ("admission.home_share=0.75",), "admitted"),
}


@pytest.mark.parametrize("spillover", OPENED)
def test_a_spillover_opened_alone_reaches_another_district(spillover: str) -> None:
    lever, opened, kind = OPENED[spillover]
    numbers = closed_but(spillover, *opened)
    base, alone = in_one_district(lever, 0, numbers)
    assert kind in events_elsewhere(base, alone, pairs.start(0)[1])


def test_places_that_grow_with_applicants_reach_other_districts() -> None:
    """Few national places are as many with more applicants in one district, unless they grow with them."""
    few = closed_but(
        "national places",
        "rounds.national_places=4",
        "rounds.national_usual_applicants=10",
        "rounds.apply_national=1",
        "formation.finance_gain=2",
        "incubation.finance_gain=20",
        "operations.fund_gain=50",
    )
    more: dict[int, list[int]] = {0: [], 1: []}
    for elasticity, gained in more.items():
        numbers = (*few, f"rounds.national_elasticity={elasticity}")
        for draw in (0, 1):
            base, alone = in_one_district(codes.SCI_TECH_FINANCE, draw, numbers)
            gained.append(national_promotions(alone) - national_promotions(base))
            assert "promoted" in events_elsewhere(base, alone, pairs.start(draw)[1])
    assert not any(more[0])
    assert any(more[1])


def national_promotions(outcome: Outcome) -> int:
    rows = outcome.events[outcome.events[:, 1] == events.PROMOTED]
    return int((rows[:, 3] == codes.NATIONAL).sum())


def test_a_transfer_reaches_the_district_that_takes_over_and_no_other() -> None:
    city = pairs.no_notice().city
    huangpi, new_area = city.codes.index("huangpi"), city.codes.index("changjiang_new_area")
    # From the first quarter on: carriers must differ before they are handed over, a year later.
    base, alone = in_one_district(codes.MATCHMAKING, 0, closed_but("transfers"), huangpi, first=0)
    touched = set().union(*events_elsewhere(base, alone, pairs.start(0)[1], huangpi).values())
    assert touched == {new_area}


# --- one more sponsor ---

NEW_SPONSOR = 123_456_789


def with_a_sponsor(world: World, state: int, quarters_left: int) -> World:
    """The world with one more private operator in the district."""
    new = Sponsors(
        id=NEW_SPONSOR,
        kind=codes.PRIVATE_OPERATOR,
        district=DISTRICT,
        sector=0,
        state=state,
        quarters_left=quarters_left,
        planned_type=codes.INCUBATOR if quarters_left else 0,
        planned_area=3000 if quarters_left else 0,
        free_from=0,
        carrier=0,
    )  # type: ignore[arg-type]
    columns = {
        name: np.append(getattr(world.sponsors, name), getattr(new, name)) for name in Sponsors._fields
    }
    return world._replace(sponsors=build(Sponsors, **columns))


@pytest.mark.parametrize(
    ("state", "quarters_left", "first_event"),
    [(codes.SPONSOR_PREPARING, 2, "opened"), (codes.IDLE, 0, "committed")],
)
def test_one_more_sponsor_changes_only_what_it_touches(
    state: int, quarters_left: int, first_event: str
) -> None:
    # Without imitation nobody looks at how many of its kind there are; this one is sure to act.
    numbers = (*ALL_CLOSED, "founding.imitation=0", "founding.lost=0")
    setting, world = with_numbers(*pairs.start(0), -1, (*numbers, "districts.space=1000000000"))
    if state == codes.IDLE:
        chance = setting.parameters.founding._replace(innovation=0.2)
        setting = setting._replace(parameters=setting.parameters._replace(founding=chance))
    base, other = run(setting, world), run(setting, with_a_sponsor(world, state, quarters_left))
    more, fewer = pairs.differences(base.events, other.events)
    assert len(more)
    first = more[more[:, 0] == more[:, 0].min()]
    acts = first[first[:, 1] == events.NAMES.index(first_event)]
    assert NEW_SPONSOR in (acts[:, 3] if first_event == "opened" else acts[:, 2])
    assert not len(fewer) or fewer[:, 0].min() >= first[0, 0]
    assert_untouched_elsewhere(base, other, world)


def test_one_more_sponsor_reaches_other_districts_when_startups_look_beyond() -> None:
    numbers = closed_but("looks beyond the district", "admission.home_share=0.75", "founding.imitation=0")
    setting, world = with_numbers(*pairs.start(0), -1, numbers)
    base = run(setting, world)
    other = run(setting, with_a_sponsor(world, codes.SPONSOR_PREPARING, 2))
    assert "admitted" in events_elsewhere(base, other, world)


def test_a_lever_reaches_other_districts_on_the_citys_own_numbers() -> None:
    base, alone = in_one_district(codes.EVENTS, 0, ())
    assert len(events_elsewhere(base, alone, pairs.start(0)[1])) > 1
    assert base.events[base.events[:, 0] < pairs.start(0)[0].first_quarter + FIRST].shape[0] > 0
