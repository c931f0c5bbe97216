"""A table for a page: a sheet that is filled at once, every cell computed from those that it refers to."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from xlsgd.errors import InputError
from xlsgd.page.cells import formula_parts
from xlsgd.page.exercise import exercises_of_table
from xlsgd.page.trainings import NOTHING_TOLD, About, PageSheet, address_of, as_data, texts
from xlsgd.sheets.description import Place
from xlsgd.sheets.equations import in_words
from xlsgd.sheets.table import Table, cells_of, table_sheet
from xlsgd.symbols.cells import addresses
from xlsgd.symbols.expression import Expression, NoFormula, in_order, replaced
from xlsgd.symbols.references import column_letters
from xlsgd.symbols.to_excel import spell
from xlsgd.symbols.to_javascript import Lines, check_spellable, text_literal


class Dragged(NamedTuple):
    """A column of inputs that is drawn as bars to be dragged, beside what follows from it.

    Args:
        inputs: the column of inputs.
        shown: the column that follows from it, drawn beside.
        least: how far down a bar can be dragged.
        greatest: how far up.
    """

    inputs: str
    shown: str
    least: float
    greatest: float


LOGITS, PREDICTIONS = (-5.0, 5.0), (0.001, 0.999)
DRAGGED: dict[str, tuple[Dragged, ...]] = {
    "softmax": tuple(Dragged(f"{image} output", f"{image} softmax", *LOGITS) for image in ("Image 1", "Image 2")),
    "entropy": (Dragged("Preds", "sum form", *PREDICTIONS),),
    "log_entropy": (Dragged("Preds", "NLL", *PREDICTIONS),),
}
"""What is dragged on which of the lesson's tables."""


def page_of_table(table: Table, about: About = NOTHING_TOLD) -> PageSheet:
    """Return a table.

    Raises:
        InputError: JavaScript cannot say what it does; the message names the operation.
    """
    try:
        return _page(table, about)
    except NoFormula as error:
        raise InputError(f"{table.name}: {error}") from error


def _page(table: Table, about: About) -> PageSheet:
    sheet = table_sheet(table)
    held = [place for place in sheet.places if not place.text]
    constants = [place for place in held if place.formula is None]
    data = {
        "kind": "table",
        "title": about.title or table.name,
        "text": list(about.text),
        "texts": texts(sheet.places),
        "widths": dict(sheet.widths),
        "cells": [_cell(place, constants, _names(held)) for place in held],
        "inputs": [{"name": place.address, "label": _label(place), "kind": "start"} for place in constants],
        "fresh": [place.value for place in constants],
        "dragged": [_dragged(each, held, sheet.places) for each in DRAGGED.get(table.name, ())],
        "exercises": exercises_of_table(_formulas_by_column(held)),
    }
    return PageSheet(table.name, data, spelled_table(held))


def spelled_table(held: Sequence[Place]) -> str:
    """Return the function that computes a table's cells from its constants, in the order in which they are given.

    Raises:
        NoFormula: JavaScript cannot say an operation.
    """
    check_spellable(place.formula for place in held if place.formula is not None)
    filled = _Filled(held)
    names = ", ".join(filled.name(place.address) for place in held)
    body = "\n  ".join([*filled.lines.statements, f"return {{ cells: [{names}] }};"])
    return f"{{\nfill(i) {{\n  {body}\n}}\n}}"


class _Filled:
    """The statements that fill a table, each cell behind those that it refers to."""

    def __init__(self, held: Sequence[Place]) -> None:
        self.lines = Lines({})
        self._formulas = {place.address: place.formula for place in held if place.formula is not None}
        constants = [place.address for place in held if place.formula is None]
        self._names = {address: f"i[{index}]" for index, address in enumerate(constants)}

    def name(self, address: str) -> str:
        """Return what holds a cell; an empty one is 0."""
        if address not in self._names and address in self._formulas:
            (self._names[address],) = self.lines.names([self._known(self._formulas[address])])
        return self._names.get(address, "0")

    def _known(self, formula: Expression) -> Expression:
        for part in in_order([formula]):
            if part.op == "reference":
                self.lines.hold(part, self.name(addresses(part)))
            elif part.op == "range":
                self.lines.hold(part, f"[{', '.join(map(self.name, cells_of(part)))}]")
            elif part.op == "text":
                self.lines.hold(part, text_literal(part.args[0]))
        return formula


def _label(place: Place) -> str:
    return f"{place.key[0]}, {place.address}" if isinstance(place.key, tuple) else str(place.key)


def _names(held: Sequence[Place]) -> dict[str, str]:
    """Return what each cell is called, by its address: as its column, or by its own name."""
    columns = {_column(place) for place in held}
    return {place.address: _column(place) or f"{place.key}{' total' * (place.key in columns)}" for place in held}


def _cell(place: Place, constants: Sequence[Place], names: Mapping[str, str]) -> dict[str, Any]:
    name = names[place.address]
    found = {**address_of(place), "name": name, "format": place.format, "style": place.style}
    if place.formula is None:
        return found | {"input": constants.index(place)}
    words = f"{name} = {_in_words(place.formula, names)}"
    return found | {"formula": as_data(formula_parts(place.formula)), "words": words}


def _in_words(formula: Expression, names: Mapping[str, str]) -> str:
    """Return a formula in which the names of columns and cells stand for their addresses."""
    by: dict[Expression, Expression] = {}
    for part in in_order([formula]):
        cells = [addresses(part)] if part.op == "reference" else cells_of(part) if part.op == "range" else []
        called = {names.get(cell, "") for cell in cells}
        if len(called) == 1 and all(called):
            by[part] = in_words(*called)
    return spell(replaced(formula, by))


def _dragged(each: Dragged, held: Sequence[Place], places: Sequence[Place]) -> dict[str, Any]:
    labels = {place.address: place.text for place in places if place.text}
    cells = {column: [i for i, place in enumerate(held) if _column(place) == column] for column in each[:2]}
    rows = [address_of(held[i]) for i in cells[each.inputs]]
    return {
        **each._asdict(),
        "from": cells[each.inputs],
        "to": cells[each.shown],
        "labels": [_beside(labels, row) for row in rows],
    }


def _formulas_by_column(held: Sequence[Place]) -> dict[str, list[int]]:
    """Return the places of the formulas of each column among the cells of a table."""
    found: dict[str, list[int]] = {}
    for index, place in enumerate(held):
        if place.formula is not None and _column(place):
            found.setdefault(_column(place), []).append(index)
    return found


def _column(place: Place) -> str:
    return place.key[0] if isinstance(place.key, tuple) else ""


def _beside(labels: Mapping[str, str], row: Mapping[str, Any]) -> str:
    """Return the text left of a cell, or its row."""
    left = column_letters(row["column"] - 1)
    return labels.get(f"{left}{row['row']}", f"row {row['row']}")
