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

from xlsgd.run.compiled import GLOBALS
from xlsgd.sheets.record import record
from xlsgd.sheets.training import RowKey
from xlsgd.sweeping.floats import Array
from xlsgd.sweeping.places import FUNCTIONS, Places, spell_before
from xlsgd.symbols.expression import NoFormula
from xlsgd.symbols.operations import Operations

PASS = """\
def run(points, square, powers, scratch, states, knobs):
    {knobs} = knobs
    {states} = states
    {bases} = powers
    {scratch} = scratch
    {before}
    for {point} in points:
        {inside}
        {ends} = {last}
        {names} = {values}
    return {states}, {ends}, {scratch}
"""


class ManyRuns(NamedTuple):
    """A compiled pass over the data.

    Args:
        run: takes the points, a `Squares`, a `Powers` for each base, scratch arrays, the states in the record's order,
            and the knobs. It gives the states after the rows, what the next epoch's parameters are, and scratch arrays,
            all in the arrays of states and scratch that it was given. The parameters may be among the states or the
            scratch arrays.
        arrays: for each state whether it must be an array with an element a run, or a number.
        scratch: how many scratch arrays it needs.
        bases: which knobs, counted from 0, it takes powers of.
    """

    run: Callable[..., tuple[tuple[Any, ...], tuple[Any, ...], tuple[Array, ...]]]
    arrays: tuple[bool, ...]
    scratch: int
    bases: tuple[int, ...]


@cache
def program(key: RowKey, arrays: tuple[bool, ...]) -> ManyRuns | None:
    """Return a sheet's pass compiled, or nothing if it does what NumPy cannot follow to the bit.

    Args:
        key: the sheet's row, from `Training.key`.
        arrays: for each state, then for each knob whether it is an array of shape (runs,) or a number.
    """
    traced = record(key)
    leaves = traced.leaves()
    knobs = [leaves[knob] for knob in traced.knobs]
    try:
        operations = Operations(leaves, knobs, FUNCTIONS)
        states = [f"v{i}" for i, _ in enumerate(traced.after)]
        after = dict(zip(states, operations.names(traced.after.values()), strict=True))
        ends = operations.names(traced.last)
        found = set(compress((*states, *knobs), arrays))
        return _define(operations, [leaves[value] for value in traced.point.values()], knobs, after, ends, found)
    except NoFormula:
        return None


def _define(
    operations: Operations,
    point: Sequence[str],
    knobs: Sequence[str],
    after: dict[str, str],
    last: Sequence[str],
    arrays: Collection[str],
) -> ManyRuns:
    known = all_arrays(operations, after, arrays)
    places = Places([name for name in after if name in known], known, knobs)
    inside = places.spell(operations.inside, [*after.values(), *last])
    handed_on = places.handed_on(after)
    source = PASS.format(
        point=_tuple(point),
        knobs=_tuple(knobs),
        states=_tuple(after),
        bases=_tuple(f"powers_{knob}" for knob in places.bases),
        scratch=_tuple(places.scratch),
        before="\n    ".join(spell_before(operation, known) for operation in operations.before) or "pass",
        inside="\n        ".join(inside) or "pass",
        ends=_tuple(f"end{i}" for i, _ in enumerate(last)),
        last=_tuple(places.of(name) for name in last),
        names=_tuple(handed_on),
        values=_tuple(handed_on.values()),
    )
    scope: dict[str, Any] = {"np": np, **GLOBALS}
    exec(compile(source, "<a pass of many runs>", "exec"), scope)  # of our own spelling alone
    bases = tuple(knobs.index(knob) for knob in places.bases)
    return ManyRuns(scope["run"], tuple(name in known for name in after), len(places.scratch), bases)


def _tuple(names: Iterable[str]) -> str:
    return f"({''.join(f'{name}, ' for name in names)})"


def all_arrays(operations: Operations, after: dict[str, str], arrays: Collection[str]) -> set[str]:
    """Return all names that hold arrays once some do: what is computed from one, or handed on from one."""
    found = set(arrays)
    while True:
        computed = {o.name for o in (*operations.before, *operations.inside) if not found.isdisjoint(o.operands)}
        handed_on = {name for name, value in after.items() if value in found}
        if computed | handed_on <= found:
            return found
        found |= computed | handed_on
