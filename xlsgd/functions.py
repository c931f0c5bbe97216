"""Functions that a rule, a model or a sheet may call, on whatever it is run on.

Each takes a Python float, a NumPy array, a Torch tensor, a spreadsheet's number or an expression and gives back the
same kind, so that an equation is written once. What each is on which kind stands in `xlsgd.symbols.primitives`.
"""

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any

from xlsgd.symbols.expression import Expression
from xlsgd.symbols.primitives import apply

Value = Any
"""A float, a NumPy array, a Torch tensor, a checked number or an expression."""


def sqrt(x: Value) -> Value:
    """Return the square root of `x`, elementwise (Excel's `SQRT`).

    Raises:
        ValueError: `x` is a negative float; arrays and tensors give NaN there.
    """
    return apply("sqrt", x)


def exp(x: Value) -> Value:
    """Return e to the power `x`, elementwise (Excel's `EXP`).

    Raises:
        OverflowError: `x` is a float above about 709.78; arrays and tensors give infinity there.
    """
    return apply("exp", x)


def log(x: Value) -> Value:
    """Return the natural logarithm of `x`, elementwise (Excel's `LN`).

    Raises:
        ValueError: `x` is a float that is not positive; arrays and tensors give NaN or infinity there.
    """
    return apply("log", x)


def log10(x: Value) -> Value:
    """Return the logarithm of `x` to base 10, elementwise (Excel's `LOG` with one argument).

    Raises:
        ValueError: `x` is a float that is not positive; arrays and tensors give NaN or infinity there.
    """
    return apply("log10", x)


def sin(x: Value) -> Value:
    """Return the sine of `x` in radians, elementwise (Excel's `SIN`)."""
    return apply("sin", x)


def cos(x: Value) -> Value:
    """Return the cosine of `x` in radians, elementwise (Excel's `COS`)."""
    return apply("cos", x)


def cos_pi(x: Value) -> Value:
    """Return the cosine of `x` times pi, elementwise (Excel's `COS(PI()*x)`)."""
    return apply("cos_pi", x)


def tanh(x: Value) -> Value:
    """Return the hyperbolic tangent of `x`, elementwise (Excel's `TANH`)."""
    return apply("tanh", x)


def atanh(x: Value) -> Value:
    """Return the inverse hyperbolic tangent of `x`, elementwise (Excel's `ATANH`).

    Raises:
        ValueError: `x` is a float not between -1 and 1; arrays and tensors give NaN or infinity there.
    """
    return apply("atanh", x)


def sigmoid(x: Value) -> Value:
    """Return the logistic function `1 / (1 + exp(-x))`, elementwise (Excel's `1/(1+EXP(-x))`).

    Raises:
        OverflowError: `x` is a float below about -709.78; arrays and tensors give 0 there.
    """
    return apply("sigmoid", x)


def relu(x: Value) -> Value:
    """Return `x` where it is positive, else 0, elementwise (Excel's `MAX(0,x)`); its derivative at 0 is 0."""
    return apply("relu", x)


def sign(x: Value) -> Value:
    """Return 1, 0 or -1 as `x` is positive, 0 or negative, elementwise (Excel's `SIGN`)."""
    return apply("sign", x)


def floor(x: Value) -> Value:
    """Return the greatest whole number that is at most `x`, elementwise (Excel's `INT`)."""
    return apply("floor", x)


def rounded(x: Value, digits: int) -> Value:
    """Return `x` to that many decimal places (Excel's `ROUND`)."""
    return apply("round", x, digits)


def if_equal(x: Value, y: Value, then: Value, otherwise: Value) -> Value:
    """Return `then` where `x` equals `y`, else `otherwise`, elementwise (Excel's `IF(x=y,then,otherwise)`)."""
    return apply("if_equal", x, y, then, otherwise)


def if_above(x: Value, y: Value, then: Value, otherwise: Value) -> Value:
    """Return `then` where `x` exceeds `y`, else `otherwise`, elementwise (Excel's `IF(x>y,then,otherwise)`)."""
    return apply("if_above", x, y, then, otherwise)


def if_at_most(x: Value, y: Value, then: Value, otherwise: Value) -> Value:
    """Return `then` where `x` is at most `y`, else `otherwise`, elementwise (Excel's `IF(x<=y,then,otherwise)`)."""
    return apply("if_at_most", x, y, then, otherwise)


def is_at_most(x: Value, y: Value) -> Value:
    """Return 1 where `x` is at most `y`, else 0 (Excel's `IF(SIGN(x-y)<=0,1,0)`).

    By the sign of the difference, since there are spreadsheet engines that take numbers for equal which are less than
    2.2e-16 apart, small ones among them.
    """
    return if_at_most(sign(x - y), 0, 1, 0)


def minimum(x: Value, y: Value) -> Value:
    """Return the smaller of two values, elementwise (Excel's `MIN`); of equal ones the first takes the derivative."""
    return apply("minimum", x, y)


def maximum(x: Value, y: Value) -> Value:
    """Return the greater of two values, elementwise (Excel's `MAX`); of equal ones the first takes the derivative."""
    return apply("maximum", x, y)


def summed(values: Sequence[Value]) -> Value:
    """Return the sum of some values of one row, from the first to the last."""
    return reduce(add, values)


def dot(u: Sequence[Value], v: Sequence[Value]) -> Value:
    """Return the sum of the products of two equally long sequences, from the first to the last.

    >>> dot([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    return summed([u_i * v_i for u_i, v_i in zip(u, v, strict=True)])


def named(name: str, value: Any) -> Any:
    """Return a value, or nested lists of them, that a model's sheet shows in columns of that name, else as it is.

    The entries of a list are called `name_1`, `name_2` and so on.

    >>> named("h", [1.0, 2.0])
    [1.0, 2.0]
    """
    if isinstance(value, (list, tuple)):
        return [named(f"{name}_{place}", entry) for place, entry in enumerate(value, start=1)]
    return Expression("named", value, name) if isinstance(value, Expression) else value


def stop_gradient(x: Value) -> Value:
    """Return `x` as a constant for every derivative (JAX's `stop_gradient`, PyTorch's `detach`)."""
    return apply("stop_gradient", x)


def total(column: Value) -> Value:
    """Return the sum of a column from the first row to the last, without compensation (Excel's `SUM`)."""
    return apply("total", column)


def sum_of_squares(column: Value) -> Value:
    """Return the sum of the squares of a column, in order, without compensation (Excel's `SUMSQ`)."""
    return apply("sum_of_squares", column)


def count(column: Value) -> Value:
    """Return the number of a column's rows (Excel's `COUNT`)."""
    return apply("count", column)


def mean(column: Value) -> Value:
    """Return the mean of a column (Excel's `SUM` over `COUNT`)."""
    return total(column) / count(column)


def greatest(column: Value) -> Value:
    """Return the greatest number of a column (Excel's `MAX` of its range)."""
    return apply("greatest", column)


def least(column: Value) -> Value:
    """Return the least number of a column (Excel's `MIN` of its range)."""
    return apply("least", column)


def match(wanted: float, row: Value) -> Value:
    """Return the position, from 1, of the last value not above `wanted` (Excel's `MATCH(wanted,row)`).

    Without its third argument `MATCH` halves the range as if it were sorted and stops where it meets the value, so of
    (1, 0) it finds the 1 in place 1. A number below all of them has no position: #N/A.
    """
    return apply("match", wanted, row)


def match_exactly(wanted: float, row: Value) -> Value:
    """Return the position, from 1, of the first value that equals `wanted` (Excel's `MATCH(wanted,row,0)`)."""
    return apply("match_exactly", wanted, row)


def index(cells: Value, position: Value) -> Value:
    """Return the cell at a position, from 1, of a row or column (Excel's `INDEX`)."""
    return apply("index", cells, position)


def pick(cells: Value, right: Value) -> Value:
    """Return the cell that lies `right` places right of the first (Excel's `OFFSET(first,0,right)`)."""
    return apply("pick", cells, right)


def count_equal(column: Value, wanted: Value) -> Value:
    """Return how many cells of a column equal `wanted` (Excel's `COUNTIF`)."""
    return apply("count_equal", column, wanted)


def products(x: Value, y: Value) -> Value:
    """Return the sum of the products of two columns, or of two rows (Excel's `SUMPRODUCT(x,y)`)."""
    return apply("products", x, y)


def total_unless(column: Value, excluded: Value, summed: Value) -> Value:
    """Return the sum of the cells beside which a column holds another value (Excel's `SUMIF(column,"<>"&x,cells)`)."""
    return apply("total_unless", column, excluded, summed)


def sum_of_products(x: Value, mean_x: Value, y: Value, mean_y: Value) -> Value:
    """Return the sum of products of two columns' deviations (Excel's `SUMPRODUCT(x-mean_x,y-mean_y)`)."""
    return apply("sum_of_products", x, mean_x, y, mean_y)
