"""The answer that the line's training looks for, as expressions: the line of least squares through the points.

The deviations from the means are taken first, then multiplied and summed in the points' order, without compensation.
What is nothing beside the size of the points is 0: there only rounding is left, and no two programs have the same.
"""

from typing import NamedTuple

from xlsgd.functions import Value, greatest, if_equal, is_at_most, least, maximum, mean, sign, sum_of_products
from xlsgd.symbols.checked import NOT_AVAILABLE
from xlsgd.symbols.expression import Expression

NOTHING = 1e-12
"""What part of the points' size counts as nothing."""


class LeastSquares(NamedTuple):
    """The line `y = b + a*x`, and what it is made of.

    Args:
        b: the intercept.
        a: the slope; `#N/A` where all x are the same, so that no line is the best.
        slope: the slope before rounding is taken for nothing.
        mean_x: the mean of x.
        mean_y: the mean of y.
        size_x: the greatest absolute value of x.
        size_y: the greatest absolute value of y.
    """

    b: Value
    a: Value
    slope: Value
    mean_x: Value
    mean_y: Value
    size_x: Value
    size_y: Value


def least_squares(x: Expression, y: Expression) -> LeastSquares:
    """Return the line with the least sum of squared errors, from the columns of x and y."""
    size_x, size_y = (maximum(greatest(column), -least(column)) for column in (x, y))
    mean_x, mean_y = (_or_nothing(mean(column), size) for column, size in ((x, size_x), (y, size_y)))
    deviations = sum_of_products(x, mean_x, y, mean_y) / sum_of_products(x, mean_x, x, mean_x)
    slope = if_equal(sign(greatest(x) - least(x)), 0, NOT_AVAILABLE, deviations)
    a = if_equal(is_at_most(abs(slope) * size_x, NOTHING * size_y), 1, 0, slope)
    b = _or_nothing(mean_y - a * mean_x, size_y)
    return LeastSquares(b, a, slope, mean_x, mean_y, size_x, size_y)


def _or_nothing(value: Expression, size: Expression) -> Expression:
    """Return a value, or 0 where it is nothing beside a size."""
    return if_equal(is_at_most(abs(value), NOTHING * size), 1, 0, value)  # type: ignore[no-any-return]
