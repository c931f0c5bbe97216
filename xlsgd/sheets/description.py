"""What a sheet consists of: places, formats, names and charts, but no numbers.

A place says what stands in a cell: a text, a constant, or a formula. Its number is found by its key when the sheet is
written, so that a formula and its value go into the file together.
"""

import re
from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple

from xlsgd.symbols.checked import Number

GENERAL = ""
TWO_PLACES = "0.00"
FOUR_PLACES = "0.0000"
THOUSANDS = "#,##0.00"
SCIENTIFIC = "0.00E+00"

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Colours that people with any of the common forms of colour blindness tell apart (Okabe and Ito 2008)."""

ROW = "\x01"
PREVIOUS = "\x02"
PASS = "\x03"
POINT = "\x04"
"""Stand in a column's formula for the number of its row, of the row before, of the row that its pass starts from, and
of its data point's row on the training sheet; no formula contains these characters."""


class Place(NamedTuple):
    """One cell outside the rows.

    Args:
        address: such as `C1`.
        text: a label, if the cell holds one.
        key: under which the cell's number is found, if it holds one.
        formula: the formula that gives the number, without the equals sign; a constant has none.
        format: the number format.
        style: for texts, a key of `writer.STYLES`.
    """

    address: str
    text: str = ""
    key: Hashable = None
    formula: str = ""
    format: str = GENERAL
    style: str = ""


class Column(NamedTuple):
    """One column of the rows: its formula with `ROW` and the like, or none if it holds constants.

    `first` is the formula of each pass's first row where that one differs.
    """

    letter: str
    formula: str = ""
    first: str = ""
    format: str = GENERAL


FIRST_ROW = 4
"""The sheet row of the first data point on every training sheet."""


ENTROPY_FIRST_ROWS = {"softmax": 3, "entropy": 2, "log_entropy": 2}
"""The row of the first numbers on each entropy sheet."""


class Rows(NamedTuple):
    """The rows of a sheet, from sheet row `first` on: `n` data points, once for each pass over them.

    The first row of pass 0 starts from sheet row `start`, that of the next pass from the row below, and so on.
    """

    first: int
    n: int
    columns: tuple[Column, ...]
    passes: int = 1
    start: int = 0

    @property
    def last(self) -> int:
        """The sheet row of the last data point of the last pass."""
        return self.first + self.n * self.passes - 1


class Series(NamedTuple):
    """One line of a chart: its name, and ranges such as `adam_run!C4:C104` for its values and what they stand over.

    `style` is `line`, `dashed` for what the others are to reach, or `point` for a single mark. `cached` are the values
    of a range that is streamed, for programs that show a chart without recalculating.
    """

    name: str
    values: str
    over: str = ""
    style: str = "line"
    cached: tuple[Number, ...] = ()


class Chart(NamedTuple):
    """A chart of lines placed over the cells from `top_left` on, which it must not share with numbers.

    Args:
        kind: `line`, over categories, or `scatter`, over numbers.
        log: whether the vertical axis is logarithmic.
        x_most: where the horizontal axis ends, if it is not to end by itself.
    """

    title: str
    series: tuple[Series, ...]
    top_left: str
    columns_wide: int
    rows_high: int
    x: str = ""
    y: str = ""
    kind: str = "line"
    log: bool = False
    x_most: float | None = None


class Choice(NamedTuple):
    """A cell into which a whole number between two bounds is typed, with the note that it shows."""

    address: str
    least: int
    greatest: int
    title: str
    note: str


class Button(NamedTuple):
    """A button that fills a cell: the cell's address, what it says, and the macro that it runs."""

    address: str
    caption: str
    macro: str


class Sheet(NamedTuple):
    """A sheet's layout.

    Args:
        places: the cells outside the rows.
        rows: the rows, if it has any.
        names: sheet-scoped names and what they refer to, such as `C1` or `J32:K32`.
        freeze: the cell at whose upper left the panes are frozen.
        widths: widths in characters of columns that hold long texts.
        charts: the charts.
        choices: the cells that a user is asked to type into.
        hide_missing: a range of which cells that show `#N/A` are to look empty.
        printed: the range that is printed where the rows fit on a page, if it is not all.
        buttons: the buttons, in a workbook that has macros.
    """

    name: str
    places: tuple[Place, ...]
    rows: Rows | None = None
    names: Mapping[str, str] = {}
    freeze: str = ""
    widths: Mapping[str, float] = {}
    charts: tuple[Chart, ...] = ()
    choices: tuple[Choice, ...] = ()
    hide_missing: str = ""
    printed: str = ""
    buttons: tuple[Button, ...] = ()


class Filled(NamedTuple):
    """A sheet's layout with its numbers.

    Args:
        sheet: the layout.
        values: the numbers of the places, and the texts that formulas give, by key.
        rows: the numbers of the rows, left to right.
    """

    sheet: Sheet
    values: Mapping[Hashable, Number | str] = {}
    rows: Iterable[tuple[Number, ...]] = ()


def fixed(address: str) -> str:
    """Return a cell's or range's address with dollar signs, `$J$32:$K$32` for `J32:K32`; a sheet's name may precede."""
    return re.sub(r"([A-Z]+)([0-9]+)", r"$\1$\2", address)
