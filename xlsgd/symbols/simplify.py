"""Expressions made shorter by what is exact in floating point: no `0+`, no `1*`, no double negation.

Only derived expressions go through here. What a rule or a model writes stays as it is written, but that sums are taken
from left to right.
"""

import operator
from collections.abc import Callable, Collection, Iterable

from xlsgd.symbols.expression import Expression, as_expression, in_order

FOLDED: dict[str, Callable[[float, float], float]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
}
ZERO, ONE, MINUS_ONE = (as_expression(number) for number in (0, 1, -1))
_KEPT = (ZERO, ONE, MINUS_ONE)  # expressions live as long as somebody holds them


def simplified(expression: Expression, known: Collection[Expression] = ()) -> Expression:
    """Return an expression of the same value, but for the sign of a zero.

    Args:
        expression: the expression.
        known: parts of it that stay as they are.
    """
    made: dict[Expression, Expression] = {}
    for part in in_order([expression], known):
        if part.op == "number":
            made[part] = _literal(part.args[0])
        elif part in known or part.op not in RULES:
            made[part] = _rebuilt(part, made) if part not in known else part
        else:
            made[part] = RULES[part.op](*(made[operand] for operand in part.args))
    return made[expression]


def left_to_right(roots: Iterable[Expression], cells: Collection[Expression]) -> dict[Expression, Expression]:
    """Return what takes the place of each part of expressions if sums are taken from left to right.

    `a + (b + c)` becomes `a + b + c`: a formula is easier to read without parentheses, and IronCalc, which leaves them
    out as it reads a file, computes it in that order anyway.

    Args:
        roots: the expressions.
        cells: the parts that stand in cells of their own, and so are not opened.
    """
    made: dict[Expression, Expression] = {}
    closed: set[Expression] = set()
    for part in in_order(roots):
        made[part] = _rebuilt(part, made)
        if part.op == "add":
            total, more = made[part].args
            made[part] = _summed(total, more, closed)
        if part in cells:
            closed.add(made[part])
    return made


def _summed(total: Expression, part: Expression, closed: Collection[Expression]) -> Expression:
    """Return a sum with a further part, whose own parts come one by one."""
    signs, terms = [], []
    while part.op in ("add", "subtract") and part not in closed:
        signs.append(part.op)
        terms.append(part.args[1])
        part = part.args[0]
    total = total + part
    for sign, term in zip(reversed(signs), reversed(terms), strict=True):
        total = Expression(sign, total, term)
    return total


def _rebuilt(part: Expression, made: dict[Expression, Expression]) -> Expression:
    return Expression(part.op, *(made[arg] if isinstance(arg, Expression) else arg for arg in part.args))


def _number(expression: Expression) -> float | None:
    return expression.args[0] if expression.op == "number" else None


def _folded(op: str, x: Expression, y: Expression) -> Expression | None:
    """Return the number that an operation gives of two numbers, or nothing."""
    a, b = _number(x), _number(y)
    return None if a is None or b is None else _literal(FOLDED[op](a, b))


def _literal(number: float) -> Expression:
    """Return a number; of a zero the plain one, by which what follows knows it."""
    return as_expression(number or 0.0)


def _add(x: Expression, y: Expression) -> Expression:
    if (folded := _folded("add", x, y)) is not None:
        return folded
    if x is ZERO or y is ZERO:
        return y if x is ZERO else x
    if y.op == "negative":
        return _subtract(x, y.args[0])
    return _subtract(y, x.args[0]) if x.op == "negative" else x + y


def _subtract(x: Expression, y: Expression) -> Expression:
    if (folded := _folded("subtract", x, y)) is not None:
        return folded
    if x is ZERO or y is ZERO:
        return _negative(y) if x is ZERO else x
    if y.op == "negative":
        return _add(x, y.args[0])
    return _negative(_add(x.args[0], y)) if x.op == "negative" else x - y


def _multiply(x: Expression, y: Expression) -> Expression:
    if (folded := _folded("multiply", x, y)) is not None:
        return folded
    if x is ZERO or y is ZERO:
        return ZERO
    if x is ONE or y is ONE:
        return y if x is ONE else x
    if x is MINUS_ONE or y is MINUS_ONE:
        return _negative(y if x is MINUS_ONE else x)
    if x.op == "negative":
        return _negative(_multiply(x.args[0], y))
    return _negative(_multiply(x, y.args[0])) if y.op == "negative" else x * y


def _divide(x: Expression, y: Expression) -> Expression:
    if x is ZERO or y is ONE:
        return x
    if x.op == "negative":
        return _negative(_divide(x.args[0], y))
    return _negative(_divide(x, y.args[0])) if y.op == "negative" else x / y


def _power(x: Expression, y: Expression) -> Expression:
    if y is ZERO:
        return ONE
    return x if y is ONE else x**y


def _negative(x: Expression) -> Expression:
    """Return `-x`; of a difference, also times a number, the difference the other way round."""
    number = _number(x)
    if number is not None:
        return _literal(-number)
    if x.op == "negative":
        return x.args[0]  # type: ignore[no-any-return]
    if x.op == "subtract":
        return x.args[1] - x.args[0]  # type: ignore[no-any-return]
    if x.op == "multiply" and _number(x.args[0]) is not None and x.args[1].op == "subtract":
        return x.args[0] * _negative(x.args[1])  # type: ignore[no-any-return]
    return -x


def _choice(op: str) -> Callable[..., Expression]:
    def chosen(x: Expression, y: Expression, then: Expression, otherwise: Expression) -> Expression:
        return then if then is otherwise else Expression(op, x, y, then, otherwise)

    return chosen


RULES: dict[str, Callable[..., Expression]] = {
    "add": _add,
    "subtract": _subtract,
    "multiply": _multiply,
    "divide": _divide,
    "power": _power,
    "negative": _negative,
    **{op: _choice(op) for op in ("if_equal", "if_above", "if_at_most")},
}
"""How each operation is made of operands that are simplified already."""
