"""Where everything stands in the workbook of an opened run, and what its sheets are called.

What is weighed stands in columns, a pixel or a unit in a row: LibreOffice sums products of columns some twenty times as
fast as those of rows.
"""

from typing import Any, NamedTuple

from xlsgd.symbols.cells import area, at, here
from xlsgd.symbols.expression import Expression
from xlsgd.symbols.primitives import apply
from xlsgd.symbols.references import address, column_letters

DIGIT, UNITS, DIGITS, OUTPUTS, PIXELS = "digit", "units", "digits", "outputs", "pixels"
WEIGHTS, GRADIENT, STEP = "weights", "gradient", "step"
"""The sheets; the last three are there for each layer, with its number behind."""

NAMES, BIAS, EXTRA, FIRST = 3, 4, 5, 6
"""On the sheets of layers: the rows of the units' names, of their biases, of what else each has (its output, or a
class's error), and of the first weight."""

INCOMING, VALUES = 2, 3
"""There: the columns of what comes in, and of the first unit; a digit's pixels and outputs stand from column B on."""

DIGIT_NUMBER, DIGIT_LABEL, DIGIT_VALUES = 4, 5, 2
"""On the sheet of the pixels: the rows of the digits' numbers and of their labels, and the column of the first."""

FIRST_DIGIT = 5
"""The row of the first digit in the table of all digits."""

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

    def incoming(self, layer: int) -> Expression:
        """Return what comes into a layer."""
        return self._down(f"{WEIGHTS}_{layer}", INCOMING, layer)

    def weights(self, layer: int, unit: int) -> Expression:
        """Return the weights of a unit, counted from 0."""
        return self._down(f"{WEIGHTS}_{layer}", VALUES + unit, layer)

    def _down(self, sheet: str, column: int, layer: int) -> Expression:
        return block(sheet, column, FIRST, 1, self.sizes[layer - 1])

    def bias(self, layer: int, unit: int) -> Expression:
        """Return a unit's bias, counted from 0."""
        return at(address(BIAS, VALUES + unit), f"{WEIGHTS}_{layer}", fixed=True)

    def units(self, layer: int, row: int, rows: int = 1) -> Expression:
        """Return rows of the sheet of a layer's weights, over all its units."""
        return block(f"{WEIGHTS}_{layer}", VALUES, row, self.sizes[layer], rows)

    def goes_back(self, unit: int) -> Expression:
        """Return what goes back to a hidden unit, beside the second layer's weights."""
        return at(address(FIRST + unit, self.back_column), f"{WEIGHTS}_2")

    @property
    def back_column(self) -> int:
        """The column there of what goes back."""
        return VALUES + self.classes

    def class_column(self, letter: str, sheet: str = "") -> Expression:
        """Return a column of the table of the classes, on the page of the chosen digit."""
        return area(f"{letter}{CLASS_FIRST}:{letter}{CLASS_FIRST + self.classes - 1}", sheet, fixed=True)

    def below_classes(self, letter: str) -> str:
        """Return the address there of the cell below a column of that table."""
        return f"{letter}{CLASS_FIRST + self.classes}"

    def unit_cell(self, unit: int, what: str) -> str:
        """Return the address on the page of the chosen digit of what a hidden unit has there."""
        blocks = -(-self.hidden // BLOCK)
        number, row = divmod(unit, -(-self.hidden // blocks))
        column = PICTURE_COLUMN + self.side + 1 + number * (len(UNIT_COLUMNS) + 1) + UNIT_COLUMNS.index(what)
        return address(PICTURE_FIRST + row, column)

    def knob_cell(self, i: int, layer: int) -> str:
        """Return the address there of what a step of a layer takes, or of a part of it that all weights share."""
        return address(KNOB_FIRST + i, 1 + layer)

    def picture(self, pixel: int) -> str:
        """Return the address of a pixel of the chosen digit's picture."""
        row, column = divmod(pixel, self.side)
        return address(PICTURE_FIRST + row, PICTURE_COLUMN + column)

    def of_digit(self, sheet: str, rows: int) -> Any:
        """Return the column of pixels, or of outputs, of the digit whose number stands in column A."""
        return apply("index", block(sheet, DIGIT_VALUES, FIRST, self.n, rows), 0, here(1))


def block(sheet: str, column: int, row: int, columns: int, rows: int) -> Expression:
    """Return a range that stays the same in copies of a formula."""
    ends = address(row, column), address(row + rows - 1, column + columns - 1)
    return area(":".join(ends), sheet, fixed=True)


def letters(first: int, count: int) -> list[str]:
    """Return the letters of so many columns from one on."""
    return [column_letters(first + i) for i in range(count)]
