"""What a spreadsheet computes from a column, on sequences of numbers: floats, spreadsheet's numbers, arrays, tensors.

Sums are plain, from the first row to the last, as Excel's and IronCalc's are; LibreOffice's are compensated.
"""

import operator
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import Any

from xlsgd.symbols.checked import NOT_AVAILABLE, ExcelError, plain


def total(column: Iterable[Any]) -> Any:
    """Return the sum."""
    return reduce(operator.add, column, 0.0)


def sum_of_squares(column: Iterable[Any]) -> Any:
    """Return the sum of the squares."""
    return reduce(lambda squares, x: squares + x * x, column, 0.0)


def sum_of_products(x: Iterable[Any], mean_x: Any, y: Iterable[Any], mean_y: Any) -> Any:
    """Return the sum of the products of two columns' deviations from two numbers."""
    return total((x_i - mean_x) * (y_i - mean_y) for x_i, y_i in zip(x, y, strict=True))


def products(x: Iterable[Any], y: Iterable[Any]) -> Any:
    """Return the sum of the products of two columns or rows."""
    return total(x_i * y_i for x_i, y_i in zip(x, y, strict=True))


def total_unless(column: Iterable[Any], excluded: Any, summed: Iterable[Any]) -> Any:
    """Return the sum of those of a second column beside which the first holds another value than the excluded."""
    return total(value for own, value in zip(column, summed, strict=True) if plain(own) != plain(excluded))


def extreme(choose: Callable[..., Any]) -> Callable[[Sequence[Any]], Any]:
    """Return what gives the least or the greatest of a column, or its first error if there is one."""

    def chosen(column: Sequence[Any]) -> Any:
        errors = (value for value in column if isinstance(plain(value), ExcelError))
        return next(errors, None) or choose(column, key=plain)

    return chosen


def match(wanted: Any, column: Sequence[Any]) -> Any:
    """Return the position, from 1, of the last value not above `wanted`, or `#N/A`: `MATCH` without its third argument.

    It halves the range as if it were sorted and stops where it meets the value.
    """
    wanted, low, high = plain(wanted), 0, len(column) - 1
    while low <= high:
        middle = (low + high) // 2
        here = float(plain(column[middle]))
        if here == wanted:
            return float(middle + 1)
        low, high = (middle + 1, high) if here < wanted else (low, middle - 1)
    return float(high + 1) if high >= 0 else NOT_AVAILABLE


def match_exactly(wanted: Any, column: Iterable[Any]) -> Any:
    """Return the position, from 1, of the first value that equals `wanted`, or `#N/A`."""
    values = [plain(value) for value in column]
    return float(values.index(plain(wanted)) + 1) if plain(wanted) in values else NOT_AVAILABLE


def count_equal(column: Iterable[Any], wanted: Any) -> float:
    """Return how many values equal `wanted`."""
    return float(sum(plain(value) == plain(wanted) for value in column))


def entry(column: Sequence[Any], position: Any) -> Any:
    """Return the value at a position, from 1; an error in its place is handed on."""
    if isinstance(plain(position), ExcelError):
        return position
    return column[int(plain(position)) - 1]


def to_the_right(cells: Sequence[Any], places: Any) -> Any:
    """Return the value that many places right of the first."""
    return cells[int(plain(places))]
