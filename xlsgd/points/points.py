"""The data points: the lesson's 29, or a user's own from a CSV file or a workbook, checked."""

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from xlsgd.errors import InputError
from xlsgd.points.disk_column import DiskColumn
from xlsgd.points.workbook_rows import WORKBOOKS, Record, uncalculated, workbook_records
from xlsgd.symbols.references import MAX_ROW

MAX_ROWS = MAX_ROW - 77
"""The most points that fit: a sheet's rows less three above the points and 74 for the footer and the error list."""

FORMULA_STARTS = ("=", "+", "-", "@")
EMPTY = frozenset((None, ""))
CHUNK = 1000
"""How many rows are read before they are put into their columns."""


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


def read_points(path: Path) -> Points:
    """Read the columns x and y of a CSV file or of a workbook's first sheet.

    A CSV file's columns are parted by comma, semicolon or tab; rows that are entirely empty at its end do not count.
    Of the points some thousands are held in memory, the others lie in a temporary file (see `DiskColumn`).

    Raises:
        InputError: the file cannot be read, a column is missing, or a cell is no finite number; it names the row. Or
            there is no room for a temporary file.
    """
    is_workbook = path.suffix.lower() in WORKBOOKS
    records = workbook_records(path, MAX_ROWS + 2) if is_workbook else _csv_records(path)
    try:
        return _points(path, records)
    except io.UnsupportedOperation as error:  # it is read twice
        raise InputError(f"{path}: is a pipe; write the points into a file and give that") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not text in UTF-8; save it as CSV UTF-8 or give an .xlsx file") from error
    except csv.Error as error:
        raise InputError(f"{path}: is not a CSV file: {error}") from error


def _points(path: Path, records: Iterator[Record]) -> Points:
    _, header = next(records, (0, ()))
    places = _find_columns(path, header)
    points = _plain_points(path, len(header), places) or _collected(_pairs(path, records, *places))
    if not len(points.x):
        raise InputError(f"{path}: no rows below the header; give at least one x and y")
    return points


def _plain_points(path: Path, width: int, places: tuple[int, int]) -> Points | None:
    """Return the points the fast way, if the file is a CSV file of nothing but plain numbers."""
    if path.suffix.lower() in WORKBOOKS:
        return None
    from xlsgd.points.plain_csv import plain_columns

    columns = plain_columns(path, width, places, MAX_ROWS)
    return Points(*columns) if columns else None


def _collected(pairs: Iterator[tuple[float, float]]) -> Points:
    x, y = DiskColumn(), DiskColumn()
    while chunk := list(islice(pairs, CHUNK)):
        for column, values in zip((x, y), zip(*chunk, strict=True), strict=True):
            column.extend(values)
    return Points(x, y)


def _pairs(path: Path, records: Iterator[Record], x_column: int, y_column: int) -> Iterator[tuple[float, float]]:
    for count, (number, cells) in enumerate(_without_empty_tail(path, records), start=1):
        _refuse_formulas(path, number, cells)
        x, y = _number(path, number, "x", cells, x_column), _number(path, number, "y", cells, y_column)
        if count > MAX_ROWS:
            raise InputError(f"{path}: more than {MAX_ROWS:,} rows do not fit on a sheet; give fewer")
        yield x, y


def _find_columns(path: Path, header: Sequence[Any]) -> tuple[int, int]:
    formulas = uncalculated(path, 1) if None in header else {}
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
        what = calculate if column in uncalculated(path, number) else "is blank; give a number"
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
        if not EMPTY.issuperset(record[1]):
            yield from empty
            empty.clear()
            yield record
        elif len(empty) < 2:
            empty.append(record)
    yield from (record for record in empty if uncalculated(path, record[0]))


def _csv_records(path: Path) -> Iterator[Record]:
    from xlsgd.points.plain_csv import delimiter_of

    with path.open(newline="", encoding="utf-8-sig") as file:
        delimiter = delimiter_of(file.readline())
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        header = next(reader, [])
        yield reader.line_num, header
        for cells in reader:
            if any(map(str.strip, cells[len(header) :])):  # a decimal comma has moved what follows it
                raise InputError(
                    f"{path}: row {reader.line_num}: {len(cells)} cells under a header of {len(header)}; a comma "
                    "within a number? Part columns by semicolons, or write numbers with a point"
                )
            yield reader.line_num, cells
