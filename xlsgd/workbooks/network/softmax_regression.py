"""The sheet `softmax_regression`: three classes, and the gradient p - y."""

from collections.abc import Iterable, Sequence
from typing import Any

from xlsgd.functions import Value, dot, exp, if_equal, log, named, summed
from xlsgd.models import Model
from xlsgd.sheets.description import FOUR_PLACES, GENERAL, Chart, Place
from xlsgd.sheets.trainings import training_of
from xlsgd.symbols.cells import at
from xlsgd.workbooks.network.classes import Line, class_cells, class_chart, class_places
from xlsgd.workbooks.network.lesson import Lesson, LessonCells
from xlsgd.workbooks.network.points import clusters

CLASSES = (0, 1, 2)
PAIRS = ((1, 2), (1, 3), (2, 3))
"""Of which outputs each line shows where they are equal; outputs count from 1, as their columns do."""


def _predict(p: Any, x1: Value, x2: Value) -> Sequence[Value]:
    z = named("z", [b + dot(w, [x1, x2]) for w, b in zip(p.w, p.b, strict=True)])
    e = named("exp", [exp(each) for each in z])
    total = named("sum", summed(e))
    return named("p", [each / total for each in e])  # type: ignore[no-any-return]


def _loss(p: Sequence[Value], y: Value) -> Value:
    first, second, third = p
    return -log(if_equal(y, 0, first, if_equal(y, 1, second, third)))


def _gradient(parameters: Any, p: Sequence[Value], x1: Value, x2: Value, y: Value) -> dict[str, Value]:
    errors = {k: p_k - if_equal(y, k - 1, 1, 0) for k, p_k in enumerate(p, start=1)}
    by_b = {f"b_{k}": error for k, error in errors.items()}
    return by_b | {f"w_{k}_{i}": error * x for k, error in errors.items() for i, x in ((1, x1), (2, x2))}


MODEL = Model(
    "softmax_regression",
    ("x1", "x2"),
    {"b": [0.0] * 3, "w": [[0.0, 0.0]] * 3},
    _predict,
    _loss,
    gradient=_gradient,
)


def _lines(cells: LessonCells) -> list[Line]:
    entries = {name: at(cells.start(name)) for name in MODEL.start}
    return [
        (
            entries[f"b_{k}"] - entries[f"b_{m}"],
            entries[f"w_{k}_1"] - entries[f"w_{m}_1"],
            entries[f"w_{k}_2"] - entries[f"w_{m}_2"],
        )
        for k, m in PAIRS
    ]


def _places(cells: LessonCells) -> Iterable[Place]:
    return class_places(cells, CLASSES, _lines(cells))


def _charts(cells: LessonCells) -> Iterable[Chart]:
    names = [f"{k - 1} or {m - 1}" for k, m in PAIRS]
    yield class_chart(cells, CLASSES, names, f"A{cells.free}", 6)
    yield cells.by_epoch("Mean loss by epoch", "loss", f"G{cells.free}", 6, log=False)


SOFTMAX_REGRESSION = Lesson(
    title="Softmax regression: one output for each class",
    text="""
Three outputs z_1, z_2, z_3, a line's equation each: one for class 0, one for class 1, one for class 2. Softmax
makes probabilities of them: exp of each, divided by the sum of the three. They are positive, add up to 1, and the
greatest output takes the most. The loss is the cross-entropy: -log of the probability that the right class was
given.

What the lessons only name: the derivative of this loss by an output is p - y, the probability less 1 for the right
class and less 0 for the others. It stands in the columns dL/db_1 to dL/db_3, since a bias moves its output one to
one; times x1 or x2 it is the derivative by a weight. In each row the three add up to 0: what one class gains the
others lose.

Try it: step through the epochs and watch the three lines turn. Along each of them two classes are equally likely.
The points: normally distributed around (-1.2, -0.7), (1.2, -0.7) and (0, 1.4), with a deviation of 0.6, seed 3.
""",
    training=training_of(MODEL, "sgd", knobs={"lr": 0.1}),
    points=clusters([(-1.2, -0.7), (1.2, -0.7), (0.0, 1.4)], 7, 0.6, 3),
    epochs=16,
    epoch=16,
    charts=_charts,
    places=_places,
    hidden=lambda cells: class_cells(cells, CLASSES),
    format=FOUR_PLACES,
    formats=dict.fromkeys(("x1", "x2", "y"), GENERAL),
)
