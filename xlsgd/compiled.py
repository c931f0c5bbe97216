"""A training sheet's row as straight-line Python, generated from what the row and its rule do to symbols.

The operations are the row's own on the same operands, so the numbers are the same to the bit. Only the order in which
independent ones are done may differ: what a row asks for twice is computed once, what follows from the knobs alone
once a pass, and what nobody asks for not at all.
"""

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from xlsgd.formula import Cell, NoExcelForm, symbol
from xlsgd.gradients import squared_error
from xlsgd.lesson import Training
from xlsgd.row import Row
from xlsgd.rules import Rule

SPELLINGS = {
    "+": "{} + {}", "-": "{} - {}", "*": "{} * {}", "/": "{} / {}", "^": "{} ** {}", "neg": "-{}",
    "SQRT": "sqrt({})", "EXP": "exp({})", "LN": "log({})", "LOG": "log10({})", "ABS": "abs({})", "MIN": "min({}, {})",
    "=": "{} == {}", ">": "{} > {}", "IF": "{1} if {0} else {2}",
}  # fmt: skip
COMMUTATIVE = "+*"
GLOBALS = {name: getattr(math, name) for name in ("sqrt", "exp", "log", "log10", "inf", "nan")}

ROWS = """\
def rows(points, {states}, {knobs}):
    {before}
    out = []
    append = out.append
    for x, y in points:
        {inside}
        append((x, y, {values}))
        {states} = {next_states}
    return out, ({states})
"""
LAST = """\
def last(points, {states}, {knobs}):
    {before}
    {sums} = {zeros}
    for x, y in points:
        {inside}
        {sums} = {more}
        lastconst, lastslope = {last}
        {states} = {next_states}
    return ({states}), (lastconst, lastslope), ({sums})
"""


class Program(NamedTuple):
    """A compiled sheet. Both functions take (x, y) pairs, the fields of both states, intercept's first, and the knobs.

    Args:
        rows: gives a list of each row's x, y and values, and the fields of both states after them.
        last: gives the fields of both states after the rows, the last row's `lastconst` and `lastslope`, and sums: of
            all states, which is finite only if every one of them was, then of each footer column and of its squares.
    """

    rows: Callable[..., tuple[list[tuple[float, ...]], tuple[float, ...]]]
    last: Callable[..., tuple[tuple[float, ...], tuple[float, float], tuple[float, ...]]]


def compiled(training: Training) -> Program | None:
    """Return the sheet's row compiled, or nothing if it does what symbols cannot follow."""
    return _compiled(training.row, training.rule, training.knobs._fields, sum_columns(training), tuple(training.last))


def sum_columns(training: Training) -> tuple[str, ...]:
    """Return the columns whose sums a pass keeps: those of the footer, and the squared error."""
    return tuple(dict.fromkeys((*training.footer_columns, "err^2")))


@cache
def _compiled(
    row: Callable[..., Row], rule: Rule, knobs: tuple[str, ...], summed: tuple[str, ...], last: tuple[str, str]
) -> Program | None:
    x, y = symbol("x"), symbol("y")
    b, a = (rule.state(*(symbol(f"{w}_{field}") for field in rule.state(0.0)._fields)) for w in "ba")
    try:
        traced = row(rule, x, y, b, a, rule.knobs(*(symbol(f"knob_{name}") for name in knobs)))
        values = {"err^2": squared_error(traced.values["pred"], y)} if "err^2" not in traced.values else {}
        values |= traced.values
        states, after = (*b, *a), (*traced.b, *traced.a)
        rows = _define("rows", ROWS, knobs, states, after, values=list(traced.values.values()))
        end = _define("last", LAST, knobs, states, after, [values[c] for c in summed], [values[c] for c in last])
    except (NoExcelForm, KeyError):
        return None
    return Program(rows, end)


def _define(
    name: str,
    template: str,
    knobs: Sequence[str],
    states: Sequence[Cell],
    after: Sequence[Cell],
    summed: Sequence[Cell] = (),
    last: Sequence[Cell] = (),
    values: Sequence[Cell] = (),
) -> Any:
    """Return the function that a template gives with its names filled in."""
    code = _Code([f"knob_{knob}" for knob in knobs])
    names = [code.name(value) for value in summed]
    sums = ["states", *(f"{kind}{i}" for i in range(len(names)) for kind in ("sum", "squares"))]
    next_states = code.names(after)
    more = [f"states + {' + '.join(next_states.split(', '))}"]
    for i, value in enumerate(names):
        more += [f"sum{i} + {value}", f"squares{i} + {value} * {value}"]
    source = template.format(
        states=code.names(states),
        knobs=", ".join(f"knob_{knob}" for knob in knobs),
        sums=", ".join(sums),
        zeros=", ".join("0.0" for _ in sums),
        more=", ".join(more),
        last=code.names(last),
        values=code.names(values),
        next_states=next_states,
        before="\n    ".join(code.before) or "pass",
        inside="\n        ".join(code.inside) or "pass",
    )
    scope: dict[str, Any] = dict(GLOBALS)
    exec(compile(source, f"<{name} of a training sheet>", "exec"), scope)  # of our own spelling alone
    return scope[name]


class _Code:
    """Statements that compute values, each operation once.

    Args:
        knobs: names that stay the same through a pass; what follows from them alone is done before the rows.
    """

    def __init__(self, knobs: Sequence[str]) -> None:
        self.before: list[str] = []
        self.inside: list[str] = []
        self._fixed = set(knobs)
        self._known: dict[tuple[str, ...], str] = {}

    def names(self, cells: Sequence[Cell]) -> str:
        """Return what holds the values, parted by commas."""
        return ", ".join(map(self.name, cells))

    def name(self, cell: Cell) -> str:
        """Return what holds the value: a name, or a number as it is spelled."""
        if cell.op == "symbol":
            return str(cell.args[0])
        if cell.op == "number":
            self._fixed.add(repr(cell.args[0]))
            return repr(cell.args[0])
        if cell.op not in SPELLINGS:
            raise NoExcelForm(f"{cell.op} is not compiled")
        operands = [self.name(operand) for operand in cell.args]
        # a + b and b + a are one float.
        operation = (cell.op, *(sorted(operands) if cell.op in COMMUTATIVE else operands))
        if operation not in self._known:
            self._known[operation] = self._assign(SPELLINGS[cell.op].format(*operands), operands)
        return self._known[operation]

    def _assign(self, expression: str, operands: Sequence[str]) -> str:
        name = f"t{len(self._known)}"
        if self._fixed.issuperset(operands):
            self._fixed.add(name)
            self.before.append(f"{name} = {expression}")
        else:
            self.inside.append(f"{name} = {expression}")
        return name
