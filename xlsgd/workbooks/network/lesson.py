"""What a sheet of the workbook consists of, as a record, and what its charts and further cells may refer to."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from textwrap import wrap
from typing import NamedTuple

from xlsgd.points.points import Points
from xlsgd.sheets.description import GENERAL, Chart, Place, Series, Shade
from xlsgd.sheets.training import Training
from xlsgd.sheets.unrolled import Unrolled
from xlsgd.symbols.cells import area, at
from xlsgd.symbols.expression import Expression

LINE = 185
"""How many characters a line of text has at most."""

CHART_ROWS = 12
"""How many rows a chart is high."""

FREE_BELOW = 4
"""How many rows below the texts the charts stand, which are below the knobs: there a screen shows them at once."""

TABLE_BELOW = FREE_BELOW + CHART_ROWS + 2
"""How many rows below the texts the first run of the table of runs stands, which is below the charts."""


class LessonCells(NamedTuple):
    """Where a lesson's cells stand, for its charts and further cells.

    Args:
        name: the sheet's name.
        letters: the column of each of a row's values, by heading.
        first: the row of the first point.
        points: the points.
        knobs: the knobs' cells.
        runs: where all epochs of each run stand, by the run's name; the sheet's own is the first.
        table: the row of the first run in the table of runs.
        free: the first row below the knobs that holds nothing, for charts.
        after: the first row below the table of runs that holds nothing.
    """

    name: str
    letters: Mapping[str, str]
    first: int
    points: Points
    knobs: Mapping[str, str]
    runs: Mapping[str, Unrolled]
    table: int
    free: int
    after: int

    @property
    def own(self) -> Unrolled:
        """Where all epochs of the sheet's own training stand."""
        return self.runs[self.name]

    @property
    def n(self) -> int:
        """How many points there are."""
        return self.points.n

    @property
    def below(self) -> int:
        """A row below all rows, from which on further cells may stand."""
        return self.first + self.n + 3

    def span(self, name: str) -> tuple[float, float]:
        """Return where an axis begins and ends that shows all points' values of an input or a target."""
        return math.floor(min(self.points[name])) - 1.0, math.ceil(max(self.points[name])) + 1.0

    def knob(self, name: str) -> Expression:
        """Return the cell of a knob."""
        return at(self.knobs[name], fixed=True)

    def column(self, heading: str, sheet: str = "") -> Expression:
        """Return the cells of a column in all rows."""
        letter = self.letters[heading]
        return area(f"{letter}{self.first}:{letter}{self.first + self.n - 1}", sheet or self.name, fixed=True)

    def start(self, parameter: str) -> str:
        """Return the cell that a parameter starts from in the epoch that the sheet shows."""
        return f"{self.letters[f'new {parameter}']}{self.first - 1}"

    def by_epoch(self, title: str, line: str, top_left: str, wide: int = 6, log: bool = True) -> Chart:
        """Return a chart of what the runs' lines hold, by epoch; each of `line`, or of a parameter."""
        series = tuple(Series(name, run.line(line), run.line("epoch")) for name, run in self.runs.items())
        epochs = self.own.epochs
        return Chart(title, series, top_left, wide, CHART_ROWS, "epoch", line, "scatter", log, epochs, 0)


def wrapped(text: str) -> list[str]:
    """Return a text in lines, each of which runs over the cells of a row."""
    return [line for paragraph in paragraphs(text) for line in wrap(paragraph, LINE)]


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, each in one line."""
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]


def _no_charts(placed: LessonCells) -> Iterable[Chart]:
    return ()


def _no_places(placed: LessonCells) -> Iterable[Place]:
    return ()


def _nowhere(placed: LessonCells) -> str:
    return ""


def _no_shades(placed: LessonCells) -> Iterable[Shade]:
    return ()


@dataclass(frozen=True)
class TaughtTraining:
    """A training with the text that teaches its idea.

    Args:
        title: the idea in a line.
        text: what to see, and what to try; paragraphs with an empty line between.
        training: the training on the sheet; the sheet's name is its name.
        points: its points.
        epochs: how many epochs it steps through.
    """

    title: str
    text: str
    training: Training
    points: Points
    epochs: int

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


@dataclass(frozen=True)
class Lesson(TaughtTraining):
    """A sheet that teaches an idea: a training sheet with a text on top, charts, and perhaps other runs beside.

    Args:
        epoch: which one it shows at first.
        others: further trainings on the same points, to compare; each a line of the table of runs.
        linked: knobs of these that follow from other cells, by the run's and the knob's name.
        answered: whether the table tells when the line is within 1 % of the answer.
        gap: how many rows lie between the knobs and the headings, for the table of runs, charts and further cells.
        charts: gives the charts.
        places: gives further cells; those with a formula and no value get theirs when the sheet is filled.
        shades: gives pictures made of cells.
        hidden: gives a range in which cells that show `#N/A` are to look empty.
        formats: number formats of columns, by heading.
        format: that of the others.
        widths: widths of columns in characters.
    """

    epoch: int = 0
    others: tuple[Training, ...] = ()
    linked: Mapping[tuple[str, str], Callable[[LessonCells], Expression]] = field(default_factory=dict)
    answered: bool = False
    gap: int = CHART_ROWS + 2
    charts: Callable[[LessonCells], Iterable[Chart]] = _no_charts
    places: Callable[[LessonCells], Iterable[Place]] = _no_places
    shades: Callable[[LessonCells], Iterable[Shade]] = _no_shades
    hidden: Callable[[LessonCells], str] = _nowhere
    formats: Mapping[str, str] = field(default_factory=dict)
    format: str = GENERAL
    widths: Mapping[str, float] = field(default_factory=dict)

    @property
    def top(self) -> int:
        """How many rows the title and the text take, with a free one below."""
        return len(self.lines) + 2
