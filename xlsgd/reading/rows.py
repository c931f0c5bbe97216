"""Reading a worksheet as a stream of cells and, where rows are alike, of many rows at a time.

What is plainly written is read by a pattern (see `alike_rows`), everything else by the parser, from whose sight those
rows are kept: whole elements between two rows, which leave it in the state in which it was. Only where it tells of
damage its place in the part is another one.
"""

import zipfile
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.parsers import expat

from xlsgd.reading.alike_rows import END_OF_ROW, FIRST_OF_ROW, RowPattern, numbers, pattern_of
from xlsgd.reading.cells import Cell, Formula, SheetReader
from xlsgd.reading.package import chunks, damaged
from xlsgd.reading.streams import check_pending, parser_for
from xlsgd.symbols.references import MAX_ROW


class ReadColumn(NamedTuple):
    """What the cells of a column have in common over some rows: where they stand, their formula, their style."""

    number: int
    formula: Formula | None
    style: int


class ReadRows(NamedTuple):
    """Rows that follow on each other and differ in nothing but their numbers.

    Args:
        first: the number of the first, from 1.
        columns: their columns, from the left.
        values: the numbers of each column.
    """

    first: int
    columns: tuple[ReadColumn, ...]
    values: list[list[float]]

    @property
    def height(self) -> int:
        """How many rows there are."""
        return len(self.values[0])

    def part(self, begin: int, end: int | None = None) -> "ReadRows":
        """Return some of the rows, counted from 0."""
        return self._replace(first=self.first + begin, values=[column[begin:end] for column in self.values])

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell, both counted from 0."""
        number, formula, style = self.columns[column]
        return Cell(self.first + row, number, formula, self.values[column][row], style)

    def cells(self) -> Iterator[Cell]:
        """Yield the cells, row by row."""
        return (self.cell(row, column) for row in range(self.height) for column in range(len(self.columns)))


def read_rows(archive: zipfile.ZipFile, part: str, strings: Sequence[str]) -> Iterator[Cell | ReadRows]:
    """Yield what a worksheet's cells hold, as `read_cells` does, row by row, many alike rows at a time.

    Raises:
        InputError: the part is damaged; `read_cells` tells what is wrong and where.
    """
    sheet = _RowReader(strings)
    try:
        for chunk in chunks(archive, part):
            yield from sheet.read(chunk)
        yield from sheet.finish()
    except (expat.ExpatError, ValueError, LookupError, OverflowError) as error:
        raise damaged(archive, part, error) from error


class _RowReader(SheetReader):
    """Gives each chunk to the pattern or to the parser."""

    def __init__(self, strings: Sequence[str]) -> None:
        super().__init__(strings)
        parser_for(self)
        self._rest = b""
        self._fed = 0
        self._like: RowPattern | None = None
        self._columns: tuple[ReadColumn, ...] = ()

    def read(self, chunk: bytes) -> list[Cell] | list[ReadRows]:
        """Return what stands in the next chunk, but for a row of which there is more to come."""
        text = self._rest + chunk
        end = text.rfind(END_OF_ROW) + len(END_OF_ROW)
        if end < len(END_OF_ROW):
            end = len(text)
        text, self._rest = text[:end], text[end:]
        rows = self._alike(text)
        return [rows] if rows else self._parsed(text)

    def _alike(self, text: bytes) -> ReadRows | None:
        columns = self._like.columns(text, self.row + 1) if self._like else []
        values = numbers(columns[1:])
        if not values or self.row + len(values[0]) > MAX_ROW:
            return None
        rows = ReadRows(self.row + 1, self._columns, values)
        self.row += rows.height
        return rows

    def _parsed(self, text: bytes) -> list[Cell]:
        """Return the cells that the parser finds, and see whether the last row is one of which there may be many."""
        begin = max(text.rfind(FIRST_OF_ROW), 0)
        before = self._feed(text[:begin])
        self._like = pattern_of(text[begin:])
        last = self._feed(text[begin:])
        # It is as it looks, no comment and no extension, if the parser found all of its cells.
        if self._like and (len(last) != len(self._like.cells) or self.arrays):
            self._like = None
        self._columns = tuple(ReadColumn(cell.column, cell.formula, cell.style) for cell in last if self._like)
        return before + last

    def _feed(self, text: bytes) -> list[Cell]:
        self.parser.Parse(text)
        self._fed += len(text)
        check_pending(self._fed, self.parser)
        cells, self.cells = self.cells, []
        return cells

    def finish(self) -> list[Cell]:
        """Return what the last chunk left."""
        cells = self._feed(self._rest)
        self.parser.Parse(b"", True)
        return cells
