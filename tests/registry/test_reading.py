"""Registries as bureaus keep them: encodings, titles, units, dates, rows that are no carriers. Names are invented."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from simulation.faults import Fault
from simulation.quarters import quarter
from simulation.registry import reading
from simulation.registry.reading import Reading
from simulation.registry.register import NOWHERE, UNKNOWN
from simulation.rules import codes
from simulation.scenario import CityTables
from tests.registry.registries import INCUBATOR, MAKERSPACE, TITLES, text

SHORT = "载体编号,载体名称,区,类型,成立日期,关闭日期,面积_平方米,在孵企业数"
PLAIN = (
    f"{SHORT}\n00101,子一孵化器,洪山区,孵化器,2016-03-01,,12000,45\n"
    "00102,子二加速器,江汉区,加速器,2018-07-15,,1800,12\n"
)

Read = Callable[..., Reading]


@pytest.fixture
def read(tmp_path: Path, city: CityTables) -> Read:
    """What came of reading a text or bytes as of the end of 2023."""
    later = replace(city, baseline_quarter=quarter("2023Q4"))

    def read(content: str | bytes) -> Reading:
        path = tmp_path / "registry.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return reading.read(path, later)

    return read


def of_kind(found: Reading, kind: str) -> list[Fault]:
    return [one for one in found.report.faults if one.kind == kind]


def only(found: Reading, kind: str) -> Fault:
    of_it = of_kind(found, kind)
    assert len(of_it) == 1, [str(one) for one in found.report.faults]
    return of_it[0]


def rows(*cells: str, titles: str = SHORT) -> str:
    return "\n".join([titles, *cells]) + "\n"


# ---------------------------------------------------------------------------------------------- encodings


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (PLAIN.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + PLAIN.replace("\n", "\r\n").encode(), "utf-8-sig"),
        (PLAIN.encode("gbk"), "gb18030"),
        (PLAIN.replace("子一", "㐀一").encode("gb18030"), "gb18030"),  # a character of four bytes
        (PLAIN.encode("utf-16"), "utf-16"),
        (PLAIN.replace(",", "\t").encode(), "utf-8"),
        (PLAIN.replace(",", ";").encode(), "utf-8"),
    ],
)
def test_encodings_and_delimiters_give_the_same_table(content: bytes, encoding: str, read: Read) -> None:
    found = read(content)
    assert found.report.encoding == encoding
    assert found.register is not None
    assert found.register.label == ("00101", "00102")
    assert found.register.area.tolist() == [12000, 1800]
    assert found.register.type.tolist() == [codes.INCUBATOR, codes.ACCELERATOR]


def test_a_byte_that_is_no_text_is_told_with_its_line(read: Read) -> None:
    fault = only(read(PLAIN.encode().replace("子二".encode(), b"\xff")), "encoding")
    assert (fault.line, fault.severity) == (3, "error")
    assert only(read(PLAIN.encode() + b"\0"), "binary")


def test_an_empty_file_and_one_of_titles_alone_are_told(read: Read) -> None:
    assert only(read(b""), "empty")
    assert only(read(SHORT), "no_carrier")
    assert only(read("甲,乙,丙\n1,2,3\n"), "no_header")


def test_a_quote_that_is_not_closed_is_told_where_it_opens(read: Read) -> None:
    found = read(
        PLAIN + '00103,"子三孵化器,洪山区,孵化器,2016-03,,900,5\n00104,子四,洪山区,孵化器,2016-03,,900,5\n'
    )
    assert only(found, "quoting").line == 4


def test_line_breaks_within_quotes_do_not_shift_the_lines(read: Read) -> None:
    found = read(rows('1,"子一\n孵化器",洪山区,孵化器,2016-03,,900,5', "2,子二,洪山区,孵化器,2016,,900,5"))
    assert only(found, "year_alone").line == 4
    assert only(found, "invisible").line == 2


# ---------------------------------------------------------------------------------------------- titles


@pytest.mark.parametrize(
    ("title", "cell", "area"),
    [
        ("孵化面积（万平方米）", "1.25", 12500),
        ("场地面积(㎡)", "900", 900),
        ("面积，单位：平方米", "900.7", 900),
        ("floor_area_m2", "900", 900),
        ("面积", "900㎡", 900),
        ("总面积*（平米）", "1,900", 1900),
    ],
)
def test_the_unit_of_an_area_is_that_of_its_title_or_cell(
    title: str, cell: str, area: int, read: Read
) -> None:
    found = read(
        rows(f'1,子一,洪山区,孵化器,2016-03,,"{cell}",5', titles=SHORT.replace("面积_平方米", f'"{title}"'))
    )
    assert found.register is not None, [str(one) for one in found.report.faults]
    assert found.register.area.tolist() == [area]


def test_a_unit_is_never_guessed(read: Read) -> None:
    two = ("1,子一,洪山区,孵化器,2016-03,,900,5", "2,子二,洪山区,孵化器,2016-03,,800,5")
    fault = only(read(rows(*two, titles=SHORT.replace("面积_平方米", "孵化面积"))), "no_unit")
    assert "孵化面积（平方米）" in fault.advice


@pytest.mark.parametrize(
    ("unit", "yuan"), [("万元", 12_500_000), ("千元", 1_250_000), ("元", 1250), ("亿元", 125_000_000_000)]
)
def test_money_is_converted_from_the_unit_of_its_title(unit: str, yuan: int, read: Read) -> None:
    found = read(rows("1,子一,洪山区,孵化器,2016-03,,900,5,1250", titles=f"{SHORT},孵化基金（{unit}）"))
    if yuan > 100_000_000_000:
        assert only(found, "too_large")
    else:
        assert found.register is not None
        assert found.register.fund.tolist() == [yuan]
        assert bool(of_kind(found, "unit")) == (unit != "万元")


def test_titles_in_two_rows_below_a_heading_are_read(read: Read) -> None:
    found = read(
        "某市载体名录,,,,,,,\n载体编号,载体名称,区,类型,日期,,规模,在孵企业数\n,,,,成立,关闭,面积_平方米,\n1,子一,洪山区,孵化器,2016-03,,900,5\n"
    )
    assert found.register is not None, [str(one) for one in found.report.faults]
    assert (found.register.opened.tolist(), found.register.area.tolist()) == ([quarter("2016Q1")], [900])
    assert of_kind(found, "founded")[0].line == 3


def test_a_running_number_is_no_id(read: Read) -> None:
    fault = only(read(PLAIN.replace("载体编号", "序号")), "no_column")
    assert "序号" in fault.advice


def test_columns_about_persons_are_never_shown(read: Read) -> None:
    found = read(
        rows("1,子一,洪山区,孵化器,2016,,900,5,某甲,13800000000", titles=f"{SHORT},联系人姓名,手机号")
    )
    assert "某甲" not in str(found.report.faults)
    assert "13800000000" not in str(found.report.faults)
    assert "联系人姓名" in only(found, "personal").found


def test_a_column_that_is_not_known_is_left_out_and_told(read: Read) -> None:
    found = read(rows("1,子一,洪山区,孵化器,2016-03,,900,5,3,区级", titles=f"{SHORT},楼层数,载体级"))
    assert [one.severity for one in of_kind(found, "unknown_column")] == ["note", "warning"]


# ---------------------------------------------------------------------------------------------- rows


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("合计,,,,,,13800,57", "total_row"),
        (",小 计,,,,,13800,57", "total_row"),
        ("洪山区小计,,,,,,12000,45", "total_row"),
        ("Total,,,,,,13800,57", "total_row"),
        ("注：以上数据截至2023年底,,,,,,,", "remark"),
        ("填表人：,某甲,,,,,,", "remark"),
        (SHORT, "titles_again"),
    ],
)
def test_rows_that_are_no_carriers_are_told_and_not_counted(row: str, kind: str, read: Read) -> None:
    found = read(PLAIN + row + "\n")
    assert only(found, kind).severity == "note"
    assert found.report.rows == 2
    assert found.register is not None


def test_a_carrier_with_a_word_for_a_total_in_its_name_is_one(read: Read) -> None:
    found = read(PLAIN + "00103,总计科技孵化器,洪山区,孵化器,2016-03,,900,5\n")
    assert found.report.rows == 3


@pytest.mark.parametrize(
    "name", ["NA", "null", "无", "None", "#N/A", "=1+1", "-5号楼", "{{7*7}}", "<script>alert(1)</script>"]
)
def test_every_name_is_a_name(name: str, read: Read) -> None:
    found = read(rows(f'007,"{name}",洪山区,孵化器,2016-03,,900,5'))
    assert found.register is not None, [str(one) for one in found.report.faults]
    assert (found.register.name, found.register.label) == ((name,), ("007",))


def test_what_has_one_reading_is_read_and_told(read: Read) -> None:
    found = read(rows("００７,子一 ,洪山　,孵化器,２０１６－０３,,１，２００．５,１０"))
    assert found.register is not None, [str(one) for one in found.report.faults]
    assert found.register.label == ("007",)
    assert (found.register.area.tolist(), found.register.tenants.tolist()) == ([1200], [10])
    full_width = {one.column: one.allowed for one in of_kind(found, "full_width")}
    assert full_width == {
        1: "`007`, as it is read", 5: "`2016-03`, as it is read",
        7: "`1200.5`, as it is read", 8: "`10`, as it is read",
    }  # fmt: skip
    assert {one.column for one in of_kind(found, "space")} == {2, 3}


@pytest.mark.parametrize("number", ["-1200", "−1200", "－１２００", "–1200"])
def test_a_minus_in_any_form_is_a_minus(number: str, read: Read) -> None:
    assert only(read(rows(f"1,子一,洪山区,孵化器,2016-03,,{number},5")), "negative").column == 7


@pytest.mark.parametrize(
    "written",
    ["2023-05", "2023-5-1", "2023/05/01", "2023/5", "2023.05.01", "2023.5", "2023年5月1日", "2023年05月", "20230501",
     "2023-05-01 00:00:00", "2023-05-01T00:00:00"],
)  # fmt: skip
def test_declared_forms_of_dates_are_read(written: str, read: Read) -> None:
    found = read(rows(f"1,子一,洪山区,孵化器,{written},,900,5"))
    assert found.register is not None, [str(one) for one in found.report.faults]
    assert found.register.opened.tolist() == [quarter("2023Q2")]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("01/05/2023", "two_readings"), ("23-5-1", "two_readings"), ("2023", "year_alone"), ("2023年", "year_alone"),
        ("0000-00-00", "impossible"), ("2023-02-29", "impossible"), ("2023.13", "impossible"), ("1900-01-01", "year"),
        ("45047", "serial"), ("2019.1", "january_or_october"), ("2019年第二批", "batch"), ("去年五月", "not_a_date"),
        ("2031-01-01", "future"), ("٢٠٢٣-٠٥", "not_a_date"),
    ],
)  # fmt: skip
def test_other_forms_of_dates_are_refused(written: str, kind: str, read: Read) -> None:
    fault = only(read(rows(f"1,子一,洪山区,孵化器,{written},,900,5")), kind)
    assert (fault.line, fault.column, fault.severity) == (2, 5, "error")


def test_a_leap_day_is_a_day(read: Read) -> None:
    assert read(rows("1,子一,洪山区,孵化器,2020-02-29,,900,5")).register is not None


def test_without_a_column_the_day_of_closing_gives_the_status(read: Read) -> None:
    found = read(
        rows(
            "1,子一,洪山区,孵化器,2016-03,2023-12-31,900,5",
            "2,子二,洪山区,孵化器,2016-03,2024-01-01,900,5",
            "3,子三,洪山区,孵化器,2016-03,,900,5",
        )
    )
    assert found.register is not None
    assert found.register.label == ("2", "3")
    assert (only(found, "future").line, only(found, "future").severity) == (3, "warning")


def test_of_two_days_in_one_month_the_later_must_be_later(read: Read) -> None:
    assert only(
        read(rows("1,子一,洪山区,孵化器,2016-03-09,2016-03-01,900,5", "2,子二,洪山区,孵化器,2016-03,,9,5")),
        "order",
    )
    assert not of_kind(
        read(rows("1,子一,洪山区,孵化器,2016-03,2016-03-01,900,5", "2,子二,洪山区,孵化器,2016-03,,9,5")),
        "order",
    )


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("type", "科技企业孵化器", ("type", codes.INCUBATOR)),
        ("type", "专业孵化器", ("mode", codes.SPECIALISED)),
        ("level", "省", ("level", codes.PROVINCIAL)),
        ("mode", "专业", ("mode", codes.SPECIALISED)),
        ("platform", "√", ("platform", 1)),
        ("platform", "光电检测平台", ("platform", 1)),
        ("sponsor_kind", "国有", ("kind", UNKNOWN)),
        ("park", "某创谷", ("park", NOWHERE)),
        ("status", "运营中", ("status", codes.OPERATING)),
    ],
)
def test_declared_spellings_are_read(name: str, value: str, expected: tuple[str, int], read: Read) -> None:
    found = read(text([INCUBATOR | {name: value}]))
    assert found.register is not None, [str(one) for one in found.report.faults]
    assert getattr(found.register, expected[0]).tolist() == [expected[1]]


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("type", "孵化器/众创空间", "two_values"),
        ("type", "大学科技园", "word"),
        ("level", "省级、市级", "two_values"),
        ("level", "国家级（申报中）", "not_yet"),
        ("level", "标准级", "word"),
        ("district", "洪山区/东湖高新区", "district"),
        ("district", "武汉市洪山区 珞狮路", "district"),
        ("district", "桥口区", "district"),
        ("sector", "人工智能、软件", "two_values"),
        ("status", "注销", "word"),
        ("grade", "A", "word"),
        ("id", "1.0", "id_number"),
        ("id", "1E+05", "id_number"),
    ],
)
def test_what_has_two_readings_is_refused(name: str, value: str, kind: str, read: Read) -> None:
    assert only(read(text([INCUBATOR | {name: value}])), kind).severity == "error"


def test_a_question_as_a_title_takes_yes_and_no(read: Read) -> None:
    found = read(text([INCUBATOR | {"mode": "是"}], TITLES | {"mode": "是否专业型"}))
    assert found.register is not None
    assert found.register.mode.tolist() == [codes.SPECIALISED]


def test_a_share_of_tenants_becomes_their_number(read: Read) -> None:
    found = read(
        text([INCUBATOR | {"lead_tenants": "77.5"}], TITLES | {"lead_tenants": "同一产业领域占比(%)"})
    )
    assert found.register is not None
    assert found.register.field_tenants.tolist() == [31]  # 77.5 % of 40


def test_east_lake_has_a_zone_and_a_scenic_area(read: Read, city: CityTables) -> None:
    found = read(rows("1,子一,东湖高新区,孵化器,2016-03,,900,5", "2,子二,东湖风景区,孵化器,2016-03,,900,5"))
    assert found.register is not None
    assert [city.codes[one] for one in found.register.district] == ["east_lake_htz", "east_lake_scenic"]
    refused = only(read(rows("1,子一,高新区,孵化器,2016-03,,900,5")), "district")
    assert "东湖高新区" in refused.advice


def test_what_may_not_be_meant_is_a_warning(read: Read) -> None:
    national = INCUBATOR | {
        "level": "国家级",
        "national_on": "2019-12",
        "floor_area_m2": "9000",
        "tenant_area_m2": "8000",
    }
    twin = INCUBATOR | {"id": "A0009", "floor_area_m2": "9000", "tenant_area_m2": "8000"}
    full = MAKERSPACE | {"desks": "20"}
    found = read(text([national, twin, full | {"note": "2020年更名"}]))
    assert found.register is not None, [str(one) for one in found.report.faults]
    assert (
        only(found, "eligibility").line,
        only(found, "counted_twice").line,
        only(found, "over_full").line,
    ) == (2, 3, 4)
    assert "更名" in only(found, "notes").found


def test_a_registry_with_all_faults_tells_each_on_its_line(read: Read) -> None:
    bad = [
        ("00101,子二,洪山区,孵化器,2017-01-01,,5000,10", 1),
        ("00202,子三,洪山区,孵化器,2017-01-01,,-5000,10", 7),
        ("00203,子四,洪山区,孵化器,2021-01-01,2019-12-31,5000,10", 6),
        ("00204,子五,光谷西区,孵化器,2017-01-01,,5000,10", 3),
        ("00205,子六 ,洪山区,孵化器,2017-01-01,,5000,10", 2),
        ("00206,子七,\u00a0江岸区,孵化器,2017-01-01,,5000,10", 3),
        (",子八,江岸区,孵化器,2017-01-01,,5000,10", 1),
        ("00208,子九,江岸区,孵化器,2024-02-30,,5000,10", 5),
        ("00210,子十,江岸区,孵化器,2017-01-01,,约3000,10", 7),
        ('00211,子甲,江岸区,孵化器,2017-01-01,,"1,200",10', 7),
        ("00212,子乙,江岸区,孵化器,2017-01-01,,0,10", 7),
        ("00213,子丙,江岸区,孵化器,2017-01-01,,1.2万,10", 7),
        ("00214,子丁,江岸区,孵化器,2017-01-01,,5000,10.5", 8),
        ("00215,子戊,江岸区,育成中心,2017-01-01,,5000,10", 4),
    ]
    found = read(rows("00101,子一,洪山区,孵化器,2016-03-01,,12000,45", *(row for row, _ in bad)))
    told = [(one.line, one.column) for one in found.report.faults if one.line > 1]
    assert told == [(3 + place, column) for place, (_, column) in enumerate(bad)]


def test_levels_that_no_row_gives_are_drawn(world_of: Callable[..., object]) -> None:
    titles = {name: title for name, title in TITLES.items() if name not in ("level", "status")}
    many = [INCUBATOR | {"id": f"C{n:03d}"} for n in range(300)]
    levels = world_of(text(many, titles)).carriers.level  # type: ignore[attr-defined]
    share = (levels == codes.DISTRICT).mean()
    assert 0.13 < share < 0.31  # 62 of the 285 incubators of the margins: 0.22
    assert set(levels.tolist()) == {1, 2, 3, 4}


@pytest.mark.slow
def test_a_large_registry_is_read_in_seconds_and_bounded_memory(read: Read) -> None:
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lines = [
        f"{n:06d},虚构{n},洪山区,孵化器,2016-03-{1 + n % 28:02d},,{200 + n % 59999},{n % 200}"
        for n in range(100_000)
    ]
    found = read(rows(*lines))
    assert found.report.rows == 100_000
    assert found.register is not None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 250_000  # kB
