"""The functions of the corrected sheets: the same on floats, on checked numbers and, recalculated, on cells."""

import math

import pytest

from xlsgd.symbols.checked import NUM, Checked, plain
from xlsgd.symbols.expression import spell, symbol
from xlsgd.workbooks.corrected import functions as f
from xlsgd.workbooks.corrected import rules

x, y = symbol("A1"), symbol("B1")


@pytest.mark.parametrize(
    ("cell", "formula"),
    [
        (f.maximum(x, 0), "MAX(A1,0)"),
        (f.maximum(0, x), "MAX(0,A1)"),
        (f.greatest([x, y]), "MAX(A1:B1)"),
        (f.rounded(x, 9), "ROUND(A1,9)"),
        (f.cos_pi(x / y), "COS(PI()*(A1/B1))"),
        (f.mean([x, y]), "SUM(A1:B1)/COUNT(A1:B1)"),
        (f.mean(symbol("F5:F33")), "SUM(F5:F33)/COUNT(F5:F33)"),
        (f.match_exactly(1, [x, y]), "MATCH(1,A1:B1,0)"),
        (f.index([x, y], symbol("C1")), "INDEX(A1:B1,C1)"),
    ],
)
def test_on_cells_each_is_its_excel_function(cell, formula):
    assert spell(cell, {}) == formula


def test_on_numbers_each_is_what_the_name_says():
    one, two = Checked(1.0), Checked(2.0)
    assert f.maximum(-1.0, 0) == 0
    assert plain(f.greatest([one, two, one])) == 2
    assert f.rounded(1.23456, 2) == 1.23
    assert f.cos_pi(0.5) == math.cos(math.pi / 2)
    assert f.mean([1.0, 2.0, 6.0]) == 3
    assert f.match_exactly(1, [Checked(0.0), one]) == 2
    assert f.index([one, two], Checked(2.0)) is two


def test_an_error_value_passes_through():
    error, one = Checked(NUM), Checked(1.0)
    for value in (
        f.maximum(one, error),
        f.greatest([one, error]),
        f.rounded(error, 2),
        f.cos_pi(error),
    ):
        assert plain(value) == NUM


def test_the_examples_in_the_rules_docstrings_hold():
    import doctest

    results = doctest.testmod(rules)
    assert results.attempted >= 3
    assert results.failed == 0
