"""Functions that a rule or a row may call, on whatever it is run on.

Each takes a Python float, a NumPy array, a Torch tensor or a symbolic cell and gives back the same kind, so that
an equation is written once. Torch tensors and cells bring the function as a method of their own.
"""

import math
from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any

from xlsgd.symbols.checked import plain

Value = Any
"""A float, a NumPy array, a Torch tensor, a checked number or a cell."""


def _of_array(function: str, x: Value) -> Value:
    import numpy as np  # not before an array comes: whoever asks for help must not wait for NumPy

    return getattr(np, function)(x)


def sqrt(x: Value) -> Value:
    """Return the square root of `x`, elementwise (Excel's `SQRT`).

    Raises:
        ValueError: `x` is a negative float; arrays and tensors give NaN there.
    """
    if isinstance(x, (float, int)):
        return math.sqrt(x)
    return x.sqrt() if hasattr(x, "sqrt") else _of_array("sqrt", x)


def exp(x: Value) -> Value:
    """Return e to the power `x`, elementwise (Excel's `EXP`).

    Raises:
        OverflowError: `x` is a float above about 709.78; arrays and tensors give infinity there.
    """
    if isinstance(x, (float, int)):
        return math.exp(x)
    return x.exp() if hasattr(x, "exp") else _of_array("exp", x)


def log(x: Value) -> Value:
    """Return the natural logarithm of `x`, elementwise (Excel's `LN`).

    Raises:
        ValueError: `x` is a float that is not positive; arrays and tensors give NaN or infinity there.
    """
    if isinstance(x, (float, int)):
        return math.log(x)
    return x.log() if hasattr(x, "log") else _of_array("log", x)


def log10(x: Value) -> Value:
    """Return the logarithm of `x` to base 10, elementwise (Excel's `LOG` with one argument).

    Raises:
        ValueError: `x` is a float that is not positive; arrays and tensors give NaN or infinity there.
    """
    if isinstance(x, (float, int)):
        return math.log10(x)
    return x.log10() if hasattr(x, "log10") else _of_array("log10", x)


def if_equal(x: Value, y: Value, then: Value, otherwise: Value) -> Value:
    """Return `then` where `x` equals `y`, else `otherwise` (Excel's `IF(x=y,then,otherwise)`); not for tensors."""
    if hasattr(x, "if_equal"):
        return x.if_equal(y, then, otherwise)
    if hasattr(y, "if_equal"):
        return y.if_equal(x, then, otherwise)
    return then if x == y else otherwise


def if_above(x: Value, y: float, then: Value, otherwise: Value) -> Value:
    """Return `then` where `x` exceeds `y`, else `otherwise` (Excel's `IF(x>y,then,otherwise)`); not for tensors."""
    if hasattr(x, "if_above"):
        return x.if_above(y, then, otherwise)
    return then if x > y else otherwise


def minimum(x: Value, y: Value) -> Value:
    """Return the smaller of two values (Excel's `MIN`); not for tensors."""
    if hasattr(x, "minimum"):
        return x.minimum(y)
    return y.minimum(x) if hasattr(y, "minimum") else min(x, y)


def total(column: Value) -> Value:
    """Return the sum of a column from the first row to the last, without compensation (Excel's `SUM`)."""
    if hasattr(column, "total"):
        return column.total()
    if hasattr(column[0], "to"):
        return column[0].to(column[-1]).total()
    return reduce(add, column, 0.0)


def sum_of_squares(column: Value) -> Value:
    """Return the sum of the squares of a column, in order, without compensation (Excel's `SUMSQ`)."""
    if hasattr(column, "sum_of_squares"):
        return column.sum_of_squares()
    return reduce(lambda squares, x: squares + x * x, column, 0.0)


def count(column: Value) -> Value:
    """Return the number of a column's rows (Excel's `COUNT`)."""
    return column.count() if hasattr(column, "total") else len(column)


def match(wanted: float, row: Sequence[Value]) -> Value:
    """Return the position, from 1, of the last value not above `wanted` (Excel's `MATCH(wanted,row)`).

    Without its third argument `MATCH` halves the range as if it were sorted and stops where it meets the value, so of
    (1, 0) it finds the 1 in place 1. A number below all of them has no position: then this is 0, where Excel says #N/A.
    """
    if hasattr(row[0], "to"):
        return row[0].to(row[-1]).match(wanted)
    low, high = 0, len(row) - 1
    while low <= high:
        middle = (low + high) // 2
        here = row[middle]
        if here == wanted:
            return float(middle + 1)
        low, high = (middle + 1, high) if float(plain(here)) < wanted else (low, middle - 1)
    return float(high + 1)


def pick(cells: Sequence[Value], right: Value) -> Value:
    """Return the cell that lies `right` places right of the first (Excel's `OFFSET(first,0,right)`)."""
    if hasattr(cells[0], "offset"):
        return cells[0].offset(right)
    return cells[int(right)]
