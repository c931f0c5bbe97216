"""Expressions spelled as Excel formulas.

`spell` is given where values are placed: whatever is placed in a cell is spelled as that cell's address. Excel's
precedence is its own: unary minus binds tighter than `^`, and `^` is left-associative. Parentheses are written only
where Excel needs them.
"""

from collections.abc import Mapping

from xlsgd.symbols.expression import Expression, NoFormula, in_order
from xlsgd.symbols.primitives import PRIMITIVES, TIGHTEST, Form

NEGATIVE = 4
"""How tightly the sign of a negative number binds."""

Spelling = tuple[str, int]
"""A formula, and how tightly its outermost operator binds."""


def spell(expression: Expression, places: Mapping[Expression, str]) -> str:
    """Return the formula of an expression, without the equals sign.

    Args:
        expression: what to spell out, down to the values that `places` knows.
        places: for each placed value the reference to write for it, such as `$D$2`.

    Raises:
        NoFormula: a number of the expression is NaN or infinite, or an operation has no place in a formula.
    """
    spelled: dict[Expression, Spelling] = {}
    for part in in_order([expression], places):
        spelled[part] = (places[part], TIGHTEST) if part in places else _spell(part, spelled)
    return spelled[expression][0]


def spell_inside(expression: Expression, places: Mapping[Expression, str]) -> str:
    """Return the formula in the cell where an expression is placed: itself spelled out, the rest by place."""
    return spell(expression, {value: place for value, place in places.items() if value != expression})


def _spell(expression: Expression, spelled: Mapping[Expression, Spelling]) -> Spelling:
    match expression.op:
        case "symbol":
            return expression.args[0], TIGHTEST
        case "number":
            return _spell_number(expression.args[0])
        case "text":
            return f'"{expression.args[0]}"', TIGHTEST
        case "range":
            return ":".join(spelled[end][0] for end in expression.args), TIGHTEST
        case op:
            return _spell_operation(PRIMITIVES[op].excel, [spelled[operand] for operand in expression.args])


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
    return text, NEGATIVE if text.startswith("-") else TIGHTEST
