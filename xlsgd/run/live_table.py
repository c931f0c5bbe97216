"""A live table: what a value typed into one of its cells does to it."""

from collections.abc import Iterable, Mapping
from typing import Any

from xlsgd.errors import InputError, choose, parse_number
from xlsgd.run.press import BUTTONS
from xlsgd.sheets.table import Table, recalculated, with_table_knobs
from xlsgd.symbols.checked import Checked, Number, as_checked, plain
from xlsgd.symbols.expression import Expression, as_expression, in_order, symbol


def outcomes(table: Table, knobs: Mapping[str, float], names: Iterable[str]) -> dict[str, Number]:
    """Return what a table's knobs come to.

    Args:
        table: the table.
        knobs: other values of its knobs.
        names: which of what follows from them, see `following`.

    Raises:
        InputError: it has no such knob.
    """
    singles = _singles_of(with_table_knobs(table, knobs))
    inputs = {name: [*map(Checked, column)] for name, column in table.inputs.items()}
    columns, totals = table.fill(inputs, singles)
    shown = totals or {name: column[-1] for name, column in columns.items()}
    return {name: plain(as_checked(shown[name]) + 0.0) for name in names}


def _singles_of(table: Table) -> dict[str, Checked]:
    """Return a table's single inputs, those that follow from others computed."""
    held = {table.grid.cells[name]: value for name, value in table.singles.items()}

    def value(address: str) -> Checked:
        content = held[address]
        return recalculated(content, value) if isinstance(content, Expression) else as_checked(content)

    return {name: value(table.grid.cells[name]) for name in table.singles}


def following(table: Table) -> list[str]:
    """Return the names of the totals, or where there are none of the columns, that follow from a knob.

    Of a column it is the last row that is shown.
    """
    singles = {name: symbol(name) for name in table.singles}
    inputs = {name: [symbol(f"{name} {i}") for i in range(len(column))] for name, column in table.inputs.items()}
    columns, totals = table.fill(inputs, singles)
    shown = totals or {name: column[-1] for name, column in columns.items()}
    return [name for name, value in shown.items() if {*singles.values()} & {*in_order([as_expression(value)])}]


class LiveTable:
    """A table into whose single cells values are typed.

    Args:
        table: the table, as it is after a reset.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self._typed: dict[str, float] = {}
        self._names = following(table)

    def reset(self) -> None:
        """Give every knob the value that it had."""
        self._typed.clear()

    def put(self, name: str, value: float) -> None:
        """Type a value into a knob's cell.

        Raises:
            InputError: there is no such knob.
        """
        with_table_knobs(self.table, {name: value})
        self._typed[name] = value

    def state(self) -> dict[str, Any]:
        """Return the knobs, and what they come to."""
        return self.table.knobs | self._typed | outcomes(self.table, self._typed, self._names)


def press_table(live: LiveTable, action: str) -> dict[str, Any]:
    """Type a value or reset, and return the table's state after it.

    Args:
        live: the live table, which changes.
        action: `reset` or `NAME=VALUE`.

    Raises:
        InputError: there is no such action or knob, or the value is no finite number.
    """
    name, assigned, text = action.partition("=")
    if assigned:
        live.put(name, parse_number(action, text))
    elif action in BUTTONS and action != "reset":
        raise InputError(f"{live.table.name}: {action}: the sheet has no epochs; give NAME=VALUE or reset")
    else:
        choose("action", action, ["reset", "NAME=VALUE"])
        live.reset()
    return {"action": action, **live.state()}
