"""What a sheet is pressed on: numbers here; expressions and many runs elsewhere."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from xlsgd.sheets.training import Training
from xlsgd.symbols.checked import Checked, Number, plain

if TYPE_CHECKING:
    from xlsgd.run.press import LiveSheet


class PassEnd(NamedTuple):
    """What one pass over the points leaves.

    Args:
        last: the last row's values, by the names that the sheet gives them.
        loss: the pass's loss.
        footer: what gives the values below the rows, by name.
    """

    last: dict[str, list[Any]]
    loss: Any
    footer: Callable[[], dict[str, Any]]


class Arithmetic(Protocol):
    """What a sheet is pressed on: numbers, expressions, or many runs at once."""

    keeps_lists: bool
    """Whether lists of entries, such as that of an error for each epoch, are kept."""

    def recalculated(self, sheet: "LiveSheet") -> PassEnd:
        """Return what a pass over the points leaves as the sheet stands."""

    def operand(self, value: Any) -> Any:
        """Return a cell's value as the functions of `xlsgd.functions` take it."""

    def cell(self, value: Any) -> Any:
        """Return what such a function gives as a cell holds it."""


class OnNumbers:
    """A sheet is pressed on a spreadsheet's numbers."""

    keeps_lists = True

    def recalculated(self, sheet: "LiveSheet") -> PassEnd:
        """Return what a pass over the points leaves as the sheet stands."""
        training = sheet.training
        end = sheet.one_pass.fold(sheet.points, sheet.states(), sheet.knobs())
        loss = plain(training.epoch_loss(end.sums[training.model.error]))
        return PassEnd(
            last_values(training, end.last, end.states),
            loss,
            lambda: {name: plain(value) for name, value in training.footer(end.sums).items()},
        )

    def operand(self, value: Number) -> Checked:
        """Return a cell's number as a spreadsheet computes with it."""
        return Checked(value)

    def cell(self, value: Any) -> Number:
        """Return the number or the error."""
        return plain(value)  # type: ignore[no-any-return]


def last_values(training: Training, last: Mapping[str, Any], states: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return what the buttons read of a pass: the last row's values, by the names that the sheet gives them."""
    values = {name: [last[parameter]] for parameter, (_, name) in training.starts.items()}
    fields = training.targets.items()
    return values | {name: [states[state] for state in training.states_of(field)] for field, (name, _) in fields}
