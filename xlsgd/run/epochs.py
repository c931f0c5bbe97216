"""All epochs of a training sheet at once: what each pass over the data starts from.

The buttons are pressed twice: on numbers, which gives the values, and on symbols, which gives the formulas. Both press
the same description, so the passes agree, the warm-up passes of a reset among them.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.one_pass import loss_of
from xlsgd.run.press import LiveSheet, Pass
from xlsgd.sheets.buttons import Put
from xlsgd.sheets.lesson import Training
from xlsgd.symbols.checked import Number
from xlsgd.symbols.expression import Expression, as_expression, symbol

Start = dict[str, Any]
"""What a pass starts from, by name: `const`, `slope`, `lr`, a state such as `m b`, a seed such as `prev_grad2`."""


class History(NamedTuple):
    """The passes over the data from a reset on.

    Args:
        starts: what each pass starts from.
        losses: each pass's root of the sum of squared errors.
        warm: how many passes belong to the reset; the next is epoch 0.
    """

    starts: list[Start]
    losses: list[Any]
    warm: int


class Recorder(LiveSheet):
    """A live sheet that notes what each pass over the data starts from; see `LiveSheet` for its arguments."""

    def __init__(self, training: Training, points: Points = LESSON_POINTS) -> None:
        self._history = History([], [], 0)
        super().__init__(training, points)
        self._history = self._history._replace(warm=len(self._history.starts))

    def _recalculate(self) -> Pass:
        current = self._compute(len(self._history.starts))
        weights = {name: self.inputs[name][0] for name in ("const", "slope", "lr")}
        self._history.starts.append(weights | self.seeds())
        self._history.losses.append(current.loss)
        return current

    def _compute(self, index: int) -> Pass:
        return super()._recalculate()

    def run_for(self, epochs: int) -> History:
        """Take that many steps from here on, and return every pass from the reset on."""
        self.recalculated()
        for _ in range(epochs):
            self.step()
            self.recalculated()
        return self._history

    def values_of(self, names: tuple[str, ...]) -> Iterator[tuple[Number, ...]]:
        """Yield x, y and the named values of every row of every pass that was noted."""
        for start in self._history.starts:
            for name, value in start.items():
                if name in self.inputs:
                    self.inputs[name] = [value]
            for field, (_, target) in self.training.targets.items():
                self.inputs[target] = [start[f"{field} b"], start[f"{field} a"]]
            for x, y, row in zip(self.points.x, self.points.y, self.rows(), strict=True):
                yield x, y, *(row[name] if name in row else loss_of(row, y) for name in names)


class SymbolicRecorder(Recorder):
    """The same on symbols: a pass starts from formulas over the last rows of the passes before it.

    Args:
        training: the sheet.
        last: gives the address of a column in the last row of a pass: (index of the pass, column) -> address.
        loss: gives the loss of a pass.
    """

    def __init__(self, training: Training, last: Callable[[int, str], str], loss: Callable[[int], Expression]) -> None:
        self._last = last
        self._loss = loss
        knobs = training.knobs._make(symbol(f"knob {name}") for name in training.knobs._fields)
        # A rate that a reset puts back is the header's, so that typing another one there changes all epochs.
        reset = tuple(a for a in training.buttons.reset if not (isinstance(a, Put) and a.target in knobs._fields))
        super().__init__(training._replace(knobs=knobs, buttons=training.buttons._replace(reset=reset)))

    def _compute(self, index: int) -> Pass:
        last = {
            name: [symbol(self._last(index, column))]
            for name, column in zip(("lastconst", "lastslope"), self.training.last, strict=True)
        }
        for field, (source, _) in self.training.targets.items():
            last[source] = [symbol(self._last(index, f"{field} {weight}")) for weight in ("b", "a")]
        return Pass({"rmse": self._loss(index)}, last, self._loss(index))

    def sizes(self) -> dict[str, Any]:
        """Return the values that follow from the seeds alone, as formulas."""
        seeds = {name: as_expression(value) for name, value in self.seeds().items()}
        return self.training.sizes(seeds, seeds)

    def _operands(self, name: str) -> list[Any]:
        return [as_expression(value) for value in self._read(name)]
