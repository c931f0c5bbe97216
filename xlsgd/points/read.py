"""A user's points from a CSV file or a workbook, checked."""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from os import PathLike
from pathlib import Path
from typing import IO

from xlsgd.errors import InputError
from xlsgd.points.disk_column import DiskColumn
from xlsgd.points.header import FIRST_ROWS, FORMULA_STARTS, cells_of, header_among, names_in, places_of
from xlsgd.points.plain_csv import delimiter_of, plain_columns
from xlsgd.points.points import Points
from xlsgd.points.source import Source, opened
from xlsgd.points.typed_number import SIGNED, typed_number
from xlsgd.points.workbook_rows import NumberedCells, Uncalculated, is_date, is_date_or_time, workbook_records
from xlsgd.symbols.references import MAX_ROW

MAX_ROWS = MAX_ROW - 77
"""The most points that fit: a sheet's rows less three above the points and 74 for the footer and the error list."""

EMPTY = frozenset((None, ""))
LONGEST_LINE = 2**20
"""How many characters a line of a CSV file may have."""

CHUNK = 1000
"""How many rows are read before they are put into their columns."""


def read_points(
    path: str | PathLike[str],
    names: Sequence[str] = ("x", "y"),
    *,
    worksheet: str | None = None,
    decimal: str | None = None,
    **columns: str,
) -> Points:
    """Read columns of a table: of a CSV file, of a workbook's worksheet, or of standard input.

    A CSV file's columns are parted by comma, semicolon or tab; rows that are entirely empty at its end do not count.
    The header is the first row with all names, in whatever case; a title may stand above it. Thousands may be parted by
    commas, spaces or apostrophes. Of the points some thousands are held in memory, the others in a temporary file.

    Args:
        path: a .csv, .xlsx, .xlsm or (with LibreOffice) .ods file, a pipe, or `-` for standard input.
        names: the columns that are wanted, such as a model's inputs and targets; others are left out.
        worksheet: which of a workbook's worksheets; its first if None.
        decimal: the decimal separator, `.` or `,`; a point if None.
        columns: what a wanted column is called in the file where that is another name: `x="area"`.

    Raises:
        InputError: the file cannot be read, a column is missing, or a cell is no finite number; it names the row. Or
            there is no room for a temporary file.
    """
    unknown = [name for name in columns if name not in names]
    if unknown:
        raise InputError(
            f"`{unknown[0]}` {columns[unknown[0]]}: there is no such column; wanted are {', '.join(names)}"
        )
    with opened(Path(path), worksheet, decimal) as source:
        try:
            return _points(source, {name: columns.get(name, name) for name in names})
        except OSError as error:
            raise InputError(f"{source}: cannot be read: {error.strerror or error}") from error
        except UnicodeDecodeError as error:
            raise InputError(f"{source}: is not text in UTF-8; save it as CSV UTF-8 or give an .xlsx file") from error
        except csv.Error as error:
            raise InputError(f"{source}: is not a CSV file: {error}") from error


def _points(source: Source, columns: Mapping[str, str]) -> Points:
    above, records = _from_header(source, list(columns.values()))
    number, header = next(records, (1, {}))
    names = names_in(header)
    places = places_of(source, number, names, columns)
    found = _plain_columns(source, above, len(names), places)
    found = found or _collected(_rows(source, records, {names[place]: place for place in places}))
    if not found:
        raise InputError(f"{source}: no rows below the header; give at least one {_listed(list(columns))}")
    return Points(**dict(zip(columns, found, strict=True)))


def _from_header(source: Source, wanted: Sequence[str]) -> tuple[int, Iterator[NumberedCells]]:
    """Return how many lines stand above the header, and the records from it on."""
    if not source.is_workbook:
        with source.path.open(newline="", encoding="utf-8-sig") as file:
            above = header_among(list(map(cells_of, islice(_lines(source, file), FIRST_ROWS))), wanted)
        return above, _csv_records(source, above)
    records = workbook_records(source)
    first = list(islice(records, FIRST_ROWS))
    above = header_among([cells for _, cells in first], wanted)
    return above, chain(first[above:], records)


def _plain_columns(source: Source, above: int, width: int, places: Sequence[int]) -> list[DiskColumn] | None:
    """Return the columns the fast way, if the file is a CSV file of nothing but plain numbers."""
    if source.is_workbook or source.decimal == ",":
        return None
    found = plain_columns(source.path, width, places, MAX_ROWS, above)
    if found and len(found[0]) > MAX_ROWS:
        raise _too_many(source)
    return found


def _too_many(source: Source) -> InputError:
    return InputError(f"{source}: more than {MAX_ROWS:,} rows do not fit on a sheet; give fewer")


def _collected(rows: Iterator[tuple[float, ...]]) -> list[DiskColumn]:
    columns: list[DiskColumn] = []
    while chunk := list(islice(rows, CHUNK)):
        columns = columns or [DiskColumn() for _ in chunk[0]]
        for column, values in zip(columns, zip(*chunk, strict=True), strict=True):
            column.extend(values)
    return columns


def _rows(source: Source, records: Iterator[NumberedCells], places: Mapping[str, int]) -> Iterator[tuple[float, ...]]:
    for count, (number, cells) in enumerate(_without_empty_tail(source, records), start=1):
        _refuse_formulas(source, number, cells.values())
        row = tuple(_number(source, number, name, cells, column) for name, column in places.items())
        if count > MAX_ROWS:
            raise _too_many(source)
        yield row


def _listed(names: Sequence[str]) -> str:
    """Return names in words: `x and y`."""
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _refuse_formulas(source: Source, number: int, cells: Iterable[object]) -> None:
    for cell in cells:
        if isinstance(cell, str) and cell.lstrip().startswith(FORMULA_STARTS) and not _is_meant_as_number(cell.strip()):
            raise InputError(f"{source}: row {number}: {cell!r} starts like a formula; give numbers")


def _is_meant_as_number(text: str) -> bool:
    try:
        return SIGNED.fullmatch(text) is not None or float(text) is not None
    except ValueError:
        return False


def _number(source: Source, number: int, name: str, cells: Mapping[int, object], column: int) -> float:
    cell = cells.get(column)
    where = f"{source}: row {number}: column {name}"
    if isinstance(cell, Uncalculated):
        raise InputError(
            f"{where} holds a formula without a value; open and save the file in a spreadsheet program first"
        )
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        raise InputError(f"{where} is blank; give a number")
    if is_date_or_time(cell):
        raise InputError(f"{where} holds a {'date' if is_date(cell) else 'time'}, {cell}; give a number")
    try:
        value = typed_number(cell, source.decimal) if isinstance(cell, str) else _plain(cell)
    except ValueError as error:
        raise InputError(f"{where} holds {error}") from None
    if not math.isfinite(value):
        raise InputError(f"{where} holds {cell}; give a finite number")
    return value


def _plain(cell: object) -> float:
    if not isinstance(cell, (int, float)) or isinstance(cell, bool):
        raise ValueError(f"{cell!r}, not a number")
    return float(cell)


def _without_empty_tail(source: Source, records: Iterable[NumberedCells]) -> Iterator[NumberedCells]:
    """Yield the records, but empty ones only where a filled one follows."""
    empty: list[NumberedCells] = []
    for record in records:
        if not EMPTY.issuperset(record[1].values()):
            yield from empty
            empty.clear()
            yield record
        elif len(empty) < 2:
            empty.append(record)


def _lines(source: Source, file: IO[str]) -> Iterator[str]:
    """Yield the lines of a file, none of them endless."""
    lines = iter(lambda: file.readline(LONGEST_LINE + 1), "")
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_LINE:
            raise InputError(f"{source}: line {number:,} is longer than {LONGEST_LINE:,} characters; give a CSV file")
        yield line


def _csv_records(source: Source, above: int) -> Iterator[NumberedCells]:
    """Yield the rows of a CSV file from its header on, above which so many lines stand."""
    with source.path.open(newline="", encoding="utf-8-sig") as file:
        lines = islice(_lines(source, file), above, None)
        first = next(lines, "")
        reader = csv.reader(chain([first], lines), delimiter=delimiter_of(first), strict=True)
        header = next(reader, [])
        yield above + reader.line_num, dict(enumerate(header))
        for cells in reader:
            number = above + reader.line_num
            if any(map(str.strip, cells[len(header) :])):  # a decimal comma has moved what follows it
                raise InputError(
                    f"{source}: row {number}: {len(cells)} cells under a header of {len(header)}; a comma "
                    "within a number? Part columns by semicolons, or write numbers with a point"
                )
            yield number, dict(enumerate(cells))
