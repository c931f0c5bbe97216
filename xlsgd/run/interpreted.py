"""A training sheet's row done operation by operation, on values of any kind.

Spreadsheet's numbers, which give error values where floats fail, arrays and tensors go this way; floats go faster
compiled (see `xlsgd.run.compiled`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from xlsgd.sheets.record import record
from xlsgd.sheets.training import RowKey
from xlsgd.symbols.operations import IN_A_ROW, Operations, perform

Lift = Callable[[Any], Any]


class Done(NamedTuple):
    """What a row gives: its point, values, next states, summed columns, and the next epoch's parameters."""

    point: tuple[float, ...]
    values: tuple[Any, ...]
    after: tuple[Any, ...]
    summed: tuple[Any, ...]
    last: tuple[Any, ...]


class Interpreter:
    """Does the rows of a sheet.

    Args:
        key: the sheet's row, from `Training.key`.

    Raises:
        NoFormula: the row does what symbols cannot follow.
    """

    def __init__(self, key: RowKey) -> None:
        traced = record(key)
        names = iter(traced.leaves().values())
        self._point, self._states, self._knobs = (list(islice(names, len(each))) for each in traced[:3])
        self._operations = Operations(traced.leaves(), self._knobs, IN_A_ROW)
        parts = (traced.values.values(), traced.after.values(), traced.summed.values(), traced.last)
        self._parts = [self._operations.names(tuple(part)) for part in parts]

    def begin(self, knobs: Iterable[Any], lift: Lift) -> dict[str, Any]:
        """Return what follows from the knobs alone, for `row`.

        Args:
            knobs: the knobs.
            lift: makes a number of the kind that the rows are done on.
        """
        fixed = {spelled: lift(number) for spelled, number in self._operations.numbers.items()}
        fixed |= zip(self._knobs, map(lift, knobs), strict=True)
        perform(self._operations.before, fixed)
        return fixed

    def row(self, point: tuple[float, ...], states: Iterable[Any], fixed: Mapping[str, Any], lift: Lift) -> Done:
        """Return what a row gives.

        Args:
            point: its inputs and targets.
            states: the states before it, in the record's order.
            fixed: what `begin` gave.
            lift: as of `begin`.
        """
        values = dict(fixed)
        values |= zip(self._point, map(lift, point), strict=True)
        values |= zip(self._states, map(lift, states), strict=True)
        perform(self._operations.inside, values)
        return Done(point, *(tuple(values[name] for name in part) for part in self._parts))

    def rows(self, points: Iterable[tuple[float, ...]], states: Iterable[Any], knobs: Iterable[Any]) -> Iterator[Done]:
        """Yield what each row gives on values as they are, each from the states that the row before left."""
        fixed = self.begin(knobs, as_it_is)
        for point in points:
            done = self.row(point, states, fixed, as_it_is)
            yield done
            states = done.after


def as_it_is(value: Any) -> Any:
    """Return a value as it is."""
    return value


@cache
def interpreter(key: RowKey) -> Interpreter:
    """Return what does the rows of a sheet, from `Training.key`."""
    return Interpreter(key)
