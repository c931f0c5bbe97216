"""One pass over the data for many runs at once, on NumPy arrays, compiled."""

from itertools import repeat
from typing import Any

import numpy as np

from xlsgd.data import Points
from xlsgd.fold import End
from xlsgd.functions import Value
from xlsgd.lesson import Training
from xlsgd.sweep.floats import Array, Floats, Squares
from xlsgd.sweep.program import Program, program


class ColumnSums:
    """A column of arrays, known by its sums alone."""

    def __init__(self, total: Value = 0.0, squares: Value = 0.0, rows: int = 0) -> None:
        self._sum = total
        self._squares = squares
        self._rows = rows

    def append(self, value: Value) -> None:
        """Add the next row's values, one for each run."""
        self._sum = self._sum + value
        self._squares = self._squares + value * value
        self._rows += 1

    def total(self) -> Value:
        """Return each run's sum."""
        return self._sum

    def sum_of_squares(self) -> Value:
        """Return each run's sum of squares."""
        return self._squares

    def count(self) -> int:
        """Return the number of rows."""
        return self._rows


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

    def fold(self, b: Any, a: Any, knobs: Any) -> End | None:
        """Return what a pass leaves, or nothing if the sheet's row cannot be compiled; see `xlsgd.sweep.program`.

        Args:
            b: the intercept's state before the first row, each field an array of shape (runs,) or a number.
            a: the slope's.
            knobs: the knobs, likewise.
        """
        training, columns = self._training, self._training.footer_columns
        arrays = tuple(isinstance(value, np.ndarray) for value in (*b, *a, *knobs))
        compiled = program(training.row, training.rule, training.knobs._fields, columns, training.last, arrays)
        if compiled is None:
            return None
        before = (*b, *a, *(0.0 for _ in range(2 * len(columns))))
        carried = [self._array(value) if array else value for value, array in zip(before, compiled.arrays, strict=True)]
        after, weights = self._run(compiled, carried, knobs)
        states, sums = after[: len(b) + len(a)], after[len(b) + len(a) :]
        column_sums = map(ColumnSums, sums[::2], sums[1::2], repeat(len(self._points.x)))
        return End(
            b._make(states[: len(b)]), a._make(states[len(b) :]), weights, dict(zip(columns, column_sums, strict=True))
        )

    def _run(self, compiled: Program, carried: list[Value], knobs: Any) -> tuple[list[Value], tuple[Value, Value]]:
        while len(self._scratch) < compiled.scratch:
            self._scratch.append(np.empty(self._runs))
        pairs = zip(self._points.x, self._points.y, strict=True)
        scratch = self._scratch[: compiled.scratch]
        after, (const, slope) = compiled.run(pairs, self._square, scratch, carried, list(map(_plain, knobs)))
        return list(map(_kept, after)), (_kept(const), _kept(slope))

    def _array(self, value: Value) -> Array:
        """Return a value for each run, in an array of its own."""
        array = np.empty(self._runs)
        array[:] = value
        return array


def _plain(value: Value) -> Value:
    return value.view(np.ndarray) if isinstance(value, np.ndarray) else value


def _kept(value: Value) -> Value:
    """Return a copy of what the next pass would overwrite."""
    return value.copy().view(Floats) if isinstance(value, np.ndarray) else value
