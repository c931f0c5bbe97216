"""A training sheet's row as straight-line Python, generated from what the row and its rule do to symbols."""

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from xlsgd.rules import Rule
from xlsgd.sheets.lesson import Training
from xlsgd.sheets.row import Row
from xlsgd.symbols.expression import Expression, NoFormula
from xlsgd.symbols.primitives import PRIMITIVES
from xlsgd.symbols.recording import Operation, Operations, Recording, record

COMPILED = {name: primitive for name, primitive in PRIMITIVES.items() if not primitive.column}
GLOBALS = {name: primitive.number for name, primitive in COMPILED.items()} | {"inf": math.inf, "nan": math.nan}

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
    try:
        recording = record(row, rule, knobs)
        rows = _define("rows", ROWS, recording, values=list(recording.values.values()))
        sums, weights = map(recording.value, summed), map(recording.value, last)
        end = _define("last", LAST, recording, list(sums), list(weights))
    except NoFormula:
        return None
    return Program(rows, end)


def _define(
    name: str,
    template: str,
    recording: Recording,
    summed: Sequence[Expression] = (),
    last: Sequence[Expression] = (),
    values: Sequence[Expression] = (),
) -> Any:
    """Return the function that a template gives with its names filled in."""
    operations = Operations(recording.knobs, COMPILED)
    names = operations.names(summed)
    sums = ["states", *(f"{kind}{i}" for i in range(len(names)) for kind in ("sum", "squares"))]
    next_states = operations.names(recording.after)
    more = [f"states + {' + '.join(next_states)}"]
    for i, value in enumerate(names):
        more += [f"sum{i} + {value}", f"squares{i} + {value} * {value}"]
    source = template.format(
        states=", ".join(recording.states),
        knobs=", ".join(recording.knobs),
        sums=", ".join(sums),
        zeros=", ".join("0.0" for _ in sums),
        more=", ".join(more),
        last=", ".join(operations.names(last)),
        values=", ".join(operations.names(values)),
        next_states=", ".join(next_states),
        before="\n    ".join(map(spelled, operations.before)) or "pass",
        inside="\n        ".join(map(spelled, operations.inside)) or "pass",
    )
    scope: dict[str, Any] = dict(GLOBALS)
    exec(compile(source, f"<{name} of a training sheet>", "exec"), scope)  # of our own spelling alone
    return scope[name]


def spelled(operation: Operation) -> str:
    """Return an operation as a statement on floats."""
    form = COMPILED[operation.op].python or f"{operation.op}({', '.join(operation.operands)})"
    return f"{operation.name} = {form.format(*operation.operands)}"
