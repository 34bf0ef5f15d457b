"""Books balance in every quarter of every replicate, and say what the world says when one counts it anew."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.engines import books, compiled, events
from simulation.engines.books import Outcome
from simulation.engines.setting import Setting
from simulation.rules import codes
from simulation.scenario import Study, load, study
from simulation.world import World
from tests.engines.small_city import SmallCity, part, small_city

CITIES = st.builds(
    small_city,
    seed=st.integers(0, 2**32),
    districts=st.integers(1, 5),
    carriers=st.integers(3, 60),
    quarters=st.integers(1, 10),
    levers=st.booleans(),
)
# Cells of the list, as ``books.CELL`` names them, and behind the axes the sums that an event changes by one.
_, TYPE, MODE, IN_FACT, LEVEL, OPERATING = range(6)


def run(city: SmallCity) -> Outcome:
    return compiled.simulate(city.setting, city.world, keep_events=True)


# ------------------------------------------------------------------------------ counting anew


def listed(world: World) -> Any:
    on_list = (world.carriers.status == codes.OPERATING) | (world.carriers.status == codes.STOPPED)
    return on_list & (world.carriers.level >= codes.DISTRICT)


def cells(world: World, districts: int) -> Any:
    """The stocks of a world, counted carrier by carrier."""
    counted = np.zeros_like(books.blank_stocks(0, districts)[0])
    one = world.carriers
    for row in np.flatnonzero(listed(world)).tolist():
        operating = int(one.status[row] == codes.OPERATING)
        counted[
            one.district[row],
            one.type[row],
            one.mode[row],
            one.mode_in_fact[row],
            one.level[row] - 1,
            operating,
        ] += 1
    return counted


def tenants_of(world: World) -> Any:
    """How many tenants each carrier has."""
    at = world.startups.carrier[world.startups.carrier != 0]
    row = np.searchsorted(world.carriers.id, at)
    assert np.array_equal(world.carriers.id[row], at), "a tenant of nobody"
    return np.bincount(row, minlength=len(world.carriers.id))


def tenants(world: World, districts: int, sectors: int) -> Any:
    """Tenants by district of their carrier, and sector."""
    counted = np.zeros((districts, sectors), np.int64)
    home = dict(zip(world.carriers.id.tolist(), world.carriers.district.tolist(), strict=True))
    for carrier, sector in zip(world.startups.carrier.tolist(), world.startups.sector.tolist(), strict=True):
        if carrier:
            counted[home[carrier], sector] += 1
    return counted


def capacity(world: World) -> Any:
    counted = books.blank_capacity(0)[0]
    one, at = world.carriers, tenants_of(world)
    for row in np.flatnonzero(one.status == codes.OPERATING).tolist():
        counted[one.type[row], one.level[row]] += (1, one.places[row], at[row], one.area[row])
    return counted


def check_quarter(outcome: Outcome, row: int, world: World) -> None:
    """The row of the books that belongs to a world says what the world says."""
    districts, sectors = outcome.startups.shape[1:3]
    assert np.array_equal(outcome.stocks[row], cells(world, districts))
    assert np.array_equal(outcome.startups[row, ..., books.TENANTS], tenants(world, districts, sectors))
    assert np.array_equal(outcome.capacity[row], capacity(world))


def check_carriers(world: World) -> None:
    """What must hold of every carrier, whatever happened to it."""
    one, at = world.carriers, tenants_of(world)
    assert (at <= one.places).all()
    assert (at[one.status != codes.OPERATING] == 0).all()
    assert (one.places >= 1).all()
    assert (one.area >= 0).all()
    assert (one.status != codes.PREPARING).all()
    assert ((one.converting_since == 0) | (one.sector >= 0)).all()
    assert np.array_equal(one.registered > 0, one.level >= codes.DISTRICT)
    assert ((one.stopped > 0) >= (one.status == codes.STOPPED)).all()
    runs = world.sponsors.carrier[world.sponsors.carrier != 0]
    assert len(np.unique(runs)) == len(runs)
    assert np.isin(runs, one.id).all()
    assert np.array_equal(world.sponsors.state == codes.RUNNING, world.sponsors.carrier != 0)


def ends(setting: Setting, world: World) -> list[World]:
    """The world at the end of each quarter, the start first; each from a run that ends there."""
    return [world] + [
        compiled.simulate(part(setting, 0, quarters), world).world
        for quarters in range(1, setting.quarters + 1)
    ]


@settings(max_examples=60, deadline=None)
@given(city=CITIES)
def test_books_balance_every_quarter(city: SmallCity) -> None:
    assert books.imbalance(run(city)) == []


def test_a_wrong_entry_is_seen() -> None:
    outcome = run(small_city(1))
    outcome.flows[3, 0, 0, 1, 0, 2, 1, codes.STOP] += 1
    outcome.startups[2, 1, 0, books.FAILED] += 1
    tenants, carriers = books.imbalance(outcome)
    assert carriers.startswith("quarter 3: 1 cells of the list")
    assert "'level': 2" in carriers
    assert tenants.startswith("quarter 1: tenants of 1 districts and sectors")


@settings(max_examples=25, deadline=None)
@given(city=CITIES)
def test_every_quarter_counted_anew_gives_the_books(city: SmallCity) -> None:
    outcome = run(city)
    for row, world in enumerate(ends(city.setting, city.world)):
        check_quarter(outcome, row, world)
        if row:
            check_carriers(world)


@settings(max_examples=40, deadline=None)
@given(city=CITIES)
def test_parts_add_up_and_scopes_nest(city: SmallCity) -> None:
    outcome = run(city)
    by_level = outcome.stocks.sum(axis=(2, 3, 4))  # quarter, district, level, operating
    all_listed, recognised, national = (by_level[:, :, least:].sum(axis=(2, 3)) for least in (0, 1, 3))
    operating = by_level[..., 1].sum(axis=2)
    assert (national <= recognised).all()
    assert (recognised <= all_listed).all()
    assert (operating <= all_listed).all()
    assert (outcome.stocks >= 0).all()
    # Two books that are kept apart agree: operating carriers on the list, and tenants.
    by_type_and_level = outcome.stocks[..., 1].sum(axis=(1, 3, 4))
    assert np.array_equal(by_type_and_level, outcome.capacity[:, :, codes.DISTRICT :, 0])
    tenants = outcome.startups[..., books.TENANTS].sum(axis=(1, 2))
    assert np.array_equal(tenants, outcome.capacity[..., 2].sum(axis=(1, 2)))
    assert (outcome.capacity[..., 2] <= outcome.capacity[..., 1]).all()
    # A transfer moves carriers and tenants between districts, and makes or ends none.
    assert not outcome.flows[..., codes.TRANSFER].sum(axis=tuple(range(1, 7))).any()
    assert not outcome.startups[..., books.MOVED].sum(axis=(1, 2)).any()


def of_kind(outcome: Outcome, setting: Setting, kind: int) -> Any:
    """How many events of a kind each quarter has."""
    quarters = outcome.events[outcome.events[:, 1] == kind, 0] - setting.first_quarter
    return np.bincount(quarters, minlength=setting.quarters)


def moved(outcome: Outcome, cause: int, axis: int | None = None) -> Any:
    """By quarter, carriers that a cause brought onto the list, or steps that it moved them along an axis."""
    flows = outcome.flows[..., cause]
    if axis is None:
        return flows.sum(axis=tuple(range(1, 7)))
    along = flows.sum(axis=tuple(place for place in range(1, 7) if place != axis + 1))
    return (along * np.arange(along.shape[1])).sum(axis=1)


@settings(max_examples=60, deadline=None)
@given(city=CITIES)
def test_events_tie_to_flows_of_carriers(city: SmallCity) -> None:
    outcome, setting = run(city), city.setting

    def number(kind: int) -> Any:
        return of_kind(outcome, setting, kind)

    log = outcome.events
    registrations = sum(moved(outcome, codes.REGISTRATION + kind) for kind in range(9))
    assert np.array_equal(registrations, number(events.REGISTERED))
    assert np.array_equal(moved(outcome, codes.RECOGNITION, LEVEL), number(events.RECOGNISED))
    for level, cause in (
        (codes.PROVINCIAL, codes.PROMOTION_PROVINCIAL),
        (codes.NATIONAL, codes.PROMOTION_NATIONAL),
    ):
        chosen = log[(log[:, 1] == events.PROMOTED) & (log[:, 3] == level)]
        counted = np.bincount(chosen[:, 0] - setting.first_quarter, minlength=setting.quarters)
        assert np.array_equal(moved(outcome, cause, LEVEL), counted)
    assert np.array_equal(-moved(outcome, codes.DEMOTION, LEVEL), number(events.DEMOTED))
    assert np.array_equal(-moved(outcome, codes.WITHDRAWAL, LEVEL), number(events.WITHDRAWN))
    labelled = moved(outcome, codes.CONVERSION, MODE) + moved(outcome, codes.LABELLING, MODE)
    assert np.array_equal(labelled, number(events.LABELLED))
    assert np.array_equal(-moved(outcome, codes.LABEL_LOSS, MODE), number(events.LABEL_LOST))
    # One that stops before it is on any list is taken off at once, at level none.
    never_listed = log[(log[:, 1] == events.DELISTED) & (log[:, 3] == codes.NONE)]
    never_listed_stops = np.bincount(never_listed[:, 0] - setting.first_quarter, minlength=setting.quarters)
    split_ends = ended_by_splitting(outcome, setting, codes.NONE)
    stops = -moved(outcome, codes.STOP, OPERATING)
    assert np.array_equal(stops, number(events.STOPPED) - never_listed_stops + split_ends)


def ended_by_splitting(outcome: Outcome, setting: Setting, level: int) -> Any:
    """By quarter, parents of a level that their children have replaced: split and off the list at once."""
    log = outcome.events
    parents = {(row[0], row[2]) for row in log[log[:, 1] == events.SPLIT].tolist()}
    counted = np.zeros(setting.quarters, np.int64)
    for quarter, _, who, at, _ in log[log[:, 1] == events.DELISTED].tolist():
        counted[quarter - setting.first_quarter] += (quarter, who) in parents and at == level
    return counted


@settings(max_examples=40, deadline=None)
@given(city=CITIES)
def test_events_tie_to_flows_of_delistings_and_splits(city: SmallCity) -> None:
    outcome, setting = run(city), city.setting
    log = outcome.events
    gone = log[(log[:, 1] == events.DELISTED) & (log[:, 3] != codes.NONE)]
    delisted = np.bincount(gone[:, 0] - setting.first_quarter, minlength=setting.quarters)
    replaced = sum(ended_by_splitting(outcome, setting, level) for level in range(1, 5))
    assert np.array_equal(-moved(outcome, codes.DELISTING), delisted - replaced)
    assert np.array_equal(moved(outcome, codes.SPLIT), of_kind(outcome, setting, events.SPLIT) - replaced)


@settings(max_examples=40, deadline=None)
@given(city=CITIES)
def test_events_tie_to_flows_of_startups(city: SmallCity) -> None:
    outcome, setting = run(city), city.setting
    counts = outcome.startups[1:].sum(axis=(1, 2))
    for kind, column in (
        (events.FORMED, books.FORMED),
        (events.ADMITTED, books.ADMITTED),
        (events.FAILED, books.FAILED),
        (events.GRADUATED, books.GRADUATED),
    ):
        assert np.array_equal(of_kind(outcome, setting, kind), counts[:, column]), events.NAMES[kind]
    splits = outcome.events[outcome.events[:, 1] == events.SPLIT]
    to_children = np.bincount(
        splits[:, 0] - setting.first_quarter, weights=splits[:, 4], minlength=setting.quarters
    )
    left = of_kind(outcome, setting, events.LEFT) + of_kind(outcome, setting, events.MOVED_UP)
    assert np.array_equal(left + to_children, counts[:, books.LEFT])
    # Nobody is forgotten: those at the start and formed are gone, or still there.
    gone = counts[:, [books.FAILED, books.GRADUATED]].sum()
    displaced = outcome.events[(outcome.events[:, 1] == events.LEFT) & (outcome.events[:, 4] == 1)]
    gone += of_kind(outcome, setting, events.LEFT).sum() - len(displaced)
    gone += of_kind(outcome, setting, events.GAVE_UP_LOOKING).sum()
    formed = counts[:, books.FORMED].sum()
    assert len(city.world.startups.id) + formed - gone == len(outcome.world.startups.id)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_nothing_is_paid_without_levers(seed: int) -> None:
    assert not run(small_city(seed, levers=False)).money.any()
    paid = run(small_city(seed)).money
    assert (paid >= 0).all()


# ------------------------------------------------------------------------------ full Wuhan

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def check_wuhan(wuhan: Study, seed: int, draw: int) -> None:
    setting, world = wuhan.setting(seed, draw, 0), wuhan.world(seed, draw, 0)
    outcome = compiled.simulate(setting, world)
    assert books.imbalance(outcome) == []
    check_quarter(outcome, 0, world)
    check_quarter(outcome, setting.quarters, outcome.world)
    check_carriers(outcome.world)


def test_the_notice_at_full_size() -> None:
    check_wuhan(study(load(SCENARIOS / "wuhan-2025.yaml")), 1, 0)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(path.stem for path in SCENARIOS.glob("*.yaml")))
def test_every_scenario_at_full_size(name: str) -> None:
    one = study(load(SCENARIOS / f"{name}.yaml"))
    for draw in range(6):
        check_wuhan(one, 3, draw)
