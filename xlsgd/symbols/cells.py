"""References to cells, as expressions: where a value stands, for any exporter to spell.

A formula that is the same in every row of a sheet refers to its own row, to the row above it, to the line that its pass
over the points starts from, or to its own point; so a reference's row is not only a number.
"""

from enum import Enum
from typing import NamedTuple

from xlsgd.symbols.expression import Expression
from xlsgd.symbols.references import address, column_number, letters_and_row


class RowOf(Enum):
    """What a reference's row counts from."""

    SHEET = "the sheet's top, from 1"
    HERE = "the row that the formula stands in, from 0"
    PASS = "the line of the pass that the formula's row belongs to, from 0"
    POINT = "the row of the formula's point on the training sheet, from 0"


class Reference(NamedTuple):
    """A reference to a cell.

    Args:
        column: the column, from 1.
        row: the row, or by how many rows it is off.
        row_of: what the row counts from.
        sheet: another sheet's name, or nothing for the formula's own.
        fixed_column: whether the column stays the same in a copy of the formula.
        fixed_row: whether the row does.
    """

    column: int
    row: int
    row_of: RowOf = RowOf.SHEET
    sheet: str = ""
    fixed_column: bool = False
    fixed_row: bool = False


def refer(reference: Reference) -> Expression:
    """Return a reference as an expression."""
    return Expression("reference", reference)


def at(place: str, sheet: str = "", fixed: bool = False) -> Expression:
    """Return a reference to a cell by its address, such as `C1`."""
    letters, row = letters_and_row(place)
    return refer(Reference(column_number(letters), row, RowOf.SHEET, sheet, fixed, fixed))


def here(column: int, up: int = 0, sheet: str = "") -> Expression:
    """Return a reference to a column's cell in the formula's own row, or so many rows up."""
    return refer(Reference(column, -up, RowOf.HERE, sheet))


def area(places: str, sheet: str = "", fixed: bool = False) -> Expression:
    """Return a reference to a range such as `J32:K32`, or to a single cell as it is."""
    first, _, last = places.partition(":")
    return Expression("range", at(first, sheet, fixed), at(last, sheet, fixed)) if last else at(first, sheet, fixed)


def fixed(expression: Expression) -> Expression:
    """Return a reference or a range that stays the same in copies of a formula."""
    if expression.op == "range":
        return Expression("range", *map(fixed, expression.args))
    return refer(expression.args[0]._replace(fixed_column=True, fixed_row=True))


def addresses(expression: Expression) -> str:
    """Return the address of a cell, or of a range's two ends, such as `J32:K32`."""
    ends = expression.args if expression.op == "range" else (expression,)
    return ":".join(address(end.args[0].row, end.args[0].column) for end in ends)
