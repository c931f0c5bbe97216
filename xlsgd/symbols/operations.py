"""The operations that compute some expressions, each once, to be spelled in another language or done one by one.

The operations are the expressions' own on the same operands, so the numbers are the same to the bit. Only the order in
which independent ones are done may differ: what is asked for twice is computed once, what follows from the knobs alone
once a pass, and what nobody asks for not at all.
"""

from collections.abc import Callable, Collection, Container, Iterable, Mapping, MutableMapping
from typing import Any, NamedTuple

from xlsgd.symbols.expression import Expression, NoFormula, in_order
from xlsgd.symbols.primitives import PRIMITIVES, apply

COMMUTATIVE = ("add", "multiply")

IN_A_ROW = frozenset(name for name, primitive in PRIMITIVES.items() if not primitive.column)
"""What needs no column, and so can be done within a row."""


class Operation(NamedTuple):
    """A named result of a primitive, and the names or numbers that it is done to."""

    name: str
    op: str
    operands: tuple[str, ...]


class Operations:
    """The operations that compute expressions, in an order in which they can be done.

    Args:
        leaves: the names of the values that are given.
        fixed: those that stay the same through a pass; what follows from them alone is done before the rows.
        spellable: the primitives that may be used.
    """

    def __init__(self, leaves: Mapping[Expression, str], fixed: Iterable[str], spellable: Container[str]) -> None:
        self.before: list[Operation] = []
        self.inside: list[Operation] = []
        self.numbers: dict[str, float] = {}
        self._held = dict(leaves)
        self._fixed = set(fixed)
        self._spellable = spellable
        self._named: dict[tuple[str, ...], str] = {}

    def names(self, expressions: Iterable[Expression]) -> list[str]:
        """Return what holds each expression: a name, or a number as it is spelled.

        Raises:
            NoFormula: an operation cannot be spelled.
        """
        expressions = tuple(expressions)
        for part in in_order(expressions, self._held):
            if part not in self._held:
                self._held[part] = self._number(part.args[0]) if part.op == "number" else self._operation(part)
        return [self._held[expression] for expression in expressions]

    def hold(self, expression: Expression, name: str) -> None:
        """Take what holds an expression for given from here on."""
        self._held[expression] = name

    def _number(self, value: float) -> str:
        spelled = f"({value!r})" if repr(value).startswith("-") else repr(value)  # -1 ** t would be -(1 ** t)
        self._fixed.add(spelled)
        self.numbers[spelled] = value
        return spelled

    def _operation(self, expression: Expression) -> str:
        if expression.op not in self._spellable:
            raise NoFormula(f"{expression.op} cannot be computed within a row")
        operands = tuple(self._held[operand] for operand in expression.args)
        # a + b and b + a are one float.
        key = (expression.op, *(sorted(operands) if expression.op in COMMUTATIVE else operands))
        if key not in self._named:
            self._named[key] = self._append(expression.op, operands)
        return self._named[key]

    def _append(self, op: str, operands: tuple[str, ...]) -> str:
        name = f"t{len(self._named)}"
        if self._fixed.issuperset(operands):
            self._fixed.add(name)
            self.before.append(Operation(name, op, operands))
        else:
            self.inside.append(Operation(name, op, operands))
        return name


def perform(operations: Iterable[Operation], values: MutableMapping[str, Any]) -> None:
    """Do operations one by one on values of any kind, by name, and add what they give."""
    for name, op, operands in operations:
        values[name] = apply(op, *(values[operand] for operand in operands))


def evaluate(expression: Expression, known: Mapping[Expression, Any], number: Callable[[float], Any] = float) -> Any:
    """Return the value of an expression; see `evaluate_all`."""
    return evaluate_all([expression], known, number)[0]


def evaluate_all(
    expressions: Collection[Expression], known: Mapping[Expression, Any], number: Callable[[float], Any] = float
) -> list[Any]:
    """Return the values of expressions, each part of them computed once.

    Args:
        expressions: what to compute, down to what is known.
        known: values of parts of them; of a range a sequence.
        number: makes values of the kind of these from literals.
    """
    return evaluator(expressions, known, number)(known.values())


def evaluator(
    expressions: Collection[Expression], known: Collection[Expression], number: Callable[[float], Any] = float
) -> Callable[[Iterable[Any]], list[Any]]:
    """Return the function of the known parts' values, in their order, that `evaluate_all` computes.

    It is for many values: which part follows which is found out once.
    """
    parts = [part for part in in_order(expressions, known) if part not in known]
    literals: dict[Expression, Any] = {part: part.args[0] for part in parts if part.op == "text"}
    literals |= {part: number(part.args[0]) for part in parts if part.op == "number"}
    steps = [part for part in parts if part not in literals]

    def values_of(values: Iterable[Any]) -> list[Any]:
        found = dict(zip(known, values, strict=True)) | literals
        for part in steps:
            found[part] = apply(part.op, *(found[operand] for operand in part.args))
        return [found[expression] for expression in expressions]

    return values_of
