"""One pass over the data for many runs at once, on NumPy arrays, compiled."""

from operator import is_not
from typing import Any, NamedTuple

import numpy as np

from xlsgd.functions import Value
from xlsgd.points.points import Points
from xlsgd.sheets.lesson import Training
from xlsgd.sweeping.floats import Array, Floats, Powers, Squares
from xlsgd.sweeping.program import Program, program


class End(NamedTuple):
    """What a pass leaves: the states after it, and the last row's weights by the sheet's names."""

    b: Any
    a: Any
    weights: tuple[Value, Value]


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

    def fold(self, b: Any, a: Any, knobs: Any) -> End | None:
        """Return what a pass leaves, or nothing if the sheet's row cannot be compiled; see `xlsgd.sweeping.program`.

        Args:
            b: the intercept's state before the first row, each field an array of shape (runs,) or a number.
            a: the slope's.
            knobs: the knobs, likewise.
        """
        training = self._training
        arrays = tuple(isinstance(value, np.ndarray) for value in (*b, *a, *knobs))
        compiled = program(training.row, training.rule, training.knobs._fields, training.last, arrays)
        if compiled is None:
            return None
        states = [self._array(v) if array else v for v, array in zip((*b, *a), compiled.arrays, strict=True)]
        after, last = self._run(compiled, states, knobs)
        fields, weights = list(map(_as_floats, after)), list(map(_as_floats, last))
        return End(b._make(fields[: len(b)]), a._make(fields[len(b) :]), (weights[0], weights[1]))

    def _run(self, compiled: Program, states: list[Value], knobs: Any) -> tuple[tuple[Value, ...], tuple[Value, Value]]:
        missing = max(0, compiled.scratch - len(self._scratch))
        self._scratch += [np.empty(self._runs) for _ in range(missing)]
        self._take_over(knobs)
        powers = [self._powers_of(base) for base in compiled.bases]
        pairs = zip(self._points.x, self._points.y, strict=True)
        scratch, self._scratch = self._scratch[: compiled.scratch], self._scratch[compiled.scratch :]
        after, last, free = compiled.run(pairs, self._square, powers, scratch, states, self._plain_knobs)
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
