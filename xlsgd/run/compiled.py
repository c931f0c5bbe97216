"""A training sheet's row as straight-line Python, generated from the record of what it does."""

import math
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple

from xlsgd.sheets.record import record
from xlsgd.sheets.training import RowKey
from xlsgd.symbols.operations import IN_A_ROW, Operation, Operations
from xlsgd.symbols.primitives import PRIMITIVES

GLOBALS = {name: PRIMITIVES[name].number for name in IN_A_ROW} | {"inf": math.inf, "nan": math.nan}

ROWS = """\
def rows(points, states, knobs):
    {states} = states
    {knobs} = knobs
    {before}
    out = []
    append = out.append
    for {point} in points:
        {inside}
        append(({point} {values}))
        {states} = {next_states}
    return out, ({states})
"""
LAST = """\
def last(points, states, knobs):
    {states} = states
    {knobs} = knobs
    {before}
    {sums} = {zeros}
    for {point} in points:
        {inside}
        {sums} = {more}
        {ends} = {last}
        {states} = {next_states}
    return ({states}), ({ends}), ({sums})
"""


class Program(NamedTuple):
    """A compiled sheet. Both functions take the points, the states in the record's order, and the knobs.

    Args:
        rows: gives a list of each row's inputs, targets and values, and the states after them.
        last: gives the states after the rows, what the next epoch's parameters are, and sums: of all states, which is
            finite only if every one of them was, then of each summed column and of its squares.
    """

    rows: Callable[..., tuple[list[tuple[float, ...]], tuple[float, ...]]]
    last: Callable[..., tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]]


@cache
def compiled(key: RowKey) -> Program:
    """Return a training sheet's row compiled, from `Training.key`.

    Raises:
        NoFormula: the row does what symbols cannot follow.
    """
    return Program(_rows(key), _last(key))


def _rows(key: RowKey) -> Any:
    traced, operations = record(key), _operations(key)
    values = operations.names(traced.values.values())
    return _define("rows", ROWS, key, operations, values=values)


def _last(key: RowKey) -> Any:
    traced, operations = record(key), _operations(key)
    summed = operations.names(traced.summed.values())
    next_states = operations.names(traced.after.values())
    more = [f"states + {' + '.join(next_states)}"]
    for i, value in enumerate(summed):
        more += [f"sum{i} + {value}", f"squares{i} + {value} * {value}"]
    sums = ["states", *(f"{kind}{i}" for i in range(len(summed)) for kind in ("sum", "squares"))]
    ends = {"ends": [f"end{i}" for i in range(len(traced.last))], "last": operations.names(traced.last)}
    return _define("last", LAST, key, operations, sums=sums, zeros=["0.0" for _ in sums], more=more, **ends)


def _operations(key: RowKey) -> Operations:
    leaves = record(key).leaves()
    return Operations(leaves, (leaves[knob] for knob in record(key).knobs), IN_A_ROW)


def _define(name: str, template: str, key: RowKey, operations: Operations, **parts: Iterable[str]) -> Any:
    """Return the function that a template gives with its names filled in."""
    traced = record(key)
    leaves = traced.leaves()
    next_states = operations.names(traced.after.values())
    parts |= {
        "point": [leaves[value] for value in traced.point.values()],
        "states": [f"v{i}" for i, _ in enumerate(traced.after)],
        "knobs": [leaves[knob] for knob in traced.knobs],
        "next_states": next_states,
    }
    source = template.format(
        before="\n    ".join(map(spelled, operations.before)) or "pass",
        inside="\n        ".join(map(spelled, operations.inside)) or "pass",
        **{part: "".join(f"{each}, " for each in names) for part, names in parts.items()},
    )
    scope: dict[str, Any] = dict(GLOBALS)
    exec(compile(source, f"<{name} of a training sheet>", "exec"), scope)  # of our own spelling alone
    return scope[name]


def spelled(operation: Operation) -> str:
    """Return an operation as a statement on floats."""
    form = PRIMITIVES[operation.op].python or f"{operation.op}({', '.join('{}' for _ in operation.operands)})"
    return f"{operation.name} = {form.format(*operation.operands)}"
