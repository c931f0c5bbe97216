"""What a training sheet's row does, recorded from symbols as operations that can be spelled in another language.

The operations are the row's own on the same operands, so the numbers are the same to the bit. Only the order in which
independent ones are done may differ: what a row asks for twice is computed once, what follows from the knobs alone
once a pass, and what nobody asks for not at all.
"""

from collections.abc import Callable, Container, Iterable
from functools import cache
from typing import NamedTuple

from xlsgd.gradients import squared_error
from xlsgd.rules import Rule
from xlsgd.sheets.row import Row
from xlsgd.symbols.expression import Expression, NoFormula, as_expression, symbol

COMMUTATIVE = ("add", "multiply")


class Recording(NamedTuple):
    """A row on symbols: `x`, `y`, `knob_lr` and the like, and the fields of both states, such as `b_w` and `a_w`.

    Args:
        knobs: the names of the knobs' symbols.
        states: the names of both states' fields, the intercept's first.
        after: what they are after the row.
        values: the row's values by column, in the sheet's order.
        error: the squared error.
    """

    knobs: tuple[str, ...]
    states: tuple[str, ...]
    after: tuple[Expression, ...]
    values: dict[str, Expression]
    error: Expression

    def value(self, column: str) -> Expression:
        """Return the value of a column, or the squared error, which has none in some sheets."""
        return self.error if column == "err^2" else self.values[column]


@cache
def record(row: Callable[..., Row], rule: Rule, knobs: tuple[str, ...]) -> Recording:
    """Return what a row does.

    Args:
        row: a sheet's row, such as `Training.row`.
        rule: its update rule.
        knobs: the names of the rule's knobs.

    Raises:
        NoFormula: the row or the rule does what symbols cannot follow, or the row has no squared error.
    """
    x, y = symbol("x"), symbol("y")
    b, a = (rule.state(*(symbol(f"{w}_{field}") for field in rule.state(0.0)._fields)) for w in "ba")
    names = tuple(f"knob_{knob}" for knob in knobs)
    traced = row(rule, x, y, b, a, rule.knobs(*map(symbol, names)))
    values = {column: as_expression(value) for column, value in traced.values.items()}
    if not {"err^2", "pred"} & set(values):
        raise NoFormula("the row has neither a squared error nor a prediction")
    error = values["err^2"] if "err^2" in values else squared_error(values["pred"], y)
    states = tuple(str(field.args[0]) for field in (*b, *a))
    return Recording(names, states, tuple(map(as_expression, (*traced.b, *traced.a))), values, error)


class Operation(NamedTuple):
    """A named result of an operator or of an Excel function, and the names or numbers that it is done to."""

    name: str
    op: str
    operands: tuple[str, ...]


class Operations:
    """The operations that compute some values, each once, in an order in which they can be done.

    Args:
        fixed: names that stay the same through a pass; what follows from them alone is done before the rows.
        spellable: the operators and functions that can be spelled.
    """

    def __init__(self, fixed: Iterable[str], spellable: Container[str]) -> None:
        self.before: list[Operation] = []
        self.inside: list[Operation] = []
        self._fixed = set(fixed)
        self._spellable = spellable
        self._named: dict[tuple[str, ...], str] = {}

    def names(self, cells: Iterable[Expression]) -> list[str]:
        """Return what holds each value."""
        return [self.name(cell) for cell in cells]

    def name(self, cell: Expression) -> str:
        """Return what holds the value: a name, or a number as it is spelled.

        Raises:
            NoFormula: an operation cannot be spelled.
        """
        if cell.op == "symbol":
            return str(cell.args[0])
        if cell.op == "number":
            return self._number(cell.args[0])
        if cell.op not in self._spellable:
            raise NoFormula(f"{cell.op} is not compiled")
        operands = tuple(self.names(cell.args))
        # a + b and b + a are one float.
        operation = (cell.op, *(sorted(operands) if cell.op in COMMUTATIVE else operands))
        if operation not in self._named:
            self._named[operation] = self._append(cell.op, operands)
        return self._named[operation]

    def _number(self, value: float) -> str:
        spelled = f"({value!r})" if repr(value).startswith("-") else repr(value)  # -1 ** t would be -(1 ** t)
        self._fixed.add(spelled)
        return spelled

    def _append(self, op: str, operands: tuple[str, ...]) -> str:
        name = f"t{len(self._named)}"
        if self._fixed.issuperset(operands):
            self._fixed.add(name)
            self.before.append(Operation(name, op, operands))
        else:
            self.inside.append(Operation(name, op, operands))
        return name
