"""Expressions spelled as JavaScript, on floats or on a spreadsheet's numbers.

On floats an operation is spelled as it stands in the table of primitives. On a spreadsheet's numbers it is a call of
what `page/script/numbers.js` makes of the same table: an error among the operands is the result, and what is no finite
number is `#NUM!`. Addition, subtraction, multiplication, division and the square root are the same in JavaScript and
Python to the bit; `exp`, `log`, `pow`, sines and the like may part in the last place.
"""

import json
from collections.abc import Iterable, Mapping
from string import Formatter

from xlsgd.symbols.expression import Expression, NoFormula, in_order
from xlsgd.symbols.operations import Operation, Operations
from xlsgd.symbols.primitives import PRIMITIVES, Primitive

NEVER_FAIL = frozenset(
    (
        "add", "subtract", "multiply", "negative", "absolute", "sign", "tanh", "relu", "maximum", "minimum",
        "stop_gradient", "if_equal", "if_above", "if_at_most",
    )
)  # fmt: skip
"""What Python computes from any floats without raising; where it raises, JavaScript gives infinity or NaN."""

SPELLABLE = frozenset(name for name, primitive in PRIMITIVES.items() if primitive.javascript)


def operations_of(leaves: Mapping[Expression, str], fixed: Iterable[str] = ()) -> Operations:
    """Return the operations on leaves, in the order in which they are spelled; arguments as of `Operations`."""
    return Operations(leaves, fixed, SPELLABLE)


def check_spellable(roots: Iterable[Expression]) -> None:
    """Check that JavaScript can say all that expressions are made of.

    Raises:
        NoFormula: it cannot; the message names the operation.
    """
    for part in in_order(roots):
        if part.op in PRIMITIVES and part.op not in SPELLABLE:
            raise NoFormula(f"{part.op} cannot be spelled in JavaScript, so it has no page")


def on_floats(operation: Operation) -> str:
    """Return an operation as a statement on floats.

    >>> on_floats(Operation("t1", "sqrt", ("p0",)))
    'const t1 = Math.sqrt(p0);'
    """
    return f"const {operation.name} = {_applied(PRIMITIVES[operation.op].javascript, operation.operands)};"


def on_cells(operation: Operation) -> str:
    """Return an operation as a statement on a spreadsheet's numbers.

    >>> on_cells(Operation("t1", "divide", ("p0", "p1")))
    'const t1 = cells.divide(p0, p1);'
    """
    return f"const {operation.name} = cells.{_method(operation.op)}({', '.join(operation.operands)});"


def may_fail(operations: Iterable[Operation]) -> list[str]:
    """Return the names of those results that are no finite numbers where Python would raise."""
    return [operation.name for operation in operations if operation.op not in NEVER_FAIL]


def table_of_primitives() -> str:
    """Return the table of primitives as an object of JavaScript, a function for each."""
    return "{\n" + "".join(map(_entry, filter(lambda row: row.name in SPELLABLE, PRIMITIVES.values()))) + "}"


class Lines:
    """Statements on a spreadsheet's numbers, in the order in which they are asked for.

    Args:
        leaves: how each value that is given is spelled.
    """

    def __init__(self, leaves: Mapping[Expression, str]) -> None:
        self._operations = operations_of(leaves)
        self._written = 0, 0
        self.statements: list[str] = []

    def names(self, expressions: Iterable[Expression]) -> list[str]:
        """Return what holds each expression, behind the statements that compute it.

        Raises:
            NoFormula: JavaScript cannot say an operation.
        """
        roots = list(expressions)
        names = self._operations.names(roots)
        for done, operations in zip(self._written, (self._operations.before, self._operations.inside), strict=True):
            self.statements += map(on_cells, operations[done:])
        self._written = len(self._operations.before), len(self._operations.inside)
        return names

    def hold(self, expression: Expression, name: str) -> None:
        """Take what holds an expression for given from here on."""
        self._operations.hold(expression, name)


def text_literal(text: str) -> str:
    """Return a text as JavaScript writes it, safe within a script of HTML."""
    return json.dumps(text).replace("<", "\\u003c")


def _method(name: str) -> str:
    return PRIMITIVES[name].javascript if PRIMITIVES[name].column else name


def _applied(form: str, operands: Iterable[str]) -> str:
    operands = tuple(operands)
    return form.format(*operands) if "{" in form else f"{form}({', '.join(operands)})"


def _entry(primitive: Primitive) -> str:
    """Return a primitive's entry; what takes a column has none, for `columns.js` defines it."""
    if primitive.column:
        return ""
    parts = [f"number: {_function(primitive.javascript)}"]
    if primitive.javascript_checked:
        parts.append(f"checked: {_function(primitive.javascript_checked)}")
    return f"  {primitive.name}: {{ {', '.join(parts)}, compared: {primitive.compared} }},\n"


def _function(form: str) -> str:
    """Return a form as a function of JavaScript."""
    fields = [field for _, field, _, _ in Formatter().parse(form) if field is not None]
    if not fields:
        return form
    names = [f"x{i}" for i in range(1 + max(int(field or place) for place, field in enumerate(fields)))]
    return f"({', '.join(names)}) => {form.format(*names)}"
