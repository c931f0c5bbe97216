"""Cells as a page shows them: formulas whose rows it can fill in, and which cells they read.

A page's rows move when a user gives other points, so a row is a number, or said from the formula's own row or from the
last row of the points: `["here", -1]`, `["last", 2]`.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from xlsgd.symbols.cells import Reference, RowOf
from xlsgd.symbols.expression import Expression, in_order
from xlsgd.symbols.references import MAX_ROW
from xlsgd.symbols.to_excel import spell

PageRow = int | list[Any]
"""A sheet's row, or one said from elsewhere."""

MANY = MAX_ROW // 2
"""A number of points beside which no other row of a sheet can be mistaken for the last one's neighbour."""

MARK = re.compile("\x00(here|last)(-?[0-9]+)\x00")
"""A row within a spelled formula that is filled in later."""


class PointRows(NamedTuple):
    """Where the points stand on a sheet that was described for `MANY` of them: their first and their last row."""

    first: int
    last: int

    @classmethod
    def from_(cls, first: int) -> "PointRows":
        """Return the rows from the first on."""
        return cls(first, first + MANY - 1)

    def row(self, number: int) -> PageRow:
        """Return a row of the sheet as a page finds it, whatever the number of points."""
        return ["last", number - self.last] if number >= self.last - 1 else number


NONE = PointRows(0, MAX_ROW + 2)
"""A sheet whose rows stay where they are."""


class FormulaParts(NamedTuple):
    """A formula for a page.

    Args:
        text: its parts, texts and rows in turn.
        reads: the ranges that it reads: column and row of both ends.
    """

    text: list[Any]
    reads: list[list[Any]]


def formula_parts(formula: Expression, rows: PointRows = NONE, names: Mapping[str, Expression] = {}) -> FormulaParts:
    """Return a formula as a page spells it, and what it reads.

    Args:
        formula: the formula.
        rows: where the points stand.
        names: the sheet's names, and what they stand for.

    Raises:
        NoFormula: a value of it has no place.
    """
    parts = in_order([formula])
    read = [names[part.args[0]] if part.op == "defined name" else part for part in parts]
    inner = {end for part in parts if part.op == "range" for end in part.args}
    ranges = [part.args if part.op == "range" else (part, part) for part in read if part.op in ("range", "reference")]
    ends = [(first.args[0], last.args[0]) for first, last in ranges if first not in inner or first is not last]
    reads = [[*_end(first, rows), *_end(last, rows)] for first, last in ends if not first.sheet]
    return FormulaParts(_split(spell(formula, lambda reference: _marked(reference, rows))), reads)


def _row(reference: Reference, rows: PointRows) -> PageRow:
    return rows.row(reference.row) if reference.row_of is RowOf.SHEET else ["here", reference.row]


def _end(reference: Reference, rows: PointRows) -> list[Any]:
    return [reference.column, _row(reference, rows)]


def _marked(reference: Reference, rows: PointRows) -> str:
    row = _row(reference, rows)
    return str(row) if isinstance(row, int) else f"\x00{row[0]}{row[1]}\x00"


def _split(text: str) -> list[Any]:
    """Return a spelled formula in parts."""
    parts: list[Any] = []
    place = 0
    for mark in MARK.finditer(text):
        parts += [text[place : mark.start()], [mark[1], int(mark[2])]]
        place = mark.end()
    return [part for part in (*parts, text[place:]) if part]
