"""The rows of a workbook that holds a user's points."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from xlsgd.errors import InputError

WORKBOOKS = (".xlsx", ".xlsm")

NumberedCells = tuple[int, Sequence[Any]]
"""A row's number in its file, from 1, and its cells."""


def workbook_records(path: Path, most: int) -> Iterator[NumberedCells]:
    """Yield the rows of a workbook's first sheet from its first, formulas by their values.

    Args:
        path: the workbook.
        most: how many rows to read at most.

    Raises:
        InputError: the file is no workbook, or a damaged one.
    """
    import openpyxl

    from xlsgd.reading.package import open_package

    with open_package(path):
        pass
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its extent may be wrong, and rows would be lost
        yield from islice(enumerate(sheet.iter_rows(values_only=True), start=1), most)
    except Exception as error:  # openpyxl lets many kinds of exception out on a damaged file
        raise InputError(f"{path}: cannot be read as a workbook: {error}") from error


def uncalculated(path: Path, number: int) -> dict[int, str]:
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
