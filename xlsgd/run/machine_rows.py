"""A training sheet's rows as machine code, for one run: epochs one after the other, or a piece of a long pass."""

import ctypes
import math
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from xlsgd.run.kernel import ARGUMENTS, Kernel, text_of
from xlsgd.run.machine import MachineCode, machine_code
from xlsgd.sheets.record import record
from xlsgd.sheets.training import RowKey
from xlsgd.symbols.expression import Expression, NoFormula
from xlsgd.symbols.operations import Operations
from xlsgd.symbols.primitives import PRIMITIVES
from xlsgd.symbols.to_llvm import SPELLABLE

DoubleArray = np.ndarray[Any, Any]

WHOLE = ("add", "subtract", "multiply", "divide", "power", "negative", "absolute", "stop_gradient")
"""What Python computes from whole numbers with all their digits, however large."""


class Stretch(NamedTuple):
    """Epochs one after the other.

    Args:
        rows: each row's values, of shape (epochs, points, columns).
        starts: what each epoch begins with, of shape (states, epochs + 1): the last is what would go on.
        good: how many epochs at the beginning went without a number that is not finite; the others count for nothing.
    """

    rows: DoubleArray
    starts: DoubleArray
    good: int


class MachineRows:
    """A compiled row.

    Args:
        code: its function.
        done: what that computes.
        whole: whether whole numbers among the points may stay whole in Python's row, which these do not.
    """

    def __init__(self, code: MachineCode, done: Kernel, whole: bool) -> None:
        self._done = done
        self._run: Callable[..., None] = code.function("run", *ARGUMENTS)
        self.whole = whole

    def stretch(
        self, points: DoubleArray, states: Sequence[float], knobs: Sequence[float], epochs: int, onwards: Sequence[str]
    ) -> Stretch:
        """Return some epochs.

        Args:
            points: each point's inputs and targets, of shape (points, their number), in float64.
            states: what the first begins with, in the record's order.
            knobs: the knobs.
            epochs: how many, at least one.
            onwards: what each state of the next epoch is: `after` for what the last row leaves, `last` for that row's
                parameter, `again` for what the first began with.
        """
        done = self._done
        starts = np.empty((len(states), epochs + 1))
        starts[:] = np.array(states, float)[:, np.newaxis]
        unused = np.empty((len(states) + len(done.ends) + 1, epochs))
        results = [starts[i, 1:] if how == "after" else unused[i] for i, how in enumerate(onwards)]
        ends = [starts[i, 1:] if onwards[i] == "last" else unused[len(states) + i] for i, _ in enumerate(done.ends)]
        rows, fixed = np.empty((epochs, len(points), len(done.kept))), np.array(knobs, float)
        lists = [pointers(starts), pointers([*results, *ends, unused[-1]])]
        self._run(*lists, address(fixed), address(points), address(rows), len(points), 0, epochs)
        with np.errstate(all="ignore"):
            together = unused[-1].sum() + rows.sum()
        if math.isfinite(together):  # else it may still be the sum alone that is too large
            return Stretch(rows, starts, epochs)
        good = np.isfinite(unused[-1]) & np.isfinite(rows).all(axis=(1, 2))
        return Stretch(rows, starts, epochs if good.all() else int(good.argmin()))


@cache
def machine_rows(key: RowKey) -> MachineRows | None:
    """Return a sheet's row compiled, from `Training.key`, or nothing where that cannot be had."""
    spelled = kernel_of(key, list(record(key).values.values()), ())
    code = machine_code(text_of("run", spelled[0], 1), quickly=True) if spelled else None
    return MachineRows(code, *spelled) if code and spelled else None


def kernel_of(key: RowKey, kept: Iterable[Expression], summed: Iterable[Expression]) -> tuple[Kernel, bool] | None:
    """Return what a row of one run computes, and whether Python may keep numbers whole in it, or nothing.

    Args:
        key: the sheet's row, from `Training.key`.
        kept: what is kept of every row.
        summed: what is summed.
    """
    traced, leaves = record(key), record(key).leaves()
    knobs, point = ([leaves[value] for value in each] for each in (traced.knobs, traced.point.values()))
    operations = Operations(leaves, knobs, SPELLABLE)
    try:
        names = [operations.names(each) for each in (kept, summed, traced.after.values(), traced.last)]
    except NoFormula:
        return None
    states = [f"v{i}" for i, _ in enumerate(traced.after)]
    done = Kernel(
        before=operations.before,
        inside=operations.inside,
        numbers=operations.numbers,
        runs=states,
        fixed=knobs,
        rows=point,
        powers=[],
        after=dict(zip(states, names[2], strict=True)),
        ends=names[3],
        sums=names[1],
        kept=names[0],
    )
    return done, _may_stay_whole(operations, point)


def _may_stay_whole(operations: Operations, point: Iterable[str]) -> bool:
    """Return whether an operation may give another number where points are whole."""
    whole = set(point)
    for _, op, operands in operations.inside:
        if (op in WHOLE and whole.issuperset(operands)) or (PRIMITIVES[op].compared and not whole.isdisjoint(operands)):
            return True
    return False


def table_of(points: Iterable[tuple[float, ...]]) -> DoubleArray:
    """Return points as `MachineRows.stretch` takes them."""
    return np.array(list(points), float)


def pointers(arrays: Iterable[DoubleArray]) -> Any:
    """Return a list of where arrays begin, as machine code reads it."""
    addresses = list(map(address, arrays))
    return (ctypes.c_void_p * len(addresses))(*addresses)


def address(array: DoubleArray) -> int:
    """Return where an array begins."""
    return array.__array_interface__["data"][0]  # type: ignore[no-any-return]
