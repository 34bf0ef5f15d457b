"""The synthetic start population matches every published margin exactly, in every draw."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from simulation import world as worlds
from simulation.draws import name_id, unknowns_key
from simulation.registry import synthesis
from simulation.registry.register import Register, quotas
from simulation.rules import codes
from simulation.scenario import Study, district_shares
from simulation.world import World

DRAWS = range(6)


@pytest.fixture(scope="module")
def start(wuhan: Study) -> Sequence[World]:
    return [wuhan.world(1, draw, 0) for draw in DRAWS]


def register(wuhan: Study, seed: int, draw: int) -> Register:
    return synthesis.register(
        wuhan.city,
        wuhan.baseline_numbers,
        wuhan.unknown_values(seed, draw),
        district_shares(wuhan, seed, draw),
        unknowns_key(seed, draw),
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_published_margins_are_exact_in_every_draw(seed: int, wuhan: Study) -> None:
    for draw in range(40):
        made = register(wuhan, seed, draw)
        levels = [(made.level == level).sum() for level in range(5)]
        assert levels == [0, 144, 159, 179, 118]
        recognised = made.level >= codes.MUNICIPAL
        assert recognised.sum() == 456 == 118 + 179 + 159
        assert (made.kind[recognised] == codes.UNIVERSITY).sum() == 41
        assert made.area[recognised].sum() == 7_000_000


def test_types_by_level_are_those_of_the_table(wuhan: Study) -> None:
    made, numbers = register(wuhan, 1, 3), wuhan.baseline_numbers
    for kind, type_name in enumerate(codes.TYPES):
        for level in range(codes.DISTRICT, codes.NATIONAL + 1):
            count = ((made.type == kind) & (made.level == level)).sum()
            assert count == numbers[f"carriers[{type_name}][{codes.LEVELS[level]}]"]


def test_running_kinds_add_up(wuhan: Study) -> None:
    running = [int(wuhan.baseline_numbers[f"running[{kind}]"]) for kind in codes.SPONSOR_KINDS]
    assert sum(running) == 600
    for draw in DRAWS:
        made = register(wuhan, 1, draw)
        assert [(made.kind == kind).sum() for kind in range(len(running))] == running


def test_district_shares_add_up_and_are_drawn(wuhan: Study) -> None:
    counts = []
    for draw in DRAWS:
        shares, made = district_shares(wuhan, 1, draw), register(wuhan, 1, draw)
        by_district = np.bincount(made.district, minlength=len(shares))
        assert shares.sum() == pytest.approx(1.0)
        assert by_district.sum() == 600
        # Shared out within each type and level: at most one off in each of the ten groups.
        assert np.abs(by_district - 600 * shares).max() < 10
        assert by_district[wuhan.city.index("changjiang_new_area")] == 0
        counts.append(tuple(by_district))
    assert len(set(counts)) == len(DRAWS)


def test_what_is_not_published_is_drawn_once_a_draw(wuhan: Study) -> None:
    for draw in DRAWS:
        made, unknowns = register(wuhan, 1, draw), wuhan.unknown_values(1, draw)
        recognised = made.level >= codes.MUNICIPAL
        labelled = (made.mode == codes.SPECIALISED) & recognised
        assert labelled.sum() == round(unknowns["start.specialised_share"] * 456)
        assert (made.mode[~recognised] == codes.COMPREHENSIVE).all()
        assert (made.status == codes.STOPPED).sum() == round(unknowns["start.stopped_share"] * 600)


def test_same_draw_same_world_and_two_draws_differ(wuhan: Study, start: Sequence[World]) -> None:
    assert worlds.differences(start[0], wuhan.world(1, 0, 5)) == []
    for one, other in pairwise(start):
        assert np.array_equal(one.carriers.id, other.carriers.id)
        for name in ("district", "kind", "mode", "area", "capability", "places", "opened"):
            assert not np.array_equal(getattr(one.carriers, name), getattr(other.carriers, name)), name
    assert worlds.differences(start[0], wuhan.world(2, 0, 0)) != []


def test_a_start_is_consistent(wuhan: Study, start: Sequence[World]) -> None:
    for world in start:
        carriers, startups, sponsors = world.carriers, world.startups, world.sponsors
        row = np.searchsorted(carriers.id, startups.carrier)
        assert np.array_equal(carriers.id[row], startups.carrier)
        tenants = np.bincount(row, minlength=len(carriers.id))
        operating = carriers.status == codes.OPERATING
        assert (tenants <= carriers.places).all()
        assert (tenants[~operating] == 0).all()
        assert (tenants[operating] >= np.minimum(10, carriers.places[operating])).all()
        assert np.array_equal(carriers.district[row], startups.district)
        assert (startups.stay <= world.quarter - carriers.opened[row]).all()
        assert (startups.age >= startups.stay).all()
        assert (carriers.opened <= world.quarter).all()
        assert (carriers.registered >= carriers.opened).all()
        assert (carriers.level_since >= carriers.registered).all()
        assert (carriers.stopped[~operating] >= carriers.opened[~operating]).all()
        focused = (carriers.mode == codes.SPECIALISED) | (carriers.mode_in_fact == codes.SPECIALISED)
        assert np.array_equal(carriers.sector >= 0, focused | (carriers.converting_since > 0))
        runs = sponsors.carrier != 0
        assert np.array_equal(np.sort(sponsors.carrier[runs]), carriers.id)
        assert np.array_equal(runs, sponsors.state == codes.RUNNING)
        preparing = sponsors.state == codes.SPONSOR_PREPARING
        assert preparing.sum() == wuhan.baseline_numbers["preparing"]
        assert (sponsors.quarters_left[preparing] >= 1).all()
        assert not sponsors.planned_area[~preparing].any()


def test_sponsors_of_each_kind_are_those_of_the_table(wuhan: Study, start: Sequence[World]) -> None:
    for kind, name in enumerate(codes.SPONSOR_KINDS):
        assert (start[0].sponsors.kind == kind).sum() == wuhan.baseline_numbers[f"sponsors[{name}]"]


def test_ids_follow_from_numbers_of_the_synthetic_registry(start: Sequence[World]) -> None:
    expected = sorted(name_id("carrier", f"S{number:04d}") for number in range(1, 601))
    assert start[0].carriers.id.tolist() == expected


@pytest.mark.parametrize(
    ("shares", "total", "expected"),
    [
        ([0.5, 0.3, 0.2], 10, [5, 3, 2]),
        ([1.0, 1.0, 1.0], 4, [2, 1, 1]),  # the first of equals
        ([0.26, 0.26, 0.48], 10, [3, 2, 5]),
        ([0.0, 2.0], 3, [0, 3]),
        ([0.7, 0.3], 0, [0, 0]),
    ],
)
def test_quotas_add_up(shares: list[float], total: int, expected: list[int]) -> None:
    assert quotas(np.array(shares), total).tolist() == expected
