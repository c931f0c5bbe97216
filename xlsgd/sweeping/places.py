"""Which array holds which value in a compiled row, and the row's operations as statements on these arrays."""

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import compress

from xlsgd.run.compiled import spelled
from xlsgd.sheets.record import record
from xlsgd.sheets.training import RowKey
from xlsgd.symbols.expression import NoFormula
from xlsgd.symbols.operations import IN_A_ROW, Operation, Operations
from xlsgd.symbols.primitives import PRIMITIVES

FUNCTIONS = {name: primitive.numpy for name, primitive in PRIMITIVES.items() if primitive.numpy}
"""What NumPy computes to the bit as floats do. Its exponentials and logarithms may round otherwise."""


def all_arrays(operations: Operations, after: dict[str, str], arrays: Collection[str]) -> set[str]:
    """Return all names that hold arrays once some do: what is computed from one, or handed on from one."""
    found = set(arrays)
    while True:
        computed = {o.name for o in (*operations.before, *operations.inside) if not found.isdisjoint(o.operands)}
        handed_on = {name for name, value in after.items() if value in found}
        if computed | handed_on <= found:
            return found
        found |= computed | handed_on


@cache
def differing_states(key: RowKey, arrays: tuple[bool, ...]) -> tuple[bool, ...]:
    """Return for each state whether it is an array at the latest as the second row begins.

    Args:
        key: the sheet's row, from `Training.key`.
        arrays: for each state, then for each knob whether it is an array.
    """
    traced, leaves = record(key), record(key).leaves()
    knobs = [leaves[knob] for knob in traced.knobs]
    operations = Operations(leaves, knobs, IN_A_ROW)
    states = (f"v{i}" for i, _ in enumerate(traced.after))
    after = dict(zip(states, operations.names(traced.after.values()), strict=True))
    found = all_arrays(operations, after, set(compress((*after, *knobs), arrays)))
    return tuple(name in found for name in after)


def spell_before(operation: Operation, arrays: Collection[str]) -> str:
    """Return an operation that is done before the rows as a statement, which makes an array of its own."""
    if operation.name not in arrays:
        return spelled(operation)
    return f"{operation.name} = {_call(operation.op, operation.operands)}"


def _call(op: str, operands: Sequence[str], out: str = "None") -> str:
    if op == "power" and operands[1] in ("2", "2.0"):
        return f"square({operands[0]}, {out})"
    return f"np.{FUNCTIONS[op]}({', '.join(operands)}, out={out})"


class Places:
    """Which array holds which value as a row goes on.

    Args:
        states: the names of the arrays that a row hands on to the next.
        arrays: the names of all values that are arrays.
        knobs: the names of the knobs.

    Attributes:
        scratch: the names of the other arrays that the row needs.
        bases: the knobs of which it takes powers, one exponent for all runs.
    """

    def __init__(self, states: Sequence[str], arrays: Collection[str], knobs: Collection[str]) -> None:
        self.scratch: list[str] = []
        self.bases: list[str] = []
        self._states = states
        self._arrays = arrays
        self._knobs = knobs
        self._place = {name: name for name in states}
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
            NoFormula: what is handed on is no array of this row's own, or the same one twice.
        """
        arrays = {name: self.of(after[name]) for name in self._states}
        rest = {*self._states, *self.scratch} - set(arrays.values())
        if len(rest) != len(self.scratch):
            raise NoFormula("one value is handed on in two places")
        arrays |= dict(zip(self.scratch, sorted(rest), strict=True))
        return {name: value for name, value in (after | arrays).items() if name != value}

    def _spell(self, operation: Operation, ending: Iterable[str]) -> str:
        if operation.name not in self._arrays:
            return spelled(operation)
        operands = [self.of(operand) for operand in operation.operands]
        ended = [self._place[name] for name in sorted(ending) if name in self._place]
        # An operation may write over an operand that ends with it, since it is done element by element; but a square
        # looks at its operand again when it has written, so that its place must not be free yet.
        at_once = ended if operation.op != "power" else []
        self._free += at_once
        out = self._free.pop() if self._free else self._new()
        self._free += ended[len(at_once) :]
        self._place[operation.name] = out
        if operation.op == "power" and operands[0] in self._knobs and operation.operands[1] not in self._arrays:
            return f"{self._powers(operands[0])}({operands[1]}, {out})"
        return _call(operation.op, operands, out)

    def _powers(self, knob: str) -> str:
        if knob not in self.bases:
            self.bases.append(knob)
        return f"powers_{knob}"

    def _new(self) -> str:
        self.scratch.append(f"s{len(self.scratch)}")
        return self.scratch[-1]
