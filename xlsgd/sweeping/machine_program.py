"""A pass over the data for many runs at once as machine code, and in Python what is the same in all of them."""

from collections.abc import Callable, Collection, Iterable
from functools import cache
from itertools import compress
from typing import Any, NamedTuple

from xlsgd.run.compiled import GLOBALS, spelled
from xlsgd.run.kernel import ARGUMENTS, Kernel, text_of
from xlsgd.run.machine import machine_code
from xlsgd.sheets.record import record
from xlsgd.sheets.training import RowKey
from xlsgd.sweeping.places import all_arrays
from xlsgd.symbols.expression import NoFormula
from xlsgd.symbols.operations import IN_A_ROW, Operation, Operations
from xlsgd.symbols.to_llvm import SPELLABLE

LANES = 32
"""How many runs go through the rows side by side: some registers' worth, so that none waits for another."""

COMMON = """\
def common(points, states, knobs):
    {states} = states
    {knobs} = knobs
    {before}
    rows = []
    append = rows.append
    for {point} in points:
        entered = {entered}
        {inside}
        append({row})
        ends = {ends}
        {states} = {after}
    return Common({fixed}, rows, {states}, ends, entered)
"""


class Common(NamedTuple):
    """What is the same in all runs.

    Args:
        fixed: what follows from the knobs that are the same.
        rows: what each row needs: `MachineProgram.done.rows`, then the exponents.
        after: the states after the rows, None for those that differ.
        ends: of the last row's ends those that are the same, None for the others.
        entered: those states that are the same, as the last row began.
    """

    fixed: tuple[float, ...]
    rows: list[tuple[float, ...]]
    after: tuple[float | None, ...]
    ends: tuple[float | None, ...]
    entered: tuple[float, ...]


class MachineProgram(NamedTuple):
    """A compiled pass.

    Args:
        run: see `xlsgd.run.kernel.text_of`.
        common: gives what is the same in all runs, from points, states and knobs.
        done: what the pass computes.
        arrays: for each state, then for each knob whether it differs from run to run.
        bases: for each of its powers which knob is the base, counted from 0.
    """

    run: Callable[..., None]
    common: Callable[..., Common]
    done: Kernel
    arrays: tuple[bool, ...]
    bases: tuple[int, ...]


@cache
def machine_program(key: RowKey, arrays: tuple[bool, ...], few: tuple[int, ...], summed: bool) -> MachineProgram | None:
    """Return a sheet's pass compiled, or nothing where that cannot be had.

    Args:
        key: the sheet's row, from `Training.key`.
        arrays: for each state, then for each knob whether it is an array of shape (runs,) or a number.
        few: which knobs, counted from 0, have so few values that powers with a common exponent are looked up.
        summed: whether the sums of the columns are wanted.
    """
    try:
        parts = _Parts(key, arrays, few, summed)
    except NoFormula:
        return None
    done = parts.differing_part()
    code = machine_code(text_of("run", done, LANES))
    if code is None:
        return None
    run = code.function("run", *ARGUMENTS)
    differ = tuple(name in parts.differing for name in (*parts.after, *parts.knobs))
    bases = tuple(parts.knobs.index(operation.operands[0]) for operation in parts.looked_up)
    return MachineProgram(run, _define(parts, done), done, differ, bases)


class _Parts:
    """A pass's operations, apart by whether what they give differs from run to run."""

    def __init__(self, key: RowKey, arrays: tuple[bool, ...], few: tuple[int, ...], summed: bool) -> None:
        traced, leaves = record(key), record(key).leaves()
        self.point = [leaves[value] for value in traced.point.values()]
        self.knobs = [leaves[knob] for knob in traced.knobs]
        self.operations = operations = Operations(leaves, self.knobs, SPELLABLE)
        states = (f"v{i}" for i, _ in enumerate(traced.after))
        self.after = dict(zip(states, operations.names(traced.after.values()), strict=True))
        self.ends = operations.names(traced.last)
        self.sums = operations.names(traced.summed.values() if summed else ())
        self.differing = all_arrays(operations, self.after, set(compress((*self.after, *self.knobs), arrays)))
        powers = _powers_of(operations.inside, [self.knobs[i] for i in few])
        self.looked_up = [operation for operation in powers if operation.operands[1] not in self.differing]

    def differing_part(self) -> Kernel:
        """Return what is done for every run."""
        differing, operations = self.differing, self.operations
        before, inside = ([o for o in each if o.name in differing] for each in (operations.before, operations.inside))
        inside = [operation for operation in inside if operation not in self.looked_up]
        after = {state: value for state, value in self.after.items() if state in differing}
        wanted = {*(name for o in (*before, *inside) for name in o.operands), *after.values(), *self.sums}
        common = wanted - {*differing, *operations.numbers}
        outside = common & {*self.knobs, *(operation.name for operation in operations.before)}
        return Kernel(
            before=before,
            inside=inside,
            numbers=operations.numbers,
            runs=[name for name in (*self.after, *self.knobs) if name in differing],
            fixed=sorted(outside),
            rows=sorted(common - outside),
            powers=[operation.name for operation in self.looked_up],
            after=after,
            ends=[end for end in self.ends if end in differing],
            sums=self.sums,
        )

    def common_part(self, done: Kernel) -> dict[str, Iterable[str]]:
        """Return the names in `COMMON`."""
        differing = self.differing
        return {
            "point": self.point,
            "knobs": self.knobs,
            "states": self.after,
            "entered": [state for state in self.after if state not in differing],
            "row": [*done.rows, *(operation.operands[1] for operation in self.looked_up)],
            "after": ["None" if state in differing else value for state, value in self.after.items()],
            "ends": ["None" if end in differing else end for end in self.ends],
            "fixed": done.fixed,
        }


@cache
def bases_of(key: RowKey) -> tuple[int, ...]:
    """Return which of a sheet's knobs, counted from 0, it takes powers of in its rows."""
    traced, leaves = record(key), record(key).leaves()
    knobs = [leaves[knob] for knob in traced.knobs]
    operations = Operations(leaves, knobs, IN_A_ROW)
    operations.names((*traced.after.values(), *traced.summed.values(), *traced.last))
    return tuple(sorted({knobs.index(o.operands[0]) for o in _powers_of(operations.inside, knobs)}))


def _powers_of(operations: Iterable[Operation], knobs: Collection[str]) -> list[Operation]:
    return [o for o in operations if o.op == "power" and o.operands[0] in knobs]


def _define(parts: _Parts, done: Kernel) -> Callable[..., Common]:
    operations = (parts.operations.before, parts.operations.inside)
    same = [[operation for operation in each if operation.name not in parts.differing] for each in operations]
    source = COMMON.format(
        before="\n    ".join(map(spelled, same[0])) or "pass",
        inside="\n        ".join(map(spelled, same[1])) or "pass",
        **{part: f"({''.join(f'{name}, ' for name in names)})" for part, names in parts.common_part(done).items()},
    )
    scope: dict[str, Any] = {"Common": Common, **GLOBALS}
    exec(compile(source, "<what all runs of a pass share>", "exec"), scope)  # of our own spelling alone
    common: Callable[..., Common] = scope["common"]
    return common
