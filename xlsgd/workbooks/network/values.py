"""The values of cells that refer to other cells of the workbook, computed as a spreadsheet does."""

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from xlsgd.run.one_pass import FLOATS_FAIL
from xlsgd.sheets.description import Place, Sheet
from xlsgd.symbols.cells import Reference
from xlsgd.symbols.checked import Checked, Number, as_checked, plain
from xlsgd.symbols.expression import Expression, in_order
from xlsgd.symbols.operations import evaluate
from xlsgd.symbols.references import address, column_letters

Waiting = Mapping[str, Expression]
"""The formulas whose values are asked for, by address."""


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
        for cell in waiting:
            self._value(name, cell, waiting)
        return tuple(p if p.formula is None else p._replace(value=shown(known[p.address])) for p in given)

    def _value(self, name: str, cell: str, waiting: Waiting) -> Any:
        numbers = self._numbers[name]
        if cell not in numbers:
            numbers[cell] = plain(self._evaluated(name, waiting[cell], waiting))
        return numbers[cell]

    def _evaluated(self, name: str, formula: Expression, waiting: Waiting) -> Any:
        known: dict[Expression, Any] = {}
        for part in in_order([formula]):
            if part.op == "reference":
                known[part] = self._cell(name, part.args[0], waiting)
            elif part.op == "range":
                known[part] = self._range(name, part.args[0].args[0], part.args[1].args[0], waiting)
        return evaluated(formula, known)

    def _cell(self, own: str, cell: Reference, waiting: Waiting) -> Any:
        sheet = cell.sheet or own
        return self._value(sheet, address(cell.row, cell.column), waiting if sheet == own else {})

    def _range(self, own: str, first: Reference, last: Reference, waiting: Waiting) -> list[Any]:
        sheet = first.sheet or own
        cells = addresses_of(first.column, first.row, last.column, last.row)
        return [self._value(sheet, cell, waiting if sheet == own else {}) for cell in cells]


def evaluated(formula: Expression, known: Mapping[Expression, Any]) -> Any:
    """Return what a formula gives: on floats where these do, else on a spreadsheet's numbers."""
    if all(set(map(type, v if isinstance(v, list) else [v])) <= {float, int} for v in known.values()):
        try:
            value = evaluate(formula, known)
            if isinstance(value, float) and math.isfinite(value):
                return value
        except FLOATS_FAIL:
            pass
    return evaluate(formula, {part: _checked(value) for part, value in known.items()}, Checked)


def _checked(value: Any) -> Any:
    return list(map(as_checked, value)) if isinstance(value, list) else as_checked(value)


@lru_cache(maxsize=1000)
def addresses_of(left: int, top: int, right: int, bottom: int) -> tuple[str, ...]:
    """Return the addresses of a range's cells, row by row."""
    letters = [column_letters(column) for column in range(left, right + 1)]
    return tuple(f"{letter}{row}" for row in range(top, bottom + 1) for letter in letters)


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
