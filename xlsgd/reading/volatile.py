"""Which cells change at every recalculation: those that call RAND and its like, and all that depend on them."""

import re
import sys
from bisect import bisect_left, insort
from collections import defaultdict
from typing import NamedTuple

from xlsgd.errors import InputError
from xlsgd.reading.cells import read_cells
from xlsgd.reading.contents import Book
from xlsgd.reading.grammar import Area, areas, is_volatile, names
from xlsgd.reading.package import chunks
from xlsgd.references import relative

MAYBE_VOLATILE = re.compile(rb"RAND|NOW|TODAY|&#|\x00", re.IGNORECASE)
OVERLAP = 8
MAX_SWEEPS = 200


class Placed(NamedTuple):
    """A formula of `references.relative` and where it stands, the sheet in capitals."""

    sheet: str
    row: int
    column: int
    text: str


class Cells:
    """A set of cells that answers whether any of them lies in an area."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, int], list[int]] = defaultdict(list)

    def add(self, sheet: str, row: int, column: int) -> None:
        """Add a cell that is not in the set."""
        insort(self.rows[sheet, column], row)

    def holds(self, sheet: str, row: int, column: int) -> bool:
        """Say whether the set holds a cell."""
        return self.meets(Area(sheet, row, column, row, column))

    def meets(self, area: Area) -> bool:
        """Say whether the set holds any cell of an area."""
        columns = range(area.left, area.right + 1)
        if len(columns) > len(self.rows):
            keys = [key for key in self.rows if key[0] == area.sheet and key[1] in columns]
        else:
            keys = [(area.sheet, column) for column in columns if (area.sheet, column) in self.rows]
        return any(self._has_row(self.rows[key], area) for key in keys)

    @staticmethod
    def _has_row(rows: list[int], area: Area) -> bool:
        first = bisect_left(rows, area.top)
        return first < len(rows) and rows[first] <= area.bottom


def volatile_cells(book: Book) -> Cells:
    """Return the cells of a workbook whose value another recalculation may change.

    A cell that refers to such a cell, in an area or by a name, is one itself. Table columns and references across
    several sheets at once are not followed.

    Raises:
        InputError: a worksheet is damaged, or its formulas refer to each other in too tangled a way.
    """
    found = Cells()
    if not _may_be_volatile(book):
        return found
    definitions = {(scope.upper(), name): relative(item.text, 1, 1) for (scope, name), item in book.names.items()}
    waiting = _formulas(book)
    # Alternate directions: a chain that runs down or up the rows is followed in one sweep.
    for _ in range(MAX_SWEEPS):
        still = []
        for formula in waiting:
            if is_volatile(formula.text) or _refers(formula, found, definitions):
                found.add(formula.sheet, formula.row, formula.column)
            else:
                still.append(formula)
        if len(still) == len(waiting):
            return found
        waiting = still[::-1]
    raise InputError(f"{book.archive.filename}: its volatile formulas refer to each other in too tangled a way")


def _may_be_volatile(book: Book) -> bool:
    """Look for a volatile function's name in the bytes, which is far faster than parsing every formula."""
    if any(is_volatile(relative(name.text, 1, 1)) for name in book.names.values()):
        return True
    for part in book.sheets.values():
        tail = b""
        for chunk in chunks(book.archive, part):
            if MAYBE_VOLATILE.search(tail + chunk):
                return True
            tail = chunk[-OVERLAP:]
    return False


def _formulas(book: Book) -> list[Placed]:
    """Return every formula; copies of one share their text."""
    placed = []
    for name, part in book.sheets.items():
        for cell in read_cells(book.archive, part, book.strings):
            if cell.formula is not None:
                placed.append(Placed(name.upper(), cell.row, cell.column, sys.intern(cell.formula.relative())))
    return placed


def _refers(formula: Placed, found: Cells, definitions: dict[tuple[str, str], str]) -> bool:
    """Say whether a formula refers to a found cell, itself or through names."""
    waiting, followed = [formula], set()
    while waiting:
        one = waiting.pop()
        for area in areas(one.text, one.row, one.column):
            if found.meets(area._replace(sheet=area.sheet or formula.sheet)):
                return True
        for sheet, name in names(one.text):
            text = definitions.get((sheet or formula.sheet, name)) or definitions.get(("", name), "")
            if is_volatile(text):
                return True
            if text not in followed:
                followed.add(text)
                waiting.append(Placed(formula.sheet, 1, 1, text))
    return False


def volatile_names(book: Book) -> frozenset[str]:
    """Return the defined names, in capitals, that stand for what changes at every recalculation, or for such a name."""
    texts = {name.upper(): relative(item.text, 1, 1) for (_, name), item in book.names.items()}
    found = {name for name, text in texts.items() if is_volatile(text)}
    while more := {name for name, text in texts.items() if name not in found and _mentions(text, found)}:
        found |= more
    return frozenset(found)


def _mentions(text: str, found: set[str]) -> bool:
    return any(name.upper() in found for _, name in names(text))
