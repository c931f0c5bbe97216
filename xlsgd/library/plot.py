"""`xlsgd.plot`."""

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from xlsgd.errors import whole_number
from xlsgd.library.known import table_given, trainings_and_points
from xlsgd.models import Model
from xlsgd.pictures.plot import write_plot
from xlsgd.pictures.sheet_charts import write_charts
from xlsgd.schedules import Schedule
from xlsgd.sheets.chosen import Rules
from xlsgd.workbooks.network.known import sheet_of_table


def plot(
    what: Model | str,
    path: str | PathLike[str],
    points: Any = None,
    *,
    rules: Rules = None,
    schedule: str | Schedule | None = None,
    batch: int | None = None,
    epochs: int = 50,
    parameters: Sequence[str] = (),
    progress: Callable[[int], None] = lambda rows: None,
    **knobs: float,
) -> Path:
    """Draw where training goes: the paths on the loss surface, and the loss by epoch; return the picture's path.

    Args:
        what: a model; `graddesc` for the lesson's sheets side by side; one training sheet as of `xlsgd.trace`; or a
            sheet of the workbook `network` that trains nothing, such as accuracy, of which its charts are drawn.
        path: the picture, which ends in .png or .svg.
        points: as of `xlsgd.build`.
        rules: as of `xlsgd.build`.
        schedule: as of `xlsgd.build`.
        batch: as of `xlsgd.build`.
        epochs: how many steps each takes.
        parameters: the one or two parameters over which the loss is drawn; the first two if none is given.
        progress: is told of every epoch how many rows it had.
        knobs: values for every rule that has such a knob, such as `lr=0.01`.

    Raises:
        InputError: something of this cannot be, or matplotlib is not installed.
    """
    epochs = whole_number("epochs", epochs)
    table = table_given(what, points, knobs, rules=rules, schedule=schedule, batch=batch, parameters=parameters)
    if table is not None:
        write_charts(Path(path), sheet_of_table(table))
        return Path(path)
    trainings, given = trainings_and_points(what, points, rules, knobs, schedule=schedule, batch=batch)
    write_plot(Path(path), list(trainings.values()), epochs, given, progress, parameters)
    return Path(path)
