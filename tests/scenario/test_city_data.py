"""Wuhan's tables: published margins, sources that exist and are used, derived numbers, spellings."""

import ast
import csv
import operator
from collections.abc import Callable
from pathlib import Path

import pytest

from simulation.engines.events import NAMES
from simulation.quarters import quarter
from simulation.rules import codes
from simulation.scenario import ScenarioErrors, Study, load, study
from simulation.scenario.tables import TABLES
from tests.scenario.conftest import WUHAN

UNITS_OF_2021 = [
    "jiangan",
    "jianghan",
    "qiaokou",
    "hanyang",
    "wuchang",
    "qingshan",
    "hongshan",
    "dongxihu_lingkonggang",
    "wedz_hannan",
    "caidian",
    "jiangxia",
    "huangpi",
    "xinzhou",
    "east_lake_htz",
    "east_lake_scenic",
]


def rows(name: str) -> list[dict[str, str]]:
    with (WUHAN / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def value(wuhan: Study, name: str) -> float:
    return wuhan.baseline_numbers[name]


def test_units_stand_in_official_order(wuhan: Study) -> None:
    assert wuhan.city.codes == (*UNITS_OF_2021, "changjiang_new_area")
    assert [one.code for one in wuhan.city.districts if one.task_2021 == "no"] == ["changjiang_new_area"]
    assert wuhan.city.districts[-1].valid_from == quarter("2022Q1")
    assert sum(one.share for one in wuhan.city.districts) == pytest.approx(1.0)


def test_published_margins(wuhan: Study) -> None:
    assert value(wuhan, "recognised") == 456 == 118 + 179 + 159
    for level, count in (("national", 118), ("provincial", 179), ("municipal", 159), ("district", 144)):
        assert sum(value(wuhan, f"carriers[{one}][{level}]") for one in codes.TYPES) == count
    assert value(wuhan, "registered_only") == 144
    assert value(wuhan, "university_run") == 41
    assert value(wuhan, "floor_area") == 7_000_000
    assert wuhan.city.baseline_quarter == quarter("2020Q4")
    assert not any(value(wuhan, f"carriers[accelerator][{one}]") for one in codes.LEVELS[2:])


def test_sponsors_add_up(wuhan: Study) -> None:
    assert sum(value(wuhan, f"sponsors[{kind}]") for kind in codes.SPONSOR_KINDS) == 1500
    assert sum(value(wuhan, f"running[{kind}]") for kind in codes.SPONSOR_KINDS) == 600 == 456 + 144
    for kind in codes.SPONSOR_KINDS:
        assert value(wuhan, f"running[{kind}]") <= value(wuhan, f"sponsors[{kind}]")


def test_sectors_are_the_965_list(wuhan: Study) -> None:
    groups = [one.group for one in wuhan.city.sectors]
    assert [groups.count(one) for one in ("pillar", "emerging", "future")] == [9, 6, 5]
    assert sum(one.share for one in wuhan.city.sectors) == pytest.approx(1.0)
    assert len(wuhan.city.fields) == 8 == len({one.field for one in wuhan.city.sectors})
    assert wuhan.city.sector_named("光电子信息") == "next_generation_it"
    assert wuhan.city.sector_named("高端装备制造") == "equipment_materials"
    assert wuhan.city.sector_named("电子信息") is None
    assert wuhan.city.sector_cumulative[:, -1].tolist() == [1.0] * 16


def test_levers_are_the_clauses_in_order(wuhan: Study) -> None:
    assert tuple(row["lever"] for row in rows("levers.csv")) == codes.LEVERS
    assert tuple(one.name for one in wuhan.city.levers) == codes.LEVERS
    for one in wuhan.city.levers:
        assert 0 < one.unit_cost_low <= one.unit_cost <= one.unit_cost_high
        assert one.first_event in NAMES
        assert all((one.name_zh, one.name_en, one.clause, one.mechanism, one.must_not_touch))


def test_no_two_levers_have_the_same_signature(wuhan: Study) -> None:
    signatures = [(one.first_event, one.direction, one.for_whom) for one in wuhan.city.levers]
    assert len(set(signatures)) == len(signatures)


def test_every_source_is_used_and_every_used_one_exists() -> None:
    keys = {row["key"] for row in rows("sources.csv")}
    used = {
        key
        for name in [*TABLES, "derivations.csv", "validation.csv"]
        if name != "sources.csv"
        for row in rows(name)
        for key in row["source"].split(";")
    }
    assert used == keys


def test_nothing_is_known_before_its_source() -> None:
    known = {row["key"]: row["known_on"] for row in rows("sources.csv")}
    for name in TABLES:
        for row in rows(name):
            for key in row.get("source", "").split(";"):
                assert not key or known[key] <= row["known_on"], (name, row)


def test_every_number_has_a_range_and_a_grade(wuhan: Study) -> None:
    for one in (*wuhan.city.baseline, *wuhan.city.parameters):
        assert one.low <= one.value <= one.high, one.name
        assert all((one.unit, one.meaning, one.source)), one.name
        if one.grade == "published":
            assert one.low == one.value == one.high, one.name
        if one.kind == "unknown":
            assert one.low < one.value < one.high, one.name


def arithmetic(node: ast.expr) -> float:
    operations = {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,
    }
    if isinstance(node, ast.BinOp):
        return float(operations[type(node.op)](arithmetic(node.left), arithmetic(node.right)))
    assert isinstance(node, ast.Constant)
    return float(node.value)  # type: ignore[arg-type]


def test_derived_numbers_recompute(wuhan: Study) -> None:
    derivations = {row["name"]: row for row in rows("derivations.csv")}
    derived = [one for one in (*wuhan.city.baseline, *wuhan.city.parameters) if one.grade == "derived"]
    assert {one.name for one in derived} == set(derivations)
    for one in derived:
        parents = ast.parse(derivations[one.name]["arithmetic"], mode="eval").body
        assert one.value == pytest.approx(arithmetic(parents), abs=5e-5)


def test_unknowns_are_the_agreed_ones(wuhan: Study) -> None:
    assert set(wuhan.priors) == {
        "founding.imitation",
        "founding.preparation_factor",
        "founding.lever_scale",
        "founding.specialised_gain",
        "formation.seekers",
        "operations.stop_factor",
        "conversion.start",
        "conversion.lever_gain",
        "rounds.apply_municipal",
        "rounds.national_places",
        "rounds.national_round_held",
        "inspection.found",
        "start.specialised_share",
        "start.stopped_share",
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("东湖高新区", "east_lake_htz"),
        ("武汉东湖新技术开发区", "east_lake_htz"),
        ("光谷", "east_lake_htz"),
        ("东湖风景区", "east_lake_scenic"),
        ("东湖生态旅游风景区", "east_lake_scenic"),
        ("武汉经开区", "wedz_hannan"),
        ("汉南区", "wedz_hannan"),
        ("东西湖区", "dongxihu_lingkonggang"),
        ("临空港经开区", "dongxihu_lingkonggang"),
        ("洪山", "hongshan"),
        ("武汉市洪山区", "hongshan"),
        ("Jiang’an", "jiangan"),
        ("jiang'an  district", "jiangan"),
        ("ＥＨＤＺ", "east_lake_htz"),
        ("高新区", None),
        ("东湖", None),
        ("桥口区", None),
        ("长江新城", None),
        ("nowhere", None),
    ],
)
def test_spellings(text: str, code: str | None, wuhan: Study) -> None:
    assert wuhan.city.district_named(text).code == code


def test_new_area_is_a_question_of_the_date(wuhan: Study) -> None:
    before = wuhan.city.district_named("长江新区", quarter("2021Q4"))
    assert (before.code, before.candidates) == (None, ("江岸区", "黄陂区", "新洲区"))
    assert wuhan.city.district_named("长江新区", quarter("2022Q1")).code == "changjiang_new_area"


def test_refused_spellings_name_candidates_that_are_accepted(wuhan: Study) -> None:
    for alias in wuhan.city.aliases:
        if alias.ruling == "accept":
            assert alias.code in wuhan.city.codes
        for one in alias.candidates:
            accepted = wuhan.city.district_named(one).code is not None
            assert accepted or one in ("其他省级高新区", "（鄂州市）"), (alias.text, one)


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("districts.csv", ",0.3,", ",many,", "`many` as `share`"),
        ("parameters.csv", "chance/quarter,0.026,0.044", "chance/quarter,0.05,0.044", "from low (0.05)"),
        (
            "parameters.csv",
            "founding.cool_down,",
            "founding.cool_dwon,",
            "did you mean `founding.cool_down`?",
        ),
        ("parameters.csv", ",assumed,prototype,", ",guessed,prototype,", "published, derived, assumed"),
        ("levers.csv", "clean_up,", "clean_upp,", "did you mean `clean_up`?"),
        ("sources.csv", "prototype,", "prototyp,", "keys of sources.csv"),
        ("sectors.csv", ",health,", ",helth,", "did you mean `health`?"),
        ("targets.csv", "2025Q4", "2025Q5", "a quarter such as"),
        ("recognition_rules.csv", "municipal", "munnicipal", "did you mean `municipal`?"),
        ("calendar.csv", "Q2,Q3", "Q2,Q9", "Q1, Q2, Q3, Q4"),
        ("city.csv", "known_on", "known_at", "a header without known_on"),
        ("baseline.csv", "2021-02-05", "2021-02-30", "a date such as"),
    ],
)
def test_faulty_tables_are_refused(
    table: str, old: str, new: str, said: str, copied_city: Path, write: Callable[..., Path]
) -> None:
    path = copied_city / table
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScenarioErrors) as caught:
        load(write("name: x\ncity: copy\n"))
    assert any(said in str(fault) for fault in caught.value.faults), str(caught.value)
    assert all(fault.file.startswith("copy/") for fault in caught.value.faults)


def test_row_twice_on_one_day_is_refused(copied_city: Path, write: Callable[..., Path]) -> None:
    path = copied_city / "baseline.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[1]]), encoding="utf-8")
    with pytest.raises(ScenarioErrors, match="again, first in line 2"):
        load(write("name: x\ncity: copy\n"))


def test_unknown_city_is_refused(write: Callable[..., Path]) -> None:
    with pytest.raises(ScenarioErrors, match="did you mean `wuhan`"):
        load(write("name: x\ncity: wuhann\n"))


def test_latest_known_row_counts(copied_city: Path, write: Callable[..., Path]) -> None:
    path = copied_city / "parameters.csv"
    later = "founding.cool_down,what was learned,quarters,4,12,16,fixed,assumed,judgement,2023-06-30\n"
    path.write_text(path.read_text(encoding="utf-8") + later, encoding="utf-8")
    for as_of, expected in (("2023-06-29", 8.0), ("2023-06-30", 12.0), ("2024-01-01", 12.0)):
        made = study(load(write(f"name: x\ncity: copy\nas_of: {as_of}\n")))
        assert made.parameters(1, 0).founding.cool_down == expected
