import pytest

from simulation.reporting.phrases import Phrases
from simulation.reporting.text import Words
from tests.reporting.answers import answer, share

EN, ZH = Phrases(Words("en"), 1000), Phrases(Words("zh"), 1000)


def test_the_sentence_that_a_planner_reads_first():
    assert EN.sentence(answer()) == (
        "600 recognised carriers by the end of 2025: chance 0.42 ± 0.02 (n = 1000), median 593,"
        " 80 % between 565 and 621."
    )
    assert ZH.sentence(answer()) == (
        "2025年底市级及以上载体达到600家：达标概率0.42±0.02（n=1000），中位数593家，80%预测区间565—621家。"
    )


def test_a_share_is_told_in_per_cent_with_its_basis():
    assert EN.sentence(share(basis="fact")) == (
        "A 50 % specialised share of recognised carriers (in fact) by the end of 2025: chance 0.31 ± 0.02"
        " (n = 1000), median 46.2 %, 80 % between 41.0 % and 51.3 %."
    )


# An error of 0 would be a lie where all futures agree: Wilson's bound is told instead.
@pytest.mark.parametrize(
    ("chance", "cell", "told"),
    [
        (0.0, "≤0.07", "chance 0.00 (none of n = 1000; at most 0.07)"),
        (1.0, "≥0.93", "chance 1.00 (all of n = 1000; at least 0.93)"),
    ],
)
def test_a_chance_of_nothing_or_all_has_a_bound(chance, cell, told):
    given = answer(chance=chance, chance_error=0.0, chance_low=0.93, chance_high=0.07)
    assert EN.chance(given) == cell
    assert EN.chance_in_words(given) == told


@pytest.mark.parametrize(
    ("chance", "error", "cell", "told"),
    [
        (0.0025, 0.0024, "<0.01", "chance 0.003 ± 0.002"),
        (0.9975, 0.0024, ">0.99", "chance 0.998 ± 0.002"),
        (0.015, 0.006, "0.01±0.01", "chance 0.015 ± 0.006"),
        (0.985, 0.006, "0.98±0.01", "chance 0.985 ± 0.006"),
        (0.5, 0.0005, "0.50±0.00", "chance 0.5000 ± 0.0005"),
        (0.5, 0.025, "0.50±0.03", "chance 0.50 ± 0.03"),
    ],
)
def test_a_chance_has_as_many_digits_as_its_error_is_good_for(chance, error, cell, told):
    given = answer(chance=chance, chance_error=error)
    assert EN.chance(given) == cell
    assert told in EN.chance_in_words(given)


def test_cells():
    assert EN.cells(answer()) == [
        "0.42±0.02",
        "593",
        "580–607",
        "565–621",
        "548–640",
        "13.6",
        "2025Q3",
    ]
    assert EN.cells(share())[1:6] == ["46.2", "43.5–48.7", "41.0–51.3", "39.0–54.0", "4.7"]


def test_what_has_no_value_is_a_dash():
    nothing = dict.fromkeys(("median", "q025", "q10", "q25", "q75", "q90", "q975", "expected_shortfall"))
    cells = EN.cells(share(first_met=None, chance=0.0, **nothing))
    assert cells[1:] == ["–"] * 6
    assert "no value in any future" in EN.sentence(share(chance=0.0, **nothing))


@pytest.mark.parametrize(("value", "shown"), [(0.0, "0"), (1.0, "100"), (0.5, "50.0"), (0.4567, "45.7")])
def test_shares_have_one_digit_unless_they_are_whole(value, shown):
    assert EN.number(value, "specialised_share") == shown


def test_scope_and_basis():
    assert EN.scope(answer(scope="operating")) == "operating"
    assert EN.scope(share(scope="national", basis="fact")) == "national, fact"
    assert ZH.scope(share()) == "市级及以上，有证"


def test_the_cells_of_a_task():
    assert EN.task_cells(answer(at_least=36.0, median=31.5, chance=0.2)) == ["36", "32", "0.20"]
    assert EN.task_cells(None) == ["", "", ""]
