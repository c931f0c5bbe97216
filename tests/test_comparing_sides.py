"""Two sheets side by side: cells pair by their addresses, whether they come one by one or in rows."""

from hypothesis import given
from hypothesis import strategies as st

from xlsgd.reading.cells import Cell, Formula
from xlsgd.reading.rows import ReadColumn, ReadRows
from xlsgd.verifying.comparing.sides import side_by_side

COLUMNS = (ReadColumn(2, None, 0), ReadColumn(4, Formula("A1", 1, 4), 1))


def rows(first, height):
    return ReadRows(first, COLUMNS, [[float(row) for row in range(first, first + height)]] * 2)


def test_rows_with_the_same_numbers_come_together():
    pairs = list(side_by_side([rows(2, 5), rows(7, 1)], [rows(2, 3), rows(5, 3)]))
    assert [(one.first, one.height) for one, _ in pairs] == [(2, 3), (5, 2), (7, 1)]
    assert all(one == other for one, other in pairs)


def test_rows_beside_cells_come_as_cells_until_both_have_rows():
    alone = Cell(2, 2, None, 2.0, 0)
    pairs = list(side_by_side([rows(2, 3)], [alone, rows(3, 2)]))
    assert pairs[:2] == [(alone, alone), (rows(2, 1).cell(0, 1), None)]
    assert pairs[2:4] == [(cell, cell) for cell in rows(3, 1).cells()]
    assert pairs[4:] == [(rows(4, 1), rows(4, 1))]


stretch = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 4), st.booleans()), max_size=6)


def stream(stretches):
    """Stretches of rows, some as rows and some cell by cell."""
    row = 1
    for gap, height, together in stretches:
        row += gap
        yield from [rows(row, height)] if together else rows(row, height).cells()
        row += height


def cells_of(item):
    return item.cells() if isinstance(item, ReadRows) else [item]


@given(stretch, stretch)
def test_every_cell_comes_once_beside_the_one_at_its_address(first, second):
    sides = [{cell[:2]: cell for item in stream(each) for cell in cells_of(item)} for each in (first, second)]
    expected = [(sides[0].get(place), sides[1].get(place)) for place in sorted(sides[0].keys() | sides[1].keys())]
    found = [pair for one, other in side_by_side(stream(first), stream(second))
             for pair in zip(cells_of(one), cells_of(other), strict=True)]  # fmt: skip
    assert found == expected
