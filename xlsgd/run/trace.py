"""Traces: the rows of a sheet as a pandas DataFrame, columns named as in the sheet."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from xlsgd.errors import InputError
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.general_layout import layout_of
from xlsgd.sheets.table import Table, numbers
from xlsgd.sheets.training import Training

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 2_000_000
"""What a frame holds at most: with all that it is made from, so many rows take some two gigabytes."""


def trace_training(
    training: Training,
    epochs: int = 1,
    points: Points = LESSON_POINTS,
    progress: Callable[[int], None] = lambda rows: None,
) -> "pd.DataFrame":
    """Return the rows of a training sheet, epoch by epoch, from just after a reset.

    Args:
        training: the sheet.
        epochs: how many; the first is the sheet as it stands after the reset, each further one follows a step.
        points: the data; the lesson's by default.
        progress: is told of every epoch how many rows it had.

    Returns:
        A frame with one row for each point and epoch, indexed by `epoch` (from 0) and `row` (the sheet's), columns
        named as in the sheet. Floats, but for columns in which a spreadsheet shows an error: those hold its text.

    Raises:
        InputError: there would be too many rows.
    """
    import pandas as pd

    rows = epochs * points.n
    if rows > MOST_ROWS:
        raise InputError(
            f"{training.name}: {epochs:,} epochs of {points.n:,} points are {rows:,} rows; at most {MOST_ROWS:,} "
            "are traced at once, so give fewer epochs"
        )
    sheet = LiveSheet(training, points)
    records, first = [], layout_of(training).first_row
    for epoch in range(epochs):
        if epoch:
            sheet.step()
        records += [(epoch, number, *row) for number, row in enumerate(sheet.tuples(), start=first)]
        progress(points.n)
    names = ["epoch", "row", *sheet.one_pass.names]
    return pd.DataFrame(dict(zip(names, zip(*records, strict=True), strict=True))).set_index(["epoch", "row"])


def trace_table(table: Table, further: bool = False) -> "pd.DataFrame":
    """Return the rows of a table, indexed by the sheet's row, columns named as in the sheet.

    Args:
        table: the sheet.
        further: whether somebody gave what the table has not: epochs, or where it stands for itself data or knobs.

    Raises:
        InputError: somebody did.
    """
    import pandas as pd

    if further:
        has = "epochs" if table.knobs else "epochs, data or knobs"
        raise InputError(f"{table.name} has no {has}; give those for a training sheet")
    frame = pd.DataFrame({name: pd.Series(column) for name, column in numbers(table).columns.items()})
    first = table.grid.first_row
    return frame.set_index(pd.RangeIndex(first, first + len(frame), name="row"))
