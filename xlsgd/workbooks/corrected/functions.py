"""Functions that the corrected sheets need beside `xlsgd.functions`: on floats, on checked numbers and on cells.

All of them are in Excel 2010, LibreOffice and Google Sheets, and none is volatile.
"""

import math
from collections.abc import Callable, Sequence

from xlsgd.functions import Value, count, total
from xlsgd.symbols.checked import ExcelError, plain
from xlsgd.symbols.expression import Cell, call


def maximum(x: Value, y: Value) -> Value:
    """Return the greater of two numbers (Excel's `MAX`); of checked ones an error, if there is one."""
    if isinstance(x, Cell) or isinstance(y, Cell):
        return call("MAX", x, y)
    return _chosen(max, x, y)


def greatest(column: Sequence[Value]) -> Value:
    """Return the greatest number of a column (Excel's `MAX` of its range)."""
    if isinstance(column[0], Cell):
        return call("MAX", column[0].to(column[-1]))
    return _chosen(max, *column)


def rounded(x: Value, digits: int) -> Value:
    """Return a number to that many decimal places (Excel's `ROUND`)."""
    if isinstance(x, Cell):
        return call("ROUND", x, digits)
    number = plain(x)
    return x if isinstance(number, ExcelError) else round(number, digits)


def cos_pi(x: Value) -> Value:
    """Return the cosine of `x` times pi (Excel's `COS(PI()*x)`)."""
    if isinstance(x, Cell):
        return call("COS", call("PI") * x)
    number = plain(x)
    return x if isinstance(number, ExcelError) else math.cos(math.pi * number)


def mean(column: Value) -> Value:
    """Return the mean of a column (Excel's `SUM` over `COUNT`)."""
    in_cells = isinstance(column, list) and isinstance(column[0], Cell)
    values = column[0].to(column[-1]) if in_cells else column
    return total(values) / count(values)


def match_exactly(wanted: float, row: Sequence[Value]) -> Value:
    """Return the position, from 1, of the first value that equals `wanted` (Excel's `MATCH(wanted,row,0)`)."""
    if isinstance(row[0], Cell):
        return call("MATCH", wanted, row[0].to(row[-1]), 0)
    return float([plain(value) for value in row].index(wanted) + 1)


def index(cells: Sequence[Value], position: Value) -> Value:
    """Return the cell at a position, from 1, of a row or column (Excel's `INDEX`)."""
    if isinstance(cells[0], Cell):
        return call("INDEX", cells[0].to(cells[-1]), position)
    return cells[int(plain(position)) - 1]


def _chosen(choose: Callable[..., Value], *values: Value) -> Value:
    errors = [value for value in values if isinstance(plain(value), ExcelError)]
    return errors[0] if errors else choose(values, key=plain)
