"""Expressions spelled as Excel formulas.

Excel's precedence is its own: unary minus binds tighter than `^`, and `^` is left-associative. Parentheses are written
only where Excel needs them.
"""

import re
from collections.abc import Callable, Mapping

from xlsgd.symbols.cells import Reference, RowOf
from xlsgd.symbols.expression import Expression, NoFormula, in_order, operands_of
from xlsgd.symbols.primitives import PRIMITIVES, TIGHTEST, Form
from xlsgd.symbols.references import MAX_ROW, column_letters

LONGEST_FORMULA = 8192
"""How many characters a formula may have, the equals sign among them."""
TOO_LONG = f", and a spreadsheet {LONGEST_FORMULA:,} at most; give its parts columns of their own by named()"
LONGEST_SPELLED = 2**20
"""How many characters of a formula are put together, to be shown or to be told of."""

PLAIN_SHEET = re.compile(r"(?!(?:[A-Za-z]{1,3}[0-9]+|[rRcC]|[rR][0-9]*[cC][0-9]*)$)[A-Za-z_][A-Za-z0-9_]*")
"""A sheet's name that needs no quotation marks: a word that is no cell's address in any notation."""

Spelling = tuple[str, int]
"""A formula, and how tightly its outermost operator binds."""


def number_of_row(reference: Reference) -> str:
    """Return the row of a reference that counts from the sheet's top.

    Raises:
        NoFormula: it counts from elsewhere, which has a place among the rows alone.
    """
    if reference.row_of is not RowOf.SHEET:
        raise NoFormula("a formula outside of the rows refers to a row of theirs")
    return str(reference.row)


def longest_row(reference: Reference) -> str:
    """Return a row with as many digits as there can be."""
    return str(MAX_ROW)


def spell(expression: Expression, row: Callable[[Reference], str] = number_of_row) -> str:
    """Return the formula of an expression, without the equals sign.

    Args:
        expression: the expression.
        row: spells a reference's row.

    Raises:
        NoFormula: a value of the expression has no place, a number is NaN or infinite, or the text is far too long.
    """
    spelled: dict[Expression, Spelling] = {}
    for part in in_order([expression]):
        spelled[part] = _spell(part, spelled, row)
        if len(spelled[part][0]) > LONGEST_SPELLED:
            raise NoFormula(f"a formula takes over {LONGEST_SPELLED:,} characters{TOO_LONG}")
    return spelled[expression][0]


def least_length(expression: Expression, known: Mapping[Expression, int]) -> int:
    """Return how many characters a formula has at least, which takes no time however often it repeats its parts.

    Args:
        expression: the formula.
        known: how many the values take at least that have a place.
    """
    lengths = dict(known)
    for part in in_order(operands_of(expression), known):
        if part not in lengths:
            lengths[part] = 1 + sum(lengths[operand] for operand in operands_of(part))
    return 1 + sum(lengths[operand] for operand in operands_of(expression))


def _spell(expression: Expression, spelled: Mapping[Expression, Spelling], row: Callable[[Reference], str]) -> Spelling:
    match expression.op:
        case "reference":
            return _spell_reference(expression.args[0], row), TIGHTEST
        case "number":
            return _spell_number(expression.args[0])
        case "symbol":
            raise NoFormula(f"{expression.args[0]} stands in no cell")
        case "defined name":
            return expression.args[0], TIGHTEST
        case "text":
            quoted = expression.args[0].replace('"', '""')
            return f'"{quoted}"', TIGHTEST
        case "range":
            first, last = (spelled[end][0] for end in expression.args)
            return f"{first}:{last.rpartition('!')[2]}", TIGHTEST
        case op:
            return _spell_operation(PRIMITIVES[op].excel, [spelled[operand] for operand in expression.args])


def _spell_reference(reference: Reference, row: Callable[[Reference], str]) -> str:
    column = f"{'$' * reference.fixed_column}{column_letters(reference.column)}"
    return f"{spell_sheet(reference.sheet)}{column}{'$' * reference.fixed_row}{row(reference)}"


def spell_sheet(name: str) -> str:
    """Return what stands before a reference to another sheet.

    >>> spell_sheet("adam_run"), spell_sheet("it's mine"), spell_sheet("SGD1"), spell_sheet("")
    ('adam_run!', "'it''s mine'!", "'SGD1'!", '')
    """
    if not name:
        return ""
    quoted = name.replace("'", "''")
    return f"{name}!" if PLAIN_SHEET.fullmatch(name) else f"'{quoted}'!"


def _spell_operation(form: Form | str, operands: list[Spelling]) -> Spelling:
    if isinstance(form, str):
        return f"{form}({','.join(text for text, _ in operands)})", TIGHTEST
    needed = (*form.needed, *(0 for _ in operands[len(form.needed) :]))
    texts = [text if has >= needs else f"({text})" for (text, has), needs in zip(operands, needed, strict=True)]
    return (form.template(*texts) if callable(form.template) else form.template.format(*texts)), form.binding


def _spell_number(value: float) -> Spelling:
    if value != value or value in (float("inf"), float("-inf")):
        raise NoFormula(f"{value} cannot be written in a formula")
    text = repr(value).removesuffix(".0").upper()
    return text, TIGHTEST  # its sign too: in a formula no operator binds more tightly
