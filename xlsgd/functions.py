"""Functions that a rule or a row may call, on whatever it is run on.

Each takes a Python float, a NumPy array, a Torch tensor or a symbolic cell and gives back the same kind, so that
an equation is written once. Torch tensors and cells bring the function as a method of their own.
"""

import math
from functools import reduce
from operator import add
from typing import Any

import numpy as np

Value = Any
"""A float, a NumPy array, a Torch tensor, a checked number or a cell."""


def sqrt(x: Value) -> Value:
    """Return the square root of `x`, elementwise (Excel's `SQRT`).

    Raises:
        ValueError: `x` is a negative float; arrays and tensors give NaN there.
    """
    if isinstance(x, (float, int)):
        return math.sqrt(x)
    return x.sqrt() if hasattr(x, "sqrt") else np.sqrt(x)


def exp(x: Value) -> Value:
    """Return e to the power `x`, elementwise (Excel's `EXP`).

    Raises:
        OverflowError: `x` is a float above about 709.78; arrays and tensors give infinity there.
    """
    if isinstance(x, (float, int)):
        return math.exp(x)
    return x.exp() if hasattr(x, "exp") else np.exp(x)


def log(x: Value) -> Value:
    """Return the natural logarithm of `x`, elementwise (Excel's `LN`).

    Raises:
        ValueError: `x` is a float that is not positive; arrays and tensors give NaN or infinity there.
    """
    if isinstance(x, (float, int)):
        return math.log(x)
    return x.log() if hasattr(x, "log") else np.log(x)


def log10(x: Value) -> Value:
    """Return the logarithm of `x` to base 10, elementwise (Excel's `LOG` with one argument).

    Raises:
        ValueError: `x` is a float that is not positive; arrays and tensors give NaN or infinity there.
    """
    if isinstance(x, (float, int)):
        return math.log10(x)
    return x.log10() if hasattr(x, "log10") else np.log10(x)


def if_equal(x: Value, y: Value, then: Value, otherwise: Value) -> Value:
    """Return `then` where `x` equals `y`, else `otherwise` (Excel's `IF(x=y,then,otherwise)`); not for arrays."""
    if hasattr(x, "if_equal"):
        return x.if_equal(y, then, otherwise)
    return then if x == y else otherwise


def total(column: Value) -> Value:
    """Return the sum of a column from the first row to the last, without compensation (Excel's `SUM`)."""
    if hasattr(column, "total"):
        return column.total()
    return reduce(add, column, 0.0)


def sum_of_squares(column: Value) -> Value:
    """Return the sum of the squares of a column, in order, without compensation (Excel's `SUMSQ`)."""
    if hasattr(column, "sum_of_squares"):
        return column.sum_of_squares()
    return reduce(lambda squares, x: squares + x * x, column, 0.0)


def count(column: Value) -> Value:
    """Return the number of a column's rows (Excel's `COUNT`)."""
    return column.count() if hasattr(column, "total") else len(column)
