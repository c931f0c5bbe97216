"""A training sheet pressed on symbols: what its buttons and its cells come to, for a page to compute.

A `LiveSheet` is pressed as it is on numbers. What it reads of a pass over the points is a symbol, and so is what a user
may type, so that a button leaves behind which passes it makes, from what, and what it writes.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from xlsgd.points.points import LESSON_POINTS
from xlsgd.run.actions import act
from xlsgd.run.arithmetic import PassEnd, last_values
from xlsgd.run.press import LiveSheet, fresh_inputs
from xlsgd.sheets.buttons import Action, Clear
from xlsgd.sheets.training import Training
from xlsgd.symbols.expression import Expression, as_expression, replaced, symbol

N = symbol("number of points")


class Pass(NamedTuple):
    """A pass over the points.

    Args:
        states: the states that its first row starts from, in the order of `Training.states`.
        knobs: the knobs.
        leaves: how a page spells what the pass leaves.
    """

    states: tuple[Expression, ...]
    knobs: tuple[Expression, ...]
    leaves: Mapping[Expression, str]


class Pressed(NamedTuple):
    """What a button does.

    Args:
        passes: the passes that it makes, in their order.
        inputs: what all inputs are afterwards, cell by cell.
        appended: what it appends to each list, by its name.
        cleared: the lists that it empties first.
    """

    passes: tuple[Pass, ...]
    inputs: tuple[Expression, ...]
    appended: dict[str, list[Expression]]
    cleared: tuple[str, ...]


class OnSymbols:
    """A sheet is pressed on symbols."""

    keeps_lists = True

    def __init__(self) -> None:
        self.passes: list[Pass] = []

    def recalculated(self, sheet: LiveSheet) -> PassEnd:
        """Return symbols for what one more pass leaves."""
        training, name = sheet.training, f"q{len(self.passes)}"
        after = {state: symbol(f"{name} {state}") for state in training.states}
        last = {parameter: symbol(f"{name} last {parameter}") for parameter in training.parameters}
        columns = {column: symbol(f"{name} column {column}") for column in training.key.summed}
        known = _sums(name, columns)
        leaves = {value: f"{name}.after[{i}]" for i, value in enumerate(after.values())}
        leaves |= {value: f"{name}.last[{i}]" for i, value in enumerate(last.values())}
        leaves |= {value: value.args[0] for value in known.values() if value is not N}
        states = tuple(map(as_expression, sheet.states().values()))
        self.passes.append(Pass(states, tuple(map(as_expression, sheet.knobs())), leaves))
        footer = {key: replaced(as_expression(v), known) for key, v in training.footer(columns).items()}
        loss = replaced(as_expression(training.epoch_loss(columns[training.model.error])), known)
        return PassEnd(last_values(training, last, after), loss, lambda: footer)

    def operand(self, value: Any) -> Expression:
        """Return a cell's value as an expression."""
        return as_expression(value)

    def cell(self, value: Any) -> Expression:
        """Return what a function gives as an expression."""
        return as_expression(value)


def _sums(name: str, columns: Mapping[str, Expression]) -> dict[Expression, Expression]:
    """Return what stands for the sums and the length of a pass's columns."""
    found = {}
    for i, column in enumerate(columns.values()):
        found[Expression("total", column)] = symbol(f"{name}.sums[{i}]")
        found[Expression("sum_of_squares", column)] = symbol(f"{name}.squares[{i}]")
        found[Expression("count", column)] = N
    return found


class SymbolicSheet(LiveSheet):
    """A training sheet on symbols, as it stands before a user or a button did anything.

    Args:
        training: the sheet.
    """

    def __init__(self, training: Training) -> None:
        knobs = training.knobs._make(symbol(f"knob {name}") for name in training.knobs._fields)
        self._on = OnSymbols()
        super().__init__(training._replace(knobs=knobs), LESSON_POINTS, self._on)
        self.fresh = fresh_inputs(training)
        self.cells = {name: [f"{name} {i}" for i, _ in enumerate(values)] for name, values in self.fresh.items()}
        self.untouched()

    def untouched(self) -> None:
        """Go back to before anything was pressed."""
        self.inputs = {name: list(map(symbol, own)) for name, own in self.cells.items()}
        self.lists = {name: [] for name in self.lists}
        self._on.passes.clear()
        self._pass = None

    @property
    def passes(self) -> tuple[Pass, ...]:
        """The passes over the points that were made since nothing was pressed."""
        return tuple(self._on.passes)

    def local(self) -> dict[str, Any]:
        """Return what every pass starts anew from, by name."""
        return {name: N if start is None else start for name, start in self.training.local.items()}

    @property
    def leaves(self) -> dict[Expression, str]:
        """How a page spells the inputs, cell by cell, and the number of points."""
        names = [name for own in self.cells.values() for name in own]
        return {symbol(name): f"i[{place}]" for place, name in enumerate(names)} | {N: "n"}

    def pressed(self, actions: tuple[Action, ...]) -> Pressed:
        """Return what a button with these actions does."""
        self.untouched()
        act(self, actions)
        inputs = tuple(as_expression(value) for values in self.inputs.values() for value in values)
        cleared = tuple(action.target for action in actions if isinstance(action, Clear))
        return Pressed(self.passes, inputs, dict(self.lists), cleared)
