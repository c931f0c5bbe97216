"""Where everything stands in the workbook of an opened run, and what its sheets are called."""

from typing import NamedTuple

from xlsgd.symbols.cells import area, at
from xlsgd.symbols.expression import Expression
from xlsgd.symbols.references import address, column_letters

DIGIT, DIGITS, UNITS, PIXELS = "digit", "digits", "units", "pixels"
WEIGHTS, GRADIENT, STEP = "weights", "gradient", "step"
"""The sheets; the last three are there for each layer, with its number behind."""

FIRST = 5
"""The first row of digits and of units, wherever they stand one a row."""

INCOMING = 4
"""The row above a layer's weights that holds what comes in."""

VALUES = 3
"""The first column of weights and of pixels; before it stand a number and a bias, or a number and a label."""

CHOSEN, LABEL, PREDICTION, OF_LABEL, OF_OTHERS, LOSS = (f"B{row}" for row in range(4, 10))
"""On the page of the chosen digit: its number, what it is, what it is taken for, and what is lost."""

CLASS_FIRST = 12
"""The first class's row there, and columns: the logit, its exponential, the probability, the target, the error."""

KNOB_FIRST = 27
"""The first knob's row there; in column B stands the first layer's, in C the second's."""

PICTURE_COLUMN, PICTURE_FIRST = 8, 5
"""Where the picture begins there; to the right of it stand the hidden units, in blocks of at most `BLOCK`."""

BLOCK = 28
UNIT_COLUMNS = ("unit", "sum", "output", "error")


class OpenedPlan(NamedTuple):
    """The sizes of a workbook.

    Args:
        sizes: the widths of the layers, from the pixels to the classes, with one hidden layer between or none.
        n: how many digits there are.
        side: how many pixels an edge has.
    """

    sizes: tuple[int, ...]
    n: int
    side: int

    @property
    def layers(self) -> range:
        """The numbers of the layers that have weights, from 1."""
        return range(1, len(self.sizes))

    @property
    def hidden(self) -> int:
        """How many hidden units there are."""
        return self.sizes[1] if len(self.sizes) == 3 else 0

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return self.sizes[-1]

    def row_of(self, layer: int, row: int) -> Expression:
        """Return the cells of a layer's sheet of weights in a row: what comes in, or the weights of a unit."""
        return self._across(f"{WEIGHTS}_{layer}", self.sizes[layer - 1], row)

    def bias(self, layer: int, unit: int) -> Expression:
        """Return a unit's bias, counted from 0."""
        return at(f"B{FIRST + unit}", f"{WEIGHTS}_{layer}", fixed=True)

    def _across(self, sheet: str, width: int, row: int) -> Expression:
        return area(f"{address(row, VALUES)}:{address(row, VALUES + width - 1)}", sheet, fixed=True)

    def class_column(self, letter: str, sheet: str = "") -> Expression:
        """Return a column of the table of the classes, on the page of the chosen digit."""
        return area(f"{letter}{CLASS_FIRST}:{letter}{CLASS_FIRST + self.classes - 1}", sheet, fixed=True)

    def unit_cell(self, unit: int, what: str) -> str:
        """Return the address on the page of the chosen digit of what a hidden unit has there."""
        blocks = -(-self.hidden // BLOCK)
        block, row = divmod(unit, -(-self.hidden // blocks))
        column = PICTURE_COLUMN + self.side + 1 + block * (len(UNIT_COLUMNS) + 1) + UNIT_COLUMNS.index(what)
        return address(PICTURE_FIRST + row, column)

    def knob_cell(self, i: int, layer: int) -> str:
        """Return the address there of what a step of a layer takes, or of a part of it that all weights share."""
        return address(KNOB_FIRST + i, 1 + layer)

    @property
    def going_back(self) -> int:
        """The row below the second layer's weights that holds the errors that go back to the first."""
        return FIRST + self.classes + 1

    def picture(self, pixel: int) -> str:
        """Return the address of a pixel of the chosen digit's picture."""
        row, column = divmod(pixel, self.side)
        return address(PICTURE_FIRST + row, PICTURE_COLUMN + column)

    def picture_area(self) -> str:
        """Return the range of the picture."""
        return f"{self.picture(0)}:{self.picture(self.side**2 - 1)}"


def letters(first: int, count: int) -> list[str]:
    """Return the letters of so many columns from one on."""
    return [column_letters(first + i) for i in range(count)]
