"""Passes over the data for many runs at once, on every processor, as machine code."""

import ctypes
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, repeat
from typing import Any, NamedTuple

import numpy as np

from xlsgd.functions import Value
from xlsgd.points.points import Points
from xlsgd.run.one_pass import point_rows
from xlsgd.sheets.training import Training
from xlsgd.sweeping.floats import Array, Floats
from xlsgd.sweeping.machine_program import LANES, Common, MachineProgram, bases_of, machine_program
from xlsgd.sweeping.passes import ColumnSums, RunsEnd
from xlsgd.sweeping.pieces import in_pieces

ROWS = 250
"""How many rows are done at once: so few that a call is soon back, and can be interrupted then."""

FEW = 2000
"""Of at most so many values powers are looked up, in a table with a column for each."""


class MachinePasses:
    """Passes over the data of one sheet.

    Args:
        training: the sheet; its knobs do not matter.
        points: the data.
        runs: how many elements each array has.
    """

    def __init__(self, training: Training, points: Points, runs: int) -> None:
        self._training = training
        self._points = points
        self._runs, self._lanes = runs, max(runs, LANES)
        self._bases: dict[int, _Base] = {}

    def fold(self, states: Mapping[str, Value], knobs: Any, summed: bool = False) -> RunsEnd | None:
        """Return what a pass leaves, or nothing if there is no machine code for it.

        Args:
            states: the states before the first row, by name, each an array of shape (runs,) or a number.
            knobs: the knobs, likewise.
            summed: whether the sums of the columns are wanted.

        Raises:
            ArithmeticError, ValueError, TypeError: floats fail in what is the same in all runs.
        """
        key = self._training.key
        arrays = tuple(isinstance(value, np.ndarray) for value in (*states.values(), *knobs))
        few = tuple(
            i for i in bases_of(key) if isinstance(knobs[i], np.ndarray) and len(self._base(i, knobs).values) <= FEW
        )
        program = machine_program(key, arrays, few, summed)
        return program and self._fold(program, states, knobs)

    def _fold(self, program: MachineProgram, states: Mapping[str, Value], knobs: Any) -> RunsEnd:
        done = program.done
        given = [value for value, array in zip((*states.values(), *knobs), program.arrays, strict=True) if array]
        arrays = [self._array(value) for value in (*given, *(0.0 for _ in range(2 * len(done.sums))))]
        first, last = len(done.after), len(done.carried())
        points, common = point_rows(self._training, self._points), tuple(states.values())
        while chunk := list(islice(points, ROWS)):
            shared = program.common(chunk, common, knobs)
            results = [np.empty(self._lanes) for _ in range(last + len(done.ends) + 1)]
            self._run(program, arrays, results, shared, knobs)
            arrays[:first], arrays[len(given) :] = results[:first], results[first:last]
            common = shared.after
        results = [array[: self._runs] for array in results]
        return RunsEnd(
            dict(zip(self._training.parameters, _merged(shared.ends, results[last:]), strict=True)),
            dict(zip(states, _merged(shared.after, results), strict=True)),
            self._columns(list(map(_as_floats, results[first:last]))),
            np.isfinite(results[-1]) & all(map(math.isfinite, shared.entered)),
        )

    def _run(
        self, program: MachineProgram, arrays: list[Array], results: list[Array], shared: Common, knobs: Any
    ) -> None:
        """Do a chunk of rows in all runs."""
        width = len(program.done.rows)
        table = np.array([row[:width] for row in shared.rows], float)
        exponents = np.array([row[width:] for row in shared.rows], float)
        bases = [self._base(i, knobs) for i in program.bases]
        powers = [np.float_power(base.values, exponents[:, [i]]) for i, base in enumerate(bases)]
        looked_up = [
            entry
            for power, base in zip(powers, bases, strict=True)
            for entry in (_address(power), _address(base.places), len(base.values))
        ]
        fixed = np.array(shared.fixed, float)
        lists = [_pointers([_address(array) for array in each]) for each in (arrays, results)]
        given = (*lists, _address(fixed), _address(table), _pointers(looked_up), len(table))
        held = (arrays, results, fixed, table, powers, bases)  # which a thread needs until it is done

        def do(first: int, stop: int) -> object:
            program.run(*given, first, stop)
            return held

        in_pieces(do, self._lanes)

    def _columns(self, sums: list[Floats]) -> dict[str, ColumnSums]:
        columns = map(ColumnSums, sums[::2], sums[1::2], repeat(self._points.n))
        return dict(zip(self._training.key.summed if sums else (), columns, strict=True))

    def _array(self, value: Value) -> Array:
        """Return a value for each run, in an array as machine code reads it."""
        if isinstance(value, np.ndarray) and self._runs == self._lanes:
            return np.ascontiguousarray(value, float)
        array = np.zeros(self._lanes)
        array[: self._runs] = value
        return array

    def _base(self, i: int, knobs: Any) -> "_Base":
        """Return a knob as the base of powers; most knobs are the same array in every pass."""
        if i not in self._bases or self._bases[i].knob is not knobs[i]:
            values, found = np.unique(knobs[i], return_inverse=True)
            places = np.zeros(self._lanes, np.int64)
            places[: self._runs] = found
            self._bases[i] = _Base(knobs[i], values, places)
        return self._bases[i]


class _Base(NamedTuple):
    """A knob, the values that it has, and the place among them of each run's."""

    knob: Value
    values: Array
    places: Array


def _merged(common: Sequence[Value | None], differing: Sequence[Array]) -> list[Value]:
    """Return what is the same in all runs, and where there is nothing of that, the next array."""
    arrays: Iterator[Array] = iter(differing)
    return [_as_floats(next(arrays)) if value is None else value for value in common]


def _as_floats(array: Array) -> Floats:
    return array.view(Floats)


def _pointers(addresses: Sequence[int]) -> Any:
    return (ctypes.c_void_p * len(addresses))(*addresses)


def _address(array: Array) -> int:
    return array.__array_interface__["data"][0]  # type: ignore[no-any-return]
