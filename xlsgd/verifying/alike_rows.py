"""Rows that differ in nothing but their numbers (see `xlsgd.reading.alike_rows`), with wrong values in them."""

from array import array
from collections.abc import Container
from itertools import chain
from typing import NamedTuple

from xlsgd.reading.alike_rows import RowPattern, numbers, pattern_of
from xlsgd.symbols.references import column_number
from xlsgd.verifying.formula_cells import Formulas
from xlsgd.verifying.rewriting import POISON


class AlikeRows(NamedTuple):
    """What rows have in common.

    Args:
        like: what finds their values.
        poisoned: the pieces of a row with a wrong value in each formula cell: what it is, or the column that it is,
            of which the first is the row's number.
        columns: the columns of the formula cells, from 1.
        formulas: which of the columns those are.
    """

    like: RowPattern
    poisoned: list[bytes | int]
    columns: list[int]
    formulas: list[int]

    def poison(self, text: bytes, first: int, found: Formulas) -> tuple[bytes, int]:
        """Return rows with a wrong value in each formula cell, which are noted in `found`, and how many they are.

        Returns:
            Nothing if the rows are not all alike, or not numbered from `first` on, or a value is no number.
        """
        columns = self.like.columns(text, first)
        values = numbers([columns[column] for column in self.formulas]) if columns else []
        if not values:
            return b"", 0
        rows = range(first, first + len(columns[0]))
        found.rows.extend(_each(rows, len(self.columns)))
        found.columns.extend(array("l", self.columns) * len(rows))
        found.values.extend(chain.from_iterable(zip(*values, strict=True)))
        pieces = [b""] * (len(self.poisoned) * len(rows))
        for at, piece in enumerate(self.poisoned):
            pieces[at :: len(self.poisoned)] = columns[piece] if isinstance(piece, int) else [piece] * len(rows)
        return b"".join(pieces), len(rows)


def _each(numbers: range, times: int) -> "array[int]":
    """Return each number so many times."""
    found = array("l", [0]) * (len(numbers) * times)
    for at in range(times):
        found[at::times] = array("l", numbers)
    return found


def alike(row: bytes, shared: Container[str]) -> AlikeRows | None:
    """Return what rows like this one have in common, if each formula of it is one of those that are `shared`."""
    like = pattern_of(row)
    if not like or not any(cell.shared for cell in like.cells):
        return None
    found = AlikeRows(like, [b'<row r="', 0, b'"' + like.middle], [], [])
    for column, (letters, middle, index) in enumerate(like.cells, start=1):
        if index and index.decode() not in shared:
            return None
        found.poisoned.extend((b'<c r="' + letters, 0, b'"' + middle, POISON if index else column, b"</v></c>"))
        if index:
            found.columns.append(column_number(letters.decode()))
            found.formulas.append(column)
    found.poisoned.append(b"</row>")
    return found
