"""A sheet's way through training, as far as its numbers last."""

from collections.abc import Callable
from typing import NamedTuple

from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.training import Training
from xlsgd.symbols.checked import ExcelError


class Trajectory(NamedTuple):
    """A sheet's way through training, epoch by epoch from the reset on, as far as its numbers last.

    Args:
        name: the sheet and its rate.
        sheet: the sheet.
        parameters: the values of each parameter before the first epoch and after each.
        loss: the loss of the pass that starts there.
        diverged: whether an error value ended it before the last epoch.
    """

    name: str
    sheet: str
    parameters: dict[str, list[float]]
    loss: list[float]
    diverged: bool


def trajectory(
    training: Training, epochs: int, points: Points = LESSON_POINTS, progress: Callable[[int], None] = lambda rows: None
) -> Trajectory:
    """Train a sheet and keep where it went.

    Args:
        training: the sheet.
        epochs: how many steps to take.
        points: the data.
        progress: is told of every epoch how many rows it had.
    """
    sheet = LiveSheet(training, points)
    name = f"{training.name}, lr {training.knobs.lr:g}"
    way = Trajectory(name, training.name, {parameter: [] for parameter in training.parameters}, [], False)
    for epoch in range(epochs + 1):
        if epoch:
            sheet.step()
        here, loss = sheet.parameters(), sheet.recalculated().loss
        if any(isinstance(value, ExcelError) for value in (*here.values(), loss)):
            return way._replace(name=f"{name} (diverged in epoch {epoch})", diverged=True)
        for parameter, value in here.items():
            way.parameters[parameter].append(value)
        way.loss.append(loss)
        progress(points.n)
    return way
