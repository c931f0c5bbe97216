"""Where a table's header stands, and which of its columns are meant."""

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.errors import InputError
from xlsgd.points.header import cells_of, header_among, names_in, places_of
from xlsgd.points.source import Source

SOURCE = Source(Path("points.csv"), "points.csv")


def places(names, number=1, **columns):
    return places_of(SOURCE, number, names, columns or {"x": "x", "y": "y"})


def refusal(names, number=1, **columns):
    with pytest.raises(InputError) as caught:
        places(names, number, **columns)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_headers_names_are_texts_without_blanks_around():
    assert names_in({0: " x ", 2: 2020.0, 3: "y\t"}) == ["x", "", "2020", "y"]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("x,y\n", ["x", "y"]),
        ("x;y", ["x", "y"]),
        ("x\ty\r\n", ["x", "y"]),
        ('"a,b";c', ["a,b", "c"]),
        ('"a, b, c";d', ["a, b, c", "d"]),
        ("", []),
    ],
)
def test_the_cells_of_a_line(line, cells):
    assert cells_of(line) == dict(enumerate(cells))


def test_a_line_that_cannot_stand_by_itself_has_no_cells():
    """Longer than a field of the `csv` module may be."""
    assert cells_of("x" * 200_000) == {}


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        ([["x", "y"], [1, 2]], 0),
        ([["Prices"], [], ["Y", "X", "z"], [1, 2, 3]], 2),
        ([["Prices"], [None, None], ["area", "price"], [1, 2]], 2),
        ([["1", "2"], ["area", "price"], ["x", "y"]], 2),
        ([["1", "2"], ["area", "price"]], 1),
        ([["1", "2"], ["3", "4"]], 0),
        ([["Prices"], [1, 2]], 0),
        ([], 0),
    ],
)
def test_which_of_the_first_rows_is_the_header(rows, header):
    """The first with all names in any case; or else the first of as many names, none of them a number."""
    assert header_among([dict(enumerate(cells)) for cells in rows], ["x", "y"]) == header


def test_places_are_in_the_wanted_order():
    assert places(["y", "note", "x"]) == [2, 0]
    assert places(["Area", "price"], x="area", y="price") == [0, 1]


def test_a_name_in_the_wanted_case_goes_before_others():
    assert places(["X", "x", "y"]) == [1, 2]
    assert "more than one column 'x' in the first row (X, X, y); give one column x and one column y" in refusal(
        ["X", "X", "y"]
    )


@given(st.permutations(["x", "y", "a", "b"]), st.booleans())
def test_wherever_the_columns_stand_they_are_found(names, capitals):
    shown = [name.upper() for name in names] if capitals else names
    assert places(shown) == [names.index("x"), names.index("y")]


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["area", "price"], "no column 'x' in the first row (area, price); give `x` area `y` price"),
        (["x", ""], "no column 'y' in the first row (x, ); give one column x and one column y, or say what they are"),
        (["", "area", "price"], "give `x` area `y` price"),
        (["1", "2"], "give one column x and one column y, or say what they are called: `x` NAME `y` NAME"),
        (["1", "price"], "give `x` 1 `y` price"),
        ([*"abcdefghij"], "no column 'x' in the first row (a, b, c, d, e, f, g, h); give one column x"),
        ([], "no column 'x' in the first row (nothing); give one column x"),
    ],
)
def test_a_missing_column_is_told_with_what_there_is(names, says):
    message = refusal(names)
    assert message.startswith("points.csv: no column") and says in message


def test_the_advice_can_be_typed_into_a_shell():
    advice = refusal(["living area", "it's"]).partition("; give ")[2]
    assert shlex.split(advice) == ["`x`", "living area", "`y`", "it's"]


def test_a_row_further_down_is_named():
    assert "no column 'y' in row 3 (x, z)" in refusal(["x", "z"], 3)


@pytest.mark.parametrize("start", "=+-@")
def test_a_name_that_starts_like_a_formula_is_refused_wherever_it_stands(start):
    assert refusal(["x", "y", f"{start}z"]) == (
        f"points.csv: header '{start}z' starts like a formula; rename that column"
    )


def test_two_columns_that_are_one_are_refused():
    says = "points.csv: `x` and `y` are one column, 'area'; give two"
    assert refusal(["area", "price"], x="area", y="area") == says
    assert refusal(["area", "price"], x="Area", y="AREA") == says
