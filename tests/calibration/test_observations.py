"""What was counted: read by key, refused with its place, nothing announced later."""

from datetime import date
from pathlib import Path

import pytest

from simulation import scenario
from simulation.calibration.observations import nearest_end, read_observations
from simulation.faults import ScenarioErrors
from simulation.quarters import quarter

WUHAN = Path(__file__).parents[2] / "scenarios" / "wuhan-2025.yaml"
HEADER = "date,district,scope,basis,measure,value,sd,known_on,source\n"
GOOD = "2022-12-31,洪山区,recognised,label,count,47,2,2023-02-10,press\n"


@pytest.fixture(scope="module")
def city():
    return scenario.load(WUHAN).tables


def read(tmp_path, city, rows, as_of=None):
    file = tmp_path / "observed.csv"
    file.write_text(HEADER + rows, encoding="utf-8")
    return read_observations(file, city, quarter("2020Q4"), quarter("2025Q4"), as_of, "observed.csv")


def faults(tmp_path, city, rows, as_of=None):
    with pytest.raises(ScenarioErrors) as wrong:
        read(tmp_path, city, rows, as_of)
    return [(one.line, one.column, one.found, one.allowed, one.advice) for one in wrong.value.faults]


def test_a_row_by_hand(tmp_path, city):
    (one,) = read(tmp_path, city, GOOD).rows
    assert (one.quarter, one.district, one.scope) == (quarter("2022Q4"), "hongshan", "recognised")
    assert (one.value, one.sd, one.known_on) == (47.0, 2.0, date(2023, 2, 10))


@pytest.mark.parametrize("city_word", ["", "city", "全市"])
def test_the_whole_city_may_be_written_three_ways(tmp_path, city, city_word):
    rows = f"2022Q4,{city_word},national,,count,130,,2023-02-10,\n"
    (one,) = read(tmp_path, city, rows).rows
    assert (one.district, one.basis, one.sd) == ("", "label", 2.6)  # 2 % of 130


def test_an_unsaid_error_is_an_assumption_of_its_measure(tmp_path, city):
    rows = (
        "2022Q4,洪山区,national,,count,12,,2023-02-10,\n"
        "2022Q4,,recognised,fact,specialised_share,0.4,,2023-02-10,\n"
    )
    errors = {one.measure: one.sd for one in read(tmp_path, city, rows).rows}
    assert errors == {"count": 1.0, "specialised_share": 0.02}


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2021-02-05", "2020Q4"),  # 36 days after the end of 2020Q4, 54 before that of 2021Q1
        ("2021-03-31", "2021Q1"),
        ("2021-12-31", "2021Q4"),
        ("2021-04-01", "2021Q1"),
        ("2021-05-15", "2021Q1"),  # 45 days after, 46 before
        ("2021-05-16", "2021Q2"),
        ("2021-11-15", "2021Q4"),  # 46 days either way: the later
    ],
)
def test_a_count_stands_for_the_nearest_end_of_a_quarter(day, name):
    assert nearest_end(date.fromisoformat(day)) == quarter(name)


def test_blank_is_not_0(tmp_path, city):
    blank = "2023-12-31,洪山区,recognised,label,count,,2,2024-02-10,press\n"
    found = read(tmp_path, city, GOOD + blank)
    assert [one.value for one in found.rows] == [47.0]
    assert found.blank == 1
    zero = read(tmp_path, city, blank.replace("count,,2", "count,0,2"))
    assert [one.value for one in zero.rows] == [0.0]


def test_the_order_of_rows_and_columns_does_not_matter(tmp_path, city):
    other = "2021Q4,,national,label,count,120,3,2022-02-10,press\n"
    keys = [one.key for one in read(tmp_path, city, GOOD + other).rows]
    assert keys == [one.key for one in read(tmp_path, city, other + GOOD).rows]
    file = tmp_path / "turned.csv"
    names, cells = (line.strip().split(",")[::-1] for line in (HEADER, GOOD))
    file.write_text(",".join(names) + "\n" + ",".join(cells) + "\n", encoding="utf-8")
    turned = read_observations(file, city, quarter("2020Q4"), quarter("2025Q4"))
    assert turned.rows == read(tmp_path, city, GOOD).rows


def test_a_later_announcement_of_a_count_replaces_the_earlier(tmp_path, city):
    revised = GOOD.replace(",47,", ",45,").replace("2023-02-10", "2023-09-01")
    assert [one.value for one in read(tmp_path, city, revised + GOOD).rows] == [45.0]
    before = read(tmp_path, city, revised + GOOD, date(2023, 8, 31))
    assert [one.value for one in before.rows] == [47.0]


def test_what_was_announced_later_is_not_read_not_even_for_faults(tmp_path, city):
    wild = "yesterday,Atlantis,all,by heart,feelings,many,-1,2023-07-01,\n"
    as_of = date(2023, 6, 30)
    with_later, without = read(tmp_path, city, GOOD + wild, as_of), read(tmp_path, city, GOOD, as_of)
    assert (with_later.rows, with_later.known_on) == (without.rows, without.known_on)
    assert with_later.later == 1
    assert len(faults(tmp_path, city, GOOD + wild)) == 7  # every cell of it, once it is known


@pytest.mark.parametrize(
    ("column", "text", "at", "allowed"),
    [
        ("date", "2022-13-01", 1, "the day of the count"),
        ("date", "31.12.2022", 1, "the day of the count"),
        ("date", "2019-12-31", 1, "2020Q4 to 2025Q4"),
        ("date", "2023-03-31", 1, "a day not after `known_on`"),
        ("district", "高新区", 2, "a district in one of the spellings"),
        ("district", "西湖区", 2, "a district in one of the spellings"),
        ("scope", "recognized", 3, "listed, recognised, national, operating"),
        ("basis", "paper", 4, "label, fact"),
        ("measure", "counts", 5, "count, specialised_share"),
        ("value", "约47", 6, "a number such as"),
        ("value", "-47", 6, "a number such as"),
        ("value", "47.5", 6, "a whole number of carriers"),
        ("value", "1e2", 6, "a number such as"),
        ("value", "４７", 6, "a number such as"),
        ("sd", "0", 7, "a number above 0"),
        ("sd", "?", 7, "a number such as"),
        ("known_on", "", 8, "a date such as"),
        ("known_on", "2023", 8, "a date such as"),
    ],
)
def test_what_is_wrong_is_told_with_its_cell(tmp_path, city, column, text, at, allowed):
    cells = dict(zip(HEADER.strip().split(","), GOOD.strip().split(","), strict=True))
    found = faults(tmp_path, city, GOOD + ",".join((cells | {column: text}).values()) + "\n")
    assert [(line, place) for line, place, *_ in found] == [(3, at)]
    assert allowed in found[0][3]
    assert text in found[0][2]


def test_a_share_in_per_cent_is_refused_with_advice(tmp_path, city):
    rows = "2022Q4,,recognised,label,specialised_share,42,,2023-02-10,press\n"
    assert faults(tmp_path, city, rows)[0][3:] == ("a share from 0 to 1", "write 0.42")


def test_a_share_says_on_which_basis(tmp_path, city):
    rows = "2022Q4,,recognised,,specialised_share,0.42,,2023-02-10,press\n"
    assert faults(tmp_path, city, rows)[0][:2] == (2, 4)


def test_flows_need_a_whole_year_within_the_run(tmp_path, city):
    early = "2021Q3,,recognised,,entries,30,,2022-02-10,press\n"
    assert "2021Q4 to 2025Q4" in faults(tmp_path, city, early)[0][3]
    assert len(read(tmp_path, city, early.replace("2021Q3", "2021Q4")).rows) == 1


def test_a_count_twice_is_refused_but_not_two_bases_of_a_share(tmp_path, city):
    twice = faults(tmp_path, city, GOOD + GOOD.replace("label", "fact"))
    assert twice[0][:3] == (3, 0, "the count of line 2 again")
    share = "2022Q4,,recognised,label,specialised_share,0.42,,2023-02-10,press\n"
    assert len(read(tmp_path, city, share + share.replace("label", "fact")).rows) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("date,district\n", "a header without"),
        (HEADER.replace("sd", "error") + GOOD, "the column `error`"),
        (HEADER.replace("sd", "value") + GOOD, "the column `value` again"),
        (HEADER, "no observation"),
        (HEADER + "2022-12-31,洪山区\n", "2 cells"),
        ("", "no header"),
    ],
)
def test_another_table_is_refused(tmp_path, city, text, said):
    file = tmp_path / "observed.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioErrors) as wrong:
        read_observations(file, city, quarter("2020Q4"), quarter("2025Q4"))
    assert said in str(wrong.value)


def test_nothing_known_yet_is_told(tmp_path, city):
    assert "no observation known on 2022-12-31" in faults(tmp_path, city, GOOD, date(2022, 12, 31))[0][2]
