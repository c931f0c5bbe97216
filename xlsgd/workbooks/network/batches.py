"""The sheet `batches`: the lesson's line, its parameters changed after every 1, 5 or all rows."""

from collections.abc import Iterable

from xlsgd.models import LINE
from xlsgd.points.points import LESSON_POINTS
from xlsgd.sheets.description import GENERAL, THOUSANDS, Chart, Series
from xlsgd.sheets.training import Training
from xlsgd.sheets.trainings import training_of
from xlsgd.workbooks.network.lesson import CHART_ROWS, Lesson, LessonCells

KNOBS = {"lr": 1.0, "beta2": 0.99}


def _run(name: str, batch: int) -> Training:
    return training_of(LINE, "adam", name=name, batch=batch, knobs=KNOBS)


def _charts(placed: LessonCells) -> Iterable[Chart]:
    row = placed.free
    paths = tuple(Series(name, run.line("a"), run.line("b")) for name, run in placed.runs.items())
    yield placed.by_epoch("Mean loss by epoch", "loss", f"A{row}", 6)
    yield Chart("Path of the line, epoch by epoch", paths, f"G{row}", 6, CHART_ROWS, "b", "a", "scatter")


BATCHES = Lesson(
    title="Batches: how many rows does one step look at?",
    text="""
The lesson's line on the lesson's 29 points, trained by Adam. After every row the gradient is added up, but b and a
move only at the end of a batch (column ends batch), by the mean of the batch's gradients.

A batch of 1 moves after every row: 29 steps an epoch, each led by a single point, and the path jumps about. All 29
rows at once: one step an epoch, in the right direction, but just one. In between is what everybody uses: 5 rows a
step are 6 steps an epoch, and steady ones. The table tells after how many epochs b and a both come within 1 % of the
answer: of the three only 5 rows a step get there in 25.

Try it: type another batch size below batch, or into the lines of the other two runs in the table. Type 4 below lr:
all rows at once, whose steps are the surest, get nearer to the line, the other two do not.
""",
    training=_run("batches", 5),
    points=LESSON_POINTS,
    epochs=25,
    others=(_run("batches_one", 1), _run("batches_all", 29)),
    answered=True,
    gap=CHART_ROWS + 8,
    charts=_charts,
    format=THOUSANDS,
    formats=dict.fromkeys(("rows left", "in batch", "ends batch", "t"), GENERAL),
)
