"""Reading a worksheet's cells as a stream, formula and cached value together (ECMA-376, part 1, section 18.3)."""

import math
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from xlsgd.reading.streams import Target, parse, unescaped
from xlsgd.symbols.checked import ExcelError
from xlsgd.symbols.references import MAX_COLUMN, MAX_ROW, absolute, address, column_number, relative

MAX_FORMULA = 2**14  # Excel's own limit is 8,192 characters, as it shows them
ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
TRUTHS = {"1": True, "true": True, "0": False, "false": False}


class DateText(str):
    """A date that is stored as ISO 8601 text, which Excel reads but does not write."""


CellValue = float | bool | str | None
"""A cell's number, truth value, text (`ExcelError` and `DateText` are told apart by their type), or nothing."""


class Formula(NamedTuple):
    """A formula's text as it is written for the cell (row, column): its own cell, or that of a shared formula.

    `array` is the range of an array formula or a data table, and empty for every other formula; `is_table` tells the
    two apart.
    """

    text: str
    row: int
    column: int
    array: str = ""
    is_table: bool = False

    def relative(self) -> str:
        """Return the formula with its references as offsets."""
        return relative(self.text, self.row, self.column)

    def spelled(self, row: int, column: int) -> str:
        """Return the formula as Excel shows it in the cell (row, column)."""
        if self.array:
            return f"{{={self.text}}}"
        if (row, column) == (self.row, self.column):
            return f"={self.text}"
        return f"={absolute(self.relative(), row, column)}"


class Cell(NamedTuple):
    """A cell that holds something; row and column count from 1, `style` is the index into the cell formats."""

    row: int
    column: int
    formula: Formula | None
    value: CellValue
    style: int


def read_cells(archive: zipfile.ZipFile, part: str, strings: Sequence[str]) -> Iterator[Cell]:
    """Yield the cells of a worksheet that hold a formula or a value, row by row, from the left.

    Raises:
        InputError: the part is damaged; the message names the cell where one is at fault.
    """
    sheet = SheetReader(strings)
    for _ in parse(archive, part, sheet):
        yield from sheet.cells
        sheet.cells.clear()


class SheetReader(Target):
    """Gathers a worksheet's cells; positions are implied where they are not written."""

    def __init__(self, strings: Sequence[str]) -> None:
        super().__init__("row", "c", "f", "v", "t", "rPh", "extLst")
        self.strings = strings
        self.cells: list[Cell] = []
        self.row = self.column = self.depth_skipped = 0
        self.is_in_cell = False
        self.cell: dict[str, str] = {}
        self.formula: dict[str, str] | None = None
        self.formula_text: list[str] = []
        self.inline: list[str] = []
        self.shared: dict[str, Formula] = {}
        self.arrays: list[tuple[int, int, int, int, Formula]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a row, a cell, or what a cell holds."""
        tag = self.tags.get(name)
        if tag == "c":
            if self.is_in_cell:
                raise ValueError(f"a cell inside of cell {address(self.row, self.column)}")
            self.is_in_cell = True
            self.cell = attributes
            self.formula, self.formula_text, self.text, self.inline = None, [], [], []
            self._move(attributes.get("r"))
        elif self.skips or tag is None:
            self.deepen()
        elif self.pieces is not None:
            raise ValueError(f"an element inside of a text of cell {address(self.row, self.column)}")
        elif tag == "v":
            self._check_single("value", bool(self.text))
            self.pieces = self.text
        elif tag == "t":
            self.pieces = self.inline
        elif tag == "f":
            self._check_single("formula", self.formula is not None)
            self.formula = attributes
            self.pieces = self.formula_text
        elif tag == "row":
            row = int(attributes.get("r", self.row + 1))
            if not self.row < row <= MAX_ROW:
                raise ValueError(f"row {row} out of order")
            self.row, self.column = row, 0
            self.arrays = [array for array in self.arrays if array[2] >= row]
        elif tag in ("rPh", "extLst"):
            self.skips, self.depth_skipped = True, self.depth

    def _check_single(self, what: str, is_second: bool) -> None:
        if is_second:
            raise ValueError(f"cell {address(self.row, self.column)} has a second {what}")

    def _move(self, written: str | None) -> None:
        """Go to the next cell: the written one, which must lie further right in this row."""
        column = self.column + 1
        if written is not None:
            match = ADDRESS.fullmatch(written)
            if not match or int(match[2]) != self.row or column_number(match[1]) < column:
                raise ValueError(f"cell {written!r} out of order")
            column = column_number(match[1])
        if column > MAX_COLUMN:
            raise ValueError(f"row {self.row} has too many cells")
        self.column = column

    def end(self, name: str) -> None:
        """Gather a cell that holds something."""
        tag = self.tags.get(name)
        if tag == "c":
            self.is_in_cell = False
            formula, value = self._parsed_formula(), self._parsed_value()
            if formula is not None or value is not None:
                self.cells.append(Cell(self.row, self.column, formula, value, int(self.cell.get("s") or 0)))
        elif tag in ("rPh", "extLst") and self.depth == self.depth_skipped:
            self.skips = False
        elif self.skips or tag is None:
            self.depth -= 1
        elif tag != "row":
            self.pieces = None

    def _parsed_value(self) -> CellValue:
        kind, text = self.cell.get("t", "n"), "".join(self.text)
        if kind == "inlineStr" and self.inline:
            self._check_single("value", bool(text))
            text = "".join(self.inline)
        if kind == "n":
            return self._number(text) if text else None
        if kind == "s":
            return self._string(text) if text else None
        if kind == "b":
            return self._truth(text) if text else None
        if kind == "e":
            return ExcelError(text) if text else None
        if kind == "d":
            return DateText(text) if text else None
        return unescaped(text) if text or self.formula is not None else None

    def _string(self, index: str) -> str:
        if not index.isdecimal() or int(index) >= len(self.strings):
            raise ValueError(
                f"cell {address(self.row, self.column)} holds the text number {index!r}, which is not there"
            )
        return self.strings[int(index)]

    def _truth(self, text: str) -> bool:
        if text.strip() not in TRUTHS:
            raise ValueError(f"cell {address(self.row, self.column)} holds {text!r}, which is no truth value")
        return TRUTHS[text.strip()]

    def _number(self, text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        is_pythons = not text.isascii() or "_" in text  # digits of any script, and 1_000
        if is_pythons or not math.isfinite(value):
            raise ValueError(f"cell {address(self.row, self.column)} holds {text!r}, which is no number of Excel's")
        return value

    def _parsed_formula(self) -> Formula | None:
        if self.formula is None:
            return self._covering_array()
        kind, text = self.formula.get("t", "normal"), "".join(self.formula_text)
        if len(text) > MAX_FORMULA:
            raise ValueError(f"cell {address(self.row, self.column)} has a formula of {len(text)} characters")
        if kind == "shared":
            return self._shared_formula(self.formula.get("si", ""), text, "ref" in self.formula)
        formula = Formula(text, self.row, self.column)
        if kind in ("array", "dataTable"):
            return self._array_formula(formula, self.formula)
        return formula if text else None

    def _shared_formula(self, index: str, text: str, is_first: bool) -> Formula:
        if text:
            formula = Formula(text, self.row, self.column)
            if is_first or index not in self.shared:
                self.shared[index] = formula
            return formula
        if index not in self.shared:
            raise ValueError(f"cell {address(self.row, self.column)} shares a formula that no cell before it has")
        return self.shared[index]

    def _array_formula(self, formula: Formula, attributes: dict[str, str]) -> Formula:
        written = attributes.get("ref", address(self.row, self.column)).replace("$", "").upper()
        corners = [ADDRESS.fullmatch(corner) for corner in written.split(":")]
        first, last = corners[0], corners[-1]
        if not first or not last:
            raise ValueError(f"cell {address(self.row, self.column)}: an array in {written!r}")
        area = first[0] if first[0] == last[0] else f"{first[0]}:{last[0]}"
        is_table = attributes.get("t") == "dataTable"
        text = _table(attributes) if is_table else formula.text
        formula = Formula(text, self.row, self.column, area, is_table)
        if ":" in area:
            box = (int(first[2]), column_number(first[1]), int(last[2]), column_number(last[1]))
            self.arrays.append((*box, formula))
            if len(self.arrays) > MAX_COLUMN:
                raise ValueError(f"row {self.row} lies in more arrays than it has columns")
        return formula

    def _covering_array(self) -> Formula | None:
        """Return the array formula whose range this cell lies in, if there is one."""
        for top, left, bottom, right, formula in self.arrays:
            if top <= self.row <= bottom and left <= self.column <= right:
                return formula
        return None


def _table(attributes: dict[str, str]) -> str:
    """Return a data table's formula as Excel shows it: the cells that a row's and a column's inputs go into."""

    def is_set(name: str) -> bool:
        return attributes.get(name) in ("1", "true")

    first, second = ("#REF!" if is_set(f"del{i}") else attributes.get(f"r{i}", "") for i in (1, 2))
    if is_set("dt2D"):
        return f"TABLE({first},{second})"
    return f"TABLE({first},)" if is_set("dtr") else f"TABLE(,{first})"
