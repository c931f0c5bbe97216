"""A user's points from a CSV file or a workbook, checked."""

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from xlsgd.errors import InputError
from xlsgd.points.disk_column import DiskColumn
from xlsgd.points.points import Points
from xlsgd.points.workbook_rows import WORKBOOKS, NumberedCells, uncalculated, workbook_records
from xlsgd.symbols.references import MAX_ROW

MAX_ROWS = MAX_ROW - 77
"""The most points that fit: a sheet's rows less three above the points and 74 for the footer and the error list."""

FORMULA_STARTS = ("=", "+", "-", "@")
EMPTY = frozenset((None, ""))
CHUNK = 1000
"""How many rows are read before they are put into their columns."""


def read_points(path: Path, names: Sequence[str] = ("x", "y")) -> Points:
    """Read columns of a CSV file or of a workbook's first sheet.

    A CSV file's columns are parted by comma, semicolon or tab; rows that are entirely empty at its end do not count.
    Of the points some thousands are held in memory, the others lie in a temporary file (see `DiskColumn`).

    Args:
        path: the file.
        names: the columns' headings in its first row; other columns are left out.

    Raises:
        InputError: the file cannot be read, a column is missing, or a cell is no finite number; it names the row. Or
            there is no room for a temporary file.
    """
    is_workbook = path.suffix.lower() in WORKBOOKS
    records = workbook_records(path, MAX_ROWS + 2) if is_workbook else _csv_records(path)
    try:
        return _points(path, records, names)
    except io.UnsupportedOperation as error:  # it is read twice
        raise InputError(f"{path}: is a pipe; write the points into a file and give that") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not text in UTF-8; save it as CSV UTF-8 or give an .xlsx file") from error
    except csv.Error as error:
        raise InputError(f"{path}: is not a CSV file: {error}") from error


def _points(path: Path, records: Iterator[NumberedCells], names: Sequence[str]) -> Points:
    _, header = next(records, (0, ()))
    places = _find_columns(path, header, names)
    columns = _plain_columns(path, len(header), places)
    columns = columns or _collected(_rows(path, records, dict(zip(names, places, strict=True))))
    if not columns:
        raise InputError(f"{path}: no rows below the header; give at least one {_listed(names)}")
    return Points(**dict(zip(names, columns, strict=True)))


def _plain_columns(path: Path, width: int, places: Sequence[int]) -> list[DiskColumn] | None:
    """Return the columns the fast way, if the file is a CSV file of nothing but plain numbers."""
    if path.suffix.lower() in WORKBOOKS:
        return None
    from xlsgd.points.plain_csv import plain_columns

    return plain_columns(path, width, places, MAX_ROWS)


def _collected(rows: Iterator[tuple[float, ...]]) -> list[DiskColumn]:
    columns: list[DiskColumn] = []
    while chunk := list(islice(rows, CHUNK)):
        columns = columns or [DiskColumn() for _ in chunk[0]]
        for column, values in zip(columns, zip(*chunk, strict=True), strict=True):
            column.extend(values)
    return columns


def _rows(path: Path, records: Iterator[NumberedCells], places: Mapping[str, int]) -> Iterator[tuple[float, ...]]:
    for count, (number, cells) in enumerate(_without_empty_tail(path, records), start=1):
        _refuse_formulas(path, number, cells)
        row = tuple(_number(path, number, name, cells, column) for name, column in places.items())
        if count > MAX_ROWS:
            raise InputError(f"{path}: more than {MAX_ROWS:,} rows do not fit on a sheet; give fewer")
        yield row


def _listed(names: Sequence[str]) -> str:
    """Return names in words: `x and y`."""
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _find_columns(path: Path, header: Sequence[Any], wanted: Sequence[str]) -> list[int]:
    formulas = uncalculated(path, 1) if None in header else {}
    names = ["" if cell is None else str(cell).strip() for cell in header]
    names = [formulas.get(column, name) for column, name in enumerate(names)]
    for name in names:
        if name.startswith(FORMULA_STARTS):
            raise InputError(f"{path}: header {name!r} starts like a formula; rename that column")
    for name in wanted:
        found = names.count(name)
        if found != 1:
            what = "no column" if not found else "more than one column"
            shown = ", ".join(names[:8]) or "nothing"
            each = " and ".join(f"one column {each}" for each in wanted)
            raise InputError(f"{path}: {what} {name!r} in the first row ({shown}); give {each}")
    return [names.index(name) for name in wanted]


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


def _without_empty_tail(path: Path, records: Iterable[NumberedCells]) -> Iterator[NumberedCells]:
    """Yield the records, but empty ones only where a filled one follows, or where formulas were not calculated."""
    empty: list[NumberedCells] = []
    for record in records:
        if not EMPTY.issuperset(record[1]):
            yield from empty
            empty.clear()
            yield record
        elif len(empty) < 2:
            empty.append(record)
    yield from (record for record in empty if uncalculated(path, record[0]))


def _csv_records(path: Path) -> Iterator[NumberedCells]:
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
