"""What moved between two registries, and whom to call: small registries whose answers are counted by hand."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.quarters import quarter
from simulation.registry.matching import match
from simulation.registry.movements import GROUPINGS, Movements, movements
from simulation.registry.pipeline import Named, pipeline
from simulation.registry.register import UNKNOWN
from simulation.registry.rows import Row
from simulation.registry.snapshot import Entry, snapshot
from simulation.rules import codes
from simulation.scenario import CityTables
from tests.registry.registries import INCUBATOR, MAKERSPACE, text

Rows = list[dict[str, str]]
OLD = INCUBATOR | {"id": "1", "name": "甲孵化器"}


@pytest.fixture
def at(tmp_path: Path, city: CityTables) -> Callable[[Rows], list[Entry]]:
    def at(rows: Rows) -> list[Entry]:
        path = tmp_path / "registry.csv"
        path.write_text(text(rows), encoding="utf-8")
        report, entries = snapshot(path, replace(city, baseline_quarter=quarter("2022Q4")))
        assert report.errors == 0, [str(one) for one in report.faults]
        return entries

    return at


@pytest.fixture
def moved(at: Callable[[Rows], list[Entry]], city: CityTables) -> Callable[[Rows, Rows], Movements]:
    return lambda before, after: movements(at(before), at(after), city)


def told(found: Movements) -> set[tuple[str, str]]:
    return {(one.what, one.id) for one in found.carriers}


def line(found: Movements, by: str, group: str) -> tuple[int, dict[str, int], int]:
    one = next(one for one in found.tables[by] if one.group == group)
    return one.opening, {cause: n for cause, n in one.flows.items() if n}, one.closing


def test_nothing_moves_between_a_registry_and_itself(moved: Callable[..., Movements]) -> None:
    found = moved([OLD, MAKERSPACE], [OLD, MAKERSPACE])
    assert found.carriers == []
    assert line(found, "city", "city") == (2, {}, 2)


@pytest.mark.parametrize(
    ("change", "what", "by"),
    [
        ({"name": "新甲孵化器"}, {"renamed"}, ""),
        ({"id": "9"}, {"renumbered"}, "name"),
        ({"id": "9", "name": "乙孵化器（原名：甲孵化器）"}, {"renumbered", "renamed"}, "former_name"),
        (
            {"id": "9", "name": "乙孵化器", "note": "2022年更名，原名：甲孵化器"},
            {"renumbered", "renamed"},
            "former_name",
        ),
        ({"id": "9", "name": "乙孵化器"}, {"renumbered", "renamed"}, "facts"),
        ({"district": "武昌区"}, {"transferred"}, ""),
        ({"mode": "综合型"}, {"converted"}, ""),
        ({"level": "国家级", "national_on": "2020-12"}, {"promoted"}, ""),
        ({"level": "市级", "provincial_on": ""}, {"demoted"}, ""),
        ({"status": "摘牌", "delisted_on": "2022-11"}, {"delisted"}, ""),
    ],
)
def test_a_carrier_that_changes_is_the_same_carrier(
    change: dict[str, str], what: set[str], by: str, moved: Callable[..., Movements]
) -> None:
    found = moved([OLD, MAKERSPACE], [OLD | change, MAKERSPACE])
    assert {one.what for one in found.carriers} == what
    assert {one.by for one in found.carriers} == {by}
    gone = "delisted" in what
    assert line(found, "city", "city") == (2, {"delisted": -1} if gone else {}, 1 if gone else 2)


def test_what_leaves_one_group_enters_another(moved: Callable[..., Movements]) -> None:
    found = moved([OLD, MAKERSPACE], [OLD | {"district": "武昌区"}, MAKERSPACE])
    assert line(found, "district", "hongshan") == (1, {"transferred": -1}, 0)
    assert line(found, "district", "wuchang") == (0, {"transferred": 1}, 1)


def test_what_comes_and_what_is_missing_is_told(moved: Callable[..., Movements]) -> None:
    other = MAKERSPACE | {"id": "8", "name": "丙", "opened": "2020-01", "registered_on": "2020-02"}
    found = moved([OLD, MAKERSPACE], [OLD, other])
    assert told(found) == {("new", "8"), ("missing", "A0002")}
    assert line(found, "type", "makerspace") == (1, {"new": 1, "missing": -1}, 1)


def test_a_split_is_no_new_building(moved: Callable[..., Movements]) -> None:
    small = {"floor_area_m2": "9000", "tenant_area_m2": "8000"}
    child = OLD | {"id": "7", "name": "甲二孵化器", "floor_area_m2": "3000", "tenant_area_m2": "", "opened": "2022-07",
                   "level": "区级", "registered_on": "2022-08", "municipal_on": "", "provincial_on": ""}  # fmt: skip
    found = moved([OLD], [OLD | small, child])
    assert told(found) == {("split", "7")}
    assert next(one.before for one in found.carriers) == "1"
    assert line(found, "city", "city") == (1, {"split": 1}, 2)
    bought = moved([OLD], [OLD | small, child | {"floor_area_m2": "2999"}])
    assert told(bought) == {("new", "7")}


def test_two_that_look_alike_are_not_guessed(at: Callable[[Rows], list[Entry]]) -> None:
    twins = [OLD, OLD | {"id": "2", "name": "乙孵化器"}]
    found = match(at(twins), at([OLD | {"id": "8", "name": "丙"}, OLD | {"id": "9", "name": "丁"}]))
    assert found.matched == []
    assert (len(found.only_before), len(found.only_after)) == (2, 2)


BLANK = Row(**dict.fromkeys(Row._fields, UNKNOWN) | {"label": "", "name": ""})  # type: ignore[arg-type]


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    made = []
    for number in draw(st.lists(st.integers(0, 12), unique=True, max_size=9)):
        row = BLANK._replace(
            label=str(number),
            name=draw(st.sampled_from(["甲", "乙", "丙", f"载体{number}"])),
            status=draw(st.sampled_from([codes.PREPARING, codes.OPERATING, codes.STOPPED, codes.DELISTED])),
            district=draw(st.integers(0, 3)),
            type=draw(st.integers(0, 2)),
            level=draw(st.integers(-1, 4)),
            mode=draw(st.integers(-1, 2)),
            opened=8000,
            area=draw(st.sampled_from([500, 1000, 1500])),
        )
        made.append(Entry(row, draw(st.sampled_from(["", "运营"])), "", UNKNOWN, number))
    return made


@settings(max_examples=150, deadline=None)
@given(before=entries(), after=entries())
def test_every_book_closes(before: list[Entry], after: list[Entry], city: CityTables) -> None:
    found = movements(before, after, city)
    books = found.tables["city"][0] if found.tables["city"] else None
    assert (books.opening if books else 0) == sum(one.listed for one in before)
    assert (books.closing if books else 0) == sum(one.listed for one in after)
    for lines in found.tables.values():
        assert all(one.opening + sum(one.flows.values()) == one.closing for one in lines)
        assert sum(one.closing for one in lines) == sum(one.listed for one in after)
    for grouping in GROUPINGS:
        for cause in ("promoted", "demoted", "transferred", "converted", "retyped", "corrected"):
            moves = [one.flows.get(cause, 0) for one in found.tables[grouping]]
            assert sum(moves) == 0 or cause in (
                "promoted",
                "demoted",
            )  # promoted from one level is demoted to none
        for cause in ("new", "split", "delisted", "withdrawn", "missing"):
            total = sum(one.flows.get(cause, 0) for one in found.tables[grouping])
            assert total == (books.flows.get(cause, 0) if books else 0)


# ---------------------------------------------------------------------------------------------- pipeline


@pytest.fixture
def listed(at: Callable[[Rows], list[Entry]], city: CityTables) -> Callable[..., list[Named]]:
    now = replace(city, baseline_quarter=quarter("2022Q4"))
    return lambda *rows: pipeline(at(list(rows)), now)


def gaps(one: Named) -> dict[str, tuple[Any, ...]]:
    return {gap.what: (gap.have, gap.need, round(gap.gap, 6)) for gap in one.gaps}


def test_every_gap_is_what_the_rule_asks_less_what_the_row_says(listed: Callable[..., list[Named]]) -> None:
    near = INCUBATOR | {
        "mode": "综合型", "sector": "", "tenants": "42", "lead_tenants": "10", "graduates": "18", "fund_10k": "",
        "floor_area_m2": "9000", "tenant_area_m2": "8000",
    }  # fmt: skip
    found = [one for one in listed(near) if one.list == "next_level"]
    assert found == []  # floor, tenants and graduates at once are too much
    near |= {"floor_area_m2": "12000", "tenant_area_m2": "9000"}
    one = next(one for one in listed(near) if one.list == "next_level")
    assert (one.target, one.earliest) == ("national", "2023Q3")
    assert gaps(one) == {
        "quarters_open": (34.0, 12.0, 0.0),  # 2014Q2 to 2022Q4
        "area": (12000.0, 10000.0, 0.0),
        "tenants": (42.0, 50.0, 8.0),
        "graduates": (18.0, 20.0, 2.0),
        "fund": (None, 5_000_000.0, 0.0),
    }


def test_who_could_convert_has_half_its_tenants_in_one_field(listed: Callable[..., list[Named]]) -> None:
    row = INCUBATOR | {"mode": "综合型", "sector": "人工智能", "lead_tenants": "20", "platform": "无"}
    one = next(one for one in listed(row) if one.list == "could_convert")
    assert gaps(one) == {"field_share": (0.5, 0.75, 0.25), "platform": (0.0, 1.0, 1.0)}
    assert not [one for one in listed(row | {"lead_tenants": "19"}) if one.list == "could_convert"]
    assert not [one for one in listed(INCUBATOR) if one.list == "could_convert"]


@pytest.mark.parametrize(
    ("change", "kind", "reason"),
    [
        ({"tenants": "0", "lead_tenants": ""}, "suspected_stopped", "no_tenants"),
        ({"note": "二季度起无人办公"}, "suspected_stopped", "remark"),
        ({"status": "停运", "tenants": "0", "lead_tenants": ""}, "suspected_stopped", "stopped"),
        ({"grade": "不合格"}, "at_risk", "unqualified"),
        (
            {"tenants": "15", "lead_tenants": "13"},
            "at_risk",
            "below_title",
        ),  # a specialised provincial one: 20
        ({"graduates": "0"}, "overstaying", "no_graduates"),
    ],
)
def test_lists_of_trouble(
    change: dict[str, str], kind: str, reason: str, listed: Callable[..., list[Named]]
) -> None:
    found = [(one.list, one.reason) for one in listed(INCUBATOR | change) if one.reason]
    assert (kind, reason) in found
    assert not [one for one in listed(INCUBATOR) if one.reason]


def test_few_tenants_for_many_desks(listed: Callable[..., list[Named]]) -> None:
    row = MAKERSPACE | {"desks": "300", "tenants": "20", "teams": "9"}
    assert [one.reason for one in listed(row) if one.list == "suspected_stopped"] == ["few_tenants"]
    assert not [one for one in listed(row | {"teams": "10"}) if one.list == "suspected_stopped"]
