"""The sheet `logistic`: two inputs, a sigmoid, and a choice of two losses."""

from collections.abc import Iterable
from typing import Any

from xlsgd.functions import Value, dot, if_equal, log, named, sigmoid
from xlsgd.models import Model
from xlsgd.sheets.description import FOUR_PLACES, GENERAL, Chart, Place
from xlsgd.sheets.trainings import training_of
from xlsgd.symbols.cells import at
from xlsgd.workbooks.network.classes import Line, class_cells, class_chart, class_places
from xlsgd.workbooks.network.lesson import Lesson, LessonCells
from xlsgd.workbooks.network.points import clusters


def _predict(p: Any, x1: Value, x2: Value) -> Value:
    return sigmoid(named("z", p.b + dot(p.w, [x1, x2])))


def sigmoid_loss(p: Value, y: Value) -> Value:
    """Return lesson 4's loss of a probability: how far it is from the target, 1 - p where that is 1, p elsewhere.

    >>> sigmoid_loss(0.75, 1.0), sigmoid_loss(0.75, 0.0)
    (0.25, 0.75)
    """
    return if_equal(y, 1, 1 - p, p)


def _loss(p: Value, y: Value, k: Any) -> Value:
    return if_equal(k.lesson4, 1, sigmoid_loss(p, y), if_equal(y, 1, -log(p), -log(1 - p)))


MODEL = Model("logistic", ("x1", "x2"), {"b": 0.0, "w": [0.0, 0.0]}, _predict, _loss, knobs={"lesson4": 0.0})


def _line(cells: LessonCells) -> Line:
    c, u, v = (at(cells.start(name)) for name in ("b", "w_1", "w_2"))
    return c, u, v


def _places(cells: LessonCells) -> Iterable[Place]:
    return class_places(cells, (0, 1), [_line(cells)])


def _charts(cells: LessonCells) -> Iterable[Chart]:
    yield class_chart(cells, (0, 1), ["p = 0.5"], f"A{cells.free}", 6)
    yield cells.by_epoch("Mean loss by epoch", "loss", f"G{cells.free}", 6, log=False)


LOGISTIC = Lesson(
    title="Logistic regression: a line between two classes",
    text="""
Two inputs make z = b + w1*x1 + w2*x2, and the sigmoid turns z into a probability p (column pred): 0.5 where z is 0,
near 1 far on one side of that line, near 0 on the other. The chart shows the line where p is 0.5 as it stands in
the epoch.

Below lesson4 choose the loss. 0: binary cross-entropy, -log(p) where the target is 1 and -log(1 - p) where it is 0.
1: the loss of lesson 4, which is just 1 - p or p. Under cross-entropy the error passed back to z is p - y, as large
as the model is wrong. Under lesson 4's loss its size is p*(1 - p): near 0 wherever the model is sure, even if it is
wrong.

Try it: step through the epochs. Then look at the last row, a point of class 1 that lies on the wrong side: under
cross-entropy it passes back an error (dL/dz) near -0.8 and pulls the line. Type 1 below lesson4, and the same point,
just as wrong, passes back less than -0.2: the line gives it up. The points: normally distributed around (-1, -0.5),
class 0, and (1, 0.5), class 1, with a deviation of 0.9, seed 7.
""",
    training=training_of(MODEL, "sgd", knobs={"lr": 0.1}),
    points=clusters([(-1.0, -0.5), (1.0, 0.5)], 12, 0.9, 7),
    epochs=30,
    epoch=10,
    charts=_charts,
    places=_places,
    hidden=lambda cells: class_cells(cells, (0, 1)),
    format=FOUR_PLACES,
    formats=dict.fromkeys(("x1", "x2", "y"), GENERAL),
)
