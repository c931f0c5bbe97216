"""The functions that rules and rows call: one name, the same on floats, checked numbers and cells."""

import numpy as np
import pytest
import torch

from xlsgd import functions as f
from xlsgd.symbols.checked import NUM, Checked, plain
from xlsgd.symbols.expression import spell, symbol

X, Y = symbol("A1"), symbol("B1")


@pytest.mark.parametrize("name", ["sqrt", "exp", "log", "log10"])
def test_each_is_the_same_on_floats_arrays_and_tensors(name):
    function, x = getattr(f, name), 1.75
    assert function(np.array([x]))[0] == pytest.approx(function(x), rel=4e-16)  # two libraries, a unit of rounding
    assert function(torch.tensor([x], dtype=torch.float64)).item() == pytest.approx(function(x), rel=4e-16)
    assert plain(function(Checked(x))) == function(x)


@pytest.mark.parametrize(
    ("cell", "formula"),
    [
        (f.sqrt(X), "SQRT(A1)"),
        (f.exp(X), "EXP(A1)"),
        (f.log(X), "LN(A1)"),
        (f.log10(X), "LOG(A1)"),
        (f.if_above(X / Y, 2, X / 4, Y), "IF(A1/B1>2,A1/4,B1)"),
        (f.if_equal(X, 1, Y, X), "IF(A1=1,B1,A1)"),
        (f.minimum(-X, Y), "MIN(-A1,B1)"),
        (f.minimum(X, 0), "MIN(A1,0)"),
        (f.total([X, Y]), "SUM(A1:B1)"),
        (f.match(1, [X, Y]), "MATCH(1,A1:B1)"),
        (f.pick([X, Y], symbol("C1")), "OFFSET(A1,0,C1)"),
    ],
)
def test_on_cells_each_is_its_excel_function(cell, formula):
    assert spell(cell, {}) == formula


def test_choices_on_numbers():
    assert f.if_above(3.0, 2, "then", "otherwise") == "then"
    assert f.if_above(2.0, 2, "then", "otherwise") == "otherwise"
    assert f.if_equal(1.0, 1, "then", "otherwise") == "then"
    assert plain(f.minimum(Checked(1.0), Checked(2.0))) == f.minimum(1.0, 2.0) == 1.0
    assert f.match(1, [1.0, 0.0]) == 1.0 and f.match(1, [0.0, 1.0]) == 2.0


def test_an_error_passes_through_a_choice():
    error, one = Checked(NUM), Checked(1.0)
    assert plain(f.if_above(error, 2, one, one)) == plain(f.minimum(one, error)) == plain(f.minimum(error, 0)) == NUM


def test_a_sum_is_plain_from_the_first_to_the_last():
    # A compensated or pairwise sum gives 2.0 here; a spreadsheet's, and this one, loses both ones.
    assert f.total([1.0, 1e100, 1.0, -1e100]) == 0.0
    assert f.sum_of_squares([3.0, 4.0]) == 25.0 and f.count([3.0, 4.0]) == 2
