"""One pass over the data for many runs at once, on NumPy arrays, compiled."""

from collections.abc import Mapping
from operator import is_not
from typing import Any, NamedTuple

import numpy as np

from xlsgd.functions import Value
from xlsgd.points.points import Points
from xlsgd.run.one_pass import point_rows
from xlsgd.sheets.training import Training
from xlsgd.sweeping.floats import Array, Floats, Powers, Squares
from xlsgd.sweeping.program import ManyRuns, program


class RunsEnd(NamedTuple):
    """What a pass leaves: what the next epoch's parameters are, and the states after it, by name."""

    last: dict[str, Value]
    states: dict[str, Value]


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
