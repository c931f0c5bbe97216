"""A pass over the points in LLVM's language: the loop around a row's operations, for one run or for vectors of runs."""

import ctypes
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from xlsgd.symbols.operations import Operation
from xlsgd.symbols.to_llvm import Body

ARGUMENTS = [*[ctypes.c_void_p] * 5, *[ctypes.c_int64] * 3]
"""The kinds of the arguments of `text_of`'s function."""

FRAME = """\
define void @{name}(ptr %in, ptr %out, ptr %fixed, ptr %table, ptr %kept, i64 %rows, i64 %first, i64 %stop) {{
begin:
{begin}
  %last = sub i64 %stop, {lanes}
  br label %runs
runs:
  %run = phi i64 [ %first, %begin ], [ %next, %end ]
{before}
  br label %row
row:
  %i = phi i64 [ 0, %{entered} ], [ %j, %{ended} ]
{inside}
  %j = add i64 %i, 1
  %more = icmp slt i64 %j, %rows
  br i1 %more, label %row, label %end
end:
{end}
  %onwards = add i64 %run, {lanes}
  %beyond = icmp sgt i64 %onwards, %last
  %next = select i1 %beyond, i64 %last, i64 %onwards
  %again = icmp slt i64 %run, %last
  br i1 %again, label %runs, label %done
done:
  ret void
}}
"""


class Kernel(NamedTuple):
    """What a pass computes, by the names of a row's operations.

    Args:
        before: the operations that are done before the rows.
        inside: those of each row.
        numbers: the numbers among their operands, as they are spelled.
        runs: what is given for each run, in arrays: the states among it.
        fixed: what is given once, for all runs and rows.
        rows: what is given for each row.
        powers: for each operation that is looked up, which powers: those in a table with a row each and a column for
            each place, of which every run has its own.
        after: for each state what the next row has in its place.
        ends: what is wanted of the last row.
        sums: what is summed, and whose squares are.
        kept: what is kept of every row; of one run alone.
    """

    before: Sequence[Operation]
    inside: Sequence[Operation]
    numbers: Mapping[str, float]
    runs: Sequence[str]
    fixed: Sequence[str]
    rows: Sequence[str]
    powers: Sequence[str]
    after: Mapping[str, str]
    ends: Sequence[str]
    sums: Sequence[str]
    kept: Sequence[str] = ()

    def carried(self) -> list[str]:
        """Return the names of all that goes from row to row: the states, then for each sum the total and squares."""
        return [*self.after, *(f"{kind}{i}" for i, _ in enumerate(self.sums) for kind in ("sum", "squares"))]


def text_of(name: str, done: Kernel, lanes: int) -> str:
    """Return a function that does a pass, and those that it calls.

    Its arguments are two lists of pointers: to the arrays of `runs` and of the sums so far, and to those of the
    results: the states after the rows, the sums, the last row's ends, and a sign that is NaN of one run if a state or
    what may fail was not finite, of many if a state was not finite as the last row began. Then pointers to what is
    fixed, to the rows' table, and to where rows are kept, or of many runs to a list: for each of `powers` its table,
    its places, and how many these are. Then how many rows there are, at least one; the first run, and the first not to
    be done. There must be as many runs as lanes.
    """
    writer = _Writer(done, lanes)
    parts = {part: writer.section(part) for part in ("begin", "before", "inside", "end")}
    return FRAME.format(name=name, lanes=lanes, entered=writer.entered, ended=ENDED, **parts).replace(
        ENDED, writer.body.block
    ) + "\n".join(writer.body.helpers.values())


ENDED = "@LAST_BLOCK_OF_A_ROW"
"""Stands for a label that is known only when the row has been written."""


class _Writer:
    """Writes the sections of `FRAME`, in their order."""

    def __init__(self, done: Kernel, lanes: int) -> None:
        self.done = done
        self.body = Body(lanes, "begin")
        self.entered = ""
        self._sign_before = ""
        self._in: dict[str, str] = {}
        self._out: list[str] = []
        self._tables: list[tuple[str, str]] = []
        self._places: dict[str, str] = {}
        self._carried = done.carried()
        self._results: list[str] = []

    def section(self, part: str) -> str:
        """Return a section's lines."""
        self.body.lines = []
        getattr(self, f"_{part}")()
        return "\n".join(self.body.lines)

    def _begin(self) -> None:
        done, body = self.done, self.body
        body.values |= {spelled: body.number(value) for spelled, value in done.numbers.items()}
        given = dict.fromkeys((*done.runs, *self._carried))
        self._in = {name: self._pointer("%in", i) for i, name in enumerate(given)}
        self._out = [self._pointer("%out", i) for i in range(len(self._carried) + len(done.ends) + 1)]
        for i, name in enumerate(done.fixed):
            body.values[name] = body.splat(self._load("double", "%fixed", str(i)))
        for i, _ in enumerate(done.powers):
            table, places = self._pointer("%kept", 3 * i), self._pointer("%kept", 3 * i + 1)
            self._tables.append((table, places))
            self._places[table] = self._load("i64", "%kept", str(3 * i + 2))

    def _before(self) -> None:
        body = self.body
        body.block = "runs"
        for name, pointer in self._in.items():
            body.values[name] = self._load(body.type, pointer, "%run")
        for operation in self.done.before:
            body.do(operation)
        self._sign_before = self._sign([]) if body.lanes == 1 else ""
        self._entering = {name: body.values[name] for name in self._carried}
        self._at = [self._load(body.whole, places, "%run", "i64") for _, places in self._tables]
        self.entered = body.block

    def _inside(self) -> None:
        done, body = self.done, self.body
        body.block, body.may_fail = "row", []
        held = {name: f"%{name}" for name in self._carried}
        start = len(body.lines)
        body.values |= held
        width = len(done.rows)
        row = body.add(f"getelementptr double, ptr %table, i64 {body.add(f'mul i64 %i, {width}')}")
        for j, name in enumerate(done.rows):
            body.values[name] = body.splat(self._load("double", row, str(j)))
        for name, (table, _), at in zip(done.powers, self._tables, self._at, strict=True):
            body.values[name] = self._looked_up(table, at)
        for operation in done.inside:
            body.do(operation)
        after = self._after()
        self._keep()
        sign = self._sign([held[state] for state in done.after] if body.lanes > 1 else [*after.values()])
        self._results = [*after.values(), *(body.values[name] for name in done.ends), sign]
        phis = [self._phi(held[name], self._entering[name], after[name]) for name in self._carried]
        if body.lanes == 1:
            self._results[-1] = body.add(f"fadd double %sign, {sign}")
            phis.append(self._phi("%sign", self._sign_before, self._results[-1]))
        body.lines[start:start] = phis

    def _end(self) -> None:
        body, align = self.body, "align 8"
        for pointer, result in zip(self._out, self._results, strict=True):
            at = body.add(f"getelementptr double, ptr {pointer}, i64 %run")
            body.lines.append(f"  store {body.type} {result}, ptr {at}, {align}")

    def _after(self) -> dict[str, str]:
        """Return what holds all that the next row begins with."""
        done, body = self.done, self.body
        after = {name: body.values[value] for name, value in done.after.items()}
        for i, name in enumerate(done.sums):
            value = body.values[name]
            square = body.add(f"fmul {body.type} {value}, {value}")
            for total, more in ((f"sum{i}", value), (f"squares{i}", square)):
                after[total] = body.add(f"fadd {body.type} %{total}, {more}")
        return after

    def _keep(self) -> None:
        body, width = self.body, len(self.done.kept)
        if not width:
            return
        row = body.add(f"add i64 {body.add('mul i64 %run, %rows')}, %i")
        start = body.add(f"getelementptr double, ptr %kept, i64 {body.add(f'mul i64 {row}, {width}')}")
        for j, name in enumerate(self.done.kept):
            at = body.add(f"getelementptr double, ptr {start}, i64 {j}")
            body.lines.append(f"  store double {body.values[name]}, ptr {at}, align 8")

    def _sign(self, values: Sequence[str]) -> str:
        """Return 0, or NaN if a value or what may fail is not finite."""
        body = self.body
        zeros = [body.add(f"fsub {body.type} {value}, {value}") for value in (*values, *body.may_fail)]
        while len(zeros) > 1:  # in pairs, so that none waits for all before it
            zeros = [body.add(f"fadd {body.type} {a}, {b}") for a, b in pairwise_of(zeros)] + zeros[: len(zeros) % 2]
        return zeros[0] if zeros else body.number(0.0)

    def _looked_up(self, table: str, at: str) -> str:
        body = self.body
        row = body.add(f"mul i64 %i, {self._places[table]}")
        powers = "poison"
        for lane in range(body.lanes):
            place = body.add(f"add i64 {row}, {body.add(f'extractelement {body.whole} {at}, i32 {lane}')}")
            powers = body.add(
                f"insertelement {body.type} {powers}, double {self._load('double', table, place)}, i32 {lane}"
            )
        return powers

    def _phi(self, name: str, before: str, after: str) -> str:
        return f"  {name} = phi {self.body.type} [ {before}, %{self.entered} ], [ {after}, %{ENDED} ]"

    def _pointer(self, pointers: str, i: int) -> str:
        return self._load("ptr", pointers, str(i))

    def _load(self, kind: str, pointer: str, place: str, element: str = "") -> str:
        element = element or ("double" if "double" in kind else kind)
        at = self.body.add(f"getelementptr {element}, ptr {pointer}, i64 {place}")
        return self.body.add(f"load {kind}, ptr {at}, align 8")


def pairwise_of(values: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Return the first and the second, the third and the fourth, and so on, without an odd one at the beginning."""
    paired = values[len(values) % 2 :]
    return zip(paired[::2], paired[1::2], strict=True)
