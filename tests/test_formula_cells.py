"""A sheet's formula cells."""

from hypothesis import given
from hypothesis import strategies as st

from xlsgd.verifying.formula_cells import Formulas

PLACES = st.lists(st.tuples(st.integers(1, 2**20), st.integers(1, 2**14), st.floats(allow_nan=False) | st.text()))


@given(PLACES)
def test_cells_come_back_in_their_order(places):
    cells = Formulas()
    for place in places:
        cells.add(*place)
    assert list(cells) == [place[:2] for place in places] == [cells[i] for i in range(len(cells))]
    assert cells.values == [place[2] for place in places] and len(cells) == len(places)
    assert all(place[:2] in cells for place in places)


def test_a_new_one_is_empty():
    cells = Formulas()
    assert (len(cells), cells.volatile, cells.without_value, cells.arrays) == (0, 0, 0, {})
