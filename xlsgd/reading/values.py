"""Reading a worksheet's values as a stream: what the cells hold, whatever their formulas say."""

import zipfile
from collections.abc import Iterator, Sequence

from xlsgd.reading.cells import Cell, Formula, SheetReader
from xlsgd.reading.streams import parse


def read_values(archive: zipfile.ZipFile, part: str, strings: Sequence[str]) -> Iterator[Cell]:
    """Yield the cells of a worksheet that hold a formula or a value, row by row, from the left.

    A formula is its text in this cell, which is empty where it is shared with another's; it is not looked at, so that
    any text will do.

    Raises:
        InputError: the part is damaged; the message names the cell where one is at fault.
    """
    sheet = _ValueReader(strings)
    for _ in parse(archive, part, sheet):
        yield from sheet.cells
        sheet.cells.clear()


class _ValueReader(SheetReader):
    """Gathers cells with their values."""

    def _parsed_formula(self) -> Formula | None:
        if self.formula is None:
            return None
        return Formula("".join(self.formula_text), self.row, self.column)
