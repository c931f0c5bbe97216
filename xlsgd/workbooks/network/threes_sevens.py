"""The sheet `threes_sevens`: 64 weights tell a 3 from a 7, weights and digits as pictures of cells."""

import gzip
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import xlsgd
from xlsgd.functions import Value, dot, if_above, if_equal, index, mean, named, sigmoid, sum_of_products
from xlsgd.models import Model
from xlsgd.points.points import Points
from xlsgd.sheets.description import FOUR_PLACES, GIVEN, TWO_PLACES, UNSEEN, Chart, Choice, Place, Series, Shade, Sheet
from xlsgd.sheets.opened_layers import SIGNED
from xlsgd.sheets.trainings import training_of
from xlsgd.symbols.cells import area, at
from xlsgd.symbols.expression import Expression
from xlsgd.symbols.references import MAX_COLUMN, column_letters
from xlsgd.workbooks.network.logistic import sigmoid_loss
from xlsgd.workbooks.network.matrix_lesson import MatrixLesson
from xlsgd.workbooks.network.values import BookValues

NAME = "threes_sevens"
RUN = f"{NAME}_run"
SIDE, EACH, EPOCHS, RATE = 8, 20, 20, 1.0
PIXELS = SIDE * SIDE
INPUTS = tuple(f"x{j}" for j in range(1, PIXELS + 1))


def _digits() -> Points:
    """Return the first threes and sevens of the digits that come along, taking turns; y is 1 for a 3."""
    folder = Path(xlsgd.__file__).parent / "mnist" / "digits"
    images = gzip.decompress((folder / "images-idx3-ubyte.gz").read_bytes())[16:]
    labels = gzip.decompress((folder / "labels-idx1-ubyte.gz").read_bytes())[8:]
    of_each = ([i for i, label in enumerate(labels) if label == digit][:EACH] for digit in (3, 7))
    chosen = [i for pair in zip(*of_each, strict=True) for i in pair]
    columns: dict[str, Any] = {name: [images[PIXELS * i + j] / 16 for i in chosen] for j, name in enumerate(INPUTS)}
    return Points(**columns, y=[float(labels[i] == 3) for i in chosen])


def _predict(p: Any, *pixels: Value) -> Value:
    return sigmoid(named("z", p.b + dot(p.w, pixels)))


def _start() -> dict[str, Any]:
    """Return the starting values: weights normally distributed at random, as lesson 4 has them, and no bias."""
    source = random.Random(4)
    return {"b": 0.0, "w": [round(source.gauss(0, 1), 2) for _ in range(PIXELS)]}


MODEL = Model(NAME, INPUTS, _start(), _predict, sigmoid_loss)

B_ROW, Y_ROW = 4, 4 + PIXELS + 4
"""On the sheet of epochs: the row of b, below which the weights stand, and that of the digits' targets."""

FIRST_DIGIT = 4
"""The column of the first digit, in all blocks."""

WIDTHS = dict.fromkeys("JS", 1.0) | dict.fromkeys("KLMNOPQR", 3.0)
"""Of the columns between the pictures and the chart, and of the digit's pixels."""

BLOCKS = ("p", "loss", "right", "dL/dz")


class RunGrid(NamedTuple):
    """Where everything stands on the sheet of epochs, for so many digits and epochs."""

    n: int
    epochs: int

    def weights(self, epoch: int) -> str:
        """Return the column of an epoch's weights."""
        return column_letters(2 + epoch)

    def row(self, block: str, epoch: int) -> int:
        """Return an epoch's row in a block of a value for each digit."""
        return Y_ROW + PIXELS + 4 + BLOCKS.index(block) * (self.epochs + 4) + epoch

    def digit(self, i: int) -> str:
        """Return a digit's column."""
        return column_letters(FIRST_DIGIT + i)

    def across(self, row: int, sheet: str = "") -> Expression:
        """Return a row's cells of all digits."""
        return area(f"{self.digit(0)}{row}:{self.digit(self.n - 1)}{row}", sheet, fixed=bool(sheet))


def _run(points: Points, grid: RunGrid, lr: Expression) -> Iterator[Place]:
    """Yield the sheet of epochs: weights, digits, and for each epoch what they give."""
    yield Place("A1", f"All epochs of {NAME}: the weights, an epoch a column", style="bold")
    yield Place(f"A{B_ROW - 1}", "epoch", style="heading")
    yield from (Place(f"A{B_ROW + j}", name, style="heading") for j, name in enumerate(MODEL.start))
    yield Place(f"A{Y_ROW - 2}", "The digits, a column each: 1 for a 3 and 0 for a 7, then the pixels", style="bold")
    yield from _numbered(grid, Y_ROW - 1)
    for j, name in enumerate(("y", *INPUTS)):
        yield Place(f"A{Y_ROW + j}", name, style="heading")
        yield from (Place(f"{grid.digit(i)}{Y_ROW + j}", value=value) for i, value in enumerate(points[name]))
    for block in BLOCKS:
        yield Place(f"A{grid.row(block, -2)}", f"{block} of each digit, an epoch a row", style="bold")
        yield Place(f"A{grid.row(block, -1)}", "epoch", style="heading")
        yield Place(f"B{grid.row(block, -1)}", f"mean {block}", style="heading")
        yield from _numbered(grid, grid.row(block, -1))
    for epoch in range(grid.epochs + 1):
        yield from _weights(grid, epoch, lr)
        yield from _given(grid, epoch)


def _numbered(grid: RunGrid, row: int) -> Iterator[Place]:
    """Yield the digits' numbers, above their columns."""
    yield Place(f"{column_letters(FIRST_DIGIT - 1)}{row}", "digit", style="heading")
    yield from (Place(f"{grid.digit(i)}{row}", value=float(i + 1), style=GIVEN) for i in range(grid.n))


def _weights(grid: RunGrid, epoch: int, lr: Expression) -> Iterator[Place]:
    """Yield an epoch's weights: those before, less the rate times the mean of the digits' derivatives."""
    letter = grid.weights(epoch)
    yield Place(f"{letter}{B_ROW - 1}", value=float(epoch), style=GIVEN)
    if not epoch:
        yield from (Place(f"{letter}{B_ROW + j}", value=value) for j, value in enumerate(MODEL.start.values()))
        return
    slopes, before = grid.across(grid.row("dL/dz", epoch - 1)), grid.weights(epoch - 1)
    for j in range(PIXELS + 1):
        pixels = grid.across(Y_ROW + j)
        gradient = sum_of_products(pixels, 0, slopes, 0) / grid.n if j else mean(slopes)
        yield Place(f"{letter}{B_ROW + j}", formula=at(f"{before}{B_ROW + j}") - gradient * lr, format=FOUR_PLACES)


def _given(grid: RunGrid, epoch: int) -> Iterator[Place]:
    """Yield what each digit gives with an epoch's weights, and the means."""
    letter, rows = grid.weights(epoch), [grid.row(block, epoch) for block in BLOCKS]
    for row in rows:
        yield Place(f"A{row}", value=float(epoch), style=GIVEN)
        yield Place(f"B{row}", formula=mean(grid.across(row)), format=FOUR_PLACES)
    weights = area(f"{letter}{B_ROW + 1}:{letter}{B_ROW + PIXELS}")
    for digit in map(grid.digit, range(grid.n)):
        pixels, y = area(f"{digit}{Y_ROW + 1}:{digit}{Y_ROW + PIXELS}"), at(f"{digit}{Y_ROW}")
        p = at(f"{digit}{rows[0]}")
        given = (
            sigmoid(at(f"{letter}{B_ROW}") + sum_of_products(weights, 0, pixels, 0)),
            sigmoid_loss(p, y),
            if_above(p, 0.5, y, 1 - y),
            if_equal(y, 1, -1, 1) * p * (1 - p),
        )
        yield from (Place(f"{digit}{row}", formula=f, format=FOUR_PLACES) for row, f in zip(rows, given, strict=True))


def _shown(grid: RunGrid, row: int) -> Iterator[Place]:
    """Yield the sheet's cells below the text: epoch, rate, digit, what they come to, and both pictures."""
    constants = {"epoch": float(grid.epochs), "lr": RATE, "digit": 1.0}
    cells = {name: f"{letter}{row + 1}" for name, letter in zip(constants, "ABC", strict=True)}
    epoch, digit = (at(cells[name], fixed=True) for name in ("epoch", "digit"))
    for name, cell in cells.items():
        yield Place(f"{cell[0]}{row}", name, style="bold" if name == "epoch" else "heading")
        yield Place(cell, key=name, value=constants[name], style="" if name == "lr" else "entry")
    means = {"loss": "loss", "accuracy": "right"}
    told = {name: index(_means(grid, block), epoch + 1) for name, block in means.items()}
    told |= {"is a 3": index(grid.across(Y_ROW, RUN), digit), "its p": _of_pictures(grid, row, epoch)}
    for (name, formula), letter in zip(told.items(), "EFGH", strict=True):
        yield Place(f"{letter}{row}", name, style="heading")
        yield Place(f"{letter}{row + 1}", formula=formula, format=FOUR_PLACES)
    for title, left in (("the weights", 2), ("the digit", 11)):
        yield Place(f"{column_letters(left)}{row + 3}", title, style="bold")
    for j in range(PIXELS):
        down, right = divmod(j, SIDE)
        last = grid.weights(grid.epochs)
        weights = area(f"{grid.weights(0)}{B_ROW + 1 + j}:{last}{B_ROW + 1 + j}", RUN, fixed=True)
        yield Place(
            f"{column_letters(2 + right)}{row + 4 + down}", formula=index(weights, epoch + 1), format=TWO_PLACES
        )
        pixel = index(grid.across(Y_ROW + 1 + j, RUN), digit)
        yield Place(f"{column_letters(11 + right)}{row + 4 + down}", formula=pixel, format=UNSEEN)


def _of_pictures(grid: RunGrid, row: int, epoch: Expression) -> Expression:
    """Return the probability of a 3 from both pictures: each pixel times its weight."""
    weights, digit = (area(f"{first}{row + 4}:{last}{row + 3 + SIDE}") for first, last in ("BI", "KR"))
    b = area(f"{grid.weights(0)}{B_ROW}:{grid.weights(grid.epochs)}{B_ROW}", RUN, fixed=True)
    return sigmoid(index(b, epoch + 1) + sum_of_products(weights, 0, digit, 0))  # type: ignore[no-any-return]


def _means(grid: RunGrid, block: str) -> Expression:
    return area(f"B{grid.row(block, 0)}:B{grid.row(block, grid.epochs)}", RUN, fixed=True)


def _chart(grid: RunGrid, row: int) -> Chart:
    """Return the chart of the accuracy, and of the mean loss, which has an axis of its own."""
    lines = []
    for name, block in (("accuracy", "right"), ("loss", "loss")):
        epochs = area(f"A{grid.row(block, 0)}:A{grid.row(block, grid.epochs)}", RUN, fixed=True)
        lines.append(Series(name, _means(grid, block), epochs, second=block == "loss"))
    drawn = Chart("Accuracy and mean loss by epoch", tuple(lines), f"T{row}", 6, 12, "epoch", "accuracy", "scatter")
    return drawn._replace(x_most=grid.epochs, x_least=0, y_second="loss")


def _fill(title: str, lines: list[str], points: Points, epochs: int) -> Iterator[Sheet]:
    grid, row = RunGrid(points.n, epochs), len(lines) + 3
    values = BookValues(())
    values.filled(NAME, [Place(f"B{row + 1}", value=RATE)])
    run = values.filled(RUN, _run(points, grid, at(f"B{row + 1}", NAME, fixed=True)))
    shown = values.filled(NAME, _shown(grid, row))
    texts = (Place("A1", title, style="title"), *(Place(f"A{i}", line) for i, line in enumerate(lines, start=2)))
    pictures = (
        Shade(f"B{row + 4}:I{row + 3 + SIDE}", SIGNED),
        Shade(f"K{row + 4}:R{row + 3 + SIDE}", ("#FFFFFF", "#000000"), (0.0, 1.0)),
    )
    choices = (
        Choice(f"A{row + 1}", 0, epochs, "Epoch", f"0 is the start; type up to {epochs}."),
        Choice(f"C{row + 1}", 1, points.n, "Digit", f"Type 1 to {points.n}."),
    )
    charts = (_chart(grid, row),)
    yield Sheet(NAME, (*texts, *shown), charts=charts, choices=choices, shades=pictures, widths=WIDTHS)
    yield Sheet(RUN, run, freeze="B4", first_page=True)


THREES_SEVENS = MatrixLesson(
    title="Threes and sevens: 64 weights, one for each pixel",
    text="""
Lesson 4's classifier on 8x8 digits: each pixel (0 to 1) times its weight, all added up with b, and the sigmoid of
the sum is the probability of a 3. The loss is 1 - p for a 3 and p for a 7; a step takes all digits at once, by the
mean of their gradients. The left picture shows the weights after the epoch: orange pixels speak for a 3, blue ones
for a 7.

The weights start at random (normally distributed, seed 4), as in the lesson, and tell nothing. From epoch to epoch
the noise is written over: where the 3's lower bow bulges the weights rise, where the 7's stem runs they fall; pixels
that are always white keep what they started with. Below digit choose one of the 40 digits (3 and 7 take turns),
which the right picture shows.

Try it: step through the epochs; change the rate (lr). The accuracy is of these 40 digits, which it learns from.
Data: the first 20 threes and 20 sevens of the Optical Recognition of Handwritten Digits data set (Alpaydin and
Kaynak 1998, UCI Machine Learning Repository, doi.org/10.24432/C50P49, CC BY 4.0), pixels divided by 16.
""",
    training=training_of(MODEL, "sgd", batch=2 * EACH, knobs={"lr": RATE}),
    points=_digits(),
    epochs=EPOCHS,
    fill=_fill,
    most=(MAX_COLUMN - FIRST_DIGIT + 1, MAX_COLUMN - 2),
)
