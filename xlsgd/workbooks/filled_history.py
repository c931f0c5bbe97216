"""The unrolled epochs and the race with their numbers."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from xlsgd.errors import InputError
from xlsgd.models import LINE
from xlsgd.points.points import Points
from xlsgd.run.epochs import history, symbolic_history, values_of
from xlsgd.run.least_squares import least_squares
from xlsgd.sheets.description import Sheet
from xlsgd.sheets.general_layout import layout_of
from xlsgd.sheets.race import ANSWERS, race_sheet
from xlsgd.sheets.training import Training
from xlsgd.sheets.unrolled import History, Unrolled, unrolled
from xlsgd.sheets.unrolled_sheet import unrolled_sheet
from xlsgd.symbols.expression import Expression
from xlsgd.symbols.references import MAX_ROW

EPOCHS = 100
"""How many epochs a sheet steps through by default."""

FEW_ROWS = 10_000
"""How many rows of history a sheet has at most by default, so that a workbook of many points stays small."""

FEW_CELLS = 150_000
"""How many cells of history a sheet has at most by default, so that a workbook of a wide model stays small."""

WARM_PASSES = 4
HEADER_ROWS = 8


def default_epochs(n: int) -> int:
    """Return how many epochs to unroll for `n` points when nobody says: 100, fewer for many points, or none."""
    return min(EPOCHS, FEW_ROWS // n)


def most_epochs(n: int) -> int:
    """Return for how many epochs over `n` points a sheet has room; 0 or less where it has room for none."""
    return (MAX_ROW - HEADER_ROWS) // (n + 1) - WARM_PASSES - 1


def checked_epochs(n: int, epochs: int) -> int:
    """Return `epochs` if that many passes over `n` points fit on a sheet.

    Raises:
        InputError: they do not, or there are none.
    """
    most = most_epochs(n)
    if epochs < 1 or epochs > most:
        room = f"a sheet has room for 1 to {most:,}" if most >= 1 else "a sheet has room for none"
        raise InputError(f"`epochs` {epochs}: of {n:,} points {room}")
    return epochs


class Epochs(NamedTuple):
    """All epochs of a training sheet: where they stand, and its passes as expressions and as numbers."""

    where: Unrolled
    formulas: History
    numbers: History


def epochs_of(training: Training, points: Points, epochs: int, answered: bool | None = None) -> Epochs:
    """Return so many epochs of a training sheet from a reset on.

    Args:
        training: the sheet.
        points: the data.
        epochs: how many.
        answered: whether each tells how near it is to the answer; by default those of the lesson's line do.
    """
    numbers = history(training, points, epochs)
    answered = training.model is LINE if answered is None else answered
    where = unrolled(training, layout_of(training), points.n, len(numbers.starts), numbers.warm, answered)

    def loss(index: int) -> Expression:
        return training.epoch_loss(where.losses(index))  # type: ignore[no-any-return]

    return Epochs(where, symbolic_history(training, epochs, where.last, loss), numbers)


def filled_run(epochs: Epochs, points: Points, cells: Mapping[str, Expression] = ANSWERS) -> Sheet:
    """Return the sheet with all epochs; `cells` are those that hold the line's answer."""
    where = epochs.where
    best = least_squares(points)._asdict() if where.answered else {}
    answers = {name: (cell, best[name]) for name, cell in cells.items()} if best else {}
    names = tuple(where.letters)[len(where.training.point) :]
    values = values_of(where.training, points, epochs.numbers, names)
    return unrolled_sheet(where, epochs.formulas, epochs.numbers, answers, values)


def filled_race(sheets: Sequence[Epochs], unrolled_sheets: Mapping[str, Sheet], points: Points) -> Sheet:
    """Return the `race` sheet."""
    lines = {each.where.training.name: _lines(each.where, unrolled_sheets[each.where.name]) for each in sheets}
    answer = least_squares(points)._asdict() if sheets[0].where.answered else {}
    return race_sheet([each.where for each in sheets], lines, answer)


def _lines(where: Unrolled, sheet: Sheet) -> dict[str, list[Any]]:
    values = {place.key: place.value for place in sheet.places if place.key}
    passes = range(where.warm, where.passes)
    return {name: [values[name, index] for index in passes] for name in (where.goal, "loss")}
