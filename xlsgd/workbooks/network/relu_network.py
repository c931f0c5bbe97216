"""The sheet `relu_network`: two inputs, four hidden units, one output; its errors passed back layer by layer."""

import random
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from xlsgd.functions import Value, dot, if_equal, log, named, relu, sigmoid
from xlsgd.models import Model
from xlsgd.schedules import LayerRates
from xlsgd.sheets.description import FOUR_PLACES, GENERAL, GIVEN, TWO_PLACES, Chart, Place, Shade
from xlsgd.sheets.forward import traced
from xlsgd.sheets.opened_layers import SIGNED
from xlsgd.sheets.trainings import training_of
from xlsgd.symbols.cells import at
from xlsgd.symbols.references import column_letters
from xlsgd.workbooks.network.classes import class_cells, class_chart, class_places
from xlsgd.workbooks.network.lesson import Lesson, LessonCells
from xlsgd.workbooks.network.points import moons

HIDDEN = 4
SEED = 2

GRID_COLUMN = 12
"""The column left of the picture of the probabilities."""

GRID_X = tuple(-1.5 + 0.4 * i for i in range(11))
GRID_Y = tuple(1.5 - 0.25 * i for i in range(12))


class Layers(NamedTuple):
    """By what the first layer's rate is the last one's divided, and whether the first layer stays as it is."""

    divisor: Value = 3.0
    freeze: Value = 0.0


def _rates(lr: Value, k: Any) -> tuple[Value, Value]:
    """Return the rates of both layers: the first's is 0 where it is frozen."""
    return if_equal(k.freeze, 1, 0, lr / k.divisor), lr


def _start() -> dict[str, Any]:
    """Return the starting values: both layers' weights at random within 1, the first one's biases within 0.5."""
    source = random.Random(SEED)

    def uniform(most: float) -> float:
        return round(source.uniform(-most, most), 2)

    w1 = [[uniform(1.0), uniform(1.0)] for _ in range(HIDDEN)]
    b1 = [uniform(0.5) for _ in range(HIDDEN)]
    return {"w1": w1, "b1": b1, "w2": [uniform(1.0) for _ in range(HIDDEN)], "b2": 0.0}


def _predict(p: Any, x1: Value, x2: Value) -> Value:
    a = named("a", [dot(w, [x1, x2]) + b for w, b in zip(p.w1, p.b1, strict=True)])
    h = named("h", [relu(each) for each in a])
    return sigmoid(named("z", dot(p.w2, h) + p.b2))


def _loss(p: Value, y: Value) -> Value:
    return if_equal(y, 1, -log(p), -log(1 - p))


MODEL = Model("relu_network", ("x1", "x2"), _start(), _predict, _loss)


def _grid(cells: LessonCells) -> Iterable[Place]:
    """Yield the probability at points on a grid, as the network stands in the epoch."""
    top, entries = cells.free, {name: at(cells.start(name), fixed=True) for name in MODEL.start}
    left = column_letters(GRID_COLUMN)
    yield Place(f"{left}{top}", "p over x1 (across) and x2 (down)", style="bold")
    for j, x2 in enumerate(GRID_Y):
        yield Place(f"{left}{top + 2 + j}", value=round(x2, 2), format=TWO_PLACES, style=GIVEN)
    for i, x1 in enumerate(GRID_X, start=GRID_COLUMN + 1):
        letter = column_letters(i)
        yield Place(f"{letter}{top + 1}", value=round(x1, 2), format=TWO_PLACES, style=GIVEN)
        for j in range(len(GRID_Y)):
            point = {"x1": at(f"{letter}{top + 1}"), "x2": at(f"{left}{top + 2 + j}"), "y": at(f"{left}{top}")}
            (probability,), _, _ = traced(MODEL, entries, point)
            yield Place(f"{letter}{top + 2 + j}", formula=probability, format=TWO_PLACES)


def _places(cells: LessonCells) -> Iterable[Place]:
    yield from class_places(cells, (0, 1), ())
    yield from _grid(cells)


def _shades(cells: LessonCells) -> Sequence[Shade]:
    first, last = column_letters(GRID_COLUMN + 1), column_letters(GRID_COLUMN + len(GRID_X))
    area = f"{first}{cells.free + 2}:{last}{cells.free + 1 + len(GRID_Y)}"
    return [Shade(area, SIGNED, (0.0, 1.0), 0.5)]


def _charts(cells: LessonCells) -> Iterable[Chart]:
    yield class_chart(cells, (0, 1), (), f"A{cells.free}", 5)
    yield cells.by_epoch("Mean loss by epoch", "loss", f"F{cells.free}", 6, log=False)


RELU_NETWORK = Lesson(
    title="A network: the errors passed back, layer by layer",
    text="""
Two half moons that no line separates. Four hidden units each make a = w1*x + b1 and h = the larger of a and 0
(ReLU); the output is z = w2*h + b2, and the sigmoid turns it into a probability. The rows show it left to right:
forward to the loss, then back. dL/dz is p - y. Each hidden unit gets its share by its weight, dL/dh = dL/dz * w2,
and passes it on only where it was awake: dL/da = dL/dh where a is positive, else 0. A gradient is what came back
times what went in.

Two layers, two rates (columns lr 1 and lr 2). The last layer steps by lr, the first by lr divided by the divisor: 3
is the course's lr/3, and slice(1e-5, 1e-3) is lr 0.001 with divisor 100. Type 1 below freeze, and the first layer
stays as it started, as a pretrained one does before unfreeze: only w2 and b2 move.

Try it: step through the epochs and watch the picture bend: it shows p over the plane, blue for class 0, orange for
class 1. Freeze the first layer and see how much is left to gain. Data: the half circles (cos t, sin t), class 0, and
(1 - cos t, 0.5 - sin t), class 1, t from 0 to pi, with normal noise of 0.08, seed 5; weights start within 1, seed 2.
""",
    training=training_of(
        MODEL, "sgd", knobs={"lr": 0.6}, layers=LayerRates((("w1", "b1"), ("w2", "b2")), _rates, Layers)
    ),
    points=moons(10, 0.08, 5),
    epochs=20,
    epoch=20,
    gap=len(GRID_Y) + 4,
    charts=_charts,
    places=_places,
    shades=_shades,
    hidden=lambda cells: class_cells(cells, (0, 1)),
    format=FOUR_PLACES,
    formats=dict.fromkeys(("x1", "x2", "y"), GENERAL),
)
