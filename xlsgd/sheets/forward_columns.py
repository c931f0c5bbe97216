"""A model's forward pass on values of any kind, column by column as its sheets have it."""

from collections.abc import Callable, Mapping
from typing import Any

from xlsgd.models import Model
from xlsgd.sheets.forward import forward_and_back
from xlsgd.symbols.expression import LEAVES, Expression, replaced, symbol
from xlsgd.symbols.operations import evaluate


class ForwardColumns:
    """What a model predicts and loses, on numbers, arrays or tensors.

    A column's value is computed from the columns before it, so that whoever follows gradients can ask for the loss's
    derivative by any of them.

    Args:
        model: the model.

    Raises:
        InputError: as of `forward_and_back`.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self.name, self.inputs, self.targets = model.name, model.inputs, model.targets
        self.parameters, self.error, self.symbol = tuple(model.start), model.error, model.symbol
        self.knobs = tuple(model.knobs)
        self.rates: dict[str, str] = {}
        self._columns: dict[str, Expression] | None = None

    def loss(self, entries: Mapping[str, Any], point: Mapping[str, Any]) -> Any:
        """Return the loss, straight from the model's own functions.

        Args:
            entries: the value of each parameter's entry.
            point: those of the inputs and the targets, and of the model's knobs.
        """
        inputs, targets = ([point[name] for name in names] for names in (self.inputs, self.targets))
        known = {**entries, **point}
        return self._model.lost(self._model.predict(self._model.packed(known), *inputs), targets, known)

    def columns(
        self,
        entries: Mapping[str, Any],
        point: Mapping[str, Any],
        read: Callable[[str, Any], Any] = lambda heading, value: value,
    ) -> dict[str, Any]:
        """Return the forward values that have a column, and the loss, by heading.

        Args:
            entries: as of `loss`.
            point: as of `loss`.
            read: gives what the columns behind read of a column, from its heading and its value.
        """
        if self._columns is None:
            self._columns = self._recorded()
        known = {symbol(name): value for name, value in (*entries.items(), *point.items())}
        values: dict[str, Any] = {}
        for heading, expression in self._columns.items():
            values[heading] = read(heading, evaluate(expression, known, lambda value: value))
            known[symbol(f"column {heading}")] = values[heading]
        return values

    def _recorded(self) -> dict[str, Expression]:
        """Return each column's expression, in which the columns before it are symbols."""
        entries = {name: symbol(name) for name in (*self.parameters, *self.knobs)}
        point = {name: symbol(name) for name in (*self.inputs, *self.targets)}
        passed = forward_and_back(self._model, entries, point)
        places: dict[Expression, Expression] = {}
        columns = {}
        for heading, value in (passed.values | {self.error: passed.loss}).items():
            columns[heading] = replaced(value, places)
            if value.op not in LEAVES:
                places.setdefault(value, symbol(f"column {heading}"))
        return columns
