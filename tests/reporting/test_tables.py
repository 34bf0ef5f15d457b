from simulation.reporting.tables import page, said, table
from simulation.reporting.width import columns


def test_columns_line_up_in_chinese():
    lines = table(["区", "家"], (8, 4), [["硚口区", "33"], ["江岸", "7"]], "lr")
    assert lines == ["区         家", "硚口区     33", "江岸        7"]


def test_without_heads_there_are_rows_alone():
    assert table(None, (3, 3), [["a", "b"]]) == ["a   b"]


def test_a_cell_that_is_too_wide_goes_on_below_without_a_bracket_in_front():
    lines = table(None, (23, 2), [["东西湖区（临空港经开区）", "36"]], "lr")
    assert lines == ["东西湖区（临空港经开    36", "区）"]


def test_a_cell_that_is_set_in_stays_so():
    assert table(None, (9, 2), [["  one three", "4"]], "lr") == ["  one      4", "  three"]


def test_marks_of_rich_and_emoji_names_are_text():
    assert table(None, (30,), [["[bold]x[/bold] :smile: [/]"]]) == ["[bold]x[/bold] :smile: [/]"]


def test_sentences_and_blocks():
    assert max(columns(line) for line in said("字" * 100)) <= 80
    assert page([["a"], [], ["b", "c"]]) == ["a", "", "b", "c"]
