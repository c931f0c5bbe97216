"""A sheet whose training stands as matrices: an epoch's weights in a column, the examples' predictions in a row."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xlsgd.points.points import Points, plain_points
from xlsgd.sheets.description import Sheet
from xlsgd.workbooks.network.lesson import TaughtTraining


@dataclass(frozen=True)
class MatrixLesson(TaughtTraining):
    """Such a sheet; a trace or a sweep has its training a row a step.

    Args:
        fill: gives the sheets, from the title, the lines of the text, the points and the epochs.
    """

    fill: Callable[[str, list[str], Points, int], Iterator[Sheet]]

    def sheets(self, points: Points | None = None, epochs: int | None = None) -> Iterator[Sheet]:
        """Yield the sheet, and that of its epochs; the arguments stand in place of the lesson's own."""
        given = plain_points((points or self.points).only(self.columns))
        yield from self.fill(self.title, self.lines, given, epochs or self.epochs)
