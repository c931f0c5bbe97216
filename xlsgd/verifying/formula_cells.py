"""A sheet's formula cells: where they stand, and the values that the file holds for them."""

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence

from xlsgd.reading.cells import CellValue, Formula
from xlsgd.symbols.checked import ExcelError


class Formulas(Sequence[tuple[int, int]]):
    """A sheet's formula cells that have a value in the file: their rows and columns, from 1, and those values.

    A cell inside the range of an array formula or of a data table is one, too: its value is computed. `volatile` counts
    those that are left out since every recalculation changes them, `without_value` those for which the file has no
    value. `arrays` gives the formula of each cell in a range, of which its first cell is one.
    """

    def __init__(self) -> None:
        self.rows = array("l")
        self.columns = array("l")
        self.values: list[CellValue] = []
        self.arrays: dict[tuple[int, int], Formula] = {}
        self.volatile = 0
        self.without_value = 0

    def add(self, row: int, column: int, value: CellValue) -> None:
        """Note one more cell."""
        self.rows.append(row)
        self.columns.append(column)
        self.values.append(value)

    def errors(self) -> Counter[str]:
        """Return how many cells hold each kind of error."""
        if ExcelError not in set(map(type, self.values)):
            return Counter()
        return Counter(value for value in self.values if type(value) is ExcelError)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        return self.rows[index], self.columns[index]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self.rows, self.columns, strict=True)
