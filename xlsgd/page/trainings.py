"""A training sheet for a page: what stands where as data, and what computes it as JavaScript."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from xlsgd.errors import InputError
from xlsgd.models import LINE
from xlsgd.page.cells import MANY, NONE, FormulaParts, PointRows, formula_parts
from xlsgd.page.exercise import exercises_of_training
from xlsgd.page.layers import drawn_network
from xlsgd.page.pressed import SymbolicSheet
from xlsgd.page.spelled import spelled_training
from xlsgd.points.points import Points
from xlsgd.sheets.description import Column, Place, Sheet
from xlsgd.sheets.equations import equations, in_words
from xlsgd.sheets.general_layout import layout_of
from xlsgd.sheets.model_row import LEFT
from xlsgd.sheets.placer import training_sheet
from xlsgd.sheets.training import Training
from xlsgd.symbols.expression import Expression, NoFormula, as_expression
from xlsgd.symbols.references import column_number
from xlsgd.symbols.to_excel import spell

LOGARITHMIC = ("lr", "eps", "weight_decay", "wd", "h")
"""The knobs whose sliders go by ratios."""


class PageSheet(NamedTuple):
    """A sheet of a page.

    Args:
        name: its name.
        data: what stands where, for JSON.
        script: its functions, as an object of JavaScript.
        points: the points, if it has any.
    """

    name: str
    data: dict[str, Any]
    script: str
    points: Points | None = None


class About(NamedTuple):
    """What is told of a sheet.

    Args:
        title: the idea in a line.
        text: what to see, and what to try, in paragraphs.
        allowed: the values that a column of points may hold, if not any number.
    """

    title: str = ""
    text: Sequence[str] = ()
    allowed: Mapping[str, Sequence[float]] = {}


NOTHING_TOLD = About()


def page_of_training(training: Training, points: Points, about: About = NOTHING_TOLD) -> PageSheet:
    """Return a training sheet.

    Args:
        training: the sheet.
        points: its points.
        about: what is told of it.

    Raises:
        InputError: JavaScript cannot say what it does; the message names the operation.
    """
    try:
        return _page(training, points.only(training.point), about)
    except NoFormula as error:
        raise InputError(f"{training.name}: {error}") from error


def _page(training: Training, points: Points, about: About) -> PageSheet:
    layout, live = layout_of(training), SymbolicSheet(training)
    sheet = training_sheet(training, layout, MANY, live.values())
    rows = PointRows.from_(layout.first_row)
    held = [place for place in sheet.places if not place.text]
    columns = list(_columns(training, sheet, rows))
    labels = [place.text for place in sheet.places if place.text]
    data = {
        "kind": "training",
        "title": about.title or training.name,
        "text": list(about.text),
        "rule": training.rule_name,
        "model": training.model.name,
        "targets": len(training.model.targets),
        "point": list(training.point),
        "allowed": {column: list(values) for column, values in about.allowed.items()},
        "parameters": list(training.parameters),
        "lossName": training.loss_name,
        "lossColumn": training.key.summed.index(training.model.error),
        "summed": len(training.key.summed),
        "firstRow": layout.first_row,
        "headings": layout.headings,
        "widths": dict(sheet.widths),
        "fresh": [value for values in live.fresh.values() for value in values],
        "inputs": list(_inputs(training)),
        "columns": columns,
        "texts": texts(sheet.places, rows),
        "cells": [_cell(training, place, sheet, rows) for place in held],
        "lists": _lists(live, sheet, rows),
        "network": drawn_network(training),
        "line": training.model is LINE,
        "exercises": exercises_of_training(training, [column["heading"] for column in columns], labels),
    }
    return PageSheet(training.name, data, spelled_training(training, live, _values(held)), points)


def _values(held: Sequence[Place]) -> list[Expression]:
    return [as_expression(place.value) for place in held]


def _inputs(training: Training) -> Iterator[dict[str, Any]]:
    """Yield what a user may set, cell by cell, in the order of `fresh_inputs`."""
    for parameter, (start, _) in training.starts.items():
        yield {"name": start, "label": start if start == parameter else f"{parameter} ({start})", "kind": "start"}
    for knob in training.knobs._fields:
        whole = {"whole": True} if knob == "batch" and LEFT in training.local else {}
        yield {"name": knob, "label": knob, "kind": "knob", "scale": _scale(knob), **whole}
    for field in training.targets:
        for state in training.states_of(field):
            yield {"name": state, "label": state, "kind": "state"}
    for seed in training.seeds:
        yield {"name": seed, "label": seed, "kind": "state"}


def _scale(knob: str) -> str:
    if knob.startswith("lr") or knob in LOGARITHMIC:
        return "log"
    return "unit" if knob.startswith(("beta", "momentum", "dampening")) else "linear"


def texts(places: Sequence[Place], rows: PointRows = NONE) -> list[dict[str, Any]]:
    """Return the labels among some cells."""
    return [{**address_of(place, rows), "text": place.text, "style": place.style} for place in places if place.text]


def address_of(place: Place, rows: PointRows = NONE) -> dict[str, Any]:
    """Return a cell's column and row."""
    letters = place.address.rstrip("0123456789")
    return {"column": column_number(letters), "row": rows.row(int(place.address[len(letters) :]))}


def _columns(training: Training, sheet: Sheet, rows: PointRows) -> Iterator[dict[str, Any]]:
    words = {name: spell(equation) for name, equation in equations(training).items()}
    assert sheet.rows
    for name, column in zip((*training.point, *words), sheet.rows.columns, strict=True):
        yield {
            "column": column_number(column.letter),
            "heading": name,
            "format": column.format,
            **({"words": f"{name} = {words[name]}"} if name in words else {}),
            **_formulas(column, rows),
        }


def _formulas(column: Column, rows: PointRows) -> dict[str, Any]:
    found = {"formula": column.formula, "first": column.first}
    return {key: as_data(formula_parts(formula, rows)) for key, formula in found.items() if formula is not None}


def as_data(parts: FormulaParts) -> dict[str, Any]:
    """Return a formula's parts for JSON."""
    return {"text": parts.text, "reads": parts.reads}


def _cell(training: Training, place: Place, sheet: Sheet, rows: PointRows) -> dict[str, Any]:
    key = str(place.key)
    inputs = [each["name"] for each in _inputs(training)]
    words = _words(training)
    found = {**address_of(place, rows), "name": key, "format": place.format, "style": place.style}
    if place.formula is not None:
        parts = as_data(formula_parts(place.formula, rows, sheet.names))
        return found | {"formula": parts, **({"words": f"{key} = {words[key]}"} if key in words else {})}
    return found | ({"input": inputs.index(key)} if key in inputs else {})


def _words(training: Training) -> dict[str, str]:
    """Return the equations of what stands outside of the rows, by key."""
    columns = {column: in_words(column) for column in training.footer_columns}
    states = {name: in_words(name) for name in (*training.states, *training.seeds)}
    values = training.footer(columns) | training.sizes(states, states)
    found = {key: spell(as_expression(value)) for key, value in values.items()}
    return found | {f"1-{knob}": f"1-{knob}" for knob in training.knobs._fields}


def _lists(live: SymbolicSheet, sheet: Sheet, rows: PointRows) -> dict[str, Any]:
    """Return where the lists stand that buttons append to."""
    found = {}
    for name in live.lists:
        first, last = (end.args[0] for end in sheet.names[name].args)
        found[name] = {"column": first.column, "row": rows.row(first.row), "room": last.row - first.row + 1}
    return found
