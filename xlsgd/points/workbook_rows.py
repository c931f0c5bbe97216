"""The rows of a workbook that holds a user's points."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from xlsgd.errors import InputError, choose
from xlsgd.points.source import Source

NumberedCells = tuple[int, Sequence[Any]]
"""A row's number in its file, from 1, and its cells."""


def workbook_records(source: Source, most: int) -> Iterator[NumberedCells]:
    """Yield the rows of a workbook's worksheet from its first, formulas by their values.

    Args:
        source: the workbook, and which worksheet is meant.
        most: how many rows to read at most.

    Raises:
        InputError: the file is no workbook, or a damaged one; or it has no such worksheet, or its first one is hidden
            and nothing says which one is meant.
    """
    from xlsgd.reading.package import open_package

    with open_package(source.path):
        pass
    try:
        sheet = _worksheet(source, by_value=True)
        yield from islice(enumerate(sheet.iter_rows(values_only=True), start=1), most)
    except InputError:
        raise
    except Exception as error:  # openpyxl lets many kinds of exception out on a damaged file
        raise InputError(f"{source}: cannot be read as a workbook: {error}") from error


def _worksheet(source: Source, by_value: bool) -> Any:
    import openpyxl

    book = openpyxl.load_workbook(source.path, read_only=True, data_only=by_value, keep_links=False)
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    first = next(iter(sheets.values()))
    if source.worksheet is None and first.sheet_state != "visible":
        names = ", ".join(map(repr, sheets))
        raise InputError(f"{source}: its first worksheet, {first.title!r}, is hidden; give `worksheet`, of {names}")
    name = source.worksheet if source.worksheet is not None else first.title
    sheet = sheets[choose("worksheet", name, sheets, f"{source}: ")]
    sheet.reset_dimensions()  # what the file says of its extent may be wrong, and rows would be lost
    return sheet


def uncalculated(source: Source, number: int) -> dict[int, str]:
    """Return a row's formulas that hold no value, by column from 0; a program that does not calculate left them so."""
    if not source.is_workbook:
        return {}
    rows = []
    for by_value in (False, True):
        sheet = _worksheet(source, by_value)
        rows.append(next(sheet.iter_rows(min_row=number, max_row=number), ()))
        sheet.parent.close()
    return {
        column: getattr(formula.value, "text", None) or str(formula.value)  # an array's formula is an object
        for column, (formula, cached) in enumerate(zip(*rows, strict=True))
        if formula.data_type == "f" and cached.value is None and cached.data_type != "str"  # that is an empty text
    }
