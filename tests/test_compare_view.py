"""A comparison as tables for the terminal."""

import re
from collections import Counter

import pytest
from compared_books import CELLS, write
from rich.console import Console

from xlsgd.commands.compare_view import render, show, shown, verdict
from xlsgd.verifying.comparing.compare import compare
from xlsgd.verifying.comparing.comparison import Comparison, Difference, SheetSummary


@pytest.fixture
def against(tmp_path):
    """Return a function that compares a workbook with a copy that is written with changes."""
    original = write(tmp_path / "original.xlsx")
    return lambda **changed: compare(original, write(tmp_path / "copy.xlsx", **changed))


def printed(result, **options) -> str:
    console = Console(width=160)
    with console.capture() as capture:
        console.print(render(result, **options))
    return capture.get()


def test_the_tables_show_each_difference_with_its_address(against):
    result = against(cells=CELLS | {"A3": ("[red]y", None, None), "Z9": (1, None, None)})
    text = printed(result)
    for piece in (
        "basic!A3",
        "label",
        "'x'",
        "'[red]y'",
        "basic!Z9",
        "1.0",
        "label 1",
        "constant 1",
        verdict(result)[-30:],
    ):
        assert piece in text
    assert "does not mirror" in verdict(result)


def test_the_tables_say_how_many_more_there_are(against):
    text = printed(against(cells={}), limit=2)
    assert "Missing or different in the copy: 7" in text
    assert "5 more" in text


def test_a_long_text_is_cut_where_it_is_shown():
    assert len(shown("x" * 5000)) == 200


def large():
    """A comparison with counts of seven digits, a long sheet's name, many kinds, and texts of several lines."""
    result = Comparison("a" * 150 + ".xlsx", "b" * 150 + ".xlsx", 0.0)
    counts = {name: 1_234_560 + i for i, name in enumerate(("compared", "equal", "only_in_original", "only_in_copy"))}
    kinds = ("formula", "value", "constant", "label", "number format")
    result.sheets["a sheet's name of 31 characters"] = SheetSummary(
        **counts, volatile=7_654_321, without_value=9_876_543, differences=Counter(dict.fromkeys(kinds, 2_345_678))
    )
    result.report(Difference("basic", "A1048576", "formula", "=1+\n" + "2+" * 150, "=3"))
    return result


@pytest.mark.parametrize("columns", [30, 40, 60, 80, 120, 200])
def test_no_count_is_cut_however_narrow_the_terminal(columns):
    console = Console(width=columns, force_terminal=True, color_system=None)
    with console.capture() as capture:
        console.print(render(large(), width=columns))
    text = capture.get()
    for count in (*range(1_234_560, 1_234_564), 7_654_321, 9_876_543, 2_345_678):
        assert re.search(rf"(?<!\S){count}(?![\w.])", text), count
    for heading in ("in both", "equal", "missing", "extra", "volatile", "no value"):
        assert re.search(rf"(?<!\S){heading}(?!\S)", text), heading
    assert max(map(len, text.splitlines())) <= columns


def test_off_a_terminal_nothing_wraps_and_nothing_is_coloured(capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    show(large())
    lines = capsys.readouterr().out.splitlines()
    assert "\x1b" not in "".join(lines)
    (row,) = [line for line in lines if "A1048576" in line]
    assert "=1+\\n2+2+" in row and row.endswith("=3")
    (row,) = [line for line in lines if "1234560" in line]
    assert row.split()[-6:] == ["1234560", "1234561", "1234562", "1234563", "7654321", "9876543"]
    (kinds,) = [line for line in lines if "number format 2345678" in line]
    assert "formula 2345678" in kinds
    assert lines[-1] == verdict(large())
