"""Reading a series: every fault with its place, order does not matter, blank is not 0."""

import math
from pathlib import Path

import numpy as np
import pytest

from simulation.calibration.series import later, read_series
from simulation.faults import ScenarioErrors

SHIPPED = Path(__file__).parents[2] / "simulation" / "calibration" / "series"
GOOD = "date,stock,entries,exits\n2018,6,6,0\n2019,8,2,0\n2020,11,4,1\n"


def written(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "series.csv"
    path.write_bytes(text.encode(encoding))
    return path


def faults(tmp_path, text, encoding="utf-8"):
    with pytest.raises(ScenarioErrors) as wrong:
        read_series(written(tmp_path, text, encoding), "series.csv")
    return [(one.line, one.found) for one in wrong.value.faults]


def test_a_good_series(tmp_path):
    series = read_series(written(tmp_path, GOOD))
    assert series.dates == ("2018", "2019", "2020")
    assert series.quarters_a_step == 4
    assert series.values.tolist() == [[6, 6, 0], [8, 2, 0], [11, 4, 1]]
    assert series.last_quarters[0] == 4 * 2018 + 3


def test_order_byte_order_mark_and_line_ends_do_not_matter(tmp_path):
    lines = GOOD.splitlines()
    other = "\ufeff" + "\r\n".join([lines[0], lines[3], lines[1], lines[2]]) + "\r\n"
    one, two = read_series(written(tmp_path, GOOD)), read_series(written(tmp_path, other))
    assert one.dates == two.dates
    assert np.array_equal(one.values, two.values)


def test_blank_is_not_0(tmp_path):
    series = read_series(written(tmp_path, GOOD.replace("2019,8,2,0", "2019,8,,")))
    assert math.isnan(series.values[1, 1])
    assert math.isnan(series.values[1, 2])


def test_a_quarterly_series(tmp_path):
    series = read_series(
        written(tmp_path, "date,stock,entries,exits\n2019Q3,6,,\n2019-12-31,7,,\n2020Q1,9,2,0\n")
    )
    assert series.quarters_a_step == 1
    assert series.names_of(1) == ("2019-12-31", "2019Q4")


def test_what_does_not_balance_is_kept_as_error_of_recording(tmp_path):
    series = read_series(written(tmp_path, GOOD.replace("2020,11,4,1", "2020,13,4,1")))
    assert math.isnan(series.residuals[0])
    assert series.residuals[1:].tolist() == [0.0, 2.0]  # 13 − (8 + 4 − 1)


def test_all_faults_at_once(tmp_path):
    text = (
        "date,stock,entries,exits\n2018,约3000,6,0\n2019-02-30,8,-2,0\n2020,1.5,4,1\n"
        '2021,"1,200",１２,1e3\n2022,1,1\n'
    )
    found = faults(tmp_path, text)
    assert found == [
        (2, "`约3000` as `stock`"),
        (3, "`2019-02-30` as `date`"),
        (3, "`-2` as `entries`"),
        (4, "`1.5` as `stock`"),
        (5, "`1,200` as `stock`"),
        (5, "`１２` as `entries`"),
        (5, "`1e3` as `exits`"),
        (6, "3 cells"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("", 1, "no header"),
        ("date,stock,entries,exits\n", 0, "0 rows"),
        ("date,stock,entries,exits\n2018,1,1,1\n", 0, "1 rows"),
        (GOOD.replace("exits", "exit"), 1, "a header without exits"),
        (GOOD.replace("exits", "stock"), 1, "the column `stock` again"),
        (GOOD + "2022,12,1,0\n", 5, "no row between `2020` and `2022`"),
        (GOOD + "2020,12,1,0\n", 5, "`2020` in the period of line 4"),
        (GOOD + "2020Q4,12,1,0\n", 2, "the year `2018`"),
        (GOOD + "31/12/2021,12,1,0\n", 5, "`31/12/2021` as `date`"),
        (GOOD + "2021,=1+1,1,0\n", 5, "`=1+1` as `stock`"),
        (GOOD + "2021,999999999999999999999,1,0\n", 5, "`999999999999999999999` as `stock`"),
        (GOOD + '2021,"12,1,0\n', 5, "broken quoting (unexpected end of data)"),
    ],
)
def test_faults(tmp_path, text, line, found):
    assert (line, found) in faults(tmp_path, text)


def test_other_encodings_are_refused(tmp_path):
    found = faults(tmp_path, GOOD.replace("2019,8", "二〇一九,8"), "gbk")
    assert found == [(3, "bytes that are not UTF-8")]


@pytest.mark.parametrize(
    ("text", "steps", "quarters", "expected"),
    [
        ("2019", 2, 4, "2021"),
        ("2019Q4", 1, 1, "2020Q1"),
        ("2019-12-31", 1, 4, "2020-12-31"),
        ("2019-12-31", 1, 1, "2020-03-31"),
        ("2020-02-29", 1, 4, "2021-02-28"),
        ("2019-11-30", 1, 1, "2020-02-29"),
        ("2019-08-15", 2, 1, "2020-02-15"),
    ],
)
def test_dates_ahead(text, steps, quarters, expected):
    assert later(text, steps, quarters) == expected


def test_an_origin_has_three_stocks_and_something_after(tmp_path):
    series = read_series(written(tmp_path, GOOD + "2021,,,\n2022,19,,\n"))
    assert series.origins(1) == []
    assert series.origins(2) == [2]
    assert [row for row in range(5) if series.is_origin(row)] == [2, 4]


def test_the_shipped_series_can_be_read_and_have_sources():
    import csv

    with (SHIPPED / "sources.csv").open(encoding="utf-8") as file:
        named = {row["series"] for row in csv.DictReader(file)}
    files = {path.stem for path in SHIPPED.glob("*.csv")} - {"sources", "national_reviews"}
    assert files == named
    for name in named:
        read_series(SHIPPED / f"{name}.csv")


def test_the_years_kept_back_are_not_shipped():
    ends = {"spaceapi_directory": "2021", "beta_gouv_incubators": "2022", "beta_gouv_projects": "2022"}
    for name, end in ends.items():
        assert read_series(SHIPPED / f"{name}.csv").dates[-1].startswith(end)
