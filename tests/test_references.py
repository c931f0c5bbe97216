"""References: openpyxl's translator, which nobody here wrote, says where a copied formula points."""

import doctest
from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.formula.translate import Translator
from openpyxl.utils import column_index_from_string, get_column_letter

from xlsgd.symbols import references
from xlsgd.symbols.references import MAX_COLUMN, MAX_ROW, absolute, address, column_letters, column_number, relative

FORMULAS = [
    "C4+D4*A4",
    "J3*$J$1+$K$1*F4^2",
    "SUM($C5:D$40)*LOG10(B7)&\"A1 is no reference\"",
    "'A1 sheet'!B7+basic!$F$33+ATAN2(C3,D3)",
    "SUM(C:D)+SUM($E:F)",
    "SUM(5:7)+SUM($5:9)",
    "const*slope+rmse_A1",
    "1E5+E5+2.5E3",
    "Table1[[#All],[A1]]+C9",
]  # fmt: skip


def test_the_examples_in_the_docstrings_hold():
    results = doctest.testmod(references)
    assert results.attempted >= 3
    assert results.failed == 0


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize(("row", "column"), [(5, 3), (4, 4), (31, 30), (100_003, 700)])
def test_a_formula_moves_as_openpyxl_moves_it(formula, row, column):
    expected = Translator(f"={formula}", origin="C4").translate_formula(address(row, column))
    assert f"={absolute(relative(formula, 4, 3), row, column)}" == expected


@pytest.mark.parametrize("formula", FORMULAS)
def test_back_in_its_own_cell_a_formula_is_as_it_was(formula):
    assert absolute(relative(formula, 8, 9), 8, 9) == formula


def test_case_of_a_reference_does_not_count():
    assert relative("c4+$d4", 4, 3) == relative("C4+$D4", 4, 3) == "R[0]C[0]+R[0]C4"


@pytest.mark.parametrize("name", ["XFE1", "A1048577", "A0", "ABCD1", "A1.x", "x.A1", "A1_", "\\A1", "A1(B)"])
def test_what_no_sheet_has_is_a_name(name):
    assert relative(name, 1, 1).startswith(name.split("(")[0])


def test_an_offset_wraps_at_the_edge_of_the_sheet():
    assert absolute(relative("A1", 2, 2), 1, 1) == address(MAX_ROW, MAX_COLUMN) == "XFD1048576"


@given(st.integers(1, MAX_COLUMN))
def test_columns_are_spelled_as_openpyxl_spells_them(column):
    letters = column_letters(column)
    assert set(letters) <= set(ascii_uppercase)
    assert letters == get_column_letter(column)
    assert column_number(letters.lower()) == column_index_from_string(letters) == column
