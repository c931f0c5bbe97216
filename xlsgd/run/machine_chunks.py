"""A long pass's rows by machine code, in chunks of columns, as a large sheet is written."""

from collections.abc import Iterator, Sequence

import numpy as np

from xlsgd.points.points import Points
from xlsgd.run.machine_rows import machine_rows
from xlsgd.sheets.chunks import CHUNK, Chunk
from xlsgd.sheets.training import Training


def machine_chunks(
    training: Training, points: Points, states: Sequence[float], knobs: Sequence[float]
) -> Iterator[tuple[Chunk, tuple[float, ...]]]:
    """Yield the rows' inputs, targets and values, and with each chunk the states that its last row left.

    It ends before the first chunk with a number that is not finite or with a point that is no float, or at once where
    there is no machine code for the sheet.

    Args:
        training: the sheet.
        points: the data.
        states: the states before the first row, in the record's order, in floats.
        knobs: the knobs, in floats.
    """
    compiled = machine_rows(training.key)
    given = [points[name] for name in training.point]
    for start in range(0, points.n if compiled else 0, CHUNK):
        pieces = [column[start : start + CHUNK] for column in given]
        if any({*map(type, piece)} != {float} for piece in pieces):
            return
        table = np.column_stack([np.array(piece) for piece in pieces])
        assert compiled is not None
        stretch = compiled.stretch(table, states, knobs, 1, ["after"] * len(states))
        if not stretch.good:
            return
        states = tuple(stretch.starts[:, 1].tolist())
        columns = np.concatenate([table.T, stretch.rows[0].T])
        bounds = np.stack([columns.min(axis=1), columns.max(axis=1)], axis=1)
        yield Chunk(columns.tolist(), bounds.tolist()), states
