"""One pass over the data: each row from the states that the row before left.

Rows are computed on plain floats. Where that fails (an overflow, a division by zero, the root of a negative number)
the row and all that follow are computed on checked numbers, which give a spreadsheet's error values.
"""

import math
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from xlsgd.checked import NUM, Checked, ExcelError, Number, plain
from xlsgd.data import Points
from xlsgd.gradients import squared_error
from xlsgd.lesson import Row, Training


class RunningColumn:
    """A column known by its sums alone, so that a pass over a million rows keeps none of them."""

    def __init__(self) -> None:
        self._sum = self._squares = 0.0
        self._rows = 0
        self._error: ExcelError | None = None

    def append(self, value: Number) -> None:
        """Add the next row's value."""
        self._rows += 1
        if isinstance(value, ExcelError):
            self._error = self._error or value
        else:
            self._sum += value
            self._squares += value * value

    def total(self) -> Checked:
        """Return the sum, as a spreadsheet's number."""
        return Checked(self._error or self._sum)

    def sum_of_squares(self) -> Checked:
        """Return the sum of the squares, as a spreadsheet's number."""
        return Checked(self._error or self._squares)

    def count(self) -> int:
        """Return the number of rows."""
        return self._rows


def fold(training: Training, points: Points, b: Any, a: Any, knobs: Any) -> Iterator[Row]:
    """Yield the sheet's row for each point, each from the states that the row before left.

    Args:
        training: the sheet.
        points: the data.
        b: the intercept's state before the first row.
        a: the slope's.
        knobs: the knobs.
    """
    pairs: Iterator[tuple[float, float]] = zip(points.x, points.y, strict=True)
    if not any(isinstance(value, ExcelError) for value in (*b, *a)):
        for x, y in pairs:
            row = _plain_row(training, x, y, b, a, knobs)
            if row is None:
                pairs = chain(((x, y),), pairs)
                break
            yield row
            b, a = row.b, row.a
    b, a = _checked(b), _checked(a)
    for x, y in pairs:
        row = training.row(training.rule, x, y, b, a, knobs)
        b, a = row.b, row.a
        yield row._replace(values={name: plain(value) for name, value in row.values.items()})


def _plain_row(training: Training, x: float, y: float, b: Any, a: Any, knobs: Any) -> Row | None:
    """Return the row computed on floats, or nothing where floats fail or are not finite."""
    try:
        row = training.row(training.rule, x, y, b, a, knobs)
        return row if math.isfinite(sum(row.values.values())) else None
    except (ArithmeticError, ValueError, TypeError):  # a broken power of a negative float is a complex number
        return None


def _checked(state: Any) -> Any:
    return state._make(map(Checked, state))


def loss_of(values: Mapping[str, Number], y: float) -> Number:
    """Return the squared error of a row that has no column for it."""
    pred = values["pred"]
    try:
        return float(squared_error(pred, y))
    except (OverflowError, TypeError):
        return pred if isinstance(pred, ExcelError) else NUM
