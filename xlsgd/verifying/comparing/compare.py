"""Two workbooks, cell by cell: does the copy hold everything that the original holds?

A copy may hold more, never less and never something else, so what is missing or different is kept apart from what is
extra. No macro is run and nothing is recalculated: formulas are compared as parsed, values as the files hold them.
"""

import math
import re
from collections.abc import Iterator
from pathlib import Path

from xlsgd.errors import InputError
from xlsgd.reading.cells import Cell, CellValue, Formula, read_cells
from xlsgd.reading.charts import read_charts
from xlsgd.reading.contents import Book, frozen_pane, read_book
from xlsgd.reading.grammar import TRUTHS, canonical
from xlsgd.reading.number_formats import canonical_format
from xlsgd.reading.package import open_package
from xlsgd.reading.volatile import Cells, volatile_cells
from xlsgd.symbols.references import address, relative
from xlsgd.verifying.comparing.charts import differences, paired
from xlsgd.verifying.comparing.comparison import WHOLE, Comparison, Difference, SheetSummary

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
        result = Comparison(str(original), str(copy), tolerance)
        _compare_order(*books, result)
        _compare_dates(*books, result)
        volatile = volatile_cells(books[0]), volatile_cells(books[1])
        for name in dict.fromkeys((*books[0].sheets, *books[1].sheets)):
            _compare_sheets(name, *books, volatile, result)
        _compare_names(*books, result)
        return result


def _compare_order(original: Book, copy: Book, result: Comparison) -> None:
    """Compare the order of the sheets that both workbooks hold."""
    expected = ", ".join(name for name in original.sheets if name in copy.sheets)
    found = ", ".join(name for name in copy.sheets if name in original.sheets)
    if expected != found:
        result.report(Difference(WHOLE, "", "sheet order", expected, found))


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


def _parsed(name: str, text: str | None) -> str | None:
    """Return a name's formula as parsed; what is relative in it counts from A1.

    Of print titles, rows and columns, it is all one which come first.
    """
    formula = text and text.removeprefix("=")
    if formula and name == PRINT_TITLES:
        formula = ",".join(sorted(PART_OF_UNION.findall(formula)))
    return formula and canonical(relative(formula, 1, 1))


def _compare_sheets(name: str, original: Book, copy: Book, volatile: tuple[Cells, Cells], result: Comparison) -> None:
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
        _SheetPair(name, original, copy, volatile, result).compare()


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


class _SheetPair:
    """A sheet that both workbooks hold, while its cells are compared."""

    def __init__(
        self, name: str, original: Book, copy: Book, volatile: tuple[Cells, Cells], result: Comparison
    ) -> None:
        self.name = name
        self.original, self.copy = original, copy
        self.volatile = volatile
        self.result = result
        self.summary: SheetSummary = result.summary(name)

    def compare(self) -> None:
        """Walk over both sheets at once, so that neither is ever held whole."""
        cells = (read_cells(book.archive, book.sheets[self.name], book.strings) for book in (self.original, self.copy))
        for one, other in _paired(*cells):
            if one and other:
                before = self.summary.differences.total()
                self.compare_cells(one, other)
                self.summary.compared += 1
                self.summary.equal += self.summary.differences.total() == before
            elif one:
                self.summary.only_in_original += 1
                self.report(one, _kind(one), _content(one), None)
            elif other:
                self.summary.only_in_copy += 1
                self.report(other, _kind(other), None, _content(other))

    def report(self, cell: Cell, kind: str, original: CellValue, copy: CellValue) -> None:
        self.result.report(Difference(self.name, address(cell.row, cell.column), kind, original, copy))

    def compare_cells(self, one: Cell, other: Cell) -> None:
        """Compare two cells that both hold something."""
        one, other = _as_constant(one, other), _as_constant(other, one)
        if one.formula and other.formula:
            if not _same_formula(one.formula, other.formula):
                self.report(one, "formula", _content(one), _content(other))
            self.compare_values(one, other)
        elif one.formula or other.formula or not self.is_equal(one.value, other.value):
            self.report(one, _kind(one), _content(one), _content(other))
        formats = self.original.format(one.style), self.copy.format(other.style)
        if formats[0] != formats[1] and canonical_format(formats[0]) != canonical_format(formats[1]):
            self.report(one, "number format", *formats)

    def compare_values(self, one: Cell, other: Cell) -> None:
        """Compare the cached values of two formulas, where the original has one that stays."""
        if any(cells.holds(self.name.upper(), one.row, one.column) for cells in self.volatile):
            self.summary.volatile += 1
        elif one.value is None:
            self.summary.without_value += 1
        elif not self.is_equal(one.value, other.value):
            self.report(one, "value", one.value, other.value)

    def is_equal(self, one: CellValue, other: CellValue) -> bool:
        """Say whether two values are of one type and the same, numbers within the tolerance."""
        if type(one) is not type(other):
            return False
        if isinstance(one, float) and isinstance(other, float):
            return one == other or math.isclose(one, other, rel_tol=self.result.tolerance)
        return one == other


def _paired(first: Iterator[Cell], second: Iterator[Cell]) -> Iterator[tuple[Cell | None, Cell | None]]:
    """Yield the cells of both sheets at one address, row by row; None stands for a cell that holds nothing."""
    one, other = next(first, None), next(second, None)
    while one or other:
        if other is None or (one is not None and one[:2] < other[:2]):
            yield one, None
            one = next(first, None)
        elif one is None or other[:2] < one[:2]:
            yield None, other
            other = next(second, None)
        else:
            yield one, other
            one, other = next(first, None), next(second, None)


def _as_constant(cell: Cell, partner: Cell) -> Cell:
    """Return a truth value that stands as a formula, which is how LibreOffice saves it, as that value beside one."""
    is_beside_one = cell.formula and not partner.formula and isinstance(partner.value, bool)
    if is_beside_one and cell.formula and canonical(cell.formula.relative()) in TRUTHS:
        return cell._replace(formula=None)
    return cell


def _kind(cell: Cell) -> str:
    if cell.formula:
        return "formula"
    return "label" if type(cell.value) is str else "constant"


def _content(cell: Cell) -> CellValue:
    return cell.formula.spelled(cell.row, cell.column) if cell.formula else cell.value


def _same_formula(one: Formula, other: Formula) -> bool:
    """Say whether two formulas parse alike, each at its own place."""
    if one == other:
        return True
    return one.array == other.array and canonical(one.relative()) == canonical(other.relative())
