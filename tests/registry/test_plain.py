"""A clean registry becomes a world that has what its rows say, and draws only what they do not say."""

import random
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from simulation import world as worlds
from simulation.draws import name_id
from simulation.quarters import quarter
from simulation.registry.columns import COLUMNS
from simulation.registry.register import NOWHERE, UNKNOWN, Register
from simulation.rules import codes
from simulation.scenario import CityTables, Study
from simulation.world import World
from tests.registry.registries import INCUBATOR, MAKERSPACE, PROJECT, TITLES, city, text


def counts(world: World, *columns: str) -> Counter[tuple[int, ...]]:
    found = zip(*(getattr(world.carriers, name).tolist() for name in columns), strict=True)
    return Counter(found)


def of_id(world: World, label: str) -> dict[str, float]:
    row = np.flatnonzero(world.carriers.id == name_id("carrier", label))[0]
    return {name: getattr(world.carriers, name)[row].item() for name in world.carriers._fields}


def tenants_of(world: World, label: str) -> int:
    return int((world.startups.carrier == name_id("carrier", label)).sum())


def test_the_world_has_exactly_the_rows_counts(world_of: Callable[..., World], city: CityTables) -> None:
    from tests.registry.registries import city as registry

    rows = registry(120)
    world = world_of(rows)
    levels = dict(zip(("未定级", "区级", "市级", "省级", "国家级"), range(5), strict=True))
    types = {"众创空间": codes.MAKERSPACE, "孵化器": codes.INCUBATOR, "加速器": codes.ACCELERATOR}
    statuses = {"正常运营": codes.OPERATING, "停运": codes.STOPPED}
    expected = Counter(
        (
            levels[row["level"]],
            types[row["type"]],
            city.index(city.district_named(row["district"]).code or ""),
            statuses[row["status"]],
        )
        for row in rows
    )
    assert counts(world, "level", "type", "district", "status") == expected
    assert len(expected) > 30
    for row in rows:
        firms_and_teams = int(row["tenants"]) + int(row.get("teams", 0))
        assert tenants_of(world, row["id"]) == firms_and_teams
        carrier = of_id(world, row["id"])
        assert carrier["area"] == int(row["floor_area_m2"])
        assert carrier["places"] >= firms_and_teams
        assert (
            carrier["opened"]
            == quarter("2015Q1") + 4 * (int(row["opened"][:4]) - 2015) + (int(row["opened"][5:]) - 1) // 3
        )
    assert world.quarter == quarter("2022Q4")


def test_a_row_keeps_what_it_says(world_of: Callable[..., World], wuhan: Study) -> None:
    world = world_of([INCUBATOR, MAKERSPACE])
    one = of_id(world, "A0001")
    assert (
        one
        | {
            "level": codes.PROVINCIAL,
            "mode": codes.SPECIALISED,
            "mode_in_fact": codes.SPECIALISED,  # 32 of 40 tenants in its field, and a platform
            "kind": codes.LEAD_ENTERPRISE,
            "sector": wuhan.city.sector_index("artificial_intelligence"),
            "opened": quarter("2014Q2"),
            "registered": quarter("2014Q3"),
            "level_since": quarter("2017Q4"),
            "graduates": 21,
            "platform": 1,
            "fund": 8_000_000,
            "grade": codes.EXCELLENT,
            "unqualified_years": 0,
            "park": -1,
            "converting_since": 0,
            "stopped": 0,
        }
        == one
    )
    fields = np.asarray(wuhan.city.field)
    mine = world.startups.carrier == name_id("carrier", "A0001")
    assert (fields[world.startups.sector[mine]] == fields[int(one["sector"])]).sum() == 32
    two = of_id(world, "A0002")
    assert (two["places"], two["mode"], two["sector"]) == (
        34,
        codes.COMPREHENSIVE,
        -1,
    )  # 100 desks, 3 a place
    assert tenants_of(world, "A0002") == 22


def test_lead_tenants_of_a_comprehensive_carrier_are_exact(
    world_of: Callable[..., World], wuhan: Study
) -> None:
    row = INCUBATOR | {"mode": "综合型", "sector": "汽车", "lead_tenants": "13", "platform": "无"}
    world = world_of([row])
    carrier = of_id(world, "A0001")
    assert (carrier["sector"], carrier["mode_in_fact"]) == (-1, codes.COMPREHENSIVE)
    fields = np.asarray(wuhan.city.field)[world.startups.sector]
    assert (fields == wuhan.city.field[wuhan.city.sector_index("automotive")]).sum() == 13


@pytest.mark.parametrize(
    ("changes", "in_fact"),
    [
        ({"lead_tenants": "30"}, 1),  # 75 % and a platform, labelled or not
        ({"lead_tenants": "24"}, 1),  # 60 % keeps what it is
        ({"lead_tenants": "23"}, 0),
        ({"lead_tenants": "30", "platform": "无"}, 0),
        ({"mode": "综合型", "lead_tenants": "30"}, 1),
        ({"mode": "综合型", "lead_tenants": "29"}, 0),
        ({"mode": "转型中", "lead_tenants": "30"}, 0),  # until the first quarter finds that it is
    ],
)
def test_facts_decide_what_it_is_in_fact(
    changes: dict[str, str], in_fact: int, world_of: Callable[..., World]
) -> None:
    assert of_id(world_of([INCUBATOR | changes]), "A0001")["mode_in_fact"] == in_fact


def test_an_unknown_mode_stays_unknown_and_is_drawn(
    register_of: Callable[..., Register], world_of: Callable[..., World]
) -> None:
    rows = [
        INCUBATOR | {"id": f"A{row:04d}", "mode": "", "sector": "", "lead_tenants": ""} for row in range(60)
    ]
    register = register_of(rows)
    assert (register.mode == UNKNOWN).all()
    assert (register.mode_in_fact == UNKNOWN).all()
    drawn = [world_of(rows, draw).carriers.mode.sum() for draw in range(2)]
    assert all(0 < one < 60 for one in drawn)
    assert not np.array_equal(world_of(rows, 0).carriers.mode, world_of(rows, 1).carriers.mode)


def test_converting_is_a_comprehensive_label_and_under_way(
    register_of: Callable[..., Register], world_of: Callable[..., World], city: CityTables
) -> None:
    rows = [
        INCUBATOR | {"mode": "转型中"},
        INCUBATOR | {"id": "A0009", "mode": "转型中", "opened": "2022-08"},
    ]
    late = {"registered_on": "2022-08", "municipal_on": "2022-09", "provincial_on": "2022-11"}
    rows[1] |= late
    register = register_of(rows)
    assert register.mode.tolist() == [codes.COMPREHENSIVE] * 2
    assert register.converting_since.tolist() == [quarter("2022Q1"), quarter("2022Q3")]
    one = of_id(world_of(rows), "A0001")
    assert (one["mode"], one["mode_in_fact"]) == (codes.COMPREHENSIVE, codes.COMPREHENSIVE)
    assert one["sector"] == city.sector_index("artificial_intelligence")


def test_one_that_has_stopped_has_no_tenants_and_stays_on_the_list(world_of: Callable[..., World]) -> None:
    row = INCUBATOR | {"status": "停运", "tenants": "0", "lead_tenants": "0", "mode": "转型中"}
    world = world_of([row, MAKERSPACE])
    stopped = of_id(world, "A0001")
    assert (stopped["status"], stopped["level"]) == (codes.STOPPED, codes.PROVINCIAL)
    assert quarter("2020Q4") < stopped["stopped"] <= world.quarter
    assert stopped["converting_since"] == 0
    assert tenants_of(world, "A0001") == 0


def test_projects_are_sponsors_preparing(world_of: Callable[..., World], wuhan: Study) -> None:
    planned = PROJECT | {"id": "A0004", "opened": "2023-08", "type": "众创空间", "sector": "", "mode": ""}
    world = world_of([INCUBATOR, MAKERSPACE, PROJECT, planned])
    assert len(world.carriers.id) == 2
    sponsors = world.sponsors
    mine = np.flatnonzero((sponsors.state == codes.SPONSOR_PREPARING) & (sponsors.planned_area == 15000))
    assert len(mine) == 2
    assert (sponsors.kind[mine] == codes.DISTRICT_PLATFORM).all()
    assert (sponsors.district[mine] == wuhan.city.index("jiangxia")).all()
    of_type = dict(
        zip(sponsors.planned_type[mine].tolist(), sponsors.quarters_left[mine].tolist(), strict=True)
    )
    assert of_type[codes.MAKERSPACE] == 3  # 2023Q3 is the third quarter after 2022Q4
    assert of_type[codes.ACCELERATOR] >= 1
    # Those known are among the number assumed to be preparing, not beyond it.
    assert (sponsors.state == codes.SPONSOR_PREPARING).sum() == wuhan.baseline_numbers["preparing"]
    assert (sponsors.carrier[mine] == 0).all()


def test_one_off_the_list_is_not_in_the_world(world_of: Callable[..., World]) -> None:
    gone = INCUBATOR | {"id": "A0007", "status": "摘牌", "delisted_on": "2021-04", "tenants": ""}
    alone, beside = world_of([INCUBATOR]), world_of([INCUBATOR, gone])
    assert worlds.differences(alone, beside) == []


def test_row_and_column_order_do_not_matter(world_of: Callable[..., World]) -> None:
    rows = [*city(60), PROJECT]
    luck = random.Random(3)
    shuffled = luck.sample(rows, len(rows))
    titles = dict(luck.sample(list(TITLES.items()), len(TITLES)))
    assert worlds.differences(world_of(rows), world_of(text(shuffled, titles))) == []


def test_english_titles_and_words_and_a_byte_order_mark_are_read(world_of: Callable[..., World]) -> None:
    english = INCUBATOR | {
        "district": "Hongshan District",
        "type": "incubator",
        "level": "provincial",
        "mode": "specialised",
        "sector": "artificial_intelligence",
        "sponsor_kind": "lead_enterprise",
        "platform": "yes",
        "grade": "excellent",
        "status": "operating",
    }
    titles = {one.name: one.name for one in COLUMNS}
    assert worlds.differences(world_of([INCUBATOR]), world_of("\ufeff" + text([english], titles))) == []


def test_columns_about_persons_are_left_out(world_of: Callable[..., World]) -> None:
    plain = text([INCUBATOR, MAKERSPACE]).splitlines()
    with_persons = [f"{line},{value}" for line, value in zip(plain, ("联系人", "某甲", "某乙"), strict=True)]
    assert worlds.differences(world_of("\n".join(plain)), world_of("\n".join(with_persons))) == []


def test_two_draws_differ_in_what_no_row_says(world_of: Callable[..., World]) -> None:
    rows = [row | {"platform": row["platform"] or "无"} for row in city(60)]
    one, other = world_of(rows, 0), world_of(rows, 1)
    assert worlds.differences(one, world_of(rows, 0)) == []
    assert not np.array_equal(one.carriers.capability, other.carriers.capability)
    assert not np.array_equal(one.carriers.kind, other.carriers.kind)
    for name in (
        "id",
        "level",
        "type",
        "district",
        "area",
        "opened",
        "status",
        "platform",
        "admitted_last_year",
    ):
        assert np.array_equal(getattr(one.carriers, name), getattr(other.carriers, name))


def test_parks_districts_and_sponsors_by_the_date(
    world_of: Callable[..., World], register_of: Callable[..., Register], wuhan: Study
) -> None:
    named = INCUBATOR | {"district": "长江新区", "park": "南太子湖创新谷"}
    register = register_of([named, MAKERSPACE])
    new_area = wuhan.city.index("changjiang_new_area")
    assert register.district[0] == new_area
    assert register.park.tolist() == [wuhan.city.parks.index("南太子湖创新谷"), NOWHERE]
    world = world_of([named, MAKERSPACE])
    # The transfers of 2022 lie behind: sponsors and floor went over with them.
    assert (world.sponsors.district == new_area).sum() > 10
    moved = [one for one in wuhan.city.transfers if wuhan.city.index(one.new) == new_area]
    expected = sum(int(wuhan.city.space[wuhan.city.index(one.old)] * one.share) for one in moved)
    assert world.districts.space[new_area] == wuhan.city.space[new_area] + expected
    assert world.districts.space.sum() == wuhan.city.space.sum()


def test_a_registry_without_a_park_column_leaves_parks_open(register_of: Callable[..., Register]) -> None:
    titles = {name: title for name, title in TITLES.items() if name != "park"}
    assert register_of(text([INCUBATOR], titles)).park.tolist() == [UNKNOWN]


def test_an_unqualified_year_counts_towards_the_second(world_of: Callable[..., World]) -> None:
    municipal = INCUBATOR | {"level": "市级", "provincial_on": "", "grade": "不合格"}
    assert of_id(world_of([municipal]), "A0001")["unqualified_years"] == 1
    assert of_id(world_of([INCUBATOR | {"grade": "不合格"}]), "A0001")["unqualified_years"] == 0


def test_a_year_begun_has_its_part_of_the_years_counts(
    world_of: Callable[..., World], city: CityTables
) -> None:
    from dataclasses import replace

    mid_year = replace(city, baseline_quarter=quarter("2022Q2"))
    rows = [INCUBATOR | {"tenants": "200", "graduates": "400"}]
    december, june = of_id(world_of(rows), "A0001"), of_id(world_of(rows, city=mid_year), "A0001")
    assert (december["admitted_this_year"], december["graduates_this_year"]) == (0, 0)
    assert june["admitted_this_year"] == pytest.approx(0.5 * june["admitted_last_year"], abs=1)
    assert june["graduates_this_year"] == pytest.approx(0.5 * june["graduates_last_year"], abs=1)
    assert december["admitted_last_year"] == june["admitted_last_year"] > 10
