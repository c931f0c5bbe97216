"""What a spreadsheet computes from a column, against IronCalc and examples from Excel's documentation."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsgd.symbols.checked import NUM, Checked, plain
from xlsgd.symbols.of_columns import (
    count_equal,
    entry,
    extreme,
    match,
    match_exactly,
    products,
    sum_of_products,
    sum_of_squares,
    to_the_right,
    total,
    total_unless,
)

WHOLE = st.lists(st.integers(-9, 9).map(float), min_size=1, max_size=12)


def in_ironcalc(engine, formula, *columns):
    """The formula's value, over columns that stand in A, B, ..."""
    sheet = engine()
    for letter, column in zip("AB", columns, strict=False):
        for row, value in enumerate(column, start=1):
            sheet.put(f"{letter}{row}", value)
    sheet.type("D1", "=" + formula.format(n=len(columns[0])))
    return sheet.evaluate().get("D1")


@settings(max_examples=30)
@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=12))
def test_sums_are_the_engines_to_the_bit(engine, column):
    assert total(column) == in_ironcalc(engine, "SUM(A1:A{n})", column)
    assert sum_of_squares(column) == in_ironcalc(engine, "SUMSQ(A1:A{n})", column)


@settings(max_examples=30)
@given(WHOLE, st.data())
def test_sums_over_two_columns_are_the_engines(engine, x, data):
    """Of whole numbers, so that no order of adding matters."""
    y = data.draw(st.lists(st.integers(-9, 9).map(float), min_size=len(x), max_size=len(x)))
    assert products(x, y) == in_ironcalc(engine, "SUMPRODUCT(A1:A{n},B1:B{n})", x, y)
    assert sum_of_products(x, 2.0, y, -1.0) == in_ironcalc(engine, "SUMPRODUCT(A1:A{n}-2,B1:B{n}+1)", x, y)
    assert total_unless(x, x[0], y) == in_ironcalc(engine, 'SUMIF(A1:A{n},"<>"&A1,B1:B{n})', x, y)
    assert count_equal(x, x[0]) == in_ironcalc(engine, "COUNTIF(A1:A{n},A1)", x)


@given(WHOLE)
def test_the_least_and_the_greatest_are_pythons(column):
    for choose in (min, max):
        assert extreme(choose)(column) == choose(column)
        assert plain(extreme(choose)([Checked(x) for x in column])) == choose(column)


@pytest.mark.parametrize("choose", [min, max])
def test_of_a_column_with_errors_the_first_is_the_result(choose):
    column = [Checked(1.0), Checked(NUM), Checked(1.0) / 0.0, Checked(5.0)]
    assert plain(extreme(choose)(column)) == "#NUM!"


def test_columns_of_two_lengths_are_a_mistake():
    for call in (
        lambda: products([1.0], [1.0, 2.0]),
        lambda: sum_of_products([1.0], 0.0, [1.0, 2.0], 0.0),
        lambda: total_unless([1.0], 0.0, [1.0, 2.0]),
    ):
        with pytest.raises(ValueError, match="argument 2 is longer"):
            call()


def test_match_as_excels_documentation_has_it():
    """Microsoft's example: bananas 25, oranges 38, apples 40, pears 41; 39 is not there and gives the next lower, 2."""
    assert match(39, [25.0, 38.0, 40.0, 41.0]) == 2.0
    assert match_exactly(41, [25.0, 38.0, 40.0, 41.0]) == 4.0


@given(st.lists(st.integers(-99, 99).map(float), min_size=1, max_size=20, unique=True), st.integers(-120, 120))
def test_in_a_sorted_column_match_counts_what_is_not_above(column, wanted):
    """Where that is none, Excel says #N/A."""
    assert match(wanted, sorted(column)) == (sum(value <= wanted for value in column) or "#N/A")


@pytest.mark.parametrize(("column", "place"), [([1.0, 0.0], 1.0), ([0.0, 1.0], 2.0), ([0.0, 0.0, 1.0, 0.0], 4.0)])
def test_in_a_column_that_is_not_sorted_match_halves_the_range_as_excel_does(column, place):
    """The course's `entropy_example` looks a 1 up among a 0 and a 1; both orders are what Excel's file holds.

    Of the four: 0 in the second place is below 1, so the right half is searched, where 1 is met in the third.
    """
    assert match(1, column) == (3.0 if len(column) == 4 else place)


@given(WHOLE, st.integers(-9, 9).map(float))
def test_match_exactly_finds_the_first(column, wanted):
    found = plain(match_exactly(Checked(wanted), [Checked(x) for x in column]))
    assert found == (column.index(wanted) + 1 if wanted in column else "#N/A")


def test_a_place_counts_from_one_in_index_and_from_none_in_offset():
    assert entry([5.0, 6.0, 7.0], Checked(2.0)) == 6.0 and to_the_right([5.0, 6.0, 7.0], Checked(2.0)) == 7.0


def test_a_sum_shows_the_first_error():
    assert plain(total([Checked(1.0), Checked(1.0) / 0.0, Checked(NUM)])) == "#DIV/0!"
    assert math.isnan(total([1.0, math.nan]))
