"""A pass over the data for many runs at once, as straight-line NumPy operations that write into arrays of their own.

Generated from what the sheet's row and its rule do to symbols, as `xlsgd.run.compiled` is for a single run. A row makes
no array: each result goes into one whose value nobody needs any more, so that all of them stay in the processor's
cache.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from itertools import compress
from typing import Any, NamedTuple

import numpy as np

from xlsgd.rules import Rule
from xlsgd.run.compiled import GLOBALS
from xlsgd.sheets.row import Row
from xlsgd.sweeping.floats import Array
from xlsgd.sweeping.places import FUNCTIONS, Places, spell_before
from xlsgd.symbols.expression import NoFormula
from xlsgd.symbols.recording import Operations, record

PASS = """\
def run(points, square, powers, scratch, states, knobs):
    {knobs} = knobs
    {states} = states
    {bases} = powers
    {scratch} = scratch
    {before}
    for x, y in points:
        {inside}
        lastconst, lastslope = {last}
        {names} = {values}
    return {states}, (lastconst, lastslope), {scratch}
"""


class Program(NamedTuple):
    """A compiled pass over the data.

    Args:
        run: takes (x, y) pairs, a `Squares`, a `Powers` for each base, scratch arrays, the fields of both states,
            intercept's first, and the knobs. It gives the states after the rows, the last row's `lastconst` and
            `lastslope`, and scratch arrays, all in the arrays of states and scratch that it was given. The last row's
            may be among the states or the scratch arrays.
        arrays: for each field whether it must be an array with an element a run, or a number.
        scratch: how many scratch arrays it needs.
        bases: which knobs, counted from 0, it takes powers of.
    """

    run: Callable[..., tuple[tuple[Any, ...], tuple[Any, Any], tuple[Array, ...]]]
    arrays: tuple[bool, ...]
    scratch: int
    bases: tuple[int, ...]


@cache
def program(
    row: Callable[..., Row], rule: Rule, knobs: tuple[str, ...], last: tuple[str, str], arrays: tuple[bool, ...]
) -> Program | None:
    """Return a sheet's pass compiled, or nothing if it does what symbols or NumPy cannot follow.

    Args:
        row: a sheet's row, as the rule and the columns that follow such as stand in its `Training`.
        rule: its update rule.
        knobs: the names of the rule's knobs.
        last: the columns whose last row the sheet names `lastconst` and `lastslope`.
        arrays: for each field of both states, then for each knob whether it is an array of shape (runs,) or a number.
    """
    try:
        recording = record(row, rule, knobs)
        operations = Operations(recording.knobs, FUNCTIONS)
        after = dict(zip(recording.states, operations.names(recording.after), strict=True))
        ends = operations.names(map(recording.value, last))
        found = set(compress((*recording.states, *recording.knobs), arrays))
        return _define(operations, recording.knobs, after, ends, found)
    except NoFormula:
        return None


def _define(
    operations: Operations, knobs: Sequence[str], after: dict[str, str], last: Sequence[str], arrays: Collection[str]
) -> Program:
    known = _all_arrays(operations, after, arrays)
    places = Places([name for name in after if name in known], known, knobs)
    inside = places.spell(operations.inside, [*after.values(), *last])
    handed_on = places.handed_on(after)
    source = PASS.format(
        knobs=_tuple(knobs),
        states=_tuple(after),
        bases=_tuple(f"powers_{knob}" for knob in places.bases),
        scratch=_tuple(places.scratch),
        before="\n    ".join(spell_before(operation, known) for operation in operations.before) or "pass",
        inside="\n        ".join(inside) or "pass",
        last=", ".join(places.of(name) for name in last),
        names=_tuple(handed_on),
        values=_tuple(handed_on.values()),
    )
    scope: dict[str, Any] = {"np": np, **GLOBALS}
    exec(compile(source, "<a pass of many runs>", "exec"), scope)  # of our own spelling alone
    bases = tuple(knobs.index(knob) for knob in places.bases)
    return Program(scope["run"], tuple(name in known for name in after), len(places.scratch), bases)


def _tuple(names: Iterable[str]) -> str:
    return f"({''.join(f'{name}, ' for name in names)})"


def _all_arrays(operations: Operations, after: dict[str, str], arrays: Collection[str]) -> set[str]:
    """Return all names that hold arrays once some do: what is computed from one, or handed on from one."""
    found = set(arrays)
    while True:
        computed = {o.name for o in (*operations.before, *operations.inside) if not found.isdisjoint(o.operands)}
        handed_on = {name for name, value in after.items() if value in found}
        if computed | handed_on <= found:
            return found
        found |= computed | handed_on
