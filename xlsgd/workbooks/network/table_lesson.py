"""A sheet that teaches an idea without a training: a table that is filled at once, with a text on top and charts."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from xlsgd.points.points import Points, plain_points
from xlsgd.sheets.description import GIVEN, Chart, Place, Series, Shade, Sheet
from xlsgd.sheets.table import Grid, Table, table_sheet
from xlsgd.symbols.cells import area
from xlsgd.workbooks.network.lesson import paragraphs, wrapped


def _no_shades(table: Table) -> Iterable[Shade]:
    return ()


COUNTS = ("step", "t")
"""Columns that count the rows."""


class TableLesson(NamedTuple):
    """Such a sheet.

    Args:
        name: its name.
        title: the idea in a line.
        text: as of `Lesson`.
        points: its points.
        table: gives the table from points and the first row below the text.
        charts: gives the charts.
        shades: gives pictures made of cells.
        widths: widths of columns in characters.
    """

    name: str
    title: str
    text: str
    points: Points
    table: Callable[[Points, int], Table]
    charts: Callable[[Table], Iterable[Chart]]
    shades: Callable[[Table], Iterable[Shade]] = _no_shades
    widths: Mapping[str, float] = {}

    @property
    def epochs(self) -> int:
        """How many epochs it steps through: none."""
        return 0

    @property
    def lines(self) -> list[str]:
        """The text in lines, each of which runs over the cells of a row."""
        return wrapped(self.text)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the points' columns."""
        return tuple(self.points.columns)

    @property
    def first(self) -> str:
        """The text's first paragraph."""
        return paragraphs(self.text)[0]

    def filled(self, points: Points | None = None) -> Table:
        """Return the table, of other points if there are any."""
        return self.table(plain_points((points or self.points).only(self.columns)), len(self.lines) + 3)

    def sheets(self, points: Points | None = None, epochs: int | None = None) -> Iterator[Sheet]:
        """Yield the sheet."""
        yield self.shown(self.filled(points))

    def shown(self, table: Table) -> Sheet:
        """Return the sheet of the table, perhaps with other knobs."""
        sheet = table_sheet(table)
        top = [Place("A1", self.title, style="title")]
        top += [Place(f"A{row}", line) for row, line in enumerate(self.lines, start=2)]
        return sheet._replace(
            places=(*top, *sheet.places),
            charts=tuple(self.charts(table)),
            shades=tuple(self.shades(table)),
            widths=self.widths,
            source=f"{self.title}.",
        )


def column(table: Table, name: str, first: int = 0) -> str:
    """Return the range of a column's cells, from its `first` row on."""
    grid = table.grid
    rows = len(next(iter(table.inputs.values())))
    return f"{grid.letters[name]}{grid.first_row + first}:{grid.letters[name]}{grid.first_row + rows - 1}"


def series(table: Table, values: str, over: str, style: str = "line", name: str = "") -> Series:
    """Return a line of a chart: a column over another one."""
    shown, across = (area(column(table, each), table.name, fixed=True) for each in (values, over))
    return Series(name or values, shown, across, style)


def grid_of(names: Sequence[str], row: int, cells: dict[str, str], formats: dict[str, str], *texts: Place) -> Grid:
    """Return a grid whose columns stand side by side from A on, their headings in a row."""
    letters = dict(zip(names, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", strict=False))
    headings = (Place(f"{letter}{row}", name, style="heading") for name, letter in letters.items())
    return Grid(letters, row + 1, cells, formats, (*headings, *texts), styles=dict.fromkeys(COUNTS, GIVEN))
