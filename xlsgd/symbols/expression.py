"""Expressions: values that note what is done to them instead of holding a number.

A rule, a model or a row that is run on expressions leaves behind what it computed. That can be spelled as an Excel
formula, as Python or NumPy, evaluated on any kind of number, and differentiated. Two expressions of the same structure
are one object, so comparing them takes no time and a dictionary of placed values finds them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NoReturn, Self
from weakref import WeakValueDictionary

from xlsgd.errors import InputError
from xlsgd.symbols.checked import NOT_AVAILABLE

LEAVES = ("symbol", "number", "text", "reference", "defined name")
"""What is made of no other: a value that has no place yet, literals, a cell, and what a sheet has a name for."""

NO_PLACE = (TypeError, AttributeError, LookupError, ValueError, ArithmeticError)
"""What Python raises where it is given an expression in a number's place, or a number that an operation has not."""

COMPARISONS = ("<", "<=", ">", ">=")
BRANCHES = "xlsgd.if_above, if_at_most or if_equal"
"""What takes the place of an `if` in a formula."""


class NoFormula(InputError, TypeError):
    """An operation on an expression that no formula can express; its message names the operation."""


class Expression:
    """A symbolic value: a symbol, a number, a cell, a range, or an operation on others.

    Args:
        op: one of `LEAVES`, `range`, or the name of a primitive (see `xlsgd.symbols.primitives`).
        args: what a leaf holds; a range's two ends; or the operands.
    """

    __slots__ = ("__weakref__", "args", "op")
    __array_ufunc__ = None  # so that NumPy scalars leave the operation to the expression
    op: str
    args: tuple[Any, ...]
    _all: ClassVar["WeakValueDictionary[tuple[Any, ...], Expression]"] = WeakValueDictionary()

    def __new__(cls, op: str, *args: Any) -> Self:
        """Return the expression of this structure, made if there is none yet."""
        key = (op, args[0].hex()) if op == "number" else (op, *args)  # 0.0 and -0.0 are two
        found = cls._all.get(key)
        if found is None:
            found = cls._all[key] = super().__new__(cls)
            found.op, found.args = op, args
        return found  # type: ignore[return-value]

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        """Tell whether two expressions are built alike; raises NoFormula for a number, known only in the sheet."""
        if isinstance(other, (int, float)):
            raise NoFormula(f"== {other} on a cell is known only in the sheet; use functions.if_equal")
        return self is other

    def __repr__(self) -> str:
        return f"Expression({self.op}, {', '.join(map(str, self.args))})"

    def __add__(self, other: object) -> "Expression":
        return Expression("add", self, as_expression(other))

    def __radd__(self, other: object) -> "Expression":
        return Expression("add", as_expression(other), self)

    def __sub__(self, other: object) -> "Expression":
        return Expression("subtract", self, as_expression(other))

    def __rsub__(self, other: object) -> "Expression":
        return Expression("subtract", as_expression(other), self)

    def __mul__(self, other: object) -> "Expression":
        return Expression("multiply", self, as_expression(other))

    def __rmul__(self, other: object) -> "Expression":
        return Expression("multiply", as_expression(other), self)

    def __truediv__(self, other: object) -> "Expression":
        return Expression("divide", self, as_expression(other))

    def __rtruediv__(self, other: object) -> "Expression":
        return Expression("divide", as_expression(other), self)

    def __pow__(self, other: object) -> "Expression":
        return Expression("power", self, as_expression(other))

    def __rpow__(self, other: object) -> "Expression":
        return Expression("power", as_expression(other), self)

    def __neg__(self) -> "Expression":
        return Expression("negative", self)

    def __abs__(self) -> "Expression":
        return Expression("absolute", self)

    @staticmethod
    def applied(primitive: Any, operands: Sequence[object]) -> "Expression":
        """Return a primitive applied to expressions, numbers, and columns of expressions."""
        return Expression(primitive.name, *map(as_operand, operands))

    def __bool__(self) -> NoReturn:
        raise NoFormula(f"a cell is neither true nor false: a rule cannot branch on it; use {BRANCHES}")

    def __float__(self) -> NoReturn:
        raise NoFormula("float() of a cell: it has no number yet; write it with xlsgd.functions")

    def __iter__(self) -> Iterator[Any]:
        raise NoFormula("a single cell cannot be iterated")


def _refusal(operation: str) -> Any:
    instead = BRANCHES if operation in COMPARISONS else "+ - * / ** or a function"

    def refuse(*_: object) -> NoReturn:
        raise NoFormula(f"{operation} on a cell has no formula here: write it with {instead}")

    return refuse


for _method, _operation in {
    "__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">=", "__mod__": "%", "__rmod__": "%",
    "__floordiv__": "//", "__rfloordiv__": "//", "__divmod__": "divmod", "__matmul__": "@", "__rmatmul__": "@",
    "__and__": "&", "__or__": "|", "__xor__": "^", "__invert__": "~", "__lshift__": "<<", "__rshift__": ">>",
    "__round__": "round", "__trunc__": "trunc", "__floor__": "floor", "__ceil__": "ceil", "__int__": "int",
}.items():  # fmt: skip
    setattr(Expression, _method, _refusal(_operation))


def symbol(name: str) -> Expression:
    """Return a value that is known by its name alone until it is placed."""
    return Expression("symbol", name)


def text(value: str) -> Expression:
    """Return a text."""
    return Expression("text", value)


def defined_name(name: str) -> Expression:
    """Return a cell or a range that is spelled by the name that a sheet has for it."""
    return Expression("defined name", name)


def as_expression(value: object) -> Expression:
    """Return `value` as an expression: an expression as it is, a number as a literal, `#N/A` as what gives it.

    Raises:
        NoFormula: `value` is neither.
    """
    if isinstance(value, Expression):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Expression("number", float(value))
    if value is NOT_AVAILABLE:
        return Expression("not_available")
    raise NoFormula(f"{type(value).__name__} {value!r} has no place in a formula")


def as_operand(value: object) -> Expression:
    """Return `value` as an expression; a list or tuple of expressions as the range from its first to its last."""
    if isinstance(value, (list, tuple)):
        return Expression("range", as_expression(value[0]), as_expression(value[-1]))
    return as_expression(value)


def operands_of(expression: Expression) -> tuple[Expression, ...]:
    """Return the expressions that an expression is made of."""
    return () if expression.op in LEAVES else tuple(arg for arg in expression.args if isinstance(arg, Expression))


def in_order(roots: Iterable[Expression], known: Collection[Expression] = ()) -> list[Expression]:
    """Return what expressions are made of, themselves included, each once and behind all that it is made of.

    Args:
        roots: the expressions.
        known: values that are taken as they are, without what they are made of.
    """
    found: dict[Expression, None] = {}
    waiting = [*roots][::-1]
    while waiting:
        expression = waiting[-1]
        missing = () if expression in known else [part for part in operands_of(expression) if part not in found]
        if missing and expression not in found:
            waiting += reversed(missing)
            continue
        found[waiting.pop()] = None
    return list(found)


def contains(expression: Expression, part: Expression) -> bool:
    """Return whether `part` occurs in `expression`."""
    return part in in_order([expression])


def placed(expression: Expression, places: Mapping[Expression, Expression]) -> Expression:
    """Return the formula of the cell where an expression is placed: itself in full, placed values by reference."""
    if expression not in places or expression.op in LEAVES:
        return replaced(expression, places)
    parts = (replaced(arg, places) if isinstance(arg, Expression) else arg for arg in expression.args)
    return Expression(expression.op, *parts)


def replaced(expression: Expression, by: Mapping[Expression, Expression]) -> Expression:
    """Return an expression in which others stand in the place of some of its parts."""
    made: dict[Expression, Expression] = {}
    for part in in_order([expression], by):
        if part in by:
            made[part] = by[part]
        else:
            made[part] = Expression(part.op, *(made[arg] if isinstance(arg, Expression) else arg for arg in part.args))
    return made[expression]
