"""What is not clean in a registry is refused: each fault with its place, and all at once."""

from collections.abc import Callable

import pytest

from simulation.faults import Fault
from tests.registry.registries import INCUBATOR, MAKERSPACE, PROJECT, TITLES, text

Faults = Callable[..., list[Fault]]


def only(faults: list[Fault]) -> Fault:
    assert len(faults) == 1, [str(one) for one in faults]
    return faults[0]


def column(name: str) -> int:
    return list(TITLES).index(name) + 1


@pytest.mark.parametrize(
    ("base", "name", "value", "allowed", "advice"),
    [
        (INCUBATOR, "id", "", "own number", ""),
        (INCUBATOR, "name", "", "a value in every row", ""),
        (INCUBATOR, "district", "高新", "as the city's table spells it, as of 2022Q4", ""),
        (INCUBATOR, "district", "汉口", "district", "which is meant: 江岸区, 江汉区"),
        (INCUBATOR, "type", "孵化器/众创空间", "众创空间, 孵化器, 加速器", ""),
        (INCUBATOR, "level", "省级（申报中）", "国家级", "the level held today"),
        (INCUBATOR, "mode", "专业（拟）", "综合型, 专业型, 转型中", ""),
        (INCUBATOR, "mode", "是", "综合型, 专业型, 转型中", ""),
        (INCUBATOR, "sector", "", "the one lead sector", ""),
        (INCUBATOR, "sector", "无", "the one lead sector", ""),
        (INCUBATOR, "sector", "人工智能、汽车", "one sector", "did you mean `人工智能`?"),
        (INCUBATOR, "sponsor_kind", "国有控股", "区属平台", "leave it blank"),
        (INCUBATOR, "opened", "2014", "a month such as 2019-05", "a year alone"),
        (INCUBATOR, "opened", "2014.1", "a month such as 2019-05", "January or October"),
        (INCUBATOR, "opened", "41760", "a month such as 2019-05", "number of 2014-05-01"),
        (INCUBATOR, "opened", "5/1/2014", "a month such as 2019-05", "two orders"),
        (INCUBATOR, "opened", "2014-13", "a month such as 2019-05", ""),
        (INCUBATOR, "opened", "2014年第二批", "a month such as 2019-05", "a batch"),
        (INCUBATOR, "registered_on", "2014-04", "not before 2014-05", ""),
        (INCUBATOR, "municipal_on", "2018-01", "", ""),  # said at the provincial date, which lies before it
        (INCUBATOR, "municipal_on", "", "the month of each title", ""),
        (INCUBATOR, "national_on", "2020-12", "nothing above the level held", "is the level right?"),
        (INCUBATOR, "provincial_on", "2023-01", "a month up to the end of 2022Q4", "`start:`"),
        (INCUBATOR, "floor_area_m2", "12,00", "a number in digits", ""),
        (INCUBATOR, "floor_area_m2", "约1.2万", "a number in digits", "exact"),
        (INCUBATOR, "floor_area_m2", "1.2万", "a number in digits", "in the unit of the title"),
        (INCUBATOR, "floor_area_m2", "99999999", "a number up to 10,000,000", "is the unit"),
        (INCUBATOR, "tenant_area_m2", "12001", "at most the whole floor, 12000 m²", ""),
        (INCUBATOR, "tenants", "18（含团队5）", "a whole number in digits", "the number alone"),
        (INCUBATOR, "tenants", "40.5", "a whole number in digits", ""),
        (INCUBATOR, "tenants", "-40", "a whole number in digits", ""),
        (INCUBATOR, "tenants", "", "a whole number, 0 for none", ""),
        (INCUBATOR, "lead_tenants", "41", "up to that of all tenants", ""),
        (INCUBATOR, "teams", "3", "teams are counted in makerspaces", ""),
        (INCUBATOR, "graduates", "1.5", "a whole number in digits", ""),
        (INCUBATOR, "platform", "正在建", "无, 有", ""),
        (INCUBATOR, "fund_10k", "500万", "a number in digits", "unit of the title"),
        (INCUBATOR, "grade", "A", "优秀", ""),
        (INCUBATOR, "stopped_on", "2020-05", "nothing, but for one that has stopped", ""),
        (INCUBATOR, "status", "注销", "摘牌", "is 停运 until"),
        (INCUBATOR, "status", "停运", "nothing or 0, for one that has stopped", ""),
        (INCUBATOR, "status", "摘牌", "the month in which it was taken off", ""),
        (INCUBATOR, "delisted_on", "2021-05", "nothing, but for one that is off the list", ""),
        (MAKERSPACE, "desks", "", "a whole number, for a makerspace", ""),
        (MAKERSPACE, "teams", "", "a whole number, for a makerspace", ""),
        (MAKERSPACE, "desks", "30-50", "a whole number in digits", ""),
        (MAKERSPACE, "opened", "", "a value, for one that has opened", ""),
        (PROJECT, "level", "区级", "未定级, or nothing", ""),
        (PROJECT, "opened", "2022-11", "a month after 2022Q4", ""),
        (PROJECT, "registered_on", "2022-11", "nothing, for one in preparation", ""),
    ],
)
def test_a_cell_that_is_not_clean_is_refused(
    base: dict[str, str], name: str, value: str, allowed: str, advice: str, faults_of: Faults
) -> None:
    faults = faults_of([INCUBATOR | {"id": "Z"}, base | {name: value}])
    assert {one.line for one in faults} == {3}
    at = [one for one in faults if allowed in one.allowed and advice in one.advice]
    assert at, [str(one) for one in faults]
    assert at[0].file.endswith("registry.csv")
    assert at[0].column > 0


def test_a_fault_says_what_was_found_where(faults_of: Faults) -> None:
    fault = only(faults_of([INCUBATOR, MAKERSPACE | {"desks": "30-50"}]))
    assert (fault.line, fault.column) == (3, column("desks"))
    assert fault.found == "`30-50` as `工位数（个）`"
    assert "registry.csv:3:17: found `30-50`" in str(fault)


def test_all_faults_are_told_at_once(faults_of: Faults) -> None:
    rows = [
        INCUBATOR | {"district": "光谷西区", "floor_area_m2": "1.2万", "opened": "2014"},
        MAKERSPACE | {"id": "A0001"},
        PROJECT | {"type": "产业园", "tenants": "18+"},
    ]
    places = {(one.line, one.column) for one in faults_of(rows)}
    assert places == {
        (2, column("district")),
        (2, column("floor_area_m2")),
        (2, column("opened")),
        (3, column("id")),
        (4, column("type")),
        (4, column("tenants")),
    }


def test_a_number_twice_names_the_first_line(faults_of: Faults) -> None:
    fault = only(faults_of([INCUBATOR, MAKERSPACE, INCUBATOR]))
    assert (fault.line, fault.advice) == (4, "row 2 has it too")


def test_columns_are_there_and_single(faults_of: Faults) -> None:
    missing = only(faults_of(text([INCUBATOR], TITLES | {"opened": "投入运管时间"})))
    assert (missing.kind, missing.advice) == ("no_column", "did you mean `投入运管时间`?")
    assert "投入运营时间 (opened)" in missing.allowed
    twice = only(faults_of(text([INCUBATOR], TITLES | {"note": "id"})))
    assert (twice.line, twice.column, twice.advice) == (1, column("note"), "delete one")


def test_a_row_of_another_length_is_refused(faults_of: Faults) -> None:
    fault = only(faults_of(text([INCUBATOR]) + "A0002,示例\n"))
    assert (fault.line, fault.found) == (3, "2 cells")


def test_a_registry_without_a_carrier_is_refused(faults_of: Faults) -> None:
    gone = INCUBATOR | {"status": "摘牌", "delisted_on": "2021-04"}
    assert "no carrier that is open" in only(faults_of([PROJECT, gone])).found
    assert "no carrier that is open" in only(faults_of(text([]))).found


def test_a_delisting_before_the_opening_is_refused(faults_of: Faults) -> None:
    gone = INCUBATOR | {"id": "A0008", "status": "摘牌", "delisted_on": "2013-04"}
    fault = only(faults_of([INCUBATOR, gone]))
    assert (fault.line, fault.column) == (3, column("delisted_on"))


def test_a_district_that_is_not_yet_there_is_refused(
    register_of: Callable[..., object], city: object
) -> None:
    from dataclasses import replace

    from simulation.faults import ScenarioErrors
    from simulation.quarters import quarter

    before = replace(city, baseline_quarter=quarter("2021Q4"))  # type: ignore[type-var]
    with pytest.raises(ScenarioErrors, match="which is meant: 江岸区"):
        register_of([INCUBATOR | {"district": "武汉长江新区"}], before)


def test_a_file_that_is_not_there_is_told(tmp_path, city) -> None:  # type: ignore[no-untyped-def]
    from simulation.faults import ScenarioErrors
    from simulation.registry import reading

    with pytest.raises(ScenarioErrors, match="no readable file"):
        reading.register(tmp_path / "none.csv", city)
