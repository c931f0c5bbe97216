"""The sheet `moving_average`: an exponentially weighted average of a noisy series, without and with correction."""

import math
import random
from collections.abc import Iterable

from xlsgd.points.points import Points
from xlsgd.sheets.description import FOUR_PLACES, Chart, Place
from xlsgd.sheets.table import Contents, Inputs, Singles, Table
from xlsgd.workbooks.network.table_lesson import TableLesson, grid_of, series

NAMES = ("t", "y", "average", "1-beta^t", "corrected")
N = 60
CHART_ROWS = 14


def _series() -> Points:
    """Return a slow wave around 10 with normally distributed noise of 1."""
    source = random.Random(1)
    return Points(y=[round(10 + 2 * math.sin(t / 9) + source.gauss(0, 1), 2) for t in range(1, N + 1)])


def _fill(inputs: Inputs, singles: Singles) -> Contents:
    beta, t, y = singles["beta"], [*inputs["t"]], [*inputs["y"]]
    average = singles["average before"]
    averages, weights = [], []
    for step, value in zip(t, y, strict=True):
        average = beta * average + (1 - beta) * value
        averages.append(average)
        weights.append(1 - beta**step)
    corrected = [m / weight for m, weight in zip(averages, weights, strict=True)]
    return Contents(dict(zip(NAMES, (t, y, averages, weights, corrected), strict=True)), {})


def _table(points: Points, row: int) -> Table:
    cells = {"beta": f"A{row + 1}", "average before": f"C{row + 1}"}
    headings = (Place(f"A{row}", "beta", style="heading"), Place(f"C{row}", "average before", style="heading"))
    formats = dict.fromkeys(NAMES[2:], FOUR_PLACES)
    grid = grid_of(NAMES, row + 3, cells, formats, *headings)
    t = [float(step) for step in range(1, points.n + 1)]
    return Table("moving_average", {"t": t, "y": points.y}, _fill, grid, {"beta": 0.9, "average before": 0.0})


def _charts(table: Table) -> Iterable[Chart]:
    lines = (
        series(table, "y", "t", "dots"),
        series(table, "average", "t", name="average, from 0"),
        series(table, "corrected", "t"),
    )
    title, n = "A noisy series and its moving averages", len(table.inputs["y"])
    yield Chart(title, lines, f"G{table.grid.first_row - 1}", 9, CHART_ROWS, "t", "y", "scatter", x_most=n)


MOVING_AVERAGE = TableLesson(
    name="moving_average",
    title="Moving averages: what momentum and Adam remember",
    text="""
Each step keeps the share beta of the average so far and takes the share 1 - beta of the new value: average = beta *
average above + (1 - beta) * y. So a value counts for less the older it is: beta 0.9 remembers about the last 10
values, 0.98 about the last 50, which is what the course's training loop smooths its loss with.

A fresh average starts from 0, and so it is too low: after t steps the weights of all values so far add up to 1 -
beta^t only, which is 0.1 at the first step. Divided by just that, it is a true average from the first value on:
that is the bias correction, which Adam has and the lesson's sheets leave out.

Try it: type 0.5, 0.98 or 0 below beta; type a first guess below average before. The series: 10 + 2 sin(t/9) and
normally distributed noise, seed 1.
""",
    points=_series(),
    table=_table,
    charts=_charts,
)
