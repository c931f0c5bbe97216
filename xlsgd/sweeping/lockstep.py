"""Many runs of one training sheet in lock step: every value is an array with one element a run.

The row, the rule and the buttons are those that the single sheet runs; only what an array does differently stands
here. Arrays follow IEEE arithmetic, so a run that a spreadsheet would stop with an error goes on as infinity or NaN.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xlsgd.functions import Value
from xlsgd.points.points import Points
from xlsgd.run.interpreted import Done, interpreter
from xlsgd.run.one_pass import FLOATS_FAIL, point_rows
from xlsgd.run.press import ACTIONS, LiveSheet, Pass, last_values
from xlsgd.sheets.buttons import Action, Append, DivideIfAbove, PasteIfLess
from xlsgd.sheets.training import Training
from xlsgd.sweeping.floats import Floats
from xlsgd.sweeping.passes import Passes, RunsEnd


class ColumnSums:
    """A column of arrays, known by its sums alone."""

    def __init__(self) -> None:
        self._sum: Value = 0.0
        self._squares: Value = 0.0
        self._rows = 0

    def append(self, value: Value) -> None:
        """Add the next row's values, one for each run."""
        self._sum = self._sum + value
        self._squares = self._squares + value * value
        self._rows += 1

    @staticmethod
    def applied(primitive: Any, operands: Sequence[Any]) -> Any:
        """Return what a primitive gives of the column."""
        (column,) = operands
        return getattr(column, primitive.name)()

    def total(self) -> Value:
        """Return each run's sum."""
        return self._sum

    def sum_of_squares(self) -> Value:
        """Return each run's sum of squares."""
        return self._squares

    def count(self) -> int:
        """Return the number of rows."""
        return self._rows


class LockStep(LiveSheet):
    """A training sheet whose knobs are arrays of shape (runs,), pressed for all runs at once.

    Args:
        training: the sheet; a knob is a number or an array, see `xlsgd.sheets.lesson.with_knobs`.
        points: the data.
        module: what makes the arrays: `numpy` or `torch`.
        zeros: zeros of shape (runs,) in float64, of the kind and on the device that the runs shall have. The knobs and
            they are `xlsgd.sweeping.floats.Floats` if the runs shall be those of floats to the bit.

    With NumPy, press it inside `numpy.errstate(all="ignore")`: diverging runs overflow.
    """

    def __init__(self, training: Training, points: Points, module: Any, zeros: Value) -> None:
        self.module = module
        self.zeros = zeros
        self._passes = Passes(training, points, len(zeros)) if isinstance(zeros, Floats) else None
        super().__init__(training, points)

    def loss(self) -> Value:
        """Return each run's loss of one pass from the parameters as they stand.

        It is NaN where a state is not finite as the last row begins: an infinity in one never leaves it again.
        """
        losses, states = ColumnSums(), tuple(self.states().values())
        entered = states
        for row in self._rows(states):
            losses.append(row.summed[self.training.key.summed.index(self.training.model.error)])
            entered, states = states, row.after
        return self._or_nan(self.training.epoch_loss(losses), *entered)

    def within(self, answer: Mapping[str, float], tolerance: float) -> Value:
        """Return for each run whether every parameter lies within a relative tolerance of an answer.

        A run of which any state is not finite does not.
        """
        near: Value = self.zeros == 0
        for name, wanted in answer.items():
            near = near & (abs(self._each(self.parameters()[name]) - wanted) <= tolerance * abs(wanted))
        if not near.any():  # as is so for most epochs of most sweeps
            return near
        return near & self._all_finite(*self.states().values())

    def footer(self) -> dict[str, Value]:
        """Return each run's values that follow from the rows, by name; only a button that reads one needs them."""
        sums = {name: ColumnSums() for name in self.training.key.summed}
        for row in self._rows(tuple(self.states().values())):
            for column, value in zip(sums.values(), row.summed, strict=True):
                column.append(value)
        return self.training.footer(sums)

    def sizes(self) -> dict[str, Value]:
        """Return each run's values that follow from the seeds alone, by name."""
        seeds = {name: self._each(value) for name, value in self.seeds().items()}
        return self.training.sizes(seeds, seeds)

    def _act(self, actions: Sequence[Action]) -> None:
        for action in actions:
            (ELEMENTWISE.get(type(action)) or ACTIONS[type(action)])(self, action)

    def _value(self, name: str) -> Value:
        """Return the runs' values of a named cell, an array even where all runs share one."""
        (value,) = self._read(name)
        return self._each(value)

    def _each(self, value: Value) -> Value:
        """Return a value as an array, to the bit: a zero added to it would lose the sign of -0.0."""
        return value if isinstance(value, type(self.zeros)) else value * (self.zeros + 1)

    def states(self) -> dict[str, Value]:
        """Return everything that the first row starts from, the parameters as arrays."""
        states = super().states()
        return states | {name: self._each(states[name]) for name in self.training.parameters}

    def _rows(self, states: Sequence[Value]) -> Iterator[Done]:
        training = self.training
        return interpreter(training.key).rows(point_rows(training, self.points), states, self.knobs())

    def _recalculate(self) -> Pass:
        states = self.states()
        try:
            last, after = (self._passes and self._passes.fold(states, self.knobs())) or self._fold(states)
        except FLOATS_FAIL:  # in a number that no knob changes, so in every run
            last, after = self._failed()
        return Pass({}, last_values(self.training, last, after), self.zeros)

    def _fold(self, states: Mapping[str, Value]) -> RunsEnd:
        *_, row = self._rows(tuple(states.values()))
        last = dict(zip(self.training.parameters, row.last, strict=True))
        return RunsEnd(last, dict(zip(states, row.after, strict=True)))

    def _failed(self) -> RunsEnd:
        nan = self.zeros + math.nan
        return RunsEnd(dict.fromkeys(self.training.parameters, nan), dict.fromkeys(self.training.states, nan))

    def _or_nan(self, result: Value, *operands: Value) -> Value:
        """Return the result where all operands are finite, else NaN, as an error is handed on in a spreadsheet."""
        return self._where(self._all_finite(*operands), result, self.zeros + math.nan)

    def _where(self, condition: Value, then: Value, otherwise: Value) -> Value:
        found = self.module.where(condition, then, otherwise)
        return found.view(Floats) if isinstance(self.zeros, Floats) else found  # which NumPy would make plain

    def _all_finite(self, *values: Value) -> Value:
        finite = self.zeros == 0
        for value in values:
            finite = finite & self.module.isfinite(self._each(value))
        return finite


def _divide_if_above(sheet: LockStep, action: DivideIfAbove) -> None:
    tested, current = sheet._value(action.tested), sheet._value(action.target)
    divided = sheet._where(tested > action.threshold, current / action.divisor, current)
    sheet._write(action.target, [sheet._or_nan(divided, tested, current)])


def _paste_if_less(sheet: LockStep, action: PasteIfLess) -> None:
    value, best = sheet._value(action.source), sheet._value(action.target)
    sheet._write(action.target, [sheet._or_nan(sheet._where(value < best, value, best), value, best)])


def _append(sheet: LockStep, action: Append) -> None:
    """Keep no list: the sheet's is for the chart of one run."""


ELEMENTWISE: dict[type, Any] = {DivideIfAbove: _divide_if_above, PasteIfLess: _paste_if_less, Append: _append}
