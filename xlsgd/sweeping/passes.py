"""One pass over the data for many runs at once, on NumPy arrays, compiled."""

from collections.abc import Mapping, Sequence
from operator import is_not
from typing import Any, NamedTuple

import numpy as np

from xlsgd.functions import Value
from xlsgd.points.points import Points
from xlsgd.run.one_pass import point_rows
from xlsgd.sheets.training import Training
from xlsgd.sweeping.floats import Array, Floats, Powers, Squares
from xlsgd.sweeping.program import ManyRuns, program


class ColumnSums:
    """A column of arrays, known by its sums alone.

    Args:
        total: each run's sum of the rows so far.
        squares: each run's sum of their squares.
        rows: how many they are.
    """

    def __init__(self, total: Value = 0.0, squares: Value = 0.0, rows: int = 0) -> None:
        self._sum = total
        self._squares = squares
        self._rows = rows

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


class RunsEnd(NamedTuple):
    """What a pass leaves.

    Args:
        last: what the next epoch's parameters are, by name.
        states: the states after it, by name.
        sums: the columns that the sheet sums, by name; none unless they were asked for.
        finite: if they were, for each run whether all states were finite as the last row began.
    """

    last: dict[str, Value]
    states: dict[str, Value]
    sums: Mapping[str, ColumnSums] = {}
    finite: Any = None


class Passes:
    """Passes over the data of one sheet, which share the arrays that they compute in.

    Args:
        training: the sheet; its knobs do not matter.
        points: the data.
        runs: how many elements each array has.
    """

    def __init__(self, training: Training, points: Points, runs: int) -> None:
        self._training = training
        self._points = points
        self._runs = runs
        self._square = Squares(runs)
        self._scratch: list[Array] = []
        self._knobs: tuple[Value, ...] = ()
        self._plain_knobs: list[Value] = []
        self._powers: dict[int, Powers] = {}

    def fold(self, states: Mapping[str, Value], knobs: Any) -> RunsEnd | None:
        """Return what a pass leaves, or nothing if the sheet's row cannot be compiled; see `xlsgd.sweeping.program`.

        Args:
            states: the states before the first row, by name, each an array of shape (runs,) or a number.
            knobs: the knobs, likewise.
        """
        training = self._training
        arrays = tuple(isinstance(value, np.ndarray) for value in (*states.values(), *knobs))
        compiled = program(training.key, arrays)
        if compiled is None:
            return None
        begin = zip(states.values(), compiled.arrays, strict=True)
        after, last = self._run(compiled, [self._array(value) if array else value for value, array in begin], knobs)
        return RunsEnd(
            dict(zip(training.parameters, map(_as_floats, last), strict=True)),
            dict(zip(states, map(_as_floats, after), strict=True)),
        )

    def _run(self, compiled: ManyRuns, states: list[Value], knobs: Any) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
        missing = max(0, compiled.scratch - len(self._scratch))
        self._scratch += [np.empty(self._runs) for _ in range(missing)]
        self._take_over(knobs)
        powers = [self._powers_of(base) for base in compiled.bases]
        points = point_rows(self._training, self._points)
        scratch, self._scratch = self._scratch[: compiled.scratch], self._scratch[compiled.scratch :]
        after, last, free = compiled.run(points, self._square, powers, scratch, states, self._plain_knobs)
        self._scratch += [array for array in free if not any(array is weight for weight in last)]
        return after, last

    def _take_over(self, knobs: tuple[Value, ...]) -> None:
        """Take over the knobs, most of which are the same arrays in every pass."""
        if len(self._knobs) != len(knobs) or any(map(is_not, self._knobs, knobs)):
            self._knobs, self._plain_knobs = knobs, list(map(_plain, knobs))
            self._powers.clear()

    def _powers_of(self, knob: int) -> Powers:
        if knob not in self._powers:
            self._powers[knob] = Powers(self._plain_knobs[knob])
        return self._powers[knob]

    def _array(self, value: Value) -> Array:
        """Return a value for each run, in an array of its own."""
        array = np.empty(self._runs)
        array[:] = value
        return array


def _plain(value: Value) -> Value:
    return value.view(np.ndarray) if isinstance(value, np.ndarray) else value


def _as_floats(value: Value) -> Value:
    return value.view(Floats) if isinstance(value, np.ndarray) else value
