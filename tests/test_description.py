"""What a sheet consists of: where its rows end, and what its cells are found by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.sheets.description import COLOURS, Column, Place, Rows, Sheet


@given(st.integers(1, 1000), st.integers(1, 50), st.integers(1, 50))
def test_rows_are_as_many_as_the_points_of_all_passes(first, n, passes):
    rows = Rows(first, n, (Column("A"),), passes)
    held = [row for row in range(1, first + n * passes + 5) if rows.holds(f"AB{row}")]
    assert held == list(range(first, first + n * passes)) and rows.last == held[-1]


def test_a_cell_is_found_by_its_key():
    sheet = Sheet("s", (Place("A1", "label"), Place("B1", key="lr", value=0.5), Place("C1", key=("row", 2), value=1.0)))
    assert sheet.place("lr").address == "B1" and sheet.place(("row", 2)).value == 1.0
    with pytest.raises(StopIteration):
        sheet.place("beta")


def test_no_two_colours_are_one():
    assert len({colour.casefold() for colour in COLOURS}) == len(COLOURS) >= 5, "the lesson has five optimizers"
