"""The sheet `accuracy`: why a network is trained on a loss and not on how often it is right."""

from collections.abc import Iterable

from xlsgd.functions import Value, if_above, mean, rounded, sigmoid
from xlsgd.points.points import Points
from xlsgd.sheets.description import FOUR_PLACES, GENERAL, Chart, Place
from xlsgd.sheets.table import Contents, Inputs, Singles, Table
from xlsgd.workbooks.network.logistic import LOGISTIC, sigmoid_loss
from xlsgd.workbooks.network.table_lesson import TableLesson, grid_of, series

NAMES = ("x1", "x2", "y", "z", "p", "right", "loss", "z times", "p then", "right then", "loss then")
KNOBS = {"b": 0.3, "w1": 1.2, "w2": 0.6, "times": 1.0001}
TOTALS = ("accuracy", "accuracy then", "its derivative", "mean loss", "loss at times", "loss derivative")
PLACES = 8
"""Decimals of a difference divided by a small step: what follows is rounding."""
CHART_ROWS = 14


def _judged(z: Value, y: Value) -> tuple[Value, Value, Value]:
    """Return the probability, whether the nearer class is the right one, and lesson 4's loss."""
    p = sigmoid(z)
    return p, if_above(p, 0.5, y, 1 - y), sigmoid_loss(p, y)


def _fill(inputs: Inputs, singles: Singles) -> Contents:
    x1, x2, y = ([*inputs[name]] for name in ("x1", "x2", "y"))
    times = singles["times"]
    z = [singles["b"] + singles["w1"] * u + singles["w2"] * v for u, v in zip(x1, x2, strict=True)]
    then = [each * times for each in z]
    before, after = ([_judged(*pair) for pair in zip(each, y, strict=True)] for each in (z, then))
    parts = (x1, x2, y, z, *map(list, zip(*before, strict=True)), then, *map(list, zip(*after, strict=True)))
    columns = dict(zip(NAMES, parts, strict=True))
    means = [mean(columns[name]) for name in ("right", "right then", "loss", "loss then")]
    by_accuracy, by_loss = (rounded((b - a) / (times - 1), PLACES) for a, b in (means[:2], means[2:]))
    return Contents(columns, dict(zip(TOTALS, (*means[:2], by_accuracy, *means[2:], by_loss), strict=True)))


def _table(points: Points, row: int) -> Table:
    lines = (tuple(KNOBS), TOTALS)
    cells = {
        name: f"{letter}{row + 1 + 3 * i}"
        for i, line in enumerate(lines)
        for name, letter in zip(line, "ABCDEF", strict=False)
    }
    headings = (Place(f"{cell[0]}{int(cell[1:]) - 1}", name, style="heading") for name, cell in cells.items())
    formats = dict.fromkeys((*NAMES[3:5], *NAMES[6:9], "loss then", *TOTALS), FOUR_PLACES)
    formats |= dict.fromkeys(("mean loss", "loss at times"), GENERAL)  # four places hide what a factor of 1.0001 does
    grid = grid_of(NAMES, row + CHART_ROWS + 1, cells, formats, *headings)
    return Table("accuracy", dict(points.columns), _fill, grid, dict(KNOBS))


def _charts(table: Table) -> Iterable[Chart]:
    lines = (
        series(table, "loss", "z", "dots", "loss of the row"),
        series(table, "right", "z", "dots", "right: 1, wrong: 0"),
    )
    top_left = f"H{table.grid.first_row - CHART_ROWS - 2}"
    yield Chart("Each row by its z", lines, top_left, 8, CHART_ROWS, "z", "", "scatter")


ACCURACY = TableLesson(
    name="accuracy",
    title="Accuracy: what counts in the end, and no use to learn from",
    text="""
Lesson 4's reason for a loss. A classifier says 1 where p is above 0.5, else 0, and accuracy is how often that is
right. Now multiply every weight by 1.0001 (below times): each p moves a little, but none crosses 0.5, so nobody
becomes right or wrong. The accuracy does not move at all; its derivative is 0 nearly everywhere, and a step along 0
goes nowhere.

The sigmoid loss, 1 - p where the target is 1 and p elsewhere, moves with every p, though here by the fifth decimal
only. Both derivatives are what changed, divided by 0.0001: that of the accuracy is 0, that of the loss is negative, so
larger weights lose less, and a step knows the way. In the chart the loss of the rows slides with z, while being right
jumps from 0 to 1.

Try it: change times to 1.1 or 2: the loss falls further, the accuracy stays. Change b or a weight until the
accuracy jumps. The points are those of the sheet logistic.
""",
    points=LOGISTIC.points,
    table=_table,
    charts=_charts,
    widths={"A": 12},
)
