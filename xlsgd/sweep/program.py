"""A pass over the data for many runs at once, as straight-line NumPy operations that write into arrays of their own.

Generated from what the sheet's row and its rule do to symbols, as `xlsgd.compiled` is for a single run. A row makes no
array: each result goes into one whose value nobody needs any more, so that all of them stay in the processor's cache.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from itertools import compress
from operator import add
from typing import Any, NamedTuple

import numpy as np

from xlsgd.compiled import GLOBALS, spelled
from xlsgd.formula import NoExcelForm, symbol
from xlsgd.recording import Operation, Operations, record
from xlsgd.row import Row
from xlsgd.rules import Rule

FUNCTIONS = {
    "+": "add", "-": "subtract", "*": "multiply", "/": "divide", "^": "float_power", "neg": "negative",
    "SQRT": "sqrt", "ABS": "absolute",
}  # fmt: skip
"""What NumPy computes to the bit as floats do. Its exponentials and logarithms may round otherwise."""

PASS = """\
def run(points, square, scratch, carried, knobs):
    {knobs} = knobs
    {carried} = carried
    {scratch} = scratch
    {before}
    for x, y in points:
        {inside}
        lastconst, lastslope = {last}
        {names} = {values}
    return ({carried}), (lastconst, lastslope)
"""


class Program(NamedTuple):
    """A compiled pass over the data. What a row hands on to the next is called carried.

    Args:
        run: takes (x, y) pairs, a `Squares`, scratch arrays, what is carried, and the knobs. Carried are the fields of
            both states, intercept's first, then for each summed column its sum and that of its squares. It overwrites
            what is carried and the scratch arrays, and gives what is carried after the rows and the last row's
            `lastconst` and `lastslope`, both in some of these arrays.
        arrays: for each that is carried whether it must be an array with an element a run, or a number.
        scratch: how many scratch arrays it needs.
    """

    run: Callable[..., tuple[tuple[Any, ...], tuple[Any, Any]]]
    arrays: tuple[bool, ...]
    scratch: int


@cache
def program(
    row: Callable[..., Row],
    rule: Rule,
    knobs: tuple[str, ...],
    summed: tuple[str, ...],
    last: tuple[str, str],
    arrays: tuple[bool, ...],
) -> Program | None:
    """Return a sheet's pass compiled, or nothing if it does what symbols or NumPy cannot follow.

    Args:
        row: a sheet's row, as the rule and the columns that follow such as stand in its `Training`.
        rule: its update rule.
        knobs: the names of the rule's knobs.
        summed: the columns whose sums are carried.
        last: the columns whose last row the sheet names `lastconst` and `lastslope`.
        arrays: for each field of both states, then for each knob whether it is an array of shape (runs,) or a number.
    """
    try:
        recording = record(row, rule, knobs)
        values = [recording.value(column) for column in summed]
        lasts = [recording.value(column) for column in last]
        sums = [symbol(f"{kind}_{i}") for i in range(len(summed)) for kind in ("sum", "squares")]
        terms = [term for value in values for term in (value, value * value)]
        operations = Operations(recording.knobs, FUNCTIONS)
        after = operations.names((*recording.after, *map(add, sums, terms)))
        carried = dict(zip((*recording.states, *operations.names(sums)), after, strict=True))
        found = set(compress((*recording.states, *recording.knobs), arrays))
        return _define(operations, recording.knobs, carried, operations.names(lasts), found)
    except (NoExcelForm, KeyError):
        return None


def _define(
    operations: Operations, knobs: Sequence[str], after: dict[str, str], last: Sequence[str], arrays: Collection[str]
) -> Program:
    known = _all_arrays(operations, after, arrays)
    places = _Places([name for name in after if name in known], known)
    inside = places.spell(operations.inside, [*after.values(), *last])
    handed_on = places.handed_on(after)
    source = PASS.format(
        knobs=_tuple(knobs),
        carried=_tuple(after),
        scratch=_tuple(places.scratch),
        before="\n    ".join(_before(operation, known) for operation in operations.before) or "pass",
        inside="\n        ".join(inside) or "pass",
        last=", ".join(places.of(name) for name in last),
        names=_tuple(handed_on),
        values=_tuple(handed_on.values()),
    )
    scope: dict[str, Any] = {"np": np, **GLOBALS}
    exec(compile(source, "<a pass of many runs>", "exec"), scope)  # of our own spelling alone
    return Program(scope["run"], tuple(name in known for name in after), len(places.scratch))


def _tuple(names: Iterable[str]) -> str:
    return f"({''.join(f'{name}, ' for name in names)})"


def _all_arrays(operations: Operations, after: dict[str, str], arrays: Collection[str]) -> set[str]:
    """Return all names that hold arrays once some do: what is computed from one, or carried on from one."""
    found = set(arrays)
    while True:
        computed = {o.name for o in (*operations.before, *operations.inside) if not found.isdisjoint(o.operands)}
        carried = {name for name, value in after.items() if value in found}
        if computed | carried <= found:
            return found
        found |= computed | carried


def _before(operation: Operation, arrays: Collection[str]) -> str:
    if operation.name not in arrays:
        return spelled(operation)
    return f"{operation.name} = {_call(operation.op, operation.operands)}"


def _call(op: str, operands: Sequence[str], out: str = "None") -> str:
    if op == "^" and operands[1] in ("2", "2.0"):
        return f"square({operands[0]}, {out})"
    return f"np.{FUNCTIONS[op]}({', '.join(operands)}, out={out})"


class _Places:
    """Which array holds which value as a row goes on.

    Args:
        carried: the names of the arrays that a row hands on to the next.
        arrays: the names of all values that are arrays.
    """

    def __init__(self, carried: Sequence[str], arrays: Collection[str]) -> None:
        self.scratch: list[str] = []
        self._carried = carried
        self._arrays = arrays
        self._place = {name: name for name in carried}
        self._free: list[str] = []

    def of(self, name: str) -> str:
        """Return what holds a value."""
        return self._place.get(name, name)

    def spell(self, operations: Sequence[Operation], wanted: Iterable[str]) -> list[str]:
        """Return the operations as statements, after which the values that are wanted still stand."""
        last_use = {operand: i for i, operation in enumerate(operations) for operand in operation.operands}
        last_use |= dict.fromkeys(wanted, len(operations))
        return [
            self._spell(operation, {operand for operand in operation.operands if last_use[operand] == i})
            for i, operation in enumerate(operations)
        ]

    def handed_on(self, after: dict[str, str]) -> dict[str, str]:
        """Return the names that hold something else in the next row, and what; no array gets lost.

        Raises:
            NoExcelForm: what is carried on is no array of this row's own, or the same one twice.
        """
        arrays = {name: self.of(after[name]) for name in self._carried}
        rest = {*self._carried, *self.scratch} - set(arrays.values())
        if len(rest) != len(self.scratch):
            raise NoExcelForm("one value is carried on in two places")
        arrays |= dict(zip(self.scratch, sorted(rest), strict=True))
        return {name: value for name, value in (after | arrays).items() if name != value}

    def _spell(self, operation: Operation, ending: Iterable[str]) -> str:
        if operation.name not in self._arrays:
            return spelled(operation)
        operands = [self.of(operand) for operand in operation.operands]
        ended = [self._place[name] for name in sorted(ending) if name in self._place]
        in_place = operation.op != "^"  # a square needs its operand to the end
        if in_place:
            self._free += ended
        out = self._free.pop() if self._free else self._new()
        if not in_place:
            self._free += ended
        self._place[operation.name] = out
        return _call(operation.op, operands, out)

    def _new(self) -> str:
        self.scratch.append(f"s{len(self.scratch)}")
        return self.scratch[-1]
