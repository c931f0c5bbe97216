"""Many runs of one training sheet in lock step: every value is an array with one element a run.

The row, the rule and the buttons are those that the single sheet runs; only what an array does differently stands
here. Arrays follow IEEE arithmetic, so a run that a spreadsheet would stop with an error goes on as infinity or NaN.
"""

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

from xlsgd.functions import Value
from xlsgd.points.points import Points
from xlsgd.run.arithmetic import PassEnd, last_values
from xlsgd.run.interpreted import interpreter
from xlsgd.run.one_pass import FLOATS_FAIL, point_rows
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.training import Training
from xlsgd.sweeping.floats import Floats
from xlsgd.sweeping.machine_passes import MachinePasses
from xlsgd.sweeping.passes import ColumnSums, Passes, RunsEnd
from xlsgd.sweeping.places import differing_states


class OnRuns:
    """A sheet is pressed on arrays of shape (runs,); its knobs are such arrays or numbers, see `with_knobs`.

    Args:
        training: the sheet.
        points: the data.
        module: what makes the arrays: `numpy` or `torch`.
        zeros: zeros of shape (runs,) in float64, of the kind and on the device that the runs shall have. The knobs and
            they are `xlsgd.sweeping.floats.Floats` if the runs shall be those of floats to the bit.
        machine_code: whether these go by machine code where it can be had, which takes a moment to make.

    With NumPy, press it inside `numpy.errstate(all="ignore")`: diverging runs overflow.
    """

    keeps_lists = False

    def __init__(
        self, training: Training, points: Points, module: Any, zeros: Value, machine_code: bool = False
    ) -> None:
        self.module = module
        self.zeros = zeros
        floats = isinstance(zeros, Floats)
        self._passes = Passes(training, points, len(zeros)) if floats else None
        self._machine = MachinePasses(training, points, len(zeros)) if floats and machine_code else None
        self._footers = False

    def recalculated(self, sheet: LiveSheet) -> PassEnd:
        """Return what a pass leaves in each run, without its loss; its footer is computed where a button reads it."""
        states, knobs = self.states(sheet), sheet.knobs()
        try:
            end = self._fold(sheet, states, knobs)
        except FLOATS_FAIL:  # in a number that no knob changes, so in every run
            nan = self.zeros + math.nan
            end = RunsEnd(dict.fromkeys(sheet.training.parameters, nan), dict.fromkeys(sheet.training.states, nan))
        footer = partial(self.footer, sheet, states, knobs, end)
        return PassEnd(last_values(sheet.training, end.last, end.states), self.zeros, footer)

    def _fold(self, sheet: LiveSheet, states: Mapping[str, Value], knobs: Any) -> RunsEnd:
        """Return what a pass leaves in the quickest way that there is."""
        return (
            (self._machine and self._machine.fold(states, knobs, self._footers))
            or (self._passes and self._passes.fold(states, knobs))
            or self.fold(sheet, states)
        )

    def operand(self, value: Value) -> Value:
        """Return a value as an array, to the bit: a zero added to it would lose the sign of -0.0."""
        return value if isinstance(value, type(self.zeros)) else value * (self.zeros + 1)

    def cell(self, value: Value) -> Value:
        """Return an array as it is."""
        return value

    def states(self, sheet: LiveSheet) -> dict[str, Value]:
        """Return everything that the first row starts from, the parameters as arrays."""
        return sheet.states() | {name: self.operand(value) for name, value in sheet.parameters().items()}

    def fold(self, sheet: LiveSheet, states: Mapping[str, Value], summed: bool = False) -> RunsEnd:
        """Return what a pass leaves, operation by operation."""
        sums = {name: ColumnSums() for name in sheet.training.key.summed if summed}
        points, now = point_rows(sheet.training, sheet.points), self._as_they_go_on(sheet, states)
        for row in interpreter(sheet.training.key).rows(points, now, sheet.knobs()):
            for column, value in zip(sums.values(), row.summed, strict=False):
                column.append(value)
            entered, now = now, row.after
        last = dict(zip(sheet.training.parameters, row.last, strict=True))
        finite = self.all_finite(*entered) if summed else None
        return RunsEnd(last, dict(zip(states, now, strict=True)), sums, finite)

    def _as_they_go_on(self, sheet: LiveSheet, states: Mapping[str, Value]) -> tuple[Value, ...]:
        """Return the states, as an array each that the rows make one: where a number fails, an array holds NaN."""
        arrays = tuple(isinstance(value, type(self.zeros)) for value in (*states.values(), *sheet.knobs()))
        differ = differing_states(sheet.training.key, arrays)
        return tuple(
            self.operand(value) if array else value for value, array in zip(states.values(), differ, strict=True)
        )

    def footer(self, sheet: LiveSheet, states: Mapping[str, Value], knobs: Any, end: RunsEnd) -> dict[str, Value]:
        """Return each run's values that follow from the rows, by name.

        Args:
            sheet: the sheet.
            states: the states that the pass began with.
            knobs: the knobs that it had.
            end: what it left.
        """
        self._footers = True  # so will the next pass's be asked for
        return sheet.training.footer(end.sums or self._summed(sheet, states, knobs).sums)

    def loss(self, sheet: LiveSheet) -> Value:
        """Return each run's loss of one pass from the parameters as they stand.

        It is NaN where a state is not finite as the last row begins: an infinity in one never leaves it again.
        """
        end = self._summed(sheet, self.states(sheet), sheet.knobs())
        found = sheet.training.epoch_loss(end.sums[sheet.training.model.error])
        return self.module.where(end.finite, found, self.zeros + math.nan)

    def _summed(self, sheet: LiveSheet, states: Mapping[str, Value], knobs: Any) -> RunsEnd:
        """Return what a pass leaves, with the sums of its columns."""
        end = self._machine and self._machine.fold(states, knobs, summed=True)
        return end or self.fold(sheet, states, summed=True)

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
