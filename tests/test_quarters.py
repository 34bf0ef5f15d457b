import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.quarters import quarter, quarter_name, quarter_of_date, year_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2020Q4", 8083),  # 4 x 2020 + 3
        ("2021Q1", 8084),  # 4 x 2021 + 0
        ("2021Q3", 8086),
        ("2025Q4", 8103),  # 20 quarters after 2020Q4
        ("0001Q2", 5),
    ],
)
def test_a_quarter_is_a_number(text, number):
    assert quarter(text) == number
    assert quarter_name(number).rjust(6, "0") == text


@pytest.mark.parametrize(
    "text",
    [
        *("2021Q0", "2021Q5", "2021q1", "2021-Q1", "2021", "Q1", "", " 2021Q1", "2021Q1 ", "2021Q1\n"),
        *("21Q1", "12021Q1", "2021Q11", "2021.Q1", "-021Q1"),
    ],
)
def test_another_form_is_refused_and_the_right_one_shown(text):
    with pytest.raises(ValueError, match="written like 2021Q1") as caught:
        quarter(text)
    assert repr(text) in str(caught.value)


@settings(deadline=None)
@given(number=st.integers(4 * 1000, 4 * 10_000 - 1))
def test_names_and_numbers_are_one_to_one(number):
    assert quarter(quarter_name(number)) == number
    assert quarter_name(number).startswith(str(year_of(number)))


@pytest.mark.parametrize(
    ("month", "name"),
    [
        *((1, "2021Q1"), (2, "2021Q1"), (3, "2021Q1")),
        *((4, "2021Q2"), (6, "2021Q2"), (7, "2021Q3"), (8, "2021Q3"), (9, "2021Q3")),
        *((10, "2021Q4"), (12, "2021Q4")),
    ],
)
def test_the_quarter_of_a_month(month, name):
    assert quarter_name(quarter_of_date(2021, month)) == name


def test_the_year_changes_after_the_fourth_quarter():
    assert year_of(quarter("2021Q4")) == 2021
    assert year_of(quarter("2021Q4") + 1) == 2022
    assert quarter_name(quarter("2021Q4") + 1) == "2022Q1"
