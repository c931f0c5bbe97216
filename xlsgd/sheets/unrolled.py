"""Where all epochs of a training sheet stand, unrolled on a sheet of their own.

A table holds a line for each pass over the points: what the pass starts from, and its loss. Below it stand the rows of
all passes, one pass after another. Nothing refers back to where the epoch is chosen, so nothing is circular.
"""

from typing import Any, NamedTuple

from xlsgd.sheets.layout import Layout
from xlsgd.sheets.record import record
from xlsgd.sheets.training import Training
from xlsgd.symbols.cells import area, at
from xlsgd.symbols.expression import Expression
from xlsgd.symbols.references import column_letters

LEFT_OUT = ("errb1", "est de/db", "erra1", "est de/da", "gradient size b", "gradient size a")
"""Columns of a training sheet that no later row depends on: not repeated for every epoch."""

LINES = 4
"""The row of the first pass's line."""


class History(NamedTuple):
    """The passes over the points from a reset on.

    Args:
        starts: what each pass starts from, by name: parameters, `lr`, states such as `m b`, seeds such as `prev_grad2`.
        losses: each pass's loss.
        warm: how many passes belong to the reset; the next is epoch 0.
    """

    starts: list[dict[str, Any]]
    losses: list[Any]
    warm: int


class Unrolled(NamedTuple):
    """Where the cells of a sheet with all epochs stand.

    Args:
        training: the training sheet whose epochs these are.
        layout: where that one's cells stand.
        n: how many points it has.
        passes: how many passes there are.
        warm: how many of them belong to the reset.
        answered: whether the best parameters are known.
        lines: the column of each name of a pass's line; each line is a row from `LINES` on.
        letters: the column of each of a row's values.
    """

    training: Training
    layout: Layout
    n: int
    passes: int
    warm: int
    answered: bool
    lines: dict[str, str]
    letters: dict[str, str]

    @property
    def name(self) -> str:
        """The sheet's name."""
        return f"{self.training.name}_run"

    @property
    def host(self) -> str:
        """The sheet that holds its points and knobs."""
        return self.layout.host or self.training.name

    @property
    def first(self) -> int:
        """The sheet row of the first pass's first point."""
        return LINES + self.passes + 3

    @property
    def goal(self) -> str:
        """What the column is called that tells whether a pass starts near the answer, or from half the loss."""
        return "near" if self.answered else "half the loss"

    @property
    def epochs(self) -> int:
        """How many epochs it goes on after the reset."""
        return self.passes - self.warm - 1

    def line(self, name: str, fixed: bool = True) -> Expression:
        """Return the range of a name's values from epoch 0 on, as another sheet refers to it."""
        top, letter = LINES + self.warm, self.lines[name]
        return area(f"{letter}{top}:{letter}{top + self.epochs}", self.name, fixed)

    def last(self, index: int, column: str) -> Expression:
        """Return the cell of a column in the last row of a pass."""
        return at(f"{self.letters[column]}{self.first + (index + 1) * self.n - 1}")

    def losses(self, index: int) -> Expression:
        """Return the cells of the rows' losses in a pass."""
        letter, top = self.letters[self.training.model.error], self.first + index * self.n
        return area(f"{letter}{top}:{letter}{top + self.n - 1}")


def unrolled(training: Training, layout: Layout, n: int, passes: int, warm: int, answered: bool = True) -> Unrolled:
    """Return where everything stands for so many points and passes; the rest as of `Unrolled`."""
    traced = record(training.key)
    values = [name for name in traced.values if name not in LEFT_OUT]
    values += [] if training.model.error in values else [training.model.error]
    starts = [start for start, _ in training.starts.values()]
    goal = ("near", *(f"answer {name}" for name in training.parameters)) if answered else ("half the loss",)
    names = ("pass", "epoch", *starts, "lr", *training.carried, *training.seeds, "loss", *goal)
    return Unrolled(
        training,
        layout,
        n,
        passes,
        warm,
        answered,
        lines={name: column_letters(index) for index, name in enumerate(names, start=1)},
        letters={name: column_letters(index) for index, name in enumerate((*traced.point, *values), start=1)},
    )


def anneals(training: Training) -> bool:
    """Return whether a step changes the learning rate, so that the rate in the header is looked up."""
    return bool(training.seeds)
