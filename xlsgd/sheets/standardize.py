"""The sheet that brings a user's points to mean 0 and deviation 1, and tells the answer in the user's own units."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from xlsgd.functions import Value, count, mean, sqrt, sum_of_products
from xlsgd.sheets.description import Column, Place, Rows, Sheet
from xlsgd.sheets.general_layout import layout_of
from xlsgd.sheets.race import LEAST_SQUARES
from xlsgd.sheets.race import NAME as RACE
from xlsgd.sheets.training import Training
from xlsgd.symbols.cells import area, at, here
from xlsgd.symbols.checked import Checked, Number, plain
from xlsgd.symbols.expression import Expression, placed
from xlsgd.symbols.operations import evaluate
from xlsgd.symbols.references import column_letters, column_number

NAME = "standardize"
FIRST = 4
"""The row of the first point."""

X, Y = "D", "E"
"""The columns of the points in the user's own units; the standardized ones stand in B and C."""

MEAN_X, MEAN_Y, DEVIATION_X, DEVIATION_Y = at("D1"), at("E1"), at("D2"), at("E2")

HEADINGS = (
    *(Place(f"A{row}", text, style="bold") for row, text in ((1, "mean"), (2, "deviation"))),
    *(
        Place(f"{letter}3", text, style="heading")
        for letter, text in zip("BCDE", ("x", "y", "your x", "your y"), strict=True)
    ),
    *(Place(f"G{row}", text, style="bold") for row, text in ((1, "in your units"), (2, "b"), (3, "a"))),
)


class Transform(NamedTuple):
    """What a column is brought to mean 0 and deviation 1 by: `(value - mean) / deviation`."""

    mean: Value
    deviation: Value


def transform(column: Value) -> Transform:
    """Return a column's mean and its standard deviation, of all its values rather than of a sample."""
    middle = mean(column)
    return Transform(middle, sqrt(sum_of_products(column, middle, column, middle) / count(column)))


def looked_up(training: Training) -> Training:
    """Return a training sheet whose points are looked up from this sheet."""
    return training._replace(layout=layout_of(training)._replace(points_on=NAME, points_row=FIRST))


def standardize_sheet(
    trainings: Sequence[Training],
    rows: Sequence[tuple[Number, ...]],
    transforms: Mapping[str, tuple[Number, Number]],
    answer: Mapping[str, Any],
) -> Sheet:
    """Return the sheet.

    Args:
        trainings: the training sheets, as they stand at their start.
        rows: for each point its standardized x and y, and its own.
        transforms: mean and deviation of x and of y.
        answer: the line of least squares through the standardized points, b and a; none where the workbook has no race.
    """
    last = FIRST + len(rows) - 1
    places = [*HEADINGS]
    for name, letter in (("x", X), ("y", Y)):
        formulas = transform(area(f"{letter}{FIRST}:{letter}{last}"))
        for row, value, formula in zip((1, 2), transforms[name], formulas, strict=True):
            known = {formulas.mean: at(f"{letter}1")} if row == 2 else {}
            places.append(Place(f"{letter}{row}", "", (name, row), value, placed(formula, known)))
    lines = {training.name: _weights(training) for training in trainings}
    if answer:
        cells = [at(LEAST_SQUARES[name], RACE) for name in "ba"]
        lines = {"least squares": list(zip(cells, (answer["b"], answer["a"]), strict=True)), **lines}
    for column, (name, weights) in enumerate(lines.items(), start=column_number("H")):
        places += _in_own_units(column_letters(column), name, weights, transforms)
    columns = tuple(
        Column(to, (_here(own) - mean_of) / deviation)
        for to, own, mean_of, deviation in (
            ("B", X, at("D1", fixed=True), at("D2", fixed=True)),
            ("C", Y, at("E1", fixed=True), at("E2", fixed=True)),
        )
    )
    shown = Rows(FIRST, len(rows), (*columns, Column(X), Column(Y)), values=rows)
    return Sheet(NAME, tuple(places), shown, freeze=f"A{FIRST}", widths={"A": 10, "G": 14})


def _here(letter: str) -> Expression:
    return here(column_number(letter))


def _weights(training: Training) -> list[tuple[Expression, Number]]:
    """Return the cells that a training sheet's b and a start from, with their values."""
    cells, starts = layout_of(training).cells, training.starts
    return [(at(cells[starts[name][0]], training.name), training.model.start[name]) for name in "ba"]


def _in_own_units(
    letter: str, name: str, weights: Sequence[tuple[Expression, Any]], transforms: Mapping[str, tuple[Number, Number]]
) -> list[Place]:
    """Return the cells of a line `y = b + a*x` in the user's own units."""
    (b, value_of_b), (a, value_of_a) = weights
    slope = a * DEVIATION_Y / DEVIATION_X
    intercept = MEAN_Y + DEVIATION_Y * b - at(f"{letter}3") * MEAN_X
    known: dict[Any, Any] = {b: Checked(value_of_b), a: Checked(value_of_a)}
    numbers = (*transforms["x"], *transforms["y"])
    cells = (MEAN_X, DEVIATION_X, MEAN_Y, DEVIATION_Y)
    known |= {cell: Checked(number) for cell, number in zip(cells, numbers, strict=True)}
    own_a = evaluate(slope, known, Checked)
    own_b = evaluate(intercept, known | {at(f"{letter}3"): own_a}, Checked)
    return [
        Place(f"{letter}1", name, style="heading"),
        Place(f"{letter}2", "", (name, "b"), plain(own_b), intercept),
        Place(f"{letter}3", "", (name, "a"), plain(own_a), slope),
    ]
