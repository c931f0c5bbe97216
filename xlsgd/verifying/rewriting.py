"""A worksheet's XML with other values in its formula cells, read by the parser that reads every value.

What says where a cell begins and ends, which formula it has and which value, is `reading.cells`, on real XML:
attributes in any order, positions left out, CDATA, what follows a value. The bytes between the cells stay as they are.
"""

import re
from collections.abc import Container, Sequence
from html import escape
from typing import NamedTuple

from xlsgd.reading.cells import Cell, CellValue, Formula, SheetReader
from xlsgd.reading.grammar import is_volatile, names
from xlsgd.reading.streams import parser_for
from xlsgd.symbols.references import address, relative
from xlsgd.verifying.formula_cells import Formulas
from xlsgd.verifying.limits import SHORT, check_depth, check_formula, check_text

POISON = b"-987654321.0625"

START_OF_ROWS = re.compile(rb"<(?:[\w.-]+:)?sheetData\b[^<>]*>")
START_TAG = re.compile(rb"""<(?P<ns>(?:[\w.-]+:)?)c\b(?P<attributes>(?:"[^"]*"|'[^']*'|[^/>"']|/(?!>))*+)/?>""")
NAME = re.compile(rb"<([^\s/>]+)")
TYPE = re.compile(rb"""(?<!\s)\s++t\s*+=\s*+(?:"[^"]*"|'[^']*')""")
NO_STYLE = re.compile(
    rb"""(<(?:[\w.-]+:)?(?:c|row)\b(?:[^<>\s]++|\s++(?!s\s*+=\s*+(?:""|'')))*+)\s++s\s*+=\s*+(?:""|'')"""
)
WORD = re.compile(r"[\w.\\?]+")
VOLATILE_WORDS = ("RAND", "NOW", "TODAY")
"""Without one of these, or a name that stands for one, no formula changes by itself."""

MANY_NAMES = 50
"""From how many changing names on each formula's words are looked at, instead of each name looked for in every text."""


class Clock:
    """Tells which formulas change at every recalculation, given the names that stand for such a thing, in capitals."""

    def __init__(self, changing: frozenset[str] = frozenset()) -> None:
        self._changing = changing
        self._words = [word.encode() for word in (*VOLATILE_WORDS, *changing)]
        self._is_sought = len(changing) < MANY_NAMES and all(map(str.isascii, changing))  # bytes have ASCII's capitals
        self._known: dict[str, bool] = {}

    def may_run_in(self, text: bytes) -> bool:
        """Look for the words alone, which is far faster than parsing every formula."""
        capitals = text.upper()
        return not self._is_sought or any(word in capitals for word in self._words)

    def changes(self, formula: str) -> bool:
        """Return whether a formula changes by itself: by a function that it calls, or by a name that stands for one."""
        if formula not in self._known:
            self._known[formula] = self._is_changing(formula)
        return self._known[formula]

    def _is_changing(self, formula: str) -> bool:
        capitals = formula.upper()
        if self._changing.isdisjoint(WORD.findall(capitals)) and not any(word in capitals for word in VOLATILE_WORDS):
            return False
        spelled = relative(formula, 1, 1)
        return is_volatile(spelled) or any(name.upper() in self._changing for _, name in names(spelled))


class _Element(NamedTuple):
    """Where a row or a cell that must be rewritten begins, and where the parser told of the end of a formula cell.

    `address` is what it should say of its place where it says nothing, `formula` where a formula of its own begins and
    its end was told.
    """

    begin: int
    address: str = ""
    end: int = -1
    cell: Cell | None = None
    formula: tuple[int, int] | None = None


class SheetRewriter(SheetReader):
    """Notes each formula cell of a sheet and gives back its rows with a wrong value in each, or with it pinned.

    Args:
        found: where the cells are noted.
        strings: the workbook's shared strings.
        clock: tells what is volatile, and so pinned.
        pinned: positions that are pinned, too, and are not noted: a cell of a range by that of its first cell.
    """

    def __init__(
        self, found: Formulas, strings: Sequence[str], clock: Clock, pinned: Container[tuple[int, int]]
    ) -> None:
        super().__init__(strings)
        self._found = found
        self._clock = clock
        self._pinned = pinned
        self._head = b""
        self._begin = self._formula_begin = self._formula_end = -1
        self._elements: list[_Element] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note where a cell and its formula begin."""
        super().start(name, attributes)
        tag = self.tags.get(name)
        if tag == "c":
            self._begin, self._formula_begin = self.parser.CurrentByteIndex, -1
        elif tag == "row" and "r" not in attributes:
            self._elements.append(_Element(self.parser.CurrentByteIndex, str(self.row)))
        elif tag == "f" and not self.skips:
            self._formula_begin = self.parser.CurrentByteIndex

    def end(self, name: str) -> None:
        """Note where they end."""
        super().end(name)
        tag = self.tags.get(name)
        if tag == "f" and not self.skips:
            self._formula_end = self.parser.CurrentByteIndex
        elif tag == "c":
            self._end_cell(self.cells.pop() if self.cells else None)

    def _parsed_formula(self) -> Formula | None:
        if self.formula_text and (len(self.formula_text) > 1 or len(self.formula_text[0]) > SHORT):
            check_formula("".join(self.formula_text), address(self.row, self.column))
        return super()._parsed_formula()

    def _parsed_value(self) -> CellValue:
        value = super()._parsed_value()
        if type(value) is str:
            check_text(value, address(self.row, self.column))
        return value

    def _end_cell(self, cell: Cell | None) -> None:
        place = "" if "r" in self.cell else address(self.row, self.column)
        if cell and cell.formula is not None:
            own = (self._formula_begin, self._formula_end) if self._formula_begin >= 0 else None
            self._elements.append(_Element(self._begin, place, self.parser.CurrentByteIndex, cell, own))
        elif place:
            self._elements.append(_Element(self._begin, place))

    def begin_with(self, text: bytes) -> None:
        """Keep what stands before the first row, without which no later one can be parsed."""
        if not self._head and (start := START_OF_ROWS.search(text)):
            self._head = text[: start.end()]

    def skip(self, text: bytes, row: int) -> None:
        """Go on after some rows that were read by other means, of which `row` is the last."""
        self.begin_with(text)
        self.row = row

    @property
    def is_between_arrays(self) -> bool:
        """Whether no range reaches beyond the rows read so far."""
        return all(bottom <= self.row for _, _, bottom, _, _ in self.arrays)

    def rewritten(self, text: bytes) -> bytes:
        """Return the next rows, whole ones, rewritten; the first of them come with what stands before them.

        Raises:
            expat.ExpatError: the XML is damaged.
            ValueError: what a cell holds is none of Excel's; the message names the cell.
            BeyondExcel: it is more than Excel takes.
        """
        check_depth(text)
        head = self._head
        self.begin_with(text)
        parser_for(self).Parse(head + text, not text.rstrip().endswith(b"row>"))
        if b"s=" in text and NO_STYLE.search(text):
            return NO_STYLE.sub(rb"\1", self._put_together(text, len(head)))
        return self._put_together(text, len(head))

    def _put_together(self, text: bytes, offset: int) -> bytes:
        pieces, done = [], 0
        for element in self._elements:
            begin = element.begin - offset
            end = _end_of(text, begin, element.end - offset) if element.cell else _name_at(text, begin).end()
            new = self._cell(element, text, offset, end) if element.cell else text[begin:end]
            pieces += [text[done:begin], _with_address(new, element.address) if element.address else new]
            done = end
        self._elements.clear()
        return b"".join((*pieces, text[done:]))

    def _cell(self, element: _Element, text: bytes, offset: int, end: int) -> bytes:
        begin = first = last = element.begin - offset
        if element.formula:
            first = element.formula[0] - offset
            last = _end_of(text, first, element.formula[1] - offset)
        cell = element.cell
        assert cell is not None and cell.formula is not None
        if self._stands_still(cell, cell.formula):
            return text[begin:first] + text[last:end]
        tag = START_TAG.match(text, begin)
        assert tag is not None
        ns, attributes = tag["ns"], TYPE.sub(b"", tag["attributes"].rstrip())
        own = self._own_formula(cell, cell.formula, ns) or text[first:last]
        if not own:  # a range is filled by its first cell, and for some engines not where anything stands already
            return b"<%bc%b/>" % (ns, attributes)
        return b"<%bc%b>%b<%bv>%b</%bv></%bc>" % (ns, attributes, own, ns, POISON, ns, ns)

    def _stands_still(self, cell: Cell, formula: Formula) -> bool:
        """Note a cell, and return whether it keeps its value."""
        position = cell.row, cell.column
        if formula.array:
            self._found.arrays[position] = formula
        if self._clock.changes(formula.text):
            self._found.volatile += 1
            return True
        if cell.value is None:
            self._found.without_value += 1
            return False
        if ((formula.row, formula.column) if formula.array else position) in self._pinned:
            return True
        self._found.add(*position, cell.value)
        return False

    def _own_formula(self, cell: Cell, formula: Formula, ns: bytes) -> bytes:
        """Return a formula's element in full where a cell shares the formula of one that is pinned, else nothing."""
        origin = formula.row, formula.column
        if formula.array or origin == (cell.row, cell.column) or origin not in self._pinned:
            return b""
        text = escape(formula.spelled(cell.row, cell.column)[1:], quote=False).encode("ascii", "xmlcharrefreplace")
        return b"<%bf>%b</%bf>" % (ns, text, ns)


def _name_at(text: bytes, begin: int) -> re.Match[bytes]:
    """Return the name of the element that begins at a place, as it is written."""
    name = NAME.match(text, begin)
    assert name is not None
    return name


def _end_of(text: bytes, begin: int, event: int) -> int:
    """Return where an element ends, given where it begins and where the parser stood when it told of its end.

    That is at the closing tag, or, where the element is empty and has none, behind it.
    """
    closing = b"</" + _name_at(text, begin)[1]
    end = text.find(b">", event) + 1
    return end if text[event : end - 1].rstrip() == closing else event


def _with_address(element: bytes, place: str) -> bytes:
    name = _name_at(element, 0).end()
    return b'%b r="%b"%b' % (element[:name], place.encode(), element[name:])
