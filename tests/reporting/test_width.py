import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from simulation.reporting.text import LANGUAGES, catalogue
from simulation.reporting.width import columns, pad, visible, wrap


def test_a_chinese_character_takes_two_columns():
    assert columns("硚口区 3 家") == 6 + 1 + 1 + 1 + 2


def test_padding_counts_columns_not_characters():
    assert pad("硚口", 6) + "|" == "硚口  |"
    assert pad("longer", 3) == "longer"


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_width_is_that_of_the_tables(language):
    for text in catalogue(language).values():
        assert columns(text) == cell_len(text), text


def test_lines_break_between_chinese_characters_but_not_before_a_comma():
    assert wrap("武汉市，江岸区", 6) == ["武汉", "市，江", "岸区"]


def test_lines_do_not_end_with_an_opening_bracket():
    assert wrap("武汉（江岸）", 6) == ["武汉", "（江", "岸）"]


def test_words_stay_whole_and_following_lines_are_indented():
    assert wrap("one two three", 8, "  ") == ["one two", "  three"]


def test_a_path_wider_than_a_line_is_cut():
    assert wrap("x" * 11, 4) == ["xxxx", "xxxx", "xxx"]


@given(st.text(alphabet="ab ，。（家区硚9/", max_size=60), st.integers(8, 30))
def test_no_line_is_too_wide_and_nothing_is_lost(text, width):
    lines = wrap(text, width, "  ")
    assert all(columns(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("two\nlines", "two\\nlines"),
        ("a\u202eb", "a\\u202eb"),
        ("\u200b", "\\u200b"),
        ("硚口区 [red]x[/red] ㎡", "硚口区 [red]x[/red] ㎡"),
    ],
)
def test_control_characters_are_shown_not_sent(text, shown):
    assert visible(text) == shown
