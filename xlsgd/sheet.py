"""What a sheet consists of: places, formats, names and charts, but no numbers.

A place says what stands in a cell: a text, a constant, or a formula. Its number is found by its key when the sheet is
written, so that a formula and its value go into the file together.
"""

import re
from collections.abc import Hashable, Mapping
from typing import NamedTuple

GENERAL = ""
TWO_PLACES = "0.00"
FOUR_PLACES = "0.0000"
THOUSANDS = "#,##0.00"

ROW = "\x01"
PREVIOUS = "\x02"
"""Stand in a column's formula for the number of its row and of the row before; no formula contains them."""


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
    """One column of the rows: its formula with `ROW` and `PREVIOUS`, or none if it holds constants.

    `first` is the formula of the first row where that one differs.
    """

    letter: str
    formula: str = ""
    first: str = ""
    format: str = GENERAL


class Rows(NamedTuple):
    """The `n` rows of a sheet, one for each data point, from sheet row `first` on."""

    first: int
    n: int
    columns: tuple[Column, ...]

    @property
    def last(self) -> int:
        """The sheet row of the last data point."""
        return self.first + self.n - 1


class Chart(NamedTuple):
    """A line chart of one range, placed over the cells from `top_left` on."""

    title: str
    values: str
    top_left: str
    columns_wide: int
    rows_high: int


class Sheet(NamedTuple):
    """A sheet's layout.

    Args:
        places: the cells outside the rows.
        rows: the rows, if it has any.
        names: sheet-scoped names and what they refer to, such as `C1` or `J32:K32`.
        freeze: the cell at whose upper left the panes are frozen.
        widths: widths in characters of columns that hold long texts.
        charts: the charts.
    """

    name: str
    places: tuple[Place, ...]
    rows: Rows | None = None
    names: Mapping[str, str] = {}
    freeze: str = ""
    widths: Mapping[str, float] = {}
    charts: tuple[Chart, ...] = ()


def column_letter(index: int) -> str:
    """Return the letters of a column, counted from 0."""
    letters = ""
    index += 1
    while index:
        index, remainder = divmod(index - 1, 26)
        letters = chr(ord("A") + remainder) + letters
    return letters


def absolute(address: str) -> str:
    """Return a cell's or range's address with dollar signs, `$J$32:$K$32` for `J32:K32`."""
    return re.sub(r"([A-Z]+)([0-9]+)", r"$\1$\2", address)
