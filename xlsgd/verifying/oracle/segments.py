"""Long walks in segments that start from the file's own numbers, all walked at once.

Adam at a large rate magnifies a rounding error from row to row: after some thousand rows two right computations have
nothing in common. So a pass of more than `SEGMENT` rows is checked piece by piece. Each piece starts from what the file
says of the row above it, which the piece before has answered for.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from xlsgd.verifying.oracle.paths import WeightPath
from xlsgd.verifying.oracle.sheet import OracleSheet, float64

SEGMENT = 50
"""The most rows that are walked without a look at the file; a pass over the lesson's rows is one segment."""

Optimize = Callable[[Tensor, Tensor, list[Tensor], list[list[Tensor]]], WeightPath]
"""Gives a path from x, y, the two weights, and for each kind of state the two it starts from."""


def walk(
    optimize: Optimize,
    sheet: OracleSheet,
    columns: Sequence[str],
    tops: Sequence[int],
    x: Tensor,
    y: Tensor,
    starts: Sequence[Tensor],
) -> WeightPath:
    """Return the paths of passes over the same rows.

    Args:
        optimize: walks many segments at once.
        sheet: where the passes stand.
        columns: of the weights and of the state after a row, intercept and slope of each in turn.
        tops: each pass's first row.
        x: each row's input, of shape (rows, 1 + WOBBLED).
        y: each row's target, of that shape.
        starts: what the passes start from, in the order of `columns`, each of shape (passes, 1 + WOBBLED).

    Returns:
        Tensors of shape (rows, 2, passes, 1 + WOBBLED).
    """
    n = len(x)
    length = min(n, SEGMENT)
    cuts = range(length, n, length)
    begins = []
    for column, start in zip(columns, starts, strict=True):
        above = [[sheet.number(f"{column}{top + cut - 1}") for cut in cuts] for top in tops]
        rest = sheet.wobbled(float64(above).reshape(len(tops), len(cuts)))
        begins.append(torch.cat((start.unsqueeze(1), rest), 1))
    pairs = [begins[i : i + 2] for i in range(0, len(begins), 2)]
    path = optimize(cut_up(x, length), cut_up(y, length), pairs[0], pairs[1:])
    state = {name: joined(value, n) for name, value in path.state.items()}
    return WeightPath(joined(path.before, n), joined(path.after, n), state)


def cut_up(rows: Tensor, length: int) -> Tensor:
    """Return (rows, k) as (length, 1, segments, k); the last segment is filled up with its last row."""
    missing = -len(rows) % length
    filled = torch.cat((rows, rows[-1:].expand(missing, -1)))
    return filled.reshape(-1, length, rows.shape[1]).transpose(0, 1).unsqueeze(1)


def joined(segments: Tensor, n: int) -> Tensor:
    """Return (length, 2, passes, segments, k) as (n, 2, passes, k)."""
    return segments.permute(3, 0, 1, 2, 4).flatten(0, 1)[:n]
