"""The rows of a workbook that holds a user's points."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from xlsgd.errors import InputError, choose
from xlsgd.points.source import Source
from xlsgd.reading.cells import Cell, DateText
from xlsgd.reading.contents import Book, read_book
from xlsgd.reading.package import hidden_sheets, open_package
from xlsgd.reading.values import read_values

NumberedCells = tuple[int, Mapping[int, Any]]
"""A row's number in its file, from 1, and what its cells hold, by column from 0; an empty one is left out."""


class Uncalculated(NamedTuple):
    """What a cell holds whose formula has no value: a program that does not calculate left it so."""

    formula: str

    def __str__(self) -> str:
        return f"={self.formula}"


def workbook_records(source: Source) -> Iterator[NumberedCells]:
    """Yield the rows of a workbook's worksheet from its first, formulas by their values.

    A cell holds a number, a text, a truth value, a date or a time, or `Uncalculated`.

    Args:
        source: the workbook, and which worksheet is meant.

    Raises:
        InputError: the file is no workbook, or a damaged one; or it has no such worksheet, or its first one is hidden
            and nothing says which one is meant.
    """
    try:
        with open_package(source.path) as archive:
            book = read_book(archive)
            cells = read_values(archive, book.sheets[_worksheet(source, book)], book.strings)
            yield from _rows(book, cells)
    except InputError as error:
        raise InputError(str(error).replace(str(source.path), source.name, 1)) from error


def _worksheet(source: Source, book: Book) -> str:
    first = next(iter(book.sheets))
    if source.worksheet is None and first in hidden_sheets(book.archive):
        names = ", ".join(map(repr, book.sheets))
        raise InputError(f"{source}: its first worksheet, {first!r}, is hidden; give `worksheet`, of {names}")
    return choose("worksheet", source.worksheet or first, book.sheets, f"{source.name}: ")


def _rows(book: Book, cells: Iterable[Cell]) -> Iterator[NumberedCells]:
    """Yield each row, those that the file leaves out as empty ones."""
    number, row = 1, dict[int, Any]()
    for cell in cells:
        while number < cell.row:
            yield number, row
            number, row = number + 1, {}
        row[cell.column - 1] = _content(book, cell)
    yield number, row


def _content(book: Book, cell: Cell) -> Any:
    if cell.value is None:
        return Uncalculated(cell.formula.text if cell.formula else "")
    if isinstance(cell.value, float) and cell.style:
        return _number_or_date(cell.value, book.format(cell.style), book.settings.date1904)
    return cell.value


def _number_or_date(value: float, code: str, since_1904: bool) -> float | date | time | timedelta | DateText:
    """Return what a number is shown as; of a date that no calendar has, its number as `DateText`."""
    is_date, is_duration = _kind(code)
    if not is_date:
        return value
    from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

    try:
        epoch = MAC_EPOCH if since_1904 else WINDOWS_EPOCH
        shown: date | time | timedelta = from_excel(value, epoch, is_duration)
        return shown
    except (ValueError, OverflowError):
        return DateText(f"number {value:g}")


@lru_cache
def _kind(code: str) -> tuple[bool, bool]:
    from openpyxl.styles.numbers import is_date_format, is_timedelta_format  # slow to import

    return is_date_format(code), is_timedelta_format(code)


def is_date_or_time(content: Any) -> bool:
    """Say whether a cell holds one."""
    return isinstance(content, (date, time, timedelta, DateText))


def is_date(content: Any) -> bool:
    """Say whether a cell holds a date, with a time or without."""
    return isinstance(content, (date, datetime, DateText))
