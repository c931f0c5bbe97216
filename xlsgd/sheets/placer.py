"""Puts a training sheet's cells where its layout says, each formula with its value.

The record of the row is placed column by column; every formula refers to the cells of the values that it uses, so that
what stands in a cell is never computed a second time.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from xlsgd.functions import count
from xlsgd.sheets.description import Column, Place, Rows, Sheet
from xlsgd.sheets.layout import Layout, Letters
from xlsgd.sheets.record import Record, record
from xlsgd.sheets.training import Training
from xlsgd.symbols.cells import Reference, RowOf, area, at, here, refer
from xlsgd.symbols.checked import Number
from xlsgd.symbols.expression import Expression, defined_name, placed, symbol
from xlsgd.symbols.references import column_letters, column_number

Numbers = Mapping[Any, Any]
"""The values of a sheet's cells outside the rows, by key."""


class PlacedRecord(NamedTuple):
    """A training sheet's record, and where its values stand: columns by heading, and references as rows make them."""

    row: Record
    letters: dict[str, str]
    places: dict[Expression, Expression]


def place_row(training: Training, layout: Layout) -> PlacedRecord:
    """Return a training sheet's record with the places of its values."""
    row = record(training.key)
    letters = {name: column_letters(i) for i, name in enumerate((*row.point, *row.values), start=1)}
    places = {value: _here(letters[name]) for value, name in row.referred(row.values).items()}
    places |= {symbol(name): _here(letters[name], up=1) for name in states_beside(training)}
    return PlacedRecord(row, letters, places | knob_places(training, layout, row.knobs))


def states_beside(training: Training) -> list[str]:
    """Return the names of the states beside the parameters themselves."""
    return [name for name in training.states if name not in training.parameters]


def knob_places(training: Training, layout: Layout, knobs: Any, sheet: str = "") -> dict[Expression, Expression]:
    """Return where the knobs stand, and what 1 less a knob is where it has a cell, seen from that sheet or another."""
    places = {}
    for name, knob in zip(training.knobs._fields, knobs, strict=True):
        for key, value in ((name, knob), (f"1-{name}", 1 - knob)):
            if key in layout.cells:
                places[value] = at(layout.cells[key], sheet, fixed=True)
    return places


def formula_of(value: Expression, cell: Expression, places: Mapping[Expression, Expression]) -> Expression:
    """Return the formula of the cell that holds a value, which refers to another cell where the value has that one."""
    return places[value] if value in places and places[value] is not cell else placed(value, places)


def _here(letter: str, up: int = 0) -> Expression:
    return here(column_number(letter), up)


def training_sheet(
    training: Training, layout: Layout, n: int, numbers: Numbers, values: Iterable[tuple[Number, ...]] = ()
) -> Sheet:
    """Return a training sheet.

    Args:
        training: the sheet's content.
        layout: where it stands.
        n: how many points there are.
        numbers: the values of everything that stands outside the rows, by key.
        values: the numbers of each row: inputs, targets and the row's values.
    """
    at_rows = place_row(training, layout)
    columns = _columns(training, layout, at_rows)
    rows = Rows(layout.first_row, n, columns, points=layout.points_row, values=values)
    places = [
        *_fill(training, layout.head, numbers, at_rows),
        *_headings(training, layout, at_rows.letters),
        *_fill(training, layout.start, numbers, at_rows),
        *_seeds(training, layout, at_rows.letters, rows, numbers),
        *_below(training, layout, at_rows.letters, rows, numbers),
    ]
    names = layout.names(training, at_rows.letters, rows)
    return Sheet(
        training.name,
        tuple(places),
        rows,
        {name: area(cells) for name, cells in names.items()},
        freeze=layout.freeze,
        widths=layout.widths,
        charts=layout.charts(training, at_rows.letters, rows),
        source=training.source,
        headings=None if layout.freeze else (layout.headings, layout.first_row - 1),
    )


def _fill(training: Training, cells: Iterable[Place], numbers: Numbers, at_rows: PlacedRecord) -> Iterable[Place]:
    """Yield cells with their values, and with the formulas of those that have one."""
    knobs = dict(zip(training.knobs._fields, at_rows.row.knobs, strict=True))
    own = {str(cell.key): cell.address for cell in cells}
    for cell in cells:
        if not cell.key:
            yield cell
            continue
        knob = str(cell.key).removeprefix("1-")
        formula = 1 - at(own[knob]) if cell.key not in knobs and knob in knobs else None
        yield cell._replace(value=numbers[cell.key], formula=formula)


def _headings(training: Training, layout: Layout, letters: Letters) -> Iterable[Place]:
    for name, letter in letters.items():
        if not layout.heads_states and name in states_beside(training):
            yield Place(f"{letter}{layout.headings - 1}", name, style="note right")
        else:
            style = "note right" if name in layout.noted else "heading"
            yield Place(f"{letter}{layout.headings}", name, format=layout.heading_formats.get(name, ""), style=style)


def _seeds(training: Training, layout: Layout, letters: Letters, rows: Rows, numbers: Numbers) -> Iterable[Place]:
    """Yield the states that the first row starts from: constants above it, or below the rows and looked up above."""
    for name in states_beside(training):
        above, below = (f"{letters[name]}{row}" for row in (rows.first - 1, rows.last + 1))
        if layout.seeds_below:
            yield Place(above, key=name, value=numbers[name], formula=at(below))
            yield Place(below, key=name, value=numbers[name], format=layout.seed_formats.get(name, ""))
        else:
            counts = name in training.local and training.local[name] is None
            formula = count(area(f"A{rows.first}:A{rows.last}")) if counts else None
            yield Place(above, "", name, numbers[name], formula, layout.formats.get(name, layout.format))


def _below(training: Training, layout: Layout, letters: Letters, rows: Rows, numbers: Numbers) -> Iterable[Place]:
    formulas = _footer(training, layout, letters, rows)
    for cell in layout.below:
        address = f"{cell.letter}{rows.last + cell.down}"
        if cell.text:
            yield Place(address, cell.text, style=cell.style)
        else:
            yield Place(address, "", cell.key, numbers[cell.key], formulas[cell.key], cell.format)


def _footer(training: Training, layout: Layout, letters: Letters, rows: Rows) -> dict[str, Expression]:
    """Return the formulas of what stands below the rows."""
    columns = {name: area(f"{letter}{rows.first}:{letter}{rows.last}") for name, letter in letters.items()}
    states = states_beside(training)
    seeds = {name: at(f"{letters[name]}{rows.last + 1}") for name in states}
    seeds |= {name: defined_name(name) for name in training.seeds}
    start = {name: at(f"{letters[name]}{rows.first - 1}") for name in states}
    values = training.footer(columns) | training.sizes(seeds, start)
    named = {values[key]: defined_name(key) for key in layout.by_name if key in values}
    return {key: placed(value, named) for key, value in values.items()}


def _columns(training: Training, layout: Layout, at_rows: PlacedRecord) -> tuple[Column, ...]:
    columns = []
    for name, letter in at_rows.letters.items():
        format = layout.formats.get(name, layout.format)
        if name in at_rows.row.point:
            columns.append(Column(letter, _looked_up(layout, letter)))
        else:
            columns.append(Column(letter, *_formulas(training, layout, at_rows, name), format))
    return tuple(columns)


def _looked_up(layout: Layout, letter: str) -> Expression | None:
    """Return where a point's value is looked up, if it does not stand here."""
    if not layout.points_on:
        return None
    row_of = RowOf.POINT if layout.points_row else RowOf.HERE
    return refer(Reference(column_number(letter) + 1, 0, row_of, layout.points_on))


def _formulas(
    training: Training, layout: Layout, at_rows: PlacedRecord, name: str
) -> tuple[Expression, Expression | None]:
    """Return a column's formula, and that of the first row where it differs."""
    value = at_rows.row.values[name]
    parameter = str(value.args[0]) if value.op == "symbol" else ""
    if parameter not in training.parameters or at_rows.places[value] is not _here(at_rows.letters[name]):
        return formula_of(value, _here(at_rows.letters[name]), at_rows.places), None
    carried = at_rows.places[at_rows.row.after[parameter]].args[0]
    above, start = here(carried.column, up=1), layout.cells[training.starts[parameter][0]]
    stands_above = start == f"{column_letters(carried.column)}{layout.first_row - 1}"
    return above, None if stands_above else at(start)
