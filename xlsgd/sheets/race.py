"""The `race` sheet: every optimizer on the same rows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xlsgd.functions import count_equal, if_equal, index, match_exactly
from xlsgd.sheets.answer import least_squares
from xlsgd.sheets.description import FOUR_PLACES, SCIENTIFIC, Chart, Place, Series, Sheet
from xlsgd.sheets.unrolled import Unrolled
from xlsgd.symbols.cells import area, at
from xlsgd.symbols.checked import Checked, plain
from xlsgd.symbols.expression import Expression, placed, text
from xlsgd.symbols.operations import evaluate

NAME = "race"

TABLE = 7
"""The row of the table's first optimizer."""

COLUMNS_WIDE, ROWS_HIGH = 9, 11
WIDTHS: dict[str, float] = {"A": 12, "B": 14, "C": 13, "D": 12, "H": 2}

LEAST_SQUARES = {"mean_x": "F3", "mean_y": "G3", "size_x": "F4", "size_y": "G4", "slope": "F5", "a": "B4", "b": "B3"}
"""Where the answer and what it is made of stand."""

ANSWERS = {"b": at("B3", NAME, fixed=True), "a": at("B4", NAME, fixed=True)}
"""Where the best parameters stand, seen from another sheet."""

LineValues = Mapping[str, Sequence[Any]]
"""The values in the passes' lines from epoch 0 on, by name."""


def race_sheet(sheets: Sequence[Unrolled], lines: Mapping[str, LineValues], answer: Mapping[str, Any]) -> Sheet:
    """Return the sheet.

    Args:
        sheets: the optimizers' unrolled epochs.
        lines: the values of the goal and the loss in their lines, by the training sheet's name.
        answer: the values of what `LEAST_SQUARES` names; none where no answer is known.
    """
    first = sheets[0]
    until = f"Epochs until b and a are both within 1 % of the answer, of {first.epochs}:"
    if not answer:
        return _without_answer(sheets, lines)
    places = [
        Place("A1", "Every optimizer on the same rows: how far does each get, and how fast?", style="title"),
        Place("A3", "answer: b", style="bold"),
        Place("A4", "answer: a", style="bold"),
        *_least_squares(first, answer),
        Place("A5", until, style="note"),
        Place(f"A{TABLE - 1}", "sheet", style="bold"),
        Place(f"B{TABLE - 1}", "epochs to 1 %", style="heading"),
        Place(f"C{TABLE - 1}", "loss at start", style="heading"),
        Place(f"D{TABLE - 1}", "loss at end", style="heading"),
    ]
    for row, where in enumerate(sheets, start=TABLE):
        places += _line(row, where, lines[where.training.name])
    return Sheet(NAME, tuple(places), widths=WIDTHS, charts=_charts(sheets, with_paths=True))


def _without_answer(sheets: Sequence[Unrolled], lines: Mapping[str, LineValues]) -> Sheet:
    """Return the sheet of a model whose best parameters nobody knows."""
    places = [
        Place("A1", "Every optimizer on the same rows: how far does each get, and how fast?", style="title"),
        Place("A5", f"Epochs until the loss is half of what it is at the start, of {sheets[0].epochs}:", style="note"),
        Place(f"A{TABLE - 1}", "sheet", style="bold"),
        *(
            Place(f"{letter}{TABLE - 1}", text, style="heading")
            for letter, text in zip("BCD", ("epochs to half", "loss at start", "loss at end"), strict=True)
        ),
    ]
    for row, where in enumerate(sheets, start=TABLE):
        places += _line(row, where, lines[where.training.name])
    widths = WIDTHS | {"A": max(12, *(len(where.training.name) + 2 for where in sheets))}
    return Sheet(NAME, tuple(places), widths=widths, charts=_charts(sheets, with_paths=False))


def _least_squares(first: Unrolled, answer: Mapping[str, Any]) -> Iterator[Place]:
    """Yield the answer and what it is made of, from the points on the first optimizer's sheet."""
    top = first.layout.first_row
    bottom, name = top + first.n - 1, first.training.name
    x, y = (area(f"{letter}{top}:{letter}{bottom}", name, fixed=True) for letter in "AB")
    made_of = least_squares(x, y)._asdict()
    places = {value: at(LEAST_SQUARES[name]) for name, value in made_of.items()}
    for address, name in (("E2", "least squares"), ("E3", "mean"), ("E4", "greatest size"), ("E5", "slope")):
        yield Place(address, name, style="note")
    for address, name in (("F2", "x"), ("G2", "y")):
        yield Place(address, name, style="note")
    for name, value in made_of.items():
        yield Place(LEAST_SQUARES[name], "", name, answer[name], placed(value, places), FOUR_PLACES)


def _line(row: int, where: Unrolled, lines: LineValues) -> Iterator[Place]:
    """Yield an optimizer's line: how many epochs it takes, and its loss at the start and at the end."""
    goal = where.goal
    near, losses = where.line(goal, fixed=False), where.line("loss", fixed=False)
    known = {column: [Checked(value) for value in lines[name]] for column, name in ((near, goal), (losses, "loss"))}
    reached = if_equal(count_equal(near, 1), 0, text("not yet"), match_exactly(1, near) - 1)
    cells = {
        "B": ("epochs", reached, ""),
        "C": ("first loss", index(losses, 1), SCIENTIFIC),
        "D": ("last loss", index(losses, where.epochs + 1), SCIENTIFIC),
    }
    yield Place(f"A{row}", where.training.name)
    for letter, (name, formula, format) in cells.items():
        value = plain(evaluate(formula, known, Checked))
        whole = int(value) if name == "epochs" and isinstance(value, float) else value
        yield Place(f"{letter}{row}", "", (name, where.training.name), whole, formula, format, "shown")


def _charts(sheets: Sequence[Unrolled], with_paths: bool) -> tuple[Chart, ...]:
    epochs, loss = sheets[0].epochs, sheets[0].training.loss_name
    losses = tuple(Series(each.training.name, each.line("loss"), each.line("epoch")) for each in sheets)
    chart = Chart("Loss by epoch", losses, "I2", COLUMNS_WIDE, ROWS_HIGH, "epoch", loss, "scatter", True, epochs)
    if not with_paths:
        return (chart,)
    paths = tuple(Series(each.training.name, _starts(each, "a"), _starts(each, "b")) for each in sheets)
    answer = Series("answer", area("B4:B4", NAME, fixed=True), area("B3:B3", NAME, fixed=True), "point")
    title = "Path of the weights, epoch by epoch"
    return chart, Chart(title, (*paths, answer), f"I{2 + ROWS_HIGH}", COLUMNS_WIDE, ROWS_HIGH, "b", "a", "scatter")


def _starts(where: Unrolled, parameter: str) -> Expression:
    """Return the cells of what the passes start from of a parameter."""
    return where.line(where.training.starts[parameter][0])
