"""A sheet that is filled at once: columns of inputs, single inputs, and what follows from them."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from xlsgd.errors import InputError, choose
from xlsgd.functions import Value
from xlsgd.sheets.description import GENERAL, INPUT, Place, Sheet
from xlsgd.symbols.cells import Reference, addresses, at, refer
from xlsgd.symbols.checked import Checked, Number, plain
from xlsgd.symbols.expression import Expression, in_order, placed
from xlsgd.symbols.operations import evaluate

Inputs = Mapping[str, Sequence[Value]]
"""Columns of inputs, by name."""

Singles = Mapping[str, Value]
"""Inputs that stand in a cell of their own, by name."""


class Contents(NamedTuple):
    """What a table holds: its columns, left to right, and what is computed from whole columns, both by name."""

    columns: dict[str, list[Value]]
    totals: dict[str, Value]


class Grid(NamedTuple):
    """Where a table's values stand.

    Args:
        letters: each column's letter.
        first_row: the columns' first row.
        cells: the addresses of single inputs and of totals.
        formats: number formats of columns and totals.
        styles: how the cells of a column or a single input look, if not as they do by themselves.
        texts: the labels, and cells to which nothing refers.
        freeze: the cell at whose upper left the panes are frozen.
    """

    letters: Mapping[str, str]
    first_row: int
    cells: Mapping[str, str]
    formats: Mapping[str, str]
    texts: tuple[Place, ...]
    freeze: str = ""
    styles: Mapping[str, str] = {}


class Table(NamedTuple):
    """A sheet that is filled at once.

    Args:
        name: the sheet's name.
        inputs: its columns of inputs.
        fill: gives its contents from columns of inputs and single inputs.
        grid: where they stand.
        singles: its single inputs: a number, or an expression that gives it.
    """

    name: str
    inputs: Mapping[str, Sequence[float]]
    fill: Callable[[Inputs, Singles], Contents]
    grid: Grid
    singles: Mapping[str, float | Expression] = {}

    @property
    def knobs(self) -> dict[str, float]:
        """The single inputs that are numbers, by name, with `_` for each space."""
        given = {name.replace(" ", "_"): value for name, value in self.singles.items()}
        return {name: value for name, value in given.items() if isinstance(value, (int, float))}


def with_table_knobs(table: Table, values: Mapping[str, float]) -> Table:
    """Return a table with other values of its knobs.

    Raises:
        InputError: it has no such knob, or a value is no finite number.
    """
    for name, value in values.items():
        choose("knob", name, table.knobs, f"{table.name}: ")
        if not isinstance(value, (int, float)) or not math.isfinite(value):
            raise InputError(f"`{name}` {value!r}: give a finite number")
    return table._replace(singles={name: values.get(name.replace(" ", "_"), v) for name, v in table.singles.items()})


class TableBook(NamedTuple):
    """A workbook of tables: its file's name, its title, its sheets by name, its first sheet, and where it is from."""

    file: str
    title: str
    tables: Mapping[str, Table]
    guide: Sheet | None = None
    source: str = ""


def table_sheet(table: Table) -> Sheet:
    """Return a table's sheet; a cell's key is its column's name and its row's index, from 0, or its own name."""
    formulas = _formulas(table)
    known = _values(table, formulas)
    places = [*table.grid.texts]
    for key, (address, formula) in formulas.items():
        name = key[0] if isinstance(key, tuple) else key
        value = known[address]
        shown = formula if isinstance(formula, Expression) else None
        style = table.grid.styles.get(name, INPUT if name in table.singles else "")
        places.append(Place(address, "", key, value, shown, table.grid.formats.get(name, GENERAL), style))
    headings = (table.grid.first_row - 1, table.grid.first_row - 1)
    return Sheet(table.name, tuple(places), freeze=table.grid.freeze, headings=headings)


def numbers(table: Table) -> Contents:
    """Return a table's columns and totals as numbers, or error values where a spreadsheet shows one."""
    formulas = _formulas(table)
    known = _values(table, formulas)
    columns: dict[str, list[Value]] = {}
    totals: dict[str, Value] = {}
    for key, (address, _) in formulas.items():
        if isinstance(key, tuple):
            columns.setdefault(key[0], []).append(known[address])
        else:
            totals[key] = known[address]
    return Contents(columns, totals)


def _formulas(table: Table) -> dict[Any, tuple[str, float | Expression]]:
    """Return where everything stands, and its constant or its formula, by key."""
    grid = table.grid
    inputs = {name: _column(grid, name, len(values)) for name, values in table.inputs.items()}
    singles = {name: at(grid.cells[name], fixed=True) for name in table.singles}
    contents = table.fill(inputs, singles)
    places = {cell: at(grid.cells[name], fixed=True) for name, cell in contents.totals.items()}
    given: dict[Any, tuple[str, float | Expression]] = {
        name: (grid.cells[name], value) for name, value in table.singles.items()
    }
    for name, cells in contents.columns.items():
        places |= zip(cells, _column(grid, name, len(cells)), strict=True)
    for name, cells in contents.columns.items():
        for index, cell in enumerate(cells):
            constant = table.inputs[name][index] if cell.op == "reference" else placed(cell, places)
            given[name, index] = addresses(places[cell]), constant
    for name, cell in contents.totals.items():
        given[name] = grid.cells[name], placed(cell, places)
    return given


def _column(grid: Grid, name: str, rows: int) -> list[Expression]:
    return [at(f"{grid.letters[name]}{grid.first_row + index}") for index in range(rows)]


def _values(table: Table, formulas: Mapping[Any, tuple[str, float | Expression]]) -> dict[str, Number]:
    """Return the value of every cell by its address; a minus zero is a plain one, as a spreadsheet shows it."""
    held = dict(formulas.values())
    values: dict[str, Number] = {}

    def value(address: str) -> Checked:
        if address not in values:
            content = held[address]
            number = recalculated(content, value) if isinstance(content, Expression) else Checked(content)
            values[address] = plain(number + 0.0)
        return Checked(values[address])

    for address in held:
        value(address)
    return values


def recalculated(formula: Expression, value: Callable[[str], Checked]) -> Checked:
    """Return what a formula gives, from the values of the cells of its sheet by their addresses."""
    known: dict[Expression, Any] = {}
    for part in in_order([formula]):
        if part.op == "reference":
            known[part] = value(addresses(part))
        elif part.op == "range":
            known[part] = [value(address) for address in cells_of(part)]
    return evaluate(formula, known, Checked)  # type: ignore[no-any-return]


def cells_of(cells: Expression) -> Iterator[str]:
    """Yield the addresses of a range's cells, row by row."""
    first, last = (end.args[0] for end in cells.args)
    for row in range(first.row, last.row + 1):
        for column in range(first.column, last.column + 1):
            yield addresses(refer(Reference(column, row)))
