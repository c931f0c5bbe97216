"""Templates of a sheet's rows: their XML with marks for the row's number and its values.

Every cell has its formula in full, or rows share it (ECMA-376, part 1, section 18.3.1.40): the second row has it, the
rows below point to that one. A file is a fourth smaller then and an engine parses a column once, but whoever reads it
cell by cell, as openpyxl does, translates each formula, and takes twice as long.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from xlsgd.sheets.description import Column, Rows
from xlsgd.symbols.cells import Reference, RowOf
from xlsgd.symbols.expression import Expression, in_order
from xlsgd.symbols.to_excel import number_of_row, spell

ROW = "\x01"
PREVIOUS = "\x02"
PASS = "\x03"
POINT = "\x04"
VALUE = "\x05"
"""Stand in a row's template for the number of the row, of the row before, of the line that its pass starts from, of
its point's row on the training sheet, and for each of its values; no formula contains these characters."""

TOKENS = {(RowOf.HERE, 0): ROW, (RowOf.HERE, -1): PREVIOUS, (RowOf.PASS, 0): PASS, (RowOf.POINT, 0): POINT}

SHARER = 1
"""The row that has the formulas which those below share, the first from 0: the very first may have others."""


class SpelledRows(NamedTuple):
    """Rows of one template that stand below each other.

    Args:
        template: the template.
        number: the number of the first.
        columns: each column's numbers as they are spelled, with commas between.
        n: how many rows.
    """

    template: str
    number: int
    columns: Sequence[bytes]
    n: int

    def first(self) -> "SpelledRows":
        """Return the first row."""
        return self._replace(columns=[column.partition(b",")[0] for column in self.columns], n=1)

    def rest(self) -> "SpelledRows":
        """Return the rows below the first."""
        columns = [column.partition(b",")[2] for column in self.columns]
        return self._replace(number=self.number + 1, columns=columns, n=self.n - 1)

    def last(self) -> "SpelledRows":
        """Return the last row."""
        columns = [column.rpartition(b",")[2] for column in self.columns]
        return self._replace(number=self.number + self.n - 1, columns=columns, n=1)


def templates(rows: Rows, styles: Sequence[int], share: bool) -> Callable[[int], str]:
    """Return what gives each row's template, the first row from 0; `VALUE` stands in it for each number.

    Args:
        rows: the rows.
        styles: each column's style index in the workbook.
        share: whether rows share the formulas that can be shared.
    """
    first = _row(rows, styles, lambda column: _full(column.formula if column.first is None else column.first))
    other = _row(rows, styles, lambda column: _full(column.formula))
    if not share or rows.passes > 1 or rows.n <= SHARER + 1:
        return lambda index: other if index % rows.n else first
    shared = {column: number for number, column in enumerate(filter(_can_be_shared, rows.columns))}

    def has(column: Column) -> str:
        if column not in shared:
            return _full(column.formula)
        area = f"{column.letter}{rows.first + SHARER}:{column.letter}{rows.last}"
        return _full(column.formula).replace("<f>", f'<f t="shared" ref="{area}" si="{shared[column]}">', 1)

    def points_to(column: Column) -> str:
        return f'<f t="shared" si="{shared[column]}"/>' if column in shared else _full(column.formula)

    sharer, sharing = _row(rows, styles, has), _row(rows, styles, points_to)
    return lambda index: sharing if index > SHARER else sharer if index == SHARER else first


def _can_be_shared(column: Column) -> bool:
    """Say whether a formula is the same in every row but for references that move along with it."""
    if column.formula is None:
        return False
    parts: Iterable[Expression] = in_order([column.formula])
    references = [part.args[0] for part in parts if part.op == "reference"]
    return all(r.row_of is RowOf.HERE or (r.row_of is RowOf.SHEET and r.fixed_row) for r in references)


def _row(rows: Rows, styles: Sequence[int], formula: Callable[[Column], str]) -> str:
    cells = (_cell(column, style, formula(column)) for column, style in zip(rows.columns, styles, strict=True))
    return f'<row r="{ROW}">{"".join(cells)}</row>'


def _cell(column: Column, style: int, formula: str) -> str:
    spelled_style = f' s="{style}"' if style else ""
    return f'<c r="{column.letter}{ROW}"{spelled_style}>{formula}<v>{VALUE}</v></c>'


def _full(formula: Expression | None) -> str:
    return "" if formula is None else f"<f>{escape(spell(formula, _token))}</f>"


def _token(reference: Reference) -> str:
    """Return what stands for a reference's row in a row's template."""
    return TOKENS.get((reference.row_of, reference.row)) or number_of_row(reference)
