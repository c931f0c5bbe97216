"""All epochs of a training sheet at once: what each pass over the data starts from.

The buttons are pressed twice: on numbers, which gives the values, and on symbols, which gives the formulas. Both press
the same description, so the passes agree, the warm-up passes of a reset among them.
"""

from collections.abc import Callable, Iterator
from typing import Any

from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.one_pass import loss_of
from xlsgd.run.one_pass import names as column_names
from xlsgd.run.press import LiveSheet, Pass, last_values
from xlsgd.sheets.buttons import Put
from xlsgd.sheets.training import Training
from xlsgd.sheets.unrolled import History
from xlsgd.symbols.checked import Number
from xlsgd.symbols.expression import Expression, as_expression, symbol


class Recorder(LiveSheet):
    """A live sheet that notes what each pass over the data starts from; see `LiveSheet` for its arguments."""

    def __init__(self, training: Training, points: Points = LESSON_POINTS) -> None:
        self._history = History([], [], 0)
        super().__init__(training, points)
        self._history = self._history._replace(warm=len(self._history.starts))

    def _recalculate(self) -> Pass:
        current = self._compute(len(self._history.starts))
        names = [*(start for start, _ in self.training.starts.values()), "lr"]
        weights = {name: self.inputs[name][0] for name in names}
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
        """Yield the inputs, the targets and the named values of every row of every pass that was noted."""
        training = self.training
        columns = column_names(training)
        places = [columns.index(name) if name in columns else None for name in (*training.point, *names)]
        for start in self._history.starts:
            for name, value in start.items():
                if name in self.inputs:
                    self.inputs[name] = [value]
            for field, (_, target) in training.targets.items():
                self.inputs[target] = [start[name] for name in training.states_of(field)]
            for row in self.tuples():
                yield tuple(loss_of(training, row) if place is None else row[place] for place in places)


class SymbolicRecorder(Recorder):
    """The same on symbols: a pass starts from formulas over the last rows of the passes before it.

    Args:
        training: the sheet.
        last: gives the cell of a column in the last row of a pass: (index of the pass, column) -> reference.
        loss: gives the loss of a pass.
    """

    def __init__(
        self, training: Training, last: Callable[[int, str], Expression], loss: Callable[[int], Expression]
    ) -> None:
        self._last = last
        self._loss = loss
        knobs = training.knobs._make(symbol(f"knob {name}") for name in training.knobs._fields)
        # A rate that a reset puts back is the header's, so that typing another one there changes all epochs.
        reset = tuple(a for a in training.buttons.reset if not (isinstance(a, Put) and a.target in knobs._fields))
        super().__init__(training._replace(knobs=knobs, buttons=training.buttons._replace(reset=reset)))

    def _compute(self, index: int) -> Pass:
        last = {name: self._last(index, column) for name, column in self.training.last.items()}
        states = {name: self._last(index, name) for name in self.training.states if name not in last}
        return Pass({"rmse": self._loss(index)}, last_values(self.training, last, states), self._loss(index))

    def sizes(self) -> dict[str, Any]:
        """Return the values that follow from the seeds alone, as formulas."""
        seeds = {name: as_expression(value) for name, value in self.seeds().items()}
        return self.training.sizes(seeds, seeds)

    def _operands(self, name: str) -> list[Any]:
        return [as_expression(value) for value in self._read(name)]
