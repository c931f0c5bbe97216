"""What a sweep counts the epochs to: the answer where it is known, else half of the loss at the start."""

from collections.abc import Callable
from typing import Any, NamedTuple

from xlsgd.functions import Value
from xlsgd.models import LINE
from xlsgd.points.points import Points
from xlsgd.run.least_squares import best_line
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.training import ROOT_OF_SUMMED_LOSSES, Training

TOLERANCE = 0.01
"""How near the answer is near: every parameter within 1 % of it."""

HALF = 0.5

Reached = Callable[[], Value]
"""Tells for each run whether it is there, as the sheet stands."""


class Goal(NamedTuple):
    """What a sweep counts the epochs to.

    Args:
        name: what the count is called.
        title: the same as a picture's title.
        short: what a run that never came there did not reach, such as `within 1 %`.
        watch: gives what tells whether a run is there, from the sheet just after its reset.
    """

    name: str
    title: str
    short: str
    watch: Callable[[LiveSheet], Reached]

    @property
    def column(self) -> str:
        """What the count is called in a file of columns."""
        return self.name.replace("%", "percent").replace(" ", "_")


def goal_of(training: Training, points: Points) -> Goal:
    """Return what a sheet's runs are to reach.

    Raises:
        InputError: the model is the line, and the points have no best one.
    """
    if training.model is not LINE:
        title = "Epochs until the loss is half of what it was at the start"
        return Goal("epochs to half the loss", title, "at half the loss", _watch_loss)
    answer = best_line(points)._asdict()

    def watch(sheet: LiveSheet) -> Reached:
        runs: Any = sheet.arithmetic
        return lambda: runs.within(sheet, answer, TOLERANCE)

    return Goal("epochs to 1 %", "Epochs until both weights are within 1 % of the answer", "within 1 %", watch)


def _watch_loss(sheet: LiveSheet) -> Reached:
    runs: Any = sheet.arithmetic
    goal = HALF * runs.loss(sheet)
    return lambda: runs.loss(sheet) <= goal


def loss_in_words(training: Training) -> str:
    """Return what a sheet's loss is, for titles and notes."""
    return "root of the sum of squared errors" if training.loss_name == ROOT_OF_SUMMED_LOSSES else training.loss_name
