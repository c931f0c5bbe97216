"""The values of cells that refer to other cells of the workbook, computed as a spreadsheet does."""

from collections.abc import Iterable, Mapping
from typing import Any

from xlsgd.sheets.description import Place, Sheet
from xlsgd.sheets.table import cells_of
from xlsgd.symbols.cells import addresses
from xlsgd.symbols.checked import Checked, Number, as_checked, plain
from xlsgd.symbols.expression import Expression, in_order
from xlsgd.symbols.operations import evaluate


class BookValues:
    """The numbers of the cells of some sheets.

    Args:
        sheets: the sheets, filled; their rows' values must not be used up.
    """

    def __init__(self, sheets: Iterable[Sheet]) -> None:
        self._numbers = {sheet.name: numbers_of(sheet) for sheet in sheets}

    def filled(self, name: str, places: Iterable[Place]) -> tuple[Place, ...]:
        """Return cells of a sheet, each formula with the value that it gives; they may refer to each other."""
        given = list(places)
        waiting = {place.address: place.formula for place in given if place.formula is not None}
        known = self._numbers.setdefault(name, {})
        known |= {place.address: place.value for place in given if place.formula is None and not place.text}
        for address in waiting:
            self._value(name, address, waiting)
        return tuple(p if p.formula is None else p._replace(value=shown(known[p.address])) for p in given)

    def _value(self, name: str, address: str, waiting: Mapping[str, Expression]) -> Any:
        numbers = self._numbers[name]
        if address not in numbers:
            numbers[address] = plain(self._evaluated(name, waiting[address], waiting))
        return as_checked(numbers[address])

    def _evaluated(self, name: str, formula: Expression, waiting: Mapping[str, Expression]) -> Any:
        known: dict[Expression, Any] = {}
        for part in in_order([formula]):
            if part.op == "reference":
                known[part] = self._cell(part, name, waiting)
            elif part.op == "range":
                sheet = part.args[0].args[0].sheet
                known[part] = [self._cell(part, name, waiting, sheet, address) for address in cells_of(part)]
        return evaluate(formula, known, Checked)

    def _cell(
        self, cell: Expression, own: str, waiting: Mapping[str, Expression], sheet: str = "", address: str = ""
    ) -> Any:
        if cell.op == "reference":
            sheet, address = cell.args[0].sheet, addresses(cell)
        return self._value(sheet or own, address, waiting if sheet in ("", own) else {})


def shown(value: Any) -> Any:
    """Return a value as a cell shows it; a minus zero is a plain one."""
    return value + 0.0 if isinstance(value, float) else value


def numbers_of(sheet: Sheet) -> dict[str, Number | str]:
    """Return the numbers of a sheet's cells by address."""
    found = {place.address: place.value for place in sheet.places if not place.text}
    if sheet.rows:
        letters = [column.letter for column in sheet.rows.columns]
        for row, values in enumerate(sheet.rows.values, start=sheet.rows.first):
            found.update((f"{letter}{row}", value) for letter, value in zip(letters, values, strict=True))
    return found
