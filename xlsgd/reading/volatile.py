"""Which cells change at every recalculation: those that call RAND and its like, and all that depend on them."""

import re
import sys
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from xlsgd.errors import InputError
from xlsgd.reading.cells import read_cells
from xlsgd.reading.contents import Book
from xlsgd.reading.grammar import Area, areas, is_volatile, names
from xlsgd.reading.name_graph import NameGraph, NameKey
from xlsgd.reading.package import chunks

VOLATILE_SIGNS = (b"RAND", b"NOW", b"TODAY", b"&#", b"<!", b"\0")
"""What a worksheet's bytes hold, in capitals, where it calls a volatile function, or is not written plainly."""

INSTRUCTION, DECLARATION = b"<?", b"<?XML "

ANYTHING = b"<"
PLAIN = re.compile(r"[A-Za-z0-9_. -]+")
OVERLAP = 2**10  # more than the longest name
MAX_SWEEPS = 200
MOST_LOOKS, SWEEPS_ALIKE = 5_000_000, 10
"""How many columns are looked up at most: so many, and for each area that is referred to so many more."""

MAX_ROUNDS = 20
MOST_SIGNS = 50
"""How many names are looked for at once, each of which is tried at every byte of a sheet."""


class Placed(NamedTuple):
    """A formula of `references.relative` and where it stands, the sheet in capitals."""

    sheet: str
    row: int
    column: int
    text: str


class Cells:
    """A set of cells that answers whether any of them lies in an area; `looked` counts what that took."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.looked = 0

    def add(self, sheet: str, row: int, column: int) -> None:
        """Add a cell that is not in the set."""
        insort(self.rows[sheet, column], row)

    def holds(self, sheet: str, row: int, column: int) -> bool:
        """Say whether the set holds a cell."""
        return self.meets(Area(sheet, row, column, row, column))

    def meets(self, area: Area) -> bool:
        """Say whether the set holds any cell of an area, on any sheet where the area says none."""
        columns = range(area.left, area.right + 1)
        if not area.sheet or len(columns) > len(self.rows):
            self.looked += len(self.rows)
            keys = [key for key in self.rows if key[0] == (area.sheet or key[0]) and key[1] in columns]
        else:
            self.looked += len(columns)
            keys = [(area.sheet, column) for column in columns if (area.sheet, column) in self.rows]
        return any(self._has_row(self.rows[key], area) for key in keys)

    @staticmethod
    def _has_row(rows: list[int], area: Area) -> bool:
        first = bisect_left(rows, area.top)
        return first < len(rows) and rows[first] <= area.bottom


class _TooTangled(Exception):
    """The search takes longer than any real workbook's would."""


class _Search:
    """The volatile cells found so far, in sweeps over the formulas, and the names that lead to one."""

    def __init__(self, graph: NameGraph) -> None:
        self.found = Cells()
        self._graph = graph
        self._leading = set(graph.volatile)
        self._areas = 0
        self._is_first = True

    def sweep(self, formulas: Iterable[Placed]) -> list[Placed]:
        """Find what refers to something found before; return what does not."""
        still = []
        for formula in formulas:
            if is_volatile(formula.text) or self._refers(formula):
                self.found.add(formula.sheet, formula.row, formula.column)
            else:
                still.append(formula)
        self._is_first = False
        return still

    def _refers(self, formula: Placed) -> bool:
        own = areas(formula.text, formula.row, formula.column)
        if self._any_meets([area._replace(sheet=area.sheet or formula.sheet) for area in own]):
            return True
        keys = (self._graph.meant(sheet or formula.sheet, name) for sheet, name in names(formula.text))
        return any(self._leads(key) for key in keys if key is not None)

    def _leads(self, key: NameKey) -> bool:
        """Say whether a name leads to a found cell, which is looked for anew only while it does not."""
        if key not in self._leading:
            behind = (self._graph.definitions[other].areas for other in self._graph.behind(key))
            if self._any_meets([area for each in behind for area in each]):
                self._leading.add(key)
        return key in self._leading

    def _any_meets(self, looked_for: list[Area]) -> bool:
        self._areas += self._is_first * len(looked_for)
        if self.found.looked > MOST_LOOKS + SWEEPS_ALIKE * self._areas:
            raise _TooTangled
        return any(map(self.found.meets, looked_for))


def volatile_cells(book: Book) -> Cells:
    """Return the cells of a workbook whose value another recalculation may change.

    A cell that refers to such a cell, in an area or by a name, is one itself. Table columns and references across
    several sheets at once are not followed.

    Raises:
        InputError: a worksheet is damaged, or its formulas refer to each other in too tangled a way.
    """
    graph = NameGraph(book)
    search, waiting = _Search(graph), _formulas(book, _suspects(book, graph))
    try:
        # Alternate directions: a chain that runs down or up the rows is followed in one sweep.
        for _ in range(MAX_SWEEPS):
            still = search.sweep(waiting)
            if len(still) == len(waiting):
                return search.found
            waiting = still[::-1]
    except _TooTangled:
        pass
    raise InputError(f"{book.archive.filename}: its volatile formulas refer to each other in too tangled a way")


def _suspects(book: Book, graph: NameGraph) -> set[str]:
    """Return the sheets, in capitals, that may hold volatile cells, found by bytes alone: far faster than by parsing.

    Those are the sheets in which a volatile function stands, and all in which such a sheet or a name that leads to one
    is mentioned. Where that takes many rounds, or many names, every sheet with a formula may be one.
    """
    found: set[str] = set()
    leading = set(graph.volatile)
    signs = [*VOLATILE_SIGNS, *_signs_of_names(graph, leading)]
    for last in (False,) * MAX_ROUNDS + (True,):
        signs = [ANYTHING] if last else signs
        sheets = [name for name, part in book.sheets.items() if name.upper() not in found and _has(book, part, signs)]
        if not sheets:
            break
        found |= {name.upper() for name in sheets}
        more = graph.leading_to(_to_sheets(graph, found)) - leading
        leading |= more
        signs = [sign for name in sheets for sign in _signs_of_sheet(name)] + _signs_of_names(graph, more)
    return found


def _to_sheets(graph: NameGraph, sheets: set[str]) -> Iterator[NameKey]:
    """Yield the names whose formulas refer to one of some sheets, or to one that they do not name."""
    for key, definition in graph.definitions.items():
        if any(not area.sheet or area.sheet in sheets for area in definition.areas):
            yield key


def _signs_of_names(graph: NameGraph, keys: set[NameKey]) -> list[bytes]:
    """Return what a sheet holds that mentions one of some names."""
    written = {graph.definitions[key].written for key in keys}
    return [ANYTHING] if len(written) > MOST_SIGNS else [*map(_sign_of_name, written)]


def _signs_of_sheet(name: str) -> list[bytes]:
    """Return what stands, in capitals, in every formula that refers to a sheet: one or the other.

    For a name as written that has other letters, as ß, whose capitals are SS, or signs that XML spells otherwise, it is
    what stands in a reference to any sheet.
    """
    capitals = name.encode().upper()
    return [capitals + b"!", capitals + b"'!"] if PLAIN.fullmatch(name) else [b"!"]


def _sign_of_name(name: str) -> bytes:
    return name.encode().upper() if PLAIN.fullmatch(name) else ANYTHING


def _has(book: Book, part: str, signs: Sequence[bytes]) -> bool:
    """Say whether a part holds one of some signs, in whatever case, or an instruction."""
    tail = b""
    for chunk in chunks(book.archive, part):
        capitals = (tail + chunk).upper()
        if any(sign in capitals for sign in signs):
            return True
        if INSTRUCTION in capitals and capitals.count(INSTRUCTION) > capitals.count(DECLARATION):
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
