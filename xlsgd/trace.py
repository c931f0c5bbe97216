"""Traces: the rows of a sheet as a pandas DataFrame, columns named as in the sheet."""

from typing import TYPE_CHECKING

from xlsgd.data import LESSON_POINTS, Points
from xlsgd.lesson import Training
from xlsgd.live import LiveSheet

if TYPE_CHECKING:
    import pandas as pd

FIRST_ROW = 4
"""The sheet row of the first point."""


def trace_training(training: Training, epochs: int = 1, points: Points = LESSON_POINTS) -> "pd.DataFrame":
    """Return the rows of a training sheet, epoch by epoch, from just after a reset.

    Args:
        training: the sheet.
        epochs: how many; the first is the sheet as it stands after the reset, each further one follows a step.
        points: the data; the lesson's by default.

    Returns:
        A frame with one row for each point and epoch, indexed by `epoch` (from 0) and `row` (the sheet's), columns
        named as in the sheet. Floats, but for columns in which a spreadsheet shows an error: those hold its text.
    """
    import pandas as pd

    sheet = LiveSheet(training, points)
    records = []
    for epoch in range(epochs):
        if epoch:
            sheet.step()
        for number, (x, y, values) in enumerate(zip(points.x, points.y, sheet.rows(), strict=True), start=FIRST_ROW):
            records.append({"epoch": epoch, "row": number, "x": x, "y": y, **values})
    return pd.DataFrame.from_records(records).set_index(["epoch", "row"])
