"""Deflates a sheet's rows: those that share their formulas in blocks of their own, whatever else by ISA-L."""

from typing import IO

from xlsgd.excel.deflate.codes import Codes
from xlsgd.excel.deflate.row_block import RowBlock, Shape
from xlsgd.excel.row_templates import PASS, POINT, PREVIOUS, ROW, VALUE, SpelledRows
from xlsgd.excel.zip_pieces import Deflater

BLOCKS = 16
"""How many blocks have one code."""

END_OF_ROW = b"</row>"


class RowDeflater(Deflater):
    """Deflates texts fast, and rows that share formulas into less."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, fast=True)
        self._above: SpelledRows | None = None
        self._shape: Shape | None = None
        self._codes: Codes | None = None
        self._blocks = 0

    def write_bytes(self, data: bytes) -> None:
        """Deflate some bytes."""
        super().write_bytes(data)
        self._above = None

    def write_rows(self, text: bytes, rows: object) -> None:
        """Deflate rows of one template; the first is searched for matches if it does not follow rows of the same."""
        assert isinstance(rows, SpelledRows)
        above = self._above
        if above is None or (above.template, above.number + 1) != (rows.template, rows.number):
            first, end, text = text.partition(END_OF_ROW)
            self.write_bytes(first + end)
            above, rows = rows.first(), rows.rest()
            self._shape, self._codes = _shape(rows.template), None
        if rows.n:
            self._write_below(above, rows, text)
        self._above = rows.last() if rows.n else above

    def _write_below(self, above: SpelledRows, rows: SpelledRows, text: bytes) -> None:
        block = self._block(above, rows)
        if block:
            self.add(text, block)
        else:
            self.write_bytes(text)

    def _block(self, above: SpelledRows, rows: SpelledRows) -> bytes:
        if self._shape is None:
            return b""
        columns = [b"%b,%b" % both for both in zip(above.columns, rows.columns, strict=True)]
        block = RowBlock(self._shape, above.number, columns)
        codes = self._codes if self._blocks % BLOCKS else None
        done, self._codes = block.deflated(codes) or (b"", None)
        self._blocks += 1
        return done


def _shape(template: str) -> Shape | None:
    """Return the shape of a template each of whose cells has its row's number before its value and nowhere else."""
    start, first, *cells = template.split(ROW)
    if {PREVIOUS, PASS, POINT} & {*template} or not all(VALUE in cell for cell in cells):
        return None
    return Shape(start, first, [(before, after) for before, _, after in (cell.partition(VALUE) for cell in cells)])
