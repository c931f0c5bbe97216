"""Where a training sheet's cells stand, as a record; `xlsgd.sheets.placer` puts the cells there."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from xlsgd.sheets.description import FOUR_PLACES, GENERAL, Chart, Place, Rows

Letters = Mapping[str, str]
"""The column of each of a row's values, inputs and targets, by its heading."""


WHOLE = ("t", "rows left", "in batch", "ends batch")
"""Columns of whole numbers."""


def shown_by(heading: str) -> str:
    """Return the number format of a column that has none of its own."""
    return GENERAL if heading in WHOLE else FOUR_PLACES


class Below(NamedTuple):
    """A cell below the rows.

    Args:
        letter: its column.
        down: how many rows below the last.
        text: a label, if it holds one.
        key: the footer's value that it holds, if not a label.
        format: the number format.
        style: as of `Place`.
    """

    letter: str
    down: int
    text: str = ""
    key: str = ""
    format: str = GENERAL
    style: str = ""


class Layout(NamedTuple):
    """Where a training sheet's cells stand.

    Args:
        head: the cells above the headings: labels, and by their keys the knobs, what 1 less a knob is (`1-beta`) and
            what the parameters start from.
        first_row: the row of the first point; the headings stand above it, or above the row of starting values.
        headings: the row of the headings.
        freeze: the cell at whose upper left the panes are frozen.
        formats: the number formats of columns, by heading.
        format: that of the others.
        start: cells beside the headings or in the row of starting values, written after the headings.
        heads_states: whether the columns of the state have headings beside the others; else notes stand a row higher.
        noted: the headings that are notes.
        heading_formats: the number formats of headings.
        seed_formats: the number formats of the state's starting values, where they stand below the rows.
        seeds_below: whether the state's starting values stand below the rows, looked up by the row above the first.
        below: the cells below the rows.
        names: gives the sheet's names, from the training, its columns and its rows.
        by_name: the keys of values that formulas refer to by such a name.
        charts: gives the charts, from the same.
        widths: as of `Sheet`.
        points_on: the sheet that the points are looked up from, one column further right; nothing if they stand here.
        points_row: the row of the first point there; 0 if it is the same as here.
        epoch: the cell that an epoch is typed into, where the sheet steps by one.
        host: the sheet whose points and knobs a training shares that has all its epochs on a sheet, but no sheet of
            its own; nothing for any other.
    """

    head: tuple[Place, ...]
    first_row: int
    headings: int
    freeze: str
    formats: Mapping[str, str]
    format: str = GENERAL
    start: tuple[Place, ...] = ()
    heads_states: bool = False
    noted: tuple[str, ...] = ()
    heading_formats: Mapping[str, str] = {}
    seed_formats: Mapping[str, str] = {}
    seeds_below: bool = True
    below: tuple[Below, ...] = ()
    names: Callable[[Any, Letters, Rows], dict[str, str]] = lambda training, letters, rows: {}
    by_name: tuple[str, ...] = ()
    charts: Callable[[Any, Letters, Rows], tuple[Chart, ...]] = lambda training, letters, rows: ()
    widths: Mapping[str, float] = {}
    points_on: str = ""
    points_row: int = 0
    epoch: str = "A2"
    host: str = ""

    @property
    def cells(self) -> dict[str, str]:
        """The addresses of knobs and starting values, by key."""
        return {str(place.key): place.address for place in (*self.head, *self.start) if place.key}
