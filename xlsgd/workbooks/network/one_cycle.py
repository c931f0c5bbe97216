"""The sheet `one_cycle`: rate and momentum by step as fastai 1 has them, beside a constant rate."""

from collections.abc import Iterable

from xlsgd.models import LINE
from xlsgd.points.points import LESSON_POINTS
from xlsgd.schedules import one_cycle
from xlsgd.sheets.description import FOUR_PLACES, GENERAL, SCIENTIFIC, THOUSANDS, Chart, Series
from xlsgd.sheets.trainings import training_of
from xlsgd.symbols.cells import area
from xlsgd.workbooks.network.lesson import CHART_ROWS, Lesson, LessonCells

EPOCHS = 19
"""The sheet shows one epoch more than it steps through: 20 times 29 steps are the cycle."""

KNOBS = {"lr": 1.0, "beta1": 0.95, "beta2": 0.99}
SCHEDULE = one_cycle("beta1")
TRAINING = training_of(
    LINE, "adam", name="one_cycle", schedule=SCHEDULE, knobs=KNOBS | {"T": (EPOCHS + 1.0) * LESSON_POINTS.n}
)


def _by_step(cells: LessonCells, heading: str, title: str, top_left: str, wide: int) -> Chart:
    """Return a chart of a column of all steps."""
    run, knobs = cells.own, cells.own.training.knobs
    last = run.first + run.n * run.passes - 1
    values, steps = (
        area(f"{c}{run.first}:{c}{last}", run.name, fixed=True) for c in (run.letters[heading], run.letters["t"])
    )
    cached = tuple(SCHEDULE.rate(knobs.lr, float(step), knobs)[heading] for step in range(run.n * run.passes))
    series = Series(heading, values, steps, cached=cached)
    return Chart(
        title, (series,), top_left, wide, CHART_ROWS, "step", heading, "scatter", x_most=run.n * run.passes, x_least=0
    )


def _charts(cells: LessonCells) -> Iterable[Chart]:
    row = cells.free
    yield _by_step(cells, "lr", "Rate by step", f"A{row}", 4)
    yield _by_step(cells, "beta1", "Momentum by step", f"E{row}", 5)
    yield cells.by_epoch("Mean loss by epoch", "loss", f"J{row}", 5)


ONE_CYCLE = Lesson(
    title="One cycle: the rate goes up and down, the momentum down and up",
    text="""
fit_one_cycle, as fastai 1 has it. In the first pct_start of the T steps the rate rises from lr/div_factor to lr, in
the rest it falls to lr/final_div, which is next to nothing; the momentum (Adam's beta1) goes from its value in the
header down to beta_top and back. A small rate at first, since the averages know nothing yet; a large one in the
middle, to get far and not to settle in a narrow place; a tiny one at the end, to come to rest.

Both go along half cosines. The columns show the parts: part is how far the step is in its phase, from 0 to 1; cos+1
is the cosine of pi times part, plus 1, which goes from 2 to 0; the rate is lr to + (lr from - lr to)/2 * cos+1.

Beside it the same Adam with the same lr all the time: it gets near the line sooner, and then jumps about it, since
each point pulls it elsewhere, while one cycle comes to rest on it. Try it: change lr or T, or type 1 below
div_factor and final_div, and only the momentum changes.
""",
    training=TRAINING,
    points=LESSON_POINTS,
    epochs=EPOCHS,
    others=(training_of(LINE, "adam", name="one_cycle_constant", knobs=KNOBS),),
    answered=True,
    gap=CHART_ROWS + 8,
    charts=_charts,
    format=THOUSANDS,
    formats=dict.fromkeys(("part", "cos+1", "beta1"), FOUR_PLACES)
    | dict.fromkeys(("lr from", "lr to", "lr"), SCIENTIFIC)
    | dict.fromkeys(("x", "y", "t"), GENERAL),
    widths={"A": 19},
)
