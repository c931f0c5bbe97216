"""A sheet whose training stands as matrices: an epoch's weights in a column, the examples' predictions in a row."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from xlsgd.points.points import Points, plain_points
from xlsgd.sheets.description import Sheet
from xlsgd.sheets.training import Training
from xlsgd.workbooks.network.lesson import paragraphs, wrapped


class MatrixLesson(NamedTuple):
    """Such a sheet.

    Args:
        title: the idea in a line.
        text: as of `Lesson`.
        training: the same training a row a step, as a trace or a sweep has it; the sheet's name is its name.
        points: its points.
        epochs: how many epochs it steps through.
        fill: gives the sheets, from the lines of the text, the points and the epochs.
    """

    title: str
    text: str
    training: Training
    points: Points
    epochs: int
    fill: Callable[[str, list[str], Points, int], Iterator[Sheet]]

    @property
    def lines(self) -> list[str]:
        """The text in lines, each of which runs over the cells of a row."""
        return wrapped(self.text)

    @property
    def name(self) -> str:
        """The sheet's name."""
        return self.training.name

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the points' columns."""
        return self.training.point

    @property
    def first(self) -> str:
        """The text's first paragraph."""
        return paragraphs(self.text)[0]

    def sheets(self, points: Points | None = None, epochs: int | None = None) -> Iterator[Sheet]:
        """Yield the sheet, and that of its epochs; the arguments stand in place of the lesson's own."""
        given = plain_points((points or self.points).only(self.columns))
        yield from self.fill(self.title, self.lines, given, epochs or self.epochs)
