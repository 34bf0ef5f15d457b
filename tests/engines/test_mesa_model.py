"""The Mesa model as Mesa's users know it, and what both engines do when they are given too little or too much."""

from functools import partial
from typing import Any

import numpy as np
import pytest

from simulation.draws import identity_plain
from simulation.engines import books, compiled, events, mesa
from simulation.engines.compiled import engine, state
from simulation.engines.compiled.state import Room
from simulation.engines.mesa import Carrier, CarrierModel, District, Sponsor, Startup
from simulation.engines.setting import Setting
from simulation.quarters import quarter_name
from simulation.rules import codes
from simulation.world import Startups, World, build
from tests.engines.small_city import SmallCity, small_city, with_numbers
from tests.engines.telling import differences

both = pytest.mark.parametrize("simulate", [mesa.simulate, compiled.simulate], ids=["mesa", "compiled"])


@pytest.fixture
def city() -> SmallCity:
    return small_city(41)


def changed(setting: Setting, part: str, **numbers: float) -> Setting:
    return setting._replace(parameters=with_numbers(setting.parameters, part, **numbers))


def changed_column(table: Any, row: int, **values: int) -> Any:
    """A table of a world with some cells of one row changed."""
    columns = {name: getattr(table, name).copy() for name in table._fields}
    for name, value in values.items():
        columns[name][row] = value
    return build(type(table), **columns)


# ------------------------------------------------------------------------------ as Mesa has it


def test_the_data_collector_has_a_row_a_quarter(city: SmallCity) -> None:
    setting, world = city
    model = CarrierModel(setting, world)
    for _ in range(setting.quarters):
        model.step()
    outcome = compiled.simulate(setting, world)
    rows = model.datacollector.get_model_vars_dataframe()
    assert rows["quarter"].tolist() == [
        quarter_name(world.quarter + place) for place in range(setting.quarters + 1)
    ]
    by_level = outcome.stocks.sum(axis=(1, 2, 3, 4, 6))
    assert rows["listed"].tolist() == by_level.sum(axis=1).tolist()
    assert rows["recognised"].tolist() == by_level[:, 1:].sum(axis=1).tolist()
    assert rows["national"].tolist() == by_level[:, 3].tolist()
    assert rows["tenants"].tolist() == outcome.startups[..., books.TENANTS].sum(axis=(1, 2)).tolist()
    recognised = outcome.stocks[:, ..., codes.MUNICIPAL - 1 :, :]
    specialised = recognised[:, :, :, codes.SPECIALISED].sum(axis=(1, 2, 3, 4, 5))
    assert rows["specialised_share"].tolist() == (specialised / by_level[:, 1:].sum(axis=1)).tolist()
    places, tenants = (outcome.capacity[..., place].sum(axis=(1, 2)) for place in (1, 2))
    assert rows["occupancy"].tolist() == (tenants / places).tolist()


def test_agents_are_those_of_the_world_by_type(city: SmallCity) -> None:
    setting, world = city
    model = CarrierModel(setting, world)
    for _ in range(3):
        model.step()
    now = model.world()
    by_type = {kind.__name__: agents for kind, agents in model.agents_by_type.items()}
    for name, table in (("District", now.districts), ("Sponsor", now.sponsors), ("Startup", now.startups)):
        assert sorted(agent.id for agent in by_type[name]) == sorted(table.id.tolist())
    assert sorted(agent.id for agent in by_type["Carrier"]) == now.carriers.id.tolist()
    assert set(by_type) == {"City", "District", "Sponsor", "Carrier", "Startup"}
    assert len(now.carriers.id) > len(world.carriers.id)
    tenants = [startup for carrier in by_type["Carrier"] for startup in carrier.tenants.values()]
    assert all(startup.carrier.tenants[startup.id] is startup for startup in tenants)


def test_agents_can_be_called_by_name(city: SmallCity) -> None:
    """What Mesa's tutorials do: ``model.agents_by_type[Carrier].do("method")`` and ``select``."""
    model = CarrierModel(*city)
    carriers = model.agents_by_type[Carrier]
    national = carriers.select(lambda one: one.level == codes.NATIONAL)
    assert len(national) == (city.world.carriers.level == codes.NATIONAL).sum()
    before = {one.id: one.reserve for one in national}
    national.do("receive", 1e6)
    assert all(one.reserve > before[one.id] or before[one.id] == one.reserve for one in national)
    assert any(one.reserve > before[one.id] for one in national)


# ------------------------------------------------------------------------------ subclasses


class Steady(Carrier):
    """A carrier that never stops."""

    def stops(self) -> bool:
        return False


class Counted(CarrierModel):
    """A model of steady carriers that counts its quarters."""

    quarters_lived = 0

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, carrier=Steady, **named)

    def quarter(self) -> None:
        super().quarter()
        Counted.quarters_lived += 1


def test_a_carrier_of_ones_own_takes_effect(city: SmallCity) -> None:
    setting, world = city
    usual = mesa.simulate(setting, world, keep_events=True)
    steady = mesa.simulate(setting, world, keep_events=True, model=partial(CarrierModel, carrier=Steady))  # type: ignore[arg-type]
    assert (usual.events[:, 1] == events.STOPPED).any()
    assert not (steady.events[:, 1] == events.STOPPED).any()
    assert not steady.flows[..., codes.STOP].any()
    assert books.imbalance(steady) == []


def test_a_model_of_ones_own_takes_effect(city: SmallCity) -> None:
    setting, world = city
    Counted.quarters_lived = 0
    outcome = mesa.simulate(setting, world, keep_events=True, model=Counted)
    assert Counted.quarters_lived == setting.quarters
    assert not (outcome.events[:, 1] == events.STOPPED).any()
    # Carriers that open in the run are of the class too.
    model = Counted(setting, world)
    for _ in range(4):
        model.step()
    assert len(model.carriers) > len(world.carriers.id)
    assert {type(one) for one in model.carriers.values()} == {Steady}


def test_every_class_of_agent_is_an_argument(city: SmallCity) -> None:
    class OwnDistrict(District):
        pass

    class OwnSponsor(Sponsor):
        def commits(self, share_running: float) -> bool:
            return False

    class OwnStartup(Startup):
        def gives_up_looking(self) -> bool:
            return False

    model = CarrierModel(
        *city, keep_events=True, district=OwnDistrict, sponsor=OwnSponsor, startup=OwnStartup
    )
    for _ in range(city.setting.quarters):
        model.step()
    kinds = {event[1] for event in model.ledger.outcome(model.world()).events.tolist()}
    assert events.OPENED in kinds  # those that were preparing
    assert not kinds & {events.COMMITTED, events.GAVE_UP_LOOKING}
    assert {type(one) for one in model.districts} == {OwnDistrict}


def test_an_empty_subclass_changes_nothing(city: SmallCity) -> None:
    class Same(Carrier):
        pass

    other = mesa.simulate(*city, keep_events=True, model=partial(CarrierModel, carrier=Same))  # type: ignore[arg-type]
    assert differences(mesa.simulate(*city, keep_events=True), other) == []


# ------------------------------------------------------------------------------ too little room


def test_a_table_that_is_full_gets_more_room_and_nothing_is_cut_off(
    city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = compiled.simulate(*city, keep_events=True)
    rooms: list[Room] = []

    def no_room(setting: Setting, world: World, keep_events: bool) -> Room:
        return Room(len(world.carriers.id), len(world.startups.id), 1)

    def more(room: Room, status: int) -> Room:
        rooms.append(state.more_room(room, status))
        return rooms[-1]

    monkeypatch.setattr(engine, "enough_room", no_room)
    monkeypatch.setattr(engine, "more_room", more)
    assert differences(expected, compiled.simulate(*city, keep_events=True)) == []
    first = no_room(*city, True)
    assert rooms[-1].carriers > first.carriers
    assert rooms[-1].startups > first.startups
    assert rooms[-1].events >= len(expected.events) > 256
    assert len(rooms) > 8


def test_the_usual_room_is_enough() -> None:
    for seed in range(20):
        setting, world = small_city(seed, carriers=40)
        room = state.enough_room(setting, world, keep_events=False)
        ended = compiled.simulate(setting, world).world
        assert len(ended.carriers.id) < room.carriers
        assert len(ended.startups.id) < room.startups


# ------------------------------------------------------------------------------ collisions, loose ends


def opening_next_quarter(city: SmallCity) -> tuple[Setting, World, int]:
    """A city in which a sponsor is sure to open a carrier in the first quarter, and that carrier's id."""
    setting = changed(city.setting, "founding", lost=0)
    row = int(np.flatnonzero(city.world.sponsors.state == codes.SPONSOR_PREPARING)[0])
    sponsors = changed_column(city.world.sponsors, row, quarters_left=1)
    return setting, city.world._replace(sponsors=sponsors), int(sponsors.id[row])


@both
def test_a_second_carrier_of_one_id_is_refused(simulate: Any, city: SmallCity) -> None:
    setting, world, sponsor = opening_next_quarter(city)
    taken = identity_plain(sponsor, setting.first_quarter, 0)
    assert taken in simulate(setting, world).world.carriers.id
    alone = int(np.flatnonzero(world.carriers.sponsor == 0)[0])
    tenants = build(
        Startups,
        **{
            name: np.where(world.startups.carrier == world.carriers.id[alone], taken, column)
            if name == "carrier"
            else column
            for name, column in zip(world.startups._fields, world.startups, strict=True)
        },
    )
    carriers = changed_column(world.carriers, alone, id=taken)
    with pytest.raises(ValueError, match=f"two agents have the id {taken}: choose another seed"):
        simulate(setting, world._replace(carriers=carriers, startups=tenants))


@pytest.mark.parametrize(
    "simulate",
    [
        pytest.param(mesa.simulate, id="mesa"),
        pytest.param(compiled.simulate, id="compiled"),
    ],
)
def test_a_second_startup_of_one_id_is_refused(simulate: Any, city: SmallCity) -> None:
    setting, world = city
    formed = simulate(setting, world, True).events
    newcomer = int(formed[formed[:, 1] == events.FORMED][0, 2])
    tenant = int(np.flatnonzero(world.startups.carrier != 0)[0])
    startups = changed_column(world.startups, tenant, id=newcomer)
    with pytest.raises(ValueError, match=f"two agents have the id {newcomer}"):
        simulate(setting, world._replace(startups=startups))


@both
@pytest.mark.parametrize(
    ("table", "column", "what"),
    [
        ("startups", "carrier", "carrier"),
        ("sponsors", "carrier", "carrier"),
        ("carriers", "sponsor", "sponsor"),
    ],
)
def test_a_world_that_names_nobody_is_refused(
    simulate: Any, table: str, column: str, what: str, city: SmallCity
) -> None:
    rows = getattr(city.world, table)
    row = int(np.flatnonzero(getattr(rows, column) != 0)[0])
    world = city.world._replace(**{table: changed_column(rows, row, **{column: 77})})
    with pytest.raises(ValueError, match=f"the world names a {what} 77 that it does not hold"):
        simulate(city.setting, world)


# ------------------------------------------------------------------------------ who is looked at more closely


class LookedAt(Startup):
    """A startup as any other, but of a class of its own: the model cannot know its highest chances."""

    def fit(self, carrier: Carrier) -> float:
        return super().fit(carrier)


@pytest.mark.parametrize(
    "numbers",
    [
        {},
        {"failure_if_match": 0.6, "graduation_if_match": -0.6},
        {"failure_if_funded": 0.5, "graduation_if_funded": -0.5, "failure_per_capability": 2.0},
        {"failure_year_3": 0.3, "failure_later": 0.02, "graduation": 0.6},
        {"failure_factor": 9.0, "bank_rescue": 0.9},
    ],
)
def test_nobody_ends_but_those_who_were_looked_at(numbers: dict[str, float]) -> None:
    setting, world = small_city(17, districts=2, carriers=30, quarters=8)
    setting = changed(setting, "incubation", **numbers)
    outcome = mesa.simulate(setting, world, keep_events=True)
    looked = mesa.simulate(setting, world, keep_events=True, model=partial(CarrierModel, startup=LookedAt))  # type: ignore[arg-type]
    assert differences(outcome, looked) == []
    kinds = outcome.events[:, 1]
    assert events.FAILED in kinds
    assert events.GRADUATED in kinds
