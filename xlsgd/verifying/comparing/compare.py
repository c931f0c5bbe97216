"""Two workbooks, cell by cell: does the copy hold everything that the original holds?

A copy may hold more, never less and never something else, so what is missing or different is kept apart from what is
extra. No macro is run and nothing is recalculated: formulas are compared as parsed, values as the files hold them.
"""

import re
from pathlib import Path

from xlsgd.errors import InputError
from xlsgd.reading.cells import read_cells
from xlsgd.reading.charts import read_charts
from xlsgd.reading.contents import Book, frozen_pane, read_book
from xlsgd.reading.package import open_package
from xlsgd.reading.rows import read_rows
from xlsgd.reading.volatile import Cells, volatile_cells
from xlsgd.verifying.comparing.charts import differences, paired
from xlsgd.verifying.comparing.comparison import WHOLE, Comparison, Difference
from xlsgd.verifying.comparing.sheets import Reader, SheetPair, parsed

TOLERANCE = 1e-12
PRINT_TITLES = "_XLNM.PRINT_TITLES"
PART_OF_UNION = re.compile(r"(?:'(?:[^']|'')*+'|[^,'])++")


def compare(original: str | Path, copy: str | Path, tolerance: float = TOLERANCE) -> Comparison:
    """Compare two workbooks (.xlsx or .xlsm), sheet by sheet under the sheets' names.

    Numbers are equal when they are so to the bit or within the relative `tolerance`. Values are compared where both
    cells hold formulas, number formats where both hold something.

    Raises:
        InputError: a file cannot be used as a workbook, or the tolerance is no number from 0 to below 1.
    """
    if not 0 <= tolerance < 1:
        raise InputError(f"tolerance {tolerance}: give a relative difference from 0 to below 1, like 1e-12")
    with open_package(original) as first, open_package(copy) as second:
        books = read_book(first), read_book(second)
        volatile = volatile_cells(books[0]), volatile_cells(books[1])
        files = str(original), str(copy)
        try:
            return _compared(books, volatile, Comparison(*files, tolerance), read_rows)
        except InputError:  # the parser alone tells of damage as it stands in the file
            return _compared(books, volatile, Comparison(*files, tolerance), read_cells)


def _compared(books: tuple[Book, Book], volatile: tuple[Cells, Cells], result: Comparison, read: Reader) -> Comparison:
    _compare_order(*books, result)
    _compare_dates(*books, result)
    for name in dict.fromkeys((*books[0].sheets, *books[1].sheets)):
        _compare_sheets(name, *books, volatile, result, read)
    _compare_names(*books, result)
    return result


def _compare_order(original: Book, copy: Book, result: Comparison) -> None:
    """Compare the order of the sheets that both workbooks hold."""
    expected = [name for name in original.sheets if name in copy.sheets]
    found = [name for name in copy.sheets if name in original.sheets]
    if expected != found:
        result.report(Difference(WHOLE, "", "sheet order", ", ".join(expected), ", ".join(found)))


def _compare_dates(original: Book, copy: Book, result: Comparison) -> None:
    """Compare which day the numbers of dates count from: where it is another, every date is."""
    expected, found = (1904.0 if book.settings.date1904 else 1900.0 for book in (original, copy))
    if expected != found:
        result.report(Difference(WHOLE, "", "date system", expected, found))


def _compare_names(original: Book, copy: Book, result: Comparison) -> None:
    """Compare the defined names; those of the original that are hidden or point nowhere are only counted."""
    hidden = {key for key, name in original.names.items() if name.hidden}
    broken = {key for key, name in original.names.items() if "#REF!" in name.text} - hidden
    if hidden:
        result.notes.append(f"not compared: {len(hidden)} hidden names of the original")
    if broken:
        result.notes.append(f"not compared: {len(broken)} names of the original that point to #REF!")
    for scope, name in dict.fromkeys((*original.names, *copy.names)):
        sides = [book.names.get((scope, name)) for book in (original, copy)]
        texts = [side and f"={side.text}" for side in sides]
        if (scope, name) not in hidden | broken and _parsed(name, texts[0]) != _parsed(name, texts[1]):
            result.report(Difference(scope, name, "name", *texts))


def _parsed(name: str, text: str | None) -> tuple[str, list[str]] | None:
    """Return a name's formula as parsed; what is relative in it counts from A1.

    Of print titles, rows and columns, it is all one which come first.
    """
    formula = text and text.removeprefix("=")
    if formula and name == PRINT_TITLES:
        formula = ",".join(sorted(PART_OF_UNION.findall(formula)))
    return parsed(formula, 1, 1) if formula is not None else None


def _compare_sheets(
    name: str, original: Book, copy: Book, volatile: tuple[Cells, Cells], result: Comparison, read: Reader
) -> None:
    """Compare the sheets of one name, which either workbook may lack."""
    summary = result.summary(name)
    if name not in copy.sheets:
        result.report(Difference(name, "", "sheet", name, None))
        summary.only_in_original = sum(1 for _ in read_cells(original.archive, original.sheets[name], original.strings))
    elif name not in original.sheets:
        result.report(Difference(name, "", "sheet", None, name))
        summary.only_in_copy = sum(1 for _ in read_cells(copy.archive, copy.sheets[name], copy.strings))
    else:
        _compare_panes(name, original, copy, result)
        _compare_charts(name, original, copy, result)
        SheetPair(name, original, copy, volatile, result).compare(read)


def _compare_panes(name: str, original: Book, copy: Book, result: Comparison) -> None:
    expected, found = (frozen_pane(book.archive, book.sheets[name]) or None for book in (original, copy))
    if expected != found:
        result.report(Difference(name, expected or found or "", "frozen pane", expected, found))


def _compare_charts(name: str, original: Book, copy: Book, result: Comparison) -> None:
    """Compare each chart of the original with the one of the copy that is most like it."""
    sides = (read_charts(book.archive, book.sheets[name]) for book in (original, copy))
    for one, other in paired(*sides):
        for found in differences(name, one, other):
            result.report(found)
