"""The cells of a sheet that both workbooks hold."""

import math
from collections.abc import Callable, Iterable
from functools import cache

from xlsgd.reading.cells import Cell, CellValue, Formula
from xlsgd.reading.contents import Book
from xlsgd.reading.grammar import TRUTHS, Area, canonical
from xlsgd.reading.number_formats import canonical_format
from xlsgd.reading.rows import ReadColumn, ReadRows
from xlsgd.reading.volatile import Cells
from xlsgd.symbols.references import address, relative, spelled_as_relative
from xlsgd.verifying.comparing.comparison import Comparison, Difference, SheetSummary
from xlsgd.verifying.comparing.sides import side_by_side

Reader = Callable[..., Iterable[Cell | ReadRows]]
"""What reads a worksheet, given the archive, the part and the shared strings."""


class SheetPair:
    """A sheet that both workbooks hold, while its cells are compared."""

    def __init__(
        self, name: str, original: Book, copy: Book, volatile: tuple[Cells, Cells], result: Comparison
    ) -> None:
        self.name = name
        self.original, self.copy = original, copy
        self.volatile = volatile
        self.result = result
        self.summary: SheetSummary = result.summary(name)
        self._are_alike = cache(self._find_alike)

    def compare(self, read: Reader) -> None:
        """Walk over both sheets at once, so that neither is ever held whole."""
        sides = (read(book.archive, book.sheets[self.name], book.strings) for book in (self.original, self.copy))
        self._walk(*sides)

    def _walk(self, first: Iterable[Cell | ReadRows], second: Iterable[Cell | ReadRows]) -> None:
        for one, other in side_by_side(first, second):
            if isinstance(one, ReadRows) and isinstance(other, ReadRows):
                self.compare_rows(one, other)
            elif isinstance(one, Cell) and isinstance(other, Cell):
                self._compare_pair(one, other)
            elif isinstance(one, Cell):
                self.summary.only_in_original += 1
                self._report(one, _kind(one), _content(one), None)
            elif isinstance(other, Cell):
                self.summary.only_in_copy += 1
                self._report(other, _kind(other), None, _content(other))

    def compare_rows(self, one: ReadRows, other: ReadRows) -> None:
        """Compare rows with the same numbers: their columns at once where only numbers may differ."""
        if not self._are_alike(one.columns, other.columns) or self._may_change(one):
            self._walk(one.cells(), other.cells())
            return
        apart = [
            (row, column)
            for column, (mine, theirs) in enumerate(zip(one.values, other.values, strict=True))
            if mine != theirs
            for row, (a, b) in enumerate(zip(mine, theirs, strict=True))
            if not self.is_equal(a, b)
        ]
        same = one.height * len(one.columns) - len(apart)
        self.summary.compared += same
        self.summary.equal += same
        for row, column in sorted(apart):
            self._compare_pair(one.cell(row, column), other.cell(row, column))

    def _find_alike(self, mine: tuple[ReadColumn, ...], theirs: tuple[ReadColumn, ...]) -> bool:
        """Say whether columns differ in nothing but perhaps their numbers."""
        return len(mine) == len(theirs) and all(map(self._is_alike, mine, theirs))

    def _is_alike(self, one: ReadColumn, other: ReadColumn) -> bool:
        if one.formula and other.formula:
            is_same = _same_formula(one.formula, other.formula)
        else:
            is_same = one.formula is other.formula
        return is_same and one.number == other.number and self._same_format(one.style, other.style)

    def _may_change(self, rows: ReadRows) -> bool:
        """Say whether one of some rows' cells is volatile in either file."""
        left, right = rows.columns[0].number, rows.columns[-1].number
        area = Area(self.name.upper(), rows.first, left, rows.first + rows.height - 1, right)
        return any(cells.meets(area) for cells in self.volatile)

    def _report(self, cell: Cell, kind: str, original: CellValue, copy: CellValue) -> None:
        self.result.report(Difference(self.name, address(cell.row, cell.column), kind, original, copy))

    def _compare_pair(self, one: Cell, other: Cell) -> None:
        before = self.summary.differences.total()
        self.compare_cells(one, other)
        self.summary.compared += 1
        self.summary.equal += self.summary.differences.total() == before

    def compare_cells(self, one: Cell, other: Cell) -> None:
        """Compare two cells that both hold something."""
        one, other = _as_constant(one, other), _as_constant(other, one)
        if one.formula and other.formula:
            if not _same_formula(one.formula, other.formula):
                self._report(one, "formula", _content(one), _content(other))
            self.compare_values(one, other)
        elif one.formula or other.formula or not self.is_equal(one.value, other.value):
            self._report(one, _kind(one), _content(one), _content(other))
        if not self._same_format(one.style, other.style):
            self._report(one, "number format", self.original.format(one.style), self.copy.format(other.style))

    def _same_format(self, one: int, other: int) -> bool:
        mine, theirs = self.original.format(one), self.copy.format(other)
        return mine == theirs or canonical_format(mine) == canonical_format(theirs)

    def compare_values(self, one: Cell, other: Cell) -> None:
        """Compare the cached values of two formulas, where the original has one that stays."""
        if any(cells.holds(self.name.upper(), one.row, one.column) for cells in self.volatile):
            self.summary.volatile += 1
        elif one.value is None:
            self.summary.without_value += 1
        elif not self.is_equal(one.value, other.value):
            self._report(one, "value", one.value, other.value)

    def is_equal(self, one: CellValue, other: CellValue) -> bool:
        """Say whether two values are of one type and the same, numbers within the tolerance."""
        if type(one) is not type(other):
            return False
        if isinstance(one, float) and isinstance(other, float):
            return one == other or math.isclose(one, other, rel_tol=self.result.tolerance)
        return one == other


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
    return one[3:] == other[3:] and parsed(one.text, one.row, one.column) == parsed(other.text, other.row, other.column)


def parsed(formula: str, row: int, column: int) -> tuple[str, list[str]]:
    """Return what is equal of two formulas that parse alike, each in its own cell, and of no others."""
    return canonical(relative(formula, row, column)), spelled_as_relative(formula)
