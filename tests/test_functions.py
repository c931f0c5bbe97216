"""The functions that rules and rows call: one name, the same on floats, checked numbers and cells."""

import numpy as np
import pytest
import torch

from xlsgd import functions as f
from xlsgd.symbols.cells import area, at
from xlsgd.symbols.checked import NUM, Checked, plain
from xlsgd.symbols.to_excel import spell

X, Y = at("A1"), at("B1")


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
        (f.pick([X, Y], at("C1")), "OFFSET(A1,0,C1)"),
        (f.if_at_most(X, Y + 1, 0, 1), "IF(A1<=B1+1,0,1)"),
        (f.is_at_most(X, Y + 1), "IF(SIGN(A1-(B1+1))<=0,1,0)"),
        (f.maximum(X, 0), "MAX(A1,0)"),
        (f.maximum(0, X), "MAX(0,A1)"),
        (f.greatest([X, Y]), "MAX(A1:B1)"),
        (f.least([X, Y]), "MIN(A1:B1)"),
        (f.rounded(X, 9), "ROUND(A1,9)"),
        (f.cos_pi(X / Y), "COS(PI()*(A1/B1))"),
        (f.sigmoid(X - Y), "1/(1+EXP(-(A1-B1)))"),
        (f.sigmoid(X) ** 2, "(1/(1+EXP(-A1)))^2"),
        (f.relu(-X), "MAX(0,-A1)"),
        (f.tanh(X), "TANH(A1)"),
        (f.mean([X, Y]), "SUM(A1:B1)/COUNT(A1:B1)"),
        (f.mean(area("F5:F33")), "SUM(F5:F33)/COUNT(F5:F33)"),
        (f.sum_of_squares([X, Y]), "SUMSQ(A1:B1)"),
        (f.match_exactly(1, [X, Y]), "MATCH(1,A1:B1,0)"),
        (f.index([X, Y], at("C1")), "INDEX(A1:B1,C1)"),
    ],
)
def test_on_cells_each_is_its_excel_function(cell, formula):
    assert spell(cell) == formula


def test_choices_on_numbers():
    assert f.if_above(3.0, 2, "then", "otherwise") == "then"
    assert f.if_above(2.0, 2, "then", "otherwise") == "otherwise"
    assert f.if_equal(1.0, 1, "then", "otherwise") == "then"
    assert plain(f.minimum(Checked(1.0), Checked(2.0))) == f.minimum(1.0, 2.0) == 1.0
    assert f.match(1, [1.0, 0.0]) == 1.0 and f.match(1, [0.0, 1.0]) == 2.0


def test_of_columns():
    one, two = Checked(1.0), Checked(2.0)
    assert plain(f.greatest([one, two, one])) == 2 and plain(f.least([two, one])) == 1
    assert f.mean([1.0, 2.0, 6.0]) == 3
    assert plain(f.match_exactly(1, [Checked(0.0), one])) == 2
    assert plain(f.match_exactly(3, [Checked(0.0), one])) == "#N/A"
    assert f.index([one, two], Checked(2.0)) is two


def test_an_error_passes_through():
    error, one = Checked(NUM), Checked(1.0)
    for value in (
        f.maximum(one, error),
        f.greatest([one, error]),
        f.rounded(error, 2),
        f.cos_pi(error),
        f.if_equal(error, 1, one, one),
    ):
        assert plain(value) == NUM


def test_an_error_that_is_not_chosen_is_left_alone():
    error, one = Checked(NUM), Checked(1.0)
    assert plain(f.if_equal(one, 1, 2.0, error)) == 2.0
    assert plain(f.if_above(one, 1, 2.0, error)) == NUM


def test_an_error_passes_through_a_choice():
    error, one = Checked(NUM), Checked(1.0)
    assert plain(f.if_above(error, 2, one, one)) == plain(f.minimum(one, error)) == plain(f.minimum(error, 0)) == NUM


def test_a_sum_is_plain_from_the_first_to_the_last():
    # A compensated or pairwise sum gives 2.0 here; a spreadsheet's, and this one, loses both ones.
    assert f.total([1.0, 1e100, 1.0, -1e100]) == 0.0
    assert f.sum_of_squares([3.0, 4.0]) == 25.0 and f.count([3.0, 4.0]) == 2
