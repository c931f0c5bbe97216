"""References to cells: openpyxl, which nobody here wrote, says what an address means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import coordinate_to_tuple, get_column_letter

from xlsgd.symbols.cells import Reference, RowOf, addresses, area, at, fixed, here, refer
from xlsgd.symbols.to_excel import spell

rows, columns = st.integers(1, 2**20), st.integers(1, 2**14)


@given(rows, columns)
def test_a_cell_is_found_by_its_address(row, column):
    place = f"{get_column_letter(column)}{row}"
    (reference,) = at(place).args
    assert (reference.row, reference.column) == coordinate_to_tuple(place) == (row, column)
    assert addresses(at(place)) == spell(at(place)) == place


@given(rows, columns, rows, columns)
def test_a_range_has_the_addresses_of_its_ends(top, left, bottom, right):
    places = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"
    assert addresses(area(places)) == spell(area(places)) == places
    assert area(places).args == tuple(map(at, places.split(":")))


def test_a_range_of_one_address_is_a_cell():
    assert area("C7", "data", fixed=True) is at("C7", "data", fixed=True)


@pytest.mark.parametrize("cell", [at("C4"), here(3), area("C4:D9"), at("C4", "data")])
def test_what_is_fixed_stays_in_copies(cell):
    ends = fixed(cell).args if cell.op == "range" else (fixed(cell),)
    assert [(end.args[0].fixed_column, end.args[0].fixed_row) for end in ends] == [(True, True)] * len(ends)
    assert fixed(fixed(cell)) is fixed(cell)


def test_fixed_ranges_are_spelled_with_dollars():
    assert spell(fixed(area("C4:D9", "data"))) == spell(area("C4:D9", "data", fixed=True)) == "data!$C$4:$D$9"


def test_a_reference_to_its_own_row_counts_upwards_from_there():
    """The row above is -1: what a formula of row 9 spells as row 8."""
    assert here(3, up=1).args == (Reference(3, -1, RowOf.HERE),)
    assert here(3) is here(3, up=0) is refer(Reference(3, 0, RowOf.HERE))
    assert here(3, sheet="data").args[0].sheet == "data"


def test_two_references_to_one_cell_are_one_expression():
    assert at("A1") is area("A1") and at("A1") is not at("A1", fixed=True) and at("A1") is not at("A1", "data")
