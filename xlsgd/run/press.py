"""A live training sheet: what its buttons and a typed value do to it."""

import math
from collections.abc import Hashable, Iterator, Sequence
from functools import cached_property
from typing import Any

from xlsgd.errors import InputError, choose, parse_number
from xlsgd.points.points import LESSON_POINTS, Points, plain_points
from xlsgd.run.actions import act
from xlsgd.run.arithmetic import Arithmetic, OnNumbers, PassEnd
from xlsgd.run.one_pass import OnePass
from xlsgd.run.rows_in_chunks import RowsInChunks
from xlsgd.sheets.buttons import STEPS_PER_RUN, Clear
from xlsgd.sheets.model_row import LEFT
from xlsgd.sheets.row import nothing
from xlsgd.sheets.training import Training
from xlsgd.symbols.checked import Number


def check_batch(training: Training, batch: float, n: int) -> None:
    """Raise an InputError if a sheet of `n` points takes batches of rows, and these cannot be so many."""
    if LEFT in training.local and (batch % 1 or not 1 <= batch <= n):
        raise InputError(f"{training.name}: batch={batch:g}: give a whole number of rows, 1 to {n:,}")


def fresh_inputs(training: Training) -> dict[str, list[Any]]:
    """Return what a sheet's inputs are before its first reset, by name: starting values, knobs, states, seeds."""
    inputs: dict[str, list[Any]] = {start: [training.model.start[name]] for name, (start, _) in training.starts.items()}
    inputs |= {name: [value] for name, value in training.knobs._asdict().items()}
    inputs |= {target: [0.0 for _ in training.states_of(f)] for f, (_, target) in training.targets.items()}
    return inputs | {name: [value] for name, value in training.seeds.items()}


class LiveSheet:
    """A training sheet that can be pressed: its inputs, and what a recalculation makes of them.

    Args:
        training: the sheet.
        points: the data; the lesson's by default.
        arithmetic: what it is pressed on; numbers by default.

    The sheet starts just after a reset.

    Raises:
        InputError: a batch has more rows than there are points.
    """

    def __init__(
        self, training: Training, points: Points = LESSON_POINTS, arithmetic: Arithmetic | None = None
    ) -> None:
        self.training = training
        self.points = plain_points(points)
        batch = getattr(training.knobs, "batch", 1)
        if isinstance(batch, float):  # of many runs it is an array, which the sweep has checked
            check_batch(training, batch, self.points.n)
        self.arithmetic: Arithmetic = arithmetic or OnNumbers()
        self.inputs = fresh_inputs(training)
        self.lists: dict[str, list[Any]] = {a.target: [] for a in training.buttons.reset if isinstance(a, Clear)}
        self.epoch = 0
        self._pass: PassEnd | None = None
        self.reset()

    @cached_property
    def one_pass(self) -> OnePass:
        """What takes the sheet over its points."""
        return OnePass(self.training)

    def reset(self) -> None:
        """Press Reset: back to slope and intercept 1, with the course's warm start."""
        act(self, self.training.buttons.reset)
        self.epoch = 0

    def step(self) -> None:
        """Take one step of Run: one epoch."""
        act(self, self.training.buttons.step)
        self.epoch += 1

    def run(self) -> None:
        """Press Run: five steps."""
        for _ in range(STEPS_PER_RUN):
            self.step()

    def put(self, name: str, value: float) -> None:
        """Type a value into a named cell or pair of cells.

        Raises:
            InputError: the sheet has no such name, or the value is not finite, or no batch.
        """
        choose("knob", name, self.inputs, f"{self.training.name}: ")
        if not math.isfinite(value):
            raise InputError(f"{self.training.name}: {name}={value}: give a finite number")
        if name == "batch":
            check_batch(self.training, value, self.points.n)
        self.write(name, [value] * len(self.inputs[name]))

    def rows(self) -> Iterator[dict[str, Number]]:
        """Yield the values of every row, by column, as they stand now."""
        given, columns = len(self.training.point), self.one_pass.names
        return (dict(zip(columns[given:], row[given:], strict=True)) for row in self.tuples())

    def tuples(self) -> Iterator[tuple[Number, ...]]:
        """Yield the inputs, targets and values of every row as they stand now."""
        return self.one_pass.rows(self.points, self.states(), self.knobs())

    def in_chunks(self) -> RowsInChunks:
        """Return what `tuples` yields, which may be had in chunks as well, in less time where there are many rows."""
        return RowsInChunks(self.training, self.one_pass, self.points, self.states(), self.knobs())

    def knobs(self) -> Any:
        """Return the knobs as they stand now."""
        return self.training.knobs._replace(**{name: self.inputs[name][0] for name in self.training.knobs._fields})

    def seeds(self) -> dict[str, Any]:
        """Return the state that the first row starts from, such as `m b`, and the sheet's further seeds."""
        pairs: dict[str, Any] = {}
        for field, (_, target) in self.training.targets.items():
            pairs |= zip(self.training.states_of(field), self.inputs[target], strict=True)
        return pairs | {name: self.inputs[name][0] for name in self.training.seeds}

    def parameters(self) -> dict[str, Any]:
        """Return the parameters that the first row starts from, by name."""
        return {name: self.inputs[start][0] for name, (start, _) in self.training.starts.items()}

    def states(self) -> dict[str, Any]:
        """Return everything that the first row starts from, by the names of `Training.states`."""
        own = self.training.seeds
        seeds = {name: value for name, value in self.seeds().items() if name not in own}
        return self.parameters() | seeds | self.local()

    def local(self) -> dict[str, float]:
        """Return what every pass starts anew from, by name."""
        starts = self.training.local.items()
        return {name: float(self.points.n) if start is None else start for name, start in starts}

    def values(self) -> dict[Hashable, Number]:
        """Return every number that stands outside the rows, by name: weights, knobs and `1-knob`, seeds, footer."""
        knobs = self.knobs()._asdict()
        weights = {start: self.inputs[start][0] for start, _ in self.training.starts.values()}
        operand, cell = self.arithmetic.operand, self.arithmetic.cell
        complements = {f"1-{name}": cell(1 - operand(value)) for name, value in knobs.items()}
        return {**weights, **knobs, **complements, **self.seeds(), **self.local(), **self.footer()}

    def footer(self) -> dict[str, Any]:
        """Return the values below the rows, by name."""
        from_rows = self.recalculated().footer() if self.training.footer_columns else {}
        return {**from_rows, **self.sizes()}

    def sizes(self) -> dict[str, Any]:
        """Return the values that follow from the seeds alone, by name."""
        seeds = {name: self.arithmetic.operand(value) for name, value in self.seeds().items()}
        return {name: self.arithmetic.cell(value) for name, value in self.training.sizes(seeds, seeds).items()}

    def state(self) -> dict[str, Any]:
        """Return the sheet's state: weights, rate and loss, then its own seeds, footer and lists."""
        named = {
            "epoch": self.epoch,
            **self.parameters(),
            "lr": self.inputs["lr"][0],
            "loss": self.recalculated().loss,
        }
        own = {**self.seeds(), **self.footer(), **{name: list(entries) for name, entries in self.lists.items()}}
        return named | {name.replace(" ", "_"): value for name, value in own.items()}

    def write(self, name: str, values: Sequence[Any]) -> None:
        """Write values into the cells of a name."""
        self.inputs[name] = list(values)
        if name not in self.training.seeds:  # those have no part in the rows
            self._pass = None

    def read(self, name: str) -> list[Any]:
        """Return the values of the cells of a name."""
        if name in self.inputs:
            return self.inputs[name]
        sizes = {} if self.training.sizes is nothing else self.sizes()  # a step reads several names
        if name in sizes:
            return [sizes[name]]
        last = self.recalculated().last
        return last[name] if name in last else [self.footer()[name]]

    def recalculated(self) -> PassEnd:
        """Return what a pass over the points leaves as the sheet stands now."""
        if self._pass is None:
            self._pass = self.arithmetic.recalculated(self)
        return self._pass


def press(sheet: LiveSheet, action: str) -> dict[str, Any]:
    """Press a button or type a value, and return the sheet's state after it.

    Args:
        sheet: the live sheet, which changes.
        action: `reset`, `step`, `run` or `NAME=VALUE`.

    Raises:
        InputError: there is no such button or name, or the value is no finite number.
    """
    name, assigned, text = action.partition("=")
    if assigned:
        sheet.put(name, parse_number(action, text))
    else:
        BUTTONS[choose("action", action, [*BUTTONS, "NAME=VALUE"])](sheet)
    return {"action": action, **sheet.state()}


BUTTONS = {"reset": LiveSheet.reset, "step": LiveSheet.step, "run": LiveSheet.run}
