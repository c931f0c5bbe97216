"""Traces: the rows of a sheet as a pandas DataFrame, columns named as in the sheet."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from xlsgd.errors import InputError
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.one_pass import point_rows
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.general_layout import layout_of
from xlsgd.sheets.record import record
from xlsgd.sheets.table import Table, numbers
from xlsgd.sheets.training import Training

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 2_000_000
"""What a frame holds at most: with all that it is made from, so many rows take some two gigabytes."""


MACHINE_CODE_PAYS = 25_000
"""From so many rows on machine code, where it can be had, saves more time than it takes to load and to make."""


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
        progress: is told of every epoch, or of several at once, how many rows it had.

    Returns:
        A frame with one row for each point and epoch, indexed by `epoch` (from 0) and `row` (the sheet's), columns
        named as in the sheet. Floats, but for columns in which a spreadsheet shows an error: those hold its text.

    Raises:
        InputError: there would be too many rows.
    """
    import numpy as np
    import pandas as pd

    rows = epochs * points.n
    if rows > MOST_ROWS:
        raise InputError(
            f"{training.name}: {epochs:,} epochs of {points.n:,} points are {rows:,} rows; at most {MOST_ROWS:,} "
            "are traced at once, so give fewer epochs"
        )
    sheet, first = LiveSheet(training, points), layout_of(training).first_row
    index = pd.MultiIndex.from_product((range(epochs), range(first, first + points.n)), names=["epoch", "row"])
    found = _by_machine_code(sheet, epochs, progress) if rows >= MACHINE_CODE_PAYS else None
    names = (*training.point, *record(training.key).values)
    if found is None or len(found) < epochs:
        records = _records(sheet, epochs, () if found is None else found.tolist(), progress)
        return pd.DataFrame(dict(zip(names, zip(*records, strict=True), strict=True)), index)
    frame = pd.DataFrame(found.reshape(rows, -1), index, names[len(training.point) :], copy=False)
    for place, name in enumerate(training.point):
        frame.insert(place, name, np.tile(pd.Series(list(points[name])).to_numpy(), epochs))
    return frame


def _records(
    sheet: LiveSheet, epochs: int, done: Sequence[list[list[float]]], progress: Callable[[int], None]
) -> list[tuple[Any, ...]]:
    """Return each row's inputs, targets and values, those of some epochs done before the sheet stood as it does."""
    given = list(point_rows(sheet.training, sheet.points))
    records: list[tuple[Any, ...]] = [
        (*point, *values) for epoch in done for point, values in zip(given, epoch, strict=True)
    ]
    for epoch in range(len(done), epochs):
        if epoch > len(done):
            sheet.step()
        records += sheet.tuples()
        progress(sheet.points.n)
    return records


def _by_machine_code(sheet: LiveSheet, epochs: int, progress: Callable[[int], None]) -> Any:
    from xlsgd.run.epochs_at_once import rows_of

    return rows_of(sheet, epochs, progress)


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
