"""A long pass over the points as machine code, of which only the end and its columns' sums are wanted."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from xlsgd.points.points import Points
from xlsgd.run.kernel import ARGUMENTS, Kernel, text_of
from xlsgd.run.machine import machine_code
from xlsgd.run.machine_rows import address, kernel_of, pointers
from xlsgd.sheets.record import record
from xlsgd.sheets.training import RowKey, Training

BLOCK = 2**14
"""How many points are read at once, which bounds the memory: as many as a column that lies in a file hands out."""


class Folded(NamedTuple):
    """What a pass leaves, in the record's order.

    Args:
        after: the states after the last row.
        last: what the next epoch's parameters are.
        sums: of each summed column the sum and that of its squares.
    """

    after: list[float]
    last: list[float]
    sums: list[float]


def folded(training: Training, points: Points, states: Sequence[float], knobs: Sequence[float]) -> Folded | None:
    """Return what a pass leaves, or nothing if a number is not finite, or there is no machine code for the sheet.

    Args:
        training: the sheet.
        points: the data.
        states: the states before the first row, in the record's order, in floats.
        knobs: the knobs, in floats.
    """
    compiled = _machine_fold(training.key)
    columns = [points[name] for name in training.point]
    if compiled is None or (compiled.whole and not all(type(value) is float for column in columns for value in column)):
        return None
    run, done = compiled.run, compiled.done
    carried, fixed = len(done.carried()), np.array(knobs, float)
    now = np.array([*states, *[0.0] * (carried - len(states))], float)
    then = np.empty(carried + len(done.ends) + 1)
    lists = pointers(now[i:] for i in range(carried)), pointers(then[i:] for i in range(len(then)))
    for start in range(0, points.n, BLOCK):
        table = np.column_stack([np.array(column[start : start + BLOCK], float) for column in columns])
        run(*lists, address(fixed), address(table), None, len(table), 0, 1)
        if not np.isfinite(then[-1]):
            return None
        now[:] = then[:carried]
    found = then.tolist()
    return Folded(found[: len(states)], found[carried:-1], found[len(states) : carried])


class _Compiled(NamedTuple):
    """A compiled pass: its function, what that computes, and whether Python may keep numbers whole in it."""

    run: Callable[..., None]
    done: Kernel
    whole: bool


@cache
def _machine_fold(key: RowKey) -> _Compiled | None:
    spelled = kernel_of(key, (), list(record(key).summed.values()))
    code = machine_code(text_of("run", spelled[0], 1), quickly=True) if spelled else None
    return _Compiled(code.function("run", *ARGUMENTS), *spelled) if code and spelled else None
