"""A sheet's rows as they stand, one by one or in chunks: by machine code where there are many."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, cast

from xlsgd.points.points import Points
from xlsgd.run.one_pass import MACHINE_CODE_PAYS, OnePass, StateValues, point_rows
from xlsgd.sheets.chunks import Chunk, chunks_of
from xlsgd.sheets.training import Training
from xlsgd.symbols.checked import Number


class RowsInChunks:
    """The inputs, targets and values for each point; see `xlsgd.sheets.chunks.InChunks`.

    Args:
        training: the sheet.
        one_pass: what takes it over the points.
        points: the data.
        states: the states before the first row.
        knobs: the knobs.
    """

    def __init__(self, training: Training, one_pass: OnePass, points: Points, states: StateValues, knobs: Any) -> None:
        self._training, self._pass, self._points = training, one_pass, points
        self._fields, self._knobs = tuple(states[name] for name in training.states), knobs

    def __iter__(self) -> Iterator[tuple[Number, ...]]:
        return self._pass.rows_from(point_rows(self._training, self._points), self._fields, self._knobs)

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows in chunks."""
        fields, done = self._fields, 0
        if self._points.n >= MACHINE_CODE_PAYS and all(type(value) is float for value in (*fields, *self._knobs)):
            from xlsgd.run.machine_chunks import machine_chunks

            given = cast(Sequence[float], fields)
            for chunk, after in machine_chunks(self._training, self._points, given, self._knobs):
                yield chunk
                fields, done = after, done + len(chunk.columns[0])
        remaining = islice(point_rows(self._training, self._points), done, None)
        yield from chunks_of(self._pass.rows_from(remaining, fields, self._knobs))
