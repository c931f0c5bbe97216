"""Stretches of cells, which are read in one call each: asked for one by one, cells take a thousand times as long."""

from collections.abc import Sequence

GAP = 64
"""Rows that are read along with the wanted ones rather than asked for in a call of their own."""


def stretches(cells: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Group cells into stretches of a column, (column, first row, last row), with no gap above `GAP`.

    >>> stretches([(1, 3), (500, 3), (2, 3)])
    [(3, 1, 2), (3, 500, 500)]
    """
    columns: dict[int, set[int]] = {}
    for row, column in cells:
        columns.setdefault(column, set()).add(row)
    found = []
    for column, those in columns.items():
        rows = sorted(those)
        ends = [i for i in range(len(rows) - 1) if rows[i + 1] - rows[i] > GAP]
        for i, j in zip([0, *(i + 1 for i in ends)], [*ends, len(rows) - 1], strict=True):
            found.append((column, rows[i], rows[j]))
    return found
