import pytest

from server.commands.table import breadth, paragraph, shown, table


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("東京", 4), ("e\u0301", 1), ("", 0)])
def test_text_is_as_broad_as_a_terminal_shows_it(text, columns):
    assert breadth(text) == columns


def test_what_moves_the_cursor_is_not_shown():
    assert shown("a\x1b[2J\r\nb\u202e c") == "a [2J b c"


def test_columns_that_fit_are_left_whole():
    assert table([("a", "bb"), ("ccc", "d")], 80, share=[1]) == ["a    bb", "ccc  d"]


def test_of_columns_that_do_not_fit_the_widest_gives_way():
    (line,) = table([("t" * 60, "v" * 20, "x")], 40, share=[0, 1])
    assert breadth(line) <= 40
    assert line.endswith("x")
    assert line.count("…") == 2


def test_a_wide_character_is_never_cut_in_half():
    (line,) = table([("東" * 30, "x")], 20, share=[0])
    assert breadth(line) <= 20


def test_a_paragraph_is_folded_under_itself():
    assert paragraph("one two three", 10, first="* ", rest="  ") == ["* one two", "  three"]
