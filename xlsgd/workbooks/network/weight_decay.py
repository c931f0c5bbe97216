"""The sheet `weight_decay`: L2 in the loss beside decay in the step, under SGD and under Adam."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from xlsgd.functions import Value, index, named, rounded
from xlsgd.losses import squared_error
from xlsgd.models import LINE, Model
from xlsgd.points.points import Points
from xlsgd.rules import Rule, Weight
from xlsgd.sheets.description import FOUR_PLACES, GENERAL, Chart, Place
from xlsgd.sheets.training import Training
from xlsgd.sheets.trainings import training_of
from xlsgd.symbols.cells import at
from xlsgd.symbols.expression import Expression
from xlsgd.workbooks.network.lesson import CHART_ROWS, Lesson, LessonCells

WD = 0.1
SMALL = 1e-5
PLACES = 9
"""Decimals of a difference that may be rounding alone, no two engines the same beyond them."""


class DecayKnobs(NamedTuple):
    """Learning rate and the decay of the weight."""

    lr: Value = 1e-2
    weight_decay: Value = 0.0


def sgd_decay(s: Weight, g: Value, k: DecayKnobs) -> Weight:
    """Step against the gradient after a decay of the weight itself (PyTorch's `SGD(weight_decay=)`).

    >>> sgd_decay(Weight(1.0), 0.5, DecayKnobs(lr=0.5, weight_decay=0.5))
    Weight(w=0.5)
    """
    decayed = s.w - k.lr * k.weight_decay * s.w
    w = decayed - g * k.lr
    return Weight(w)


def _predict(p: Any, x: Value) -> Value:
    return p.b + p.a * x


def _loss(pred: Value, y: Value, p: Any) -> Value:
    return squared_error(pred, y) + p.wd * named("penalty", p.b**2 + p.a**2)


L2 = Model("line_l2", ("x",), {"b": 1.0, "a": 1.0}, _predict, _loss, knobs={"wd": WD})

OWN = "weight_decay"
STEP, SMALLER, ADAM, ADAMW = (f"{OWN}_{name}" for name in ("step", "small", "adam", "adamw"))


def _runs() -> tuple[Training, ...]:
    moments = {"lr": 0.05, "beta2": 0.99}
    return (
        training_of(LINE, Rule(sgd_decay, Weight, DecayKnobs), name=STEP, knobs={"lr": 0.05, "weight_decay": 2 * WD}),
        training_of(L2, "sgd", name=SMALLER, knobs={"lr": 0.05, "wd": SMALL}),
        training_of(L2, "adam", name=ADAM, knobs=moments),
        training_of(LINE, "adamw", name=ADAMW, knobs=moments | {"weight_decay": 2 * WD}),
    )


def _twice(cells: LessonCells) -> Expression:
    return 2 * cells.knob("wd")


def _places(cells: LessonCells) -> Iterable[Place]:
    """Yield both pairs' slopes after the last epoch, and how far they are apart."""
    top, last = cells.after, cells.own.epochs + 1
    for column, heading in zip("BCD", ("L2 in the loss", "decay in step", "apart"), strict=True):
        yield Place(f"{column}{top}", heading, style="heading")
    yield Place(f"A{top}", f"a after {last - 1}", style="bold")
    for row, (name, pair) in enumerate((("SGD", (OWN, STEP)), ("Adam", (ADAM, ADAMW))), start=top + 1):
        yield Place(f"A{row}", name)
        for column, run in zip("BC", pair, strict=True):
            yield Place(f"{column}{row}", formula=index(cells.runs[run].line("a"), last), format=FOUR_PLACES)
        yield Place(f"D{row}", formula=rounded(at(f"B{row}") - at(f"C{row}"), PLACES), format=FOUR_PLACES)


def _charts(cells: LessonCells) -> Iterable[Chart]:
    row = cells.free
    yield cells.by_epoch("Slope a by epoch", "a", f"A{row}", 5, log=False)
    yield cells.by_epoch("Intercept b by epoch", "b", f"F{row}", 6, log=False)


WEIGHT_DECAY = Lesson(
    title="Weight decay: a penalty in the loss, or a pull in the step",
    text="""
The line y = 3 + 2x, on 12 points (x from -1.1 to 1.1), with weights that are to stay small. The lesson adds
wd times the sum of the squared weights to the loss: that is L2 regularisation, and its derivative is 2*wd*w. Or the
step itself takes away a share of the weight, w - lr*weight_decay*w, before it follows the gradient: that is weight
decay.

Under SGD both are one: where weight_decay is 2*wd (the cells in the table say so), both runs take the same path.
Under Adam they are not: in the loss the pull goes into the averages with the gradient and is divided by their root,
which makes it as large as any other; in the step (AdamW) it stays what it is. The table below shows how far a comes
apart.

Try it: type 1e-5, the course's other value, below wd, and the pull is gone; weight_decay_small shows it beside.
Type 0.5, and b never gets near 3.
""",
    training=training_of(L2, "sgd", name=OWN, knobs={"lr": 0.05}),
    points=Points(
        x=[round(-1.1 + 0.2 * i, 1) for i in range(12)], y=[round(3 + 2 * (-1.1 + 0.2 * i), 1) for i in range(12)]
    ),
    epochs=20,
    others=_runs(),
    linked={(STEP, "weight_decay"): _twice, (ADAMW, "weight_decay"): _twice},
    gap=CHART_ROWS + 14,
    charts=_charts,
    places=_places,
    format=FOUR_PLACES,
    formats=dict.fromkeys(("x", "y"), GENERAL),
    widths={"A": 19},
)
