"""The answer that training looks for: the line of least squares through the points.

The deviations from the means are taken first, then multiplied and summed in the points' order, without compensation,
as the sheet `race` does it. What is nothing beside the size of the points is 0: there only rounding is left, and no
two programs have the same.
"""

from collections.abc import Sequence
from typing import NamedTuple

from xlsgd.errors import InputError
from xlsgd.functions import total
from xlsgd.points.points import Points
from xlsgd.symbols.checked import NOT_AVAILABLE, Checked, ExcelError, Number, plain

NOTHING = 1e-12
"""What part of the points' size counts as nothing."""


class Line(NamedTuple):
    """The line `y = b + a*x`, and what it is made of.

    Args:
        b: the intercept.
        a: the slope; `#N/A` where all x are the same, so that no line is the best.
        slope: the slope before rounding is taken for nothing.
        means: the means of x and of y.
        sizes: the greatest absolute values of x and of y.
    """

    b: Number
    a: Number
    slope: Number
    means: tuple[Number, Number]
    sizes: tuple[float, float]


def least_squares(points: Points) -> Line:
    """Return the line with the least sum of squared errors."""
    means = _mean(points.x), _mean(points.y)
    sizes = max(map(abs, points.x)), max(map(abs, points.y))
    slope = _slope(points, *means)
    a = _or_nothing(slope, sizes[0], sizes[1])
    b = _or_nothing(means[1] - a * means[0], 1.0, sizes[1])
    return Line(plain(b), plain(a), plain(slope), (plain(means[0]), plain(means[1])), sizes)


def _mean(column: Sequence[float]) -> Checked:
    return Checked(total(column)) / len(column)


def _slope(points: Points, mean_x: Checked, mean_y: Checked) -> Checked:
    if max(points.x) == min(points.x):
        return Checked(NOT_AVAILABLE)
    x, y = plain(mean_x), plain(mean_y)
    if isinstance(x, ExcelError) or isinstance(y, ExcelError):
        return mean_x if isinstance(x, ExcelError) else mean_y
    products = total([(x_i - x) * (y_i - y) for x_i, y_i in zip(points.x, points.y, strict=True)])
    squares = total([(x_i - x) * (x_i - x) for x_i in points.x])
    return Checked(products) / Checked(squares)


def _or_nothing(value: Checked, of: float, size: float) -> Checked:
    if isinstance(value.value, ExcelError):
        return value
    return Checked(0.0) if abs(value.value) * of <= NOTHING * size else value


class Answer(NamedTuple):
    """The line `y = b + a*x` that training looks for."""

    b: float
    a: float


def best_line(points: Points) -> Answer:
    """Return the line with the least sum of squared errors.

    Raises:
        InputError: no line is the best, since every x is the same; or it cannot be computed.
    """
    line = least_squares(points)
    if line.a == NOT_AVAILABLE:
        raise InputError("the points' x are all the same, so no line is the best; give points with different x")
    if isinstance(line.a, ExcelError) or isinstance(line.b, ExcelError):
        raise InputError("the points are too large, or too near to each other, to be squared; give them in other units")
    return Answer(line.b, line.a)
