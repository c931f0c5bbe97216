"""The data points: the lesson's 29, or a user's own from a CSV file or a workbook, checked."""

import csv
import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from xlsgd.errors import InputError
from xlsgd.references import MAX_ROW

MAX_ROWS = MAX_ROW - 77
"""The most points that fit: a sheet's rows less three above the points and 74 for the footer and the error list."""

FORMULA_STARTS = ("=", "+", "-", "@")
WORKBOOKS = (".xlsx", ".xlsm")


class Points(NamedTuple):
    """Data points: x and y of the same length, one row of a training sheet each."""

    x: Sequence[float]
    y: Sequence[float]


def plain_points(points: Points) -> Points:
    """Return the points as Python's numbers: NumPy's would be computed and spelled another way."""
    if not any(hasattr(column, "dtype") for column in points):
        return points
    return Points(*(list(map(float, column)) for column in points))


LESSON_X = (
    14, 86, 28, 51, 28, 29, 72, 62, 84, 15, 42, 62, 47, 35, 9,
    38, 44, 99, 13, 21, 28, 20, 8, 64, 99, 70, 27, 17, 8,
)  # fmt: skip
LESSON_POINTS = Points(LESSON_X, tuple(2 * x + 30 for x in LESSON_X))
"""The lesson's points, on the line y = 2x + 30 without noise (course sheets, A4:B32)."""

Record = tuple[int, Sequence[Any]]
"""A row's number in its file, from 1, and its cells."""


def read_points(path: Path) -> Points:
    """Read the columns x and y of a CSV file or of a workbook's first sheet.

    A CSV file's columns are parted by comma, semicolon or tab; rows that are entirely empty at its end do not count.

    Raises:
        InputError: the file cannot be read, a column is missing, or a cell is no finite number; it names the row.
    """
    reader = _workbook_records if path.suffix.lower() in WORKBOOKS else _csv_records
    records = reader(path)
    try:
        return _points(path, records)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not text in UTF-8; save it as CSV UTF-8 or give an .xlsx file") from error
    except csv.Error as error:
        raise InputError(f"{path}: is not a CSV file: {error}") from error


def _points(path: Path, records: Iterator[Record]) -> Points:
    _, header = next(records, (0, ()))
    x_column, y_column = _find_columns(path, header)
    xs, ys = array("d"), array("d")
    for number, cells in _without_empty_tail(path, records):
        _refuse_formulas(path, number, cells)
        xs.append(_number(path, number, "x", cells, x_column))
        ys.append(_number(path, number, "y", cells, y_column))
        if len(xs) > MAX_ROWS:
            raise InputError(f"{path}: more than {MAX_ROWS:,} rows do not fit on a sheet; give fewer")
    if not xs:
        raise InputError(f"{path}: no rows below the header; give at least one x and y")
    return Points(xs, ys)


def _find_columns(path: Path, header: Sequence[Any]) -> tuple[int, int]:
    formulas = _uncalculated(path, 1) if None in header else {}
    names = ["" if cell is None else str(cell).strip() for cell in header]
    names = [formulas.get(column, name) for column, name in enumerate(names)]
    for name in names:
        if name.startswith(FORMULA_STARTS):
            raise InputError(f"{path}: header {name!r} starts like a formula; rename that column")
    for wanted in ("x", "y"):
        found = names.count(wanted)
        if found != 1:
            what = "no column" if not found else "more than one column"
            shown = ", ".join(names[:8]) or "nothing"
            raise InputError(f"{path}: {what} {wanted!r} in the first row ({shown}); give one column x and one y")
    return names.index("x"), names.index("y")


def _refuse_formulas(path: Path, number: int, cells: Sequence[Any]) -> None:
    for cell in cells:
        if isinstance(cell, str) and cell.lstrip().startswith(FORMULA_STARTS) and not _is_number(cell):
            raise InputError(f"{path}: row {number}: {cell!r} starts like a formula; give numbers")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _number(path: Path, number: int, name: str, cells: Sequence[Any], column: int) -> float:
    cell = cells[column] if column < len(cells) else None
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        calculate = "holds a formula without a value; open and save the file in a spreadsheet program first"
        what = calculate if column in _uncalculated(path, number) else "is blank; give a number"
        raise InputError(f"{path}: row {number}: column {name} {what}")
    if isinstance(cell, (date, time, timedelta)):
        kind = "date" if isinstance(cell, date) else "time"
        raise InputError(f"{path}: row {number}: column {name} holds a {kind}, {cell}; give a number")
    try:
        if isinstance(cell, bool) or (isinstance(cell, str) and "_" in cell):
            raise ValueError
        value = float(cell)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{path}: row {number}: column {name} holds {cell!r}, not a number") from None
    if not math.isfinite(value):
        raise InputError(f"{path}: row {number}: column {name} holds {cell}; give a finite number")
    return value


def _without_empty_tail(path: Path, records: Iterable[Record]) -> Iterator[Record]:
    """Yield the records, but empty ones only where a filled one follows, or where formulas were not calculated."""
    empty: list[Record] = []
    for record in records:
        if any(cell not in (None, "") for cell in record[1]):
            yield from empty
            empty.clear()
            yield record
        elif len(empty) < 2:
            empty.append(record)
    yield from (record for record in empty if _uncalculated(path, record[0]))


def _csv_records(path: Path) -> Iterator[Record]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        start = file.readline()
        delimiter = max(",;\t", key=start.count)
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        for cells in reader:
            yield reader.line_num, cells


def _workbook_records(path: Path) -> Iterator[Record]:
    import openpyxl

    from xlsgd.reading.package import open_package

    with open_package(path):
        pass
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its extent may be wrong, and rows would be lost
        yield from islice(enumerate(sheet.iter_rows(values_only=True), start=1), MAX_ROWS + 2)
    except Exception as error:  # openpyxl lets many kinds of exception out on a damaged file
        raise InputError(f"{path}: cannot be read as a workbook: {error}") from error


def _uncalculated(path: Path, number: int) -> dict[int, str]:
    """Return a row's formulas that hold no value, by column from 0; a program that does not calculate left them so."""
    if path.suffix.lower() not in WORKBOOKS:
        return {}
    import openpyxl

    rows = []
    for by_value in (False, True):
        book = openpyxl.load_workbook(path, read_only=True, data_only=by_value, keep_links=False)
        book.worksheets[0].reset_dimensions()
        rows.append(next(book.worksheets[0].iter_rows(min_row=number, max_row=number), ()))
        book.close()
    return {
        column: getattr(formula.value, "text", None) or str(formula.value)  # an array's formula is an object
        for column, (formula, cached) in enumerate(zip(*rows, strict=True))
        if formula.data_type == "f" and cached.value is None and cached.data_type != "str"  # that is an empty text
    }
