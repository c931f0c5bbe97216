"""What a sheet consists of, for any exporter: cells, rows, names, charts.

A cell is an address with a text, a constant, or an expression and its value; a formula and its value are made together.
No exporter's language stands here: whoever writes a sheet into a file spells its expressions and references.
"""

from collections.abc import Hashable, Iterable, Mapping
from string import ascii_uppercase
from typing import NamedTuple

from xlsgd.sheets.verdicts import Verdicts
from xlsgd.symbols.checked import Number
from xlsgd.symbols.expression import Expression

GENERAL = ""
TWO_PLACES = "0.00"
FOUR_PLACES = "0.0000"
THOUSANDS = "#,##0.00"
SCIENTIFIC = "0.00E+00"
UNSEEN = ";;;"
"""Shows nothing: for a cell of a picture, of which only the shade is to be seen."""
RIGHT_OR_WRONG = '"right";;"wrong"'
"""Shows 1 and 0 as words."""

INPUT, GIVEN = "input", "given"
"""The styles of a number that one may change, and of one that is given: a count, a class, what a run came to."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Colours that people with any of the common forms of colour blindness tell apart (Okabe and Ito 2008)."""


class Place(NamedTuple):
    """One cell outside the rows.

    Args:
        address: such as `C1`.
        text: a label, if the cell holds one.
        key: what the cell holds, if not a label: a name to find it by.
        value: its number, or the text that its formula gives.
        formula: the formula that gives the value; a constant has none.
        format: the number format.
        style: how it looks, if it says so itself (see `look`), a key of `xlsgd.excel.styles.STYLES`.
        link: the sheet that a click on it leads to.
        hint: what is told of it when one points at it.
    """

    address: str
    text: str = ""
    key: Hashable = None
    value: Number | str = ""
    formula: Expression | None = None
    format: str = GENERAL
    style: str = ""
    link: str = ""
    hint: str = ""

    @property
    def look(self) -> str:
        """Its style; a number without one that no formula gives is an input."""
        is_number = not self.text and self.formula is None and isinstance(self.value, (int, float))
        return self.style or (INPUT if is_number else "")


class Column(NamedTuple):
    """One column of the rows.

    Args:
        letter: where it stands.
        formula: its formula in every row, or none if it holds constants.
        first: the formula of each pass's first row where that one differs.
        format: the number format.
        style: how its cells look, if it says so itself (see `look`).
    """

    letter: str
    formula: Expression | None = None
    first: Expression | None = None
    format: str = GENERAL
    style: str = ""

    @property
    def look(self) -> str:
        """Its style; numbers without one that no formula gives are inputs."""
        return self.style or (INPUT if self.formula is None else "")


class Rows(NamedTuple):
    """The rows of a sheet, from sheet row `first` on: `n` points, once for each pass over them.

    Args:
        first: the row of the first point of the first pass.
        n: how many points there are.
        columns: the columns, left to right.
        passes: how many passes.
        start: the row of the line that the first pass starts from; that of the next pass is the row below, and so on.
        points: the row of the first point on the sheet that the points are looked up from.
        values: the numbers of each row, left to right; they may be had once only.
    """

    first: int
    n: int
    columns: tuple[Column, ...]
    passes: int = 1
    start: int = 0
    points: int = 0
    values: Iterable[tuple[Number, ...]] = ()

    @property
    def last(self) -> int:
        """The sheet row of the last point of the last pass."""
        return self.first + self.n * self.passes - 1

    def holds(self, address: str) -> bool:
        """Whether a cell is in one of the rows, which hold nothing but their columns."""
        return self.first <= int(address.lstrip(ascii_uppercase)) <= self.last


class Series(NamedTuple):
    """One line of a chart: its name, and the ranges of its values and of what they stand over.

    `style` is `line`, `dashed` for what the others are to reach, `point` for a single mark, or
    `dots` for marks alone. `cached` are the values
    of a range that is streamed, for programs that show a chart without recalculating. `second` is whether it has the
    vertical axis on the right; `like` is the number of the series whose colour it has, which then speaks for both.
    """

    name: str
    values: Expression
    over: Expression | None = None
    style: str = "line"
    cached: tuple[Number, ...] = ()
    second: bool = False
    like: int = -1


class Chart(NamedTuple):
    """A chart of lines placed over the cells from `top_left` on, which it must not share with numbers.

    Args:
        kind: `line`, over categories, or `scatter`, over numbers.
        log: whether the vertical axis is logarithmic.
        x_most: where the horizontal axis ends, if it is not to end by itself.
        x_least: where it begins, if it is not to begin by itself.
        x_log: whether it is logarithmic.
        y_span: where the vertical axis begins and ends, if it is not to do so by itself.
        y_second: what the vertical axis on the right is called, if there is one.
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
    x_least: float | None = None
    x_log: bool = False
    y_span: tuple[float, float] | None = None
    y_second: str = ""


class Choice(NamedTuple):
    """A cell into which a whole number between two bounds is typed, with the note that it shows."""

    address: str
    least: int
    greatest: int
    title: str
    note: str


class Shade(NamedTuple):
    """Cells shaded by their numbers, as a picture.

    Args:
        cells: the range.
        colours: of the least number and of the greatest, and between them, if there are three, of the middle.
        bounds: the numbers that have the outer colours, if these are not to be the range's own least and greatest.
        middle: the number that has the middle colour.
    """

    cells: str
    colours: tuple[str, ...]
    bounds: tuple[float, float] | None = None
    middle: float = 0.0


class Button(NamedTuple):
    """A button that fills a cell: the cell's address, what it says, and the macro that it runs."""

    address: str
    caption: str
    macro: str


class Sheet(NamedTuple):
    """A sheet.

    Args:
        places: the cells outside the rows.
        rows: the rows, if it has any.
        names: sheet-scoped names and the cells or ranges that they stand for.
        freeze: the cell at whose upper left the panes are frozen.
        widths: widths in characters of columns that hold long texts.
        charts: the charts.
        choices: the cells that a user is asked to type into.
        hide_missing: a range of which cells that show `#N/A` are to look empty.
        printed: the range that is printed where the rows fit on a page, if it is not all.
        first_page: whether only so much is printed as fits on a page.
        headings: the rows of the headings, the first and the last, where they are not frozen.
        buttons: the buttons, in a workbook that has macros.
        shades, verdicts: the cells that are shaded by their numbers, and those that look right or wrong.
        heights: heights of rows in pixels; that of row 0 is for all that are not named.
        zoom: how large the sheet is shown, in percent.
        source: where its equations come from, in a line.
        hidden: whether its tab is out of sight.
    """

    name: str
    places: tuple[Place, ...]
    rows: Rows | None = None
    names: Mapping[str, Expression] = {}
    freeze: str = ""
    widths: Mapping[str, float] = {}
    charts: tuple[Chart, ...] = ()
    choices: tuple[Choice, ...] = ()
    hide_missing: str = ""
    printed: str = ""
    buttons: tuple[Button, ...] = ()
    shades: tuple[Shade, ...] = ()
    verdicts: tuple[Verdicts, ...] = ()
    heights: Mapping[int, int] = {}
    zoom: int = 100
    source: str = ""
    first_page: bool = False
    headings: tuple[int, int] | None = None
    hidden: bool = False

    @property
    def repeated(self) -> tuple[int, int] | None:
        """The first and the last of the rows that are printed on every page: the headings', or those frozen on top."""
        frozen = int(self.freeze.lstrip(ascii_uppercase) or 1) - 1
        return self.headings or ((1, frozen) if frozen else None)

    def place(self, key: Hashable) -> Place:
        """Return the cell that holds what a key names."""
        return next(place for place in self.places if place.key == key)
