"""The line of least squares through points, as numbers."""

import math
from typing import Any, NamedTuple

from xlsgd.errors import InputError
from xlsgd.points.points import Points
from xlsgd.run.one_pass import FLOATS_FAIL
from xlsgd.sheets.answer import LeastSquares
from xlsgd.sheets.answer import least_squares as as_expressions
from xlsgd.symbols.checked import NOT_AVAILABLE, Checked, ExcelError, plain
from xlsgd.symbols.expression import in_order, symbol
from xlsgd.symbols.operations import evaluate_all

X, Y = symbol("x"), symbol("y")
LINE = as_expressions(X, Y)
STEPS = [part for part in in_order(LINE) if part not in (X, Y) and part.op != "not_available"]
"""All that the line is computed from: on floats an infinity in one may be forgotten in the next."""


def least_squares(points: Points) -> LeastSquares:
    """Return the line with the least sum of squared errors, and what it is made of, or the errors a sheet shows."""
    try:
        steps = dict(zip(STEPS, evaluate_all(STEPS, {X: points.x, Y: points.y}), strict=True))
    except FLOATS_FAIL:
        steps = {}
    if not steps or not all(map(_is_finite, steps.values())):
        columns = {X: list(map(Checked, points.x)), Y: list(map(Checked, points.y))}
        steps = dict(zip(LINE, evaluate_all(LINE, columns, Checked), strict=True))
    return LeastSquares(*(plain(steps[part]) for part in LINE))


def _is_finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


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
