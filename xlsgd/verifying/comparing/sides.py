"""The cells of two sheets side by side, and where rows are alike on either side, many rows at a time."""

from collections import deque
from collections.abc import Iterable, Iterator

from xlsgd.reading.cells import Cell
from xlsgd.reading.rows import ReadRows


class _Side:
    """What comes next on a sheet."""

    def __init__(self, stream: Iterable[Cell | ReadRows]) -> None:
        self._stream = iter(stream)
        self._next: deque[Cell | ReadRows] = deque()

    def head(self) -> Cell | ReadRows | None:
        """Return the next cell or rows, None at the end."""
        if not self._next:
            self._next.extend(item for item in (next(self._stream, None),) if item is not None)
        return self._next[0] if self._next else None

    def cell(self) -> Cell | None:
        """Return the next cell, which may be the first of some rows."""
        head = self.head()
        if not isinstance(head, ReadRows):
            return head
        self.drop()
        self._next.extendleft([*head.part(0, 1).cells()][::-1])
        return self.cell()

    def drop(self, rows: int = 1) -> None:
        """Go on after a cell, or after some rows."""
        head = self._next.popleft()
        if isinstance(head, ReadRows) and rows < head.height:
            self._next.appendleft(head.part(rows))


def side_by_side(
    first: Iterable[Cell | ReadRows], second: Iterable[Cell | ReadRows]
) -> Iterator[tuple[Cell, Cell] | tuple[Cell, None] | tuple[None, Cell] | tuple[ReadRows, ReadRows]]:
    """Yield the cells of both sheets at one address, row by row; None stands for a cell that holds nothing.

    Rows that both sides have as such, from one number on, come as they are: as many as both have.
    """
    one, other = _Side(first), _Side(second)
    while True:
        left, right = one.head(), other.head()
        if isinstance(left, ReadRows) and isinstance(right, ReadRows) and left.first == right.first:
            height = min(left.height, right.height)
            yield left.part(0, height), right.part(0, height)
            one.drop(height)
            other.drop(height)
            continue
        a, b = one.cell(), other.cell()
        if a and (b is None or a[:2] < b[:2]):
            yield a, None
            one.drop()
        elif b and (a is None or b[:2] < a[:2]):
            yield None, b
            other.drop()
        elif a and b:
            yield a, b
            one.drop()
            other.drop()
        else:
            return
