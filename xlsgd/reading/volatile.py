"""Which cells change at every recalculation: those that call RAND and its like, and all that depend on them."""

import re
import sys
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from xlsgd.errors import InputError
from xlsgd.reading.cells import read_cells
from xlsgd.reading.contents import Book
from xlsgd.reading.grammar import Area, areas, is_volatile, names
from xlsgd.reading.package import chunks
from xlsgd.symbols.references import relative

VOLATILE_SIGNS = rb"RAND|NOW|TODAY|&#|<!|<\?(?!xml )|\x00"
"""What a worksheet's bytes hold where it calls a volatile function, or where it is not written plainly."""

ANYTHING = b"<"
PLAIN = re.compile(r"[A-Za-z0-9_. -]+")
OVERLAP = 2**10  # more than the longest name
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
    definitions = {(scope.upper(), name): relative(item.text, 1, 1) for (scope, name), item in book.names.items()}
    suspects = _suspects(book, definitions)
    waiting = _formulas(book, suspects)
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


def _suspects(book: Book, definitions: Mapping[tuple[str, str], str]) -> set[str]:
    """Return the sheets, in capitals, that may hold volatile cells, found by bytes alone: far faster than by parsing.

    Those are the sheets in which a volatile function stands, and all in which such a sheet or a name that leads to one
    is mentioned.
    """
    written = {(scope.upper(), name): item.written for (scope, name), item in book.names.items()}
    found: set[str] = set()
    names_found = {key for key, text in definitions.items() if is_volatile(text)}
    signs = [VOLATILE_SIGNS, *(_sign_of_name(written[key]) for key in names_found)]
    while signs:
        pattern = re.compile(b"|".join(signs), re.IGNORECASE)
        sheets = [name for name, part in book.sheets.items() if name.upper() not in found and _has(book, part, pattern)]
        found |= {name.upper() for name in sheets}
        leading = {name for _, name in names_found}
        more = {key for key in definitions.keys() - names_found if _leads_to(definitions[key], found, leading)}
        names_found |= more
        signs = [*map(_sign_of_sheet, sheets), *(_sign_of_name(written[key]) for key in more)]
    return found


def _leads_to(text: str, sheets: set[str], leading: set[str]) -> bool:
    """Say whether a name's formula refers to one of some sheets, or to one of some names."""
    refers = any(not area.sheet or area.sheet in sheets for area in areas(text, 1, 1))
    return refers or any(name in leading for _, name in names(text))


def _sign_of_sheet(name: str) -> bytes:
    """Return what every formula that refers to a sheet holds, as a regular expression.

    For a name as written that has other letters, as ß, whose capitals are SS, or signs that XML spells otherwise, it is
    what stands in a reference to any sheet.
    """
    return re.escape(name.encode()) + b"'?!" if PLAIN.fullmatch(name) else b"!"


def _sign_of_name(name: str) -> bytes:
    return re.escape(name.encode()) if PLAIN.fullmatch(name) else ANYTHING


def _has(book: Book, part: str, pattern: re.Pattern[bytes]) -> bool:
    tail = b""
    for chunk in chunks(book.archive, part):
        if pattern.search(tail + chunk):
            return True
        tail = chunk[-OVERLAP:]
    return False


def _formulas(book: Book, sheets: set[str]) -> list[Placed]:
    """Return every formula of some sheets; copies of one share their text."""
    placed = []
    for name, part in book.sheets.items():
        for cell in read_cells(book.archive, part, book.strings) if name.upper() in sheets else ():
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
