"""A sheet whose training stands as matrices: an epoch's weights in a column, the examples' predictions in a row."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xlsgd.errors import InputError
from xlsgd.points.points import Points, plain_points
from xlsgd.sheets.description import Sheet
from xlsgd.workbooks.filled_history import FEW_CELLS
from xlsgd.workbooks.network.lesson import TaughtTraining

CELLS_OF_A_POINT = 4
"""How many cells a point takes an epoch."""


@dataclass(frozen=True)
class MatrixLesson(TaughtTraining):
    """Such a sheet; a trace or a sweep has its training a row a step.

    Args:
        fill: gives the sheets, from the title, the lines of the text, the points and the epochs.
        most: how many points, and how many epochs, have room, a column each.
    """

    fill: Callable[[str, list[str], Points, int], Iterator[Sheet]]
    most: tuple[int, int]

    def sheets(self, points: Points | None = None, epochs: int | None = None) -> Iterator[Sheet]:
        """Yield the sheet, and that of its epochs; the arguments stand in place of the lesson's own."""
        given = plain_points((points or self.points).only(self.columns))
        points_most, epochs_most = self.most
        if given.n > points_most:
            raise InputError(f"{self.name}: {given.n:,} points: a sheet has room for {points_most:,}, a column each")
        if epochs is not None and not 1 <= epochs <= epochs_most:
            raise InputError(f"`epochs` {epochs}: {self.name} has room for 1 to {epochs_most:,}, a column each")
        usual = max(1, min(self.epochs, FEW_CELLS // (CELLS_OF_A_POINT * given.n)))
        yield from self.fill(self.title, self.lines, given, usual if epochs is None else epochs)
