"""One pass over the data: each row from the states that the row before left.

Rows are computed on plain floats, by the compiled row. Where that fails (an overflow, a division by zero, the root of a
negative number) the row and all that follow are computed on checked numbers, which give a spreadsheet's error values.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, repeat
from typing import Any, NamedTuple

from xlsgd.gradients import squared_error
from xlsgd.points.points import Points
from xlsgd.run.compiled import compiled, sum_columns
from xlsgd.sheets.lesson import Training
from xlsgd.sheets.row import Row
from xlsgd.symbols.checked import NUM, Checked, ExcelError, Number, plain

CHUNK = 1000
"""How many rows are computed at once."""

FLOATS_FAIL = (ArithmeticError, ValueError, TypeError)
"""A negative number to a broken power is complex in Python, which then has no place in a function of floats."""


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
    """What a pass leaves: the states after it, the last row's weights by the sheet's names, and its columns' sums."""

    b: Any
    a: Any
    weights: tuple[Number, Number]
    sums: dict[str, RunningColumn]


def rows(training: Training, points: Points, b: Any, a: Any, knobs: Any) -> Iterator[tuple[Number, ...]]:
    """Yield x, y and the sheet's values for each point, each from the states that the row before left.

    Args:
        training: the sheet.
        points: the data.
        b: the intercept's state before the first row.
        a: the slope's.
        knobs: the knobs.
    """
    pairs: Iterator[tuple[float, float]] = zip(points.x, points.y, strict=True)
    program = compiled(training) if _are_floats(*b, *a, *knobs) else None
    while program and (chunk := list(islice(pairs, CHUNK))):
        done = _run(program.rows, chunk, b, a, knobs)
        if done is None or not _is_finite(sum(map(sum, done[0]))):
            pairs = chain(chunk, pairs)
            break
        yield from done[0]
        b, a = _states(done[1], b, a)
    for x, y, row in _interpreted(training, pairs, b, a, knobs):
        yield (x, y, *row.values.values())


def names(training: Training, points: Points, b: Any, a: Any, knobs: Any) -> tuple[str, ...]:
    """Return the names of a row's values, in order; arguments as of `rows`."""
    _, _, row = next(_interpreted(training, zip(points.x, points.y, strict=True), b, a, knobs))
    return tuple(row.values)


def fold(training: Training, points: Points, b: Any, a: Any, knobs: Any) -> End:
    """Return what a pass over the data leaves; arguments as of `rows`."""
    program = compiled(training) if _are_floats(*b, *a, *knobs) else None
    done = program and _run(program.last, zip(points.x, points.y, strict=True), b, a, knobs)
    if done and _is_finite(sum(done[2])):
        states, weights, (_, *sums) = done
        columns = map(RunningColumn, sums[::2], sums[1::2], repeat(len(points.x)))
        return End(*_states(states, b, a), weights, dict(zip(sum_columns(training), columns, strict=True)))
    return _interpreted_end(training, points, b, a, knobs)


def _interpreted_end(training: Training, points: Points, b: Any, a: Any, knobs: Any) -> End:
    sums = {name: RunningColumn() for name in sum_columns(training)}
    row = Row({}, b, a)
    for _, y, row in _interpreted(training, zip(points.x, points.y, strict=True), b, a, knobs):
        for name, column in sums.items():
            column.append(row.values[name] if name in row.values else loss_of(row.values, y))
    lastconst, lastslope = (row.values[name] for name in training.last)
    return End(_unchecked(row.b), _unchecked(row.a), (lastconst, lastslope), sums)


def _are_floats(*values: Any) -> bool:
    return all(isinstance(value, (float, int)) for value in values)


def _run(program: Callable[..., Any], pairs: Iterable[tuple[float, float]], b: Any, a: Any, knobs: Any) -> Any:
    """Return what a compiled function gives, or nothing where floats fail."""
    try:
        return program(pairs, *b, *a, *knobs)
    except FLOATS_FAIL:
        return None


def _is_finite(value: Any) -> bool:
    return isinstance(value, (float, int)) and math.isfinite(value)


def _states(fields: Sequence[float], b: Any, a: Any) -> tuple[Any, Any]:
    return b._make(fields[: len(b)]), a._make(fields[len(b) :])


def _interpreted(
    training: Training, pairs: Iterator[tuple[float, float]], b: Any, a: Any, knobs: Any
) -> Iterator[tuple[float, float, Row]]:
    """Yield x, y and the row for each pair, on floats while they do, then on checked numbers."""
    if not any(isinstance(value, ExcelError) for value in (*b, *a)):
        for x, y in pairs:
            row = _plain_row(training, x, y, b, a, knobs)
            if row is None:
                pairs = chain(((x, y),), pairs)
                break
            yield x, y, row
            b, a = row.b, row.a
    b, a = _checked(b), _checked(a)
    for x, y in pairs:
        row = training.row(training.rule, x, y, b, a, knobs)
        b, a = row.b, row.a
        yield x, y, row._replace(values={name: plain(value) for name, value in row.values.items()})


def _plain_row(training: Training, x: float, y: float, b: Any, a: Any, knobs: Any) -> Row | None:
    """Return the row computed on floats, or nothing where floats fail or are not finite."""
    try:
        row = training.row(training.rule, x, y, b, a, knobs)
    except FLOATS_FAIL:
        return None
    return row if _is_finite(sum(row.values.values())) else None


def _checked(state: Any) -> Any:
    return state._make(map(Checked, state))


def _unchecked(state: Any) -> Any:
    return state._make(map(plain, state))


def loss_of(values: Mapping[str, Number], y: float) -> Number:
    """Return the squared error of a row that has no column for it."""
    pred = values["pred"]
    try:
        return float(squared_error(pred, y))
    except (OverflowError, TypeError):
        return pred if isinstance(pred, ExcelError) else NUM
