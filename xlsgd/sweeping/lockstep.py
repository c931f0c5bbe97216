"""Many runs of one training sheet in lock step: every value is an array with one element a run.

The row, the rule and the buttons are those that the single sheet runs; only what an array does differently stands
here. Arrays follow IEEE arithmetic, so a run that a spreadsheet would stop with an error goes on as infinity or NaN.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xlsgd.functions import Value
from xlsgd.points.points import Points
from xlsgd.run.arithmetic import PassEnd, last_values
from xlsgd.run.interpreted import Done, interpreter
from xlsgd.run.one_pass import FLOATS_FAIL, point_rows
from xlsgd.run.press import LiveSheet
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


class OnRuns:
    """A sheet is pressed on arrays of shape (runs,); its knobs are such arrays or numbers, see `with_knobs`.

    Args:
        training: the sheet.
        points: the data.
        module: what makes the arrays: `numpy` or `torch`.
        zeros: zeros of shape (runs,) in float64, of the kind and on the device that the runs shall have. The knobs and
            they are `xlsgd.sweeping.floats.Floats` if the runs shall be those of floats to the bit.

    With NumPy, press it inside `numpy.errstate(all="ignore")`: diverging runs overflow.
    """

    keeps_lists = False

    def __init__(self, training: Training, points: Points, module: Any, zeros: Value) -> None:
        self.module = module
        self.zeros = zeros
        self._passes = Passes(training, points, len(zeros)) if isinstance(zeros, Floats) else None

    def recalculated(self, sheet: LiveSheet) -> PassEnd:
        """Return what a pass leaves in each run, without its loss; its footer is computed where a button reads it."""
        states = self.states(sheet)
        try:
            last, after = (self._passes and self._passes.fold(states, sheet.knobs())) or self.fold(sheet, states)
        except FLOATS_FAIL:  # in a number that no knob changes, so in every run
            nan = self.zeros + math.nan
            last, after = dict.fromkeys(sheet.training.parameters, nan), dict.fromkeys(sheet.training.states, nan)
        return PassEnd(last_values(sheet.training, last, after), self.zeros, lambda: self.footer(sheet, states))

    def operand(self, value: Value) -> Value:
        """Return a value as an array, to the bit: a zero added to it would lose the sign of -0.0."""
        return value if isinstance(value, type(self.zeros)) else value * (self.zeros + 1)

    def cell(self, value: Value) -> Value:
        """Return an array as it is."""
        return value

    def states(self, sheet: LiveSheet) -> dict[str, Value]:
        """Return everything that the first row starts from, the parameters as arrays."""
        return sheet.states() | {name: self.operand(value) for name, value in sheet.parameters().items()}

    def rows(self, sheet: LiveSheet, states: Sequence[Value]) -> Iterator[Done]:
        """Yield the rows from those states on, operation by operation."""
        points = point_rows(sheet.training, sheet.points)
        return interpreter(sheet.training.key).rows(points, states, sheet.knobs())

    def fold(self, sheet: LiveSheet, states: Mapping[str, Value]) -> RunsEnd:
        """Return what a pass leaves, operation by operation."""
        *_, row = self.rows(sheet, tuple(states.values()))
        last = dict(zip(sheet.training.parameters, row.last, strict=True))
        return RunsEnd(last, dict(zip(states, row.after, strict=True)))

    def footer(self, sheet: LiveSheet, states: Mapping[str, Value]) -> dict[str, Value]:
        """Return each run's values that follow from the rows, by name."""
        sums = {name: ColumnSums() for name in sheet.training.key.summed}
        for row in self.rows(sheet, tuple(states.values())):
            for column, value in zip(sums.values(), row.summed, strict=True):
                column.append(value)
        return sheet.training.footer(sums)

    def loss(self, sheet: LiveSheet) -> Value:
        """Return each run's loss of one pass from the parameters as they stand.

        It is NaN where a state is not finite as the last row begins: an infinity in one never leaves it again.
        """
        losses, states = ColumnSums(), tuple(self.states(sheet).values())
        entered = states
        for row in self.rows(sheet, states):
            losses.append(row.summed[sheet.training.key.summed.index(sheet.training.model.error)])
            entered, states = states, row.after
        found = sheet.training.epoch_loss(losses)
        return self.module.where(self.all_finite(*entered), found, self.zeros + math.nan)

    def within(self, sheet: LiveSheet, answer: Mapping[str, float], tolerance: float) -> Value:
        """Return for each run whether every parameter lies within a relative tolerance of an answer.

        A run of which any state is not finite does not.
        """
        states = self.states(sheet)
        near: Value = self.zeros == 0
        for name, wanted in answer.items():
            near = near & (abs(states[name] - wanted) <= tolerance * abs(wanted))
        if not near.any():  # as is so for most epochs of most sweeps
            return near
        return near & self.all_finite(*states.values())

    def all_finite(self, *values: Value) -> Value:
        """Return for each run whether all of its values are finite."""
        finite = self.zeros == 0
        for value in values:
            finite = finite & self.module.isfinite(self.operand(value))
        return finite
