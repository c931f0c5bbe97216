"""One pass over the points: each row from the states that the row before left.

Rows are computed on plain floats, by the compiled row. Where that fails (an overflow, a division by zero, the root of a
negative number) the row and all that follow are computed on checked numbers, which give a spreadsheet's error values.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, repeat
from typing import Any, NamedTuple, cast

from xlsgd.points.points import Points
from xlsgd.run.compiled import compiled
from xlsgd.run.interpreted import Done, as_it_is, interpreter
from xlsgd.sheets.chunks import CHUNK
from xlsgd.sheets.record import record
from xlsgd.sheets.training import Training
from xlsgd.symbols.checked import Checked, ExcelError, Number, plain
from xlsgd.symbols.operations import evaluator

MACHINE_CODE_PAYS = 100_000
"""From so many rows on a pass goes by machine code, where that can be had and no row is wanted alone."""

FLOATS_FAIL = (ArithmeticError, ValueError, TypeError)
"""A negative number to a broken power is complex in Python, which then has no place in a function of floats."""

Fields = Sequence[Number]
"""The states' values, in the order of `Training.states`."""

StateValues = Mapping[str, Number]
"""The value of each parameter and of the rest of its state, by the name that `Training.states` gives it."""


class RunningColumn:
    """A column known by its sums alone, so that a pass over a million rows keeps none of them.

    Args:
        total: the sum of the rows before the first that is appended.
        squares: the sum of their squares.
        rows: how many they are.
    """

    def __init__(self, total: float = 0.0, squares: float = 0.0, rows: int = 0) -> None:
        self._sum = total
        self._squares = squares
        self._rows = rows
        self._error: ExcelError | None = None

    def append(self, value: Number) -> None:
        """Add the next row's value."""
        self._rows += 1
        if isinstance(value, ExcelError):
            self._error = self._error or value
        else:
            self._sum += value
            self._squares += value * value

    @staticmethod
    def applied(primitive: Any, operands: Sequence[Any]) -> Any:
        """Return what a primitive gives of the column."""
        (column,) = operands
        return getattr(column, primitive.name)()

    def total(self) -> Checked:
        """Return the sum, as a spreadsheet's number."""
        return Checked(self._error or self._sum)

    def sum_of_squares(self) -> Checked:
        """Return the sum of the squares, as a spreadsheet's number."""
        return Checked(self._error or self._squares)

    def count(self) -> int:
        """Return the number of rows."""
        return self._rows


class End(NamedTuple):
    """What a pass leaves: the states after it, what the next epoch's parameters are, and its columns' sums."""

    states: dict[str, Number]
    last: dict[str, Number]
    sums: dict[str, RunningColumn]


def point_rows(training: Training, points: Points) -> Iterator[tuple[float, ...]]:
    """Return each point's inputs and targets."""
    return zip(*(points[name] for name in training.point), strict=True)


class OnePass:
    """What takes a training sheet over the points.

    Args:
        training: the sheet.

    Raises:
        NoFormula: its row does what symbols cannot follow.
    """

    def __init__(self, training: Training) -> None:
        self._training = training
        self._states, self._parameters = training.states, training.parameters
        key = training.key
        self._program, self._interpreter, self._summed = compiled(key), interpreter(key), key.summed
        self.names = (*training.point, *record(key).values)
        """The names of a row's inputs, targets and values, in order."""

    def rows(self, points: Points, states: StateValues, knobs: Any) -> Iterator[tuple[Number, ...]]:
        """Return the inputs, targets and values for each point, each from the states that the row before left.

        Args:
            points: the data.
            states: the states before the first row.
            knobs: the knobs.
        """
        fields = tuple(states[name] for name in self._states)
        return self.rows_from(point_rows(self._training, points), fields, knobs)

    def rows_from(
        self, remaining: Iterator[tuple[float, ...]], fields: Fields, knobs: Any
    ) -> Iterator[tuple[Number, ...]]:
        """Yield what `rows` does for the points that remain, where the row before left these states."""
        while _are_floats(*fields, *knobs) and (chunk := list(islice(remaining, CHUNK))):
            done = _on_floats(self._program.rows, chunk, fields, knobs)
            if done is None or not _is_finite(sum(map(sum, done[0]))):
                remaining = chain(chunk, remaining)
                break
            yield from done[0]
            fields = done[1]
        for row in self.interpreted(remaining, fields, knobs):
            yield (*row.point, *map(plain, row.values))

    def fold(self, points: Points, states: StateValues, knobs: Any) -> End:
        """Return what a pass over the data leaves; arguments as of `rows`."""
        fields = tuple(states[name] for name in self._states)
        if points.n >= MACHINE_CODE_PAYS and all(type(value) is float for value in (*fields, *knobs)):
            from xlsgd.run.machine_fold import folded

            if end := folded(self._training, points, cast(Sequence[float], fields), knobs):
                return self._end(end.after, end.last, columns_of(end.sums, points.n))
        if _are_floats(*fields, *knobs):
            done = _on_floats(self._program.last, point_rows(self._training, points), fields, knobs)
            if done and _is_finite(sum(done[2])):
                after, last, (_, *sums) = done
                return self._end(after, last, columns_of(sums, points.n))
        return self.interpreted_end(points, fields, knobs)

    def interpreted_end(self, points: Points, fields: Fields, knobs: Any) -> End:
        """Return what `fold` does, operation by operation."""
        sums = [RunningColumn() for _ in self._summed]
        for row in self.interpreted(point_rows(self._training, points), fields, knobs):
            for column, value in zip(sums, row.summed, strict=True):
                column.append(plain(value))
        return self._end(map(plain, row.after), map(plain, row.last), sums)

    def interpreted(self, points: Iterator[tuple[float, ...]], fields: Fields, knobs: Any) -> Iterator[Done]:
        """Yield the rows operation by operation, on floats while they do, then on checked numbers."""
        interpret, fixed = self._interpreter, None
        while _are_floats(*fields) and (point := next(points, None)):
            fixed = _on_floats(interpret.begin, knobs, as_it_is) if fixed is None else fixed
            row = None if fixed is None else _on_floats(interpret.row, point, fields, fixed, as_it_is)
            if row is None or not _is_finite(sum((*row.values, *row.after))):
                points = chain((point,), points)
                break
            yield row
            fields = row.after
        fixed = None
        for point in points:
            fixed = fixed or interpret.begin(knobs, Checked)
            row = interpret.row(point, fields, fixed, Checked)
            yield row
            fields = tuple(map(plain, row.after))

    def _end(self, after: Iterable[Number], last: Iterable[Number], sums: Iterable[RunningColumn]) -> End:
        return End(
            dict(zip(self._states, after, strict=True)),
            dict(zip(self._parameters, last, strict=True)),
            dict(zip(self._summed, sums, strict=True)),
        )


def columns_of(sums: Sequence[float], rows: int) -> Iterable[RunningColumn]:
    """Return columns of so many rows, from each one's sum and sum of squares."""
    return map(RunningColumn, sums[::2], sums[1::2], repeat(rows))


def _are_floats(*values: Any) -> bool:
    return all(isinstance(value, (float, int)) for value in values)


def _on_floats(function: Callable[..., Any], *given: Any) -> Any:
    """Return what a function gives, or nothing where floats fail."""
    try:
        return function(*given)
    except FLOATS_FAIL:
        return None


def _is_finite(value: Any) -> bool:
    return isinstance(value, (float, int)) and math.isfinite(value)


def loss_by_row(training: Training) -> Callable[[Iterable[Number]], Number]:
    """Return what a row lost as a function of its inputs, targets and values; a row may have no column for it."""
    traced = record(training.key)
    evaluated = evaluator([traced.loss], (*traced.point.values(), *traced.values.values()), Checked)

    def loss_of(row: Iterable[Number]) -> Number:
        (loss,) = evaluated(map(Checked, row))
        return cast(Checked, loss).value

    return loss_of
