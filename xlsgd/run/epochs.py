"""All epochs of a training sheet at once: what each pass over the points starts from.

The buttons are pressed twice: on numbers, which gives the values, and on expressions, which gives the formulas. Both
press the same description, so the passes agree, the warm-up passes of a reset among them.
"""

from collections.abc import Callable, Iterator
from typing import Any

from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.arithmetic import Arithmetic, OnNumbers, PassEnd, last_values
from xlsgd.run.one_pass import loss_by_row
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.buttons import Put
from xlsgd.sheets.training import Training
from xlsgd.sheets.unrolled import History
from xlsgd.symbols.checked import Number
from xlsgd.symbols.expression import Expression, as_expression, symbol


class OnExpressions:
    """A sheet is pressed on expressions: a pass starts from what stands in the last rows of the passes before it.

    Args:
        last: gives the cell of a column in the last row of a pass: (index of the pass, column) -> reference.
        loss: gives the loss of a pass.
    """

    keeps_lists = True

    def __init__(self, last: Callable[[int, str], Expression], loss: Callable[[int], Expression]) -> None:
        self._last, self._loss = last, loss
        self._passes = 0

    def recalculated(self, sheet: LiveSheet) -> PassEnd:
        """Return references to the last row of one more pass."""
        index, training = self._passes, sheet.training
        self._passes += 1
        last = {name: self._last(index, column) for name, column in training.last.items()}
        states = {name: self._last(index, name) for name in training.states if name not in last}
        loss = self._loss(index)
        return PassEnd(last_values(training, last, states), loss, lambda: {"rmse": loss})

    def operand(self, value: Any) -> Expression:
        """Return a cell's value as an expression."""
        return as_expression(value)

    def cell(self, value: Expression) -> Expression:
        """Return an expression as it is."""
        return value


class Noting:
    """Presses a sheet on another arithmetic, and notes what each pass over the points starts from.

    Args:
        arithmetic: the other.
    """

    def __init__(self, arithmetic: Arithmetic) -> None:
        self.operand, self.cell, self.keeps_lists = arithmetic.operand, arithmetic.cell, arithmetic.keeps_lists
        self._arithmetic = arithmetic
        self.starts: list[dict[str, Any]] = []
        self.losses: list[Any] = []

    def recalculated(self, sheet: LiveSheet) -> PassEnd:
        """Return what the other gives, and note what it came from."""
        names = [*(start for start, _ in sheet.training.starts.values()), "lr"]
        self.starts.append({name: sheet.inputs[name][0] for name in names} | sheet.seeds())
        done = self._arithmetic.recalculated(sheet)
        self.losses.append(done.loss)
        return done


def history(training: Training, points: Points, epochs: int, arithmetic: Arithmetic | None = None) -> History:
    """Return every pass over the points from a reset on, and so many epochs further.

    Args:
        training: the sheet.
        points: the data.
        epochs: how many steps to take after the reset.
        arithmetic: what it is pressed on; numbers by default.
    """
    noting = Noting(arithmetic or OnNumbers())
    sheet = LiveSheet(training, points, noting)
    warm = len(noting.starts)
    sheet.recalculated()
    for _ in range(epochs):
        sheet.step()
        sheet.recalculated()
    return History(noting.starts, noting.losses, warm)


def symbolic_history(
    training: Training, epochs: int, last: Callable[[int, str], Expression], loss: Callable[[int], Expression]
) -> History:
    """Return the same passes as expressions; `last` and `loss` as of `OnExpressions`."""
    knobs = training.knobs._make(symbol(f"knob {name}") for name in training.knobs._fields)
    # A rate that a reset puts back is the header's, so that typing another one there changes all epochs.
    reset = tuple(a for a in training.buttons.reset if not (isinstance(a, Put) and a.target in knobs._fields))
    buttons = training.buttons._replace(reset=reset)
    pressed = training._replace(knobs=knobs, buttons=buttons)
    return history(pressed, LESSON_POINTS, epochs, OnExpressions(last, loss))


def values_of(
    training: Training, points: Points, passes: History, names: tuple[str, ...]
) -> Iterator[tuple[Number, ...]]:
    """Yield the inputs, the targets and the named values of every row of every pass."""
    sheet = LiveSheet(training, points)
    columns, loss_of = sheet.one_pass.names, loss_by_row(training)
    places = [columns.index(name) if name in columns else None for name in (*training.point, *names)]
    for start in passes.starts:
        for name, value in start.items():
            if name in sheet.inputs:
                sheet.inputs[name] = [value]
        for field, (_, target) in training.targets.items():
            sheet.inputs[target] = [start[name] for name in training.states_of(field)]
        for row in sheet.tuples():
            yield tuple(loss_of(row) if place is None else row[place] for place in places)
