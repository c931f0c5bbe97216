"""Exercises on a page: which formulas of a sheet are blank at which level.

A level is read from the sheet's own record: its parameters, states, rule and headings. Columns that differ by a number
alone, such as those of one layer's weights, are one blank: its first column is typed, and the others follow it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from xlsgd.sheets.training import Training

NUMBERED = re.compile(r"(_\d+)+$")
"""What parts columns of one family."""

SOFTMAX = re.compile(r"exp_\d+|p_\d+|.* exp|.* softmax")
"""The headings of a softmax: the exponentials, and their shares."""


class PageLevel(NamedTuple):
    """A level of the exercise.

    Args:
        name: what it is called.
        why: what there is to find, and why it matters, in a line.
    """

    name: str
    why: str


SHARES = PageLevel("softmax", "Turn outputs of any size into shares that add up to 1.")
BACKWARD = PageLevel("backward pass", "Pass the error back from the loss, value by value, by the chain rule.")
GRADIENT = PageLevel("gradient", "Find how the loss of a row changes with each parameter: every rule goes by it.")
UPDATE = PageLevel("update", "Find each parameter after the row: one step against the gradient.")
MOMENTUM = PageLevel("momentum", "Keep a moving average of the gradients, and step by it.")
RMSPROP = PageLevel("RMSProp", "Keep a moving average of the squared gradients, and divide the step by its root.")
ADAM = PageLevel("Adam", "Keep both averages: step by the gradients' one, divided by the root of the squares'.")
ADAMW = PageLevel("AdamW", "Adam's step, and beside it a decay of the parameter itself.")

OF_RULES = {
    "momentum": MOMENTUM, "rmsprop": RMSPROP, "adam": ADAM, "adam_ann": ADAM, "adamw": ADAMW,
}  # fmt: skip
"""The rules whose states and step are a level with a name, as a sheet says or is called after its rule."""


def exercises_of_training(training: Training, headings: Sequence[str], texts: Sequence[str]) -> list[dict[str, Any]]:
    """Return the levels of a training sheet for JSON, the sheet's own first.

    Args:
        training: the sheet.
        headings: those of its rows' columns, the points' first.
        texts: its labels; one that says a blank column's equation is blank with it.
    """
    derivative = f"d{training.model.symbol}/d"
    derived = [heading for heading in headings if heading.startswith(derivative)]
    gradient = [heading for heading in derived if heading.removeprefix(derivative) in training.parameters]
    by_parameter = [field for field in training.targets if field not in training.shared]
    step = [state for field in by_parameter for state in training.states_of(field)]
    step += [f"new {parameter}" for parameter in training.parameters]
    own = OF_RULES.get(training.rule_name or training.name, UPDATE)
    columns = {
        SHARES: _softmax(headings),
        BACKWARD: [heading for heading in derived if heading not in gradient],
        **({GRADIENT: gradient, own: step} if own is UPDATE else {own: step, GRADIENT: gradient}),
    }
    places = {heading: place for place, heading in enumerate(headings)}
    return [
        _level(level, _families([name for name in blank if name in places]), places, texts)
        for level, blank in columns.items()
        if any(name in places for name in blank)
    ]


def exercises_of_table(columns: Mapping[str, Sequence[int]]) -> list[dict[str, Any]]:
    """Return the levels of a table for JSON.

    Args:
        columns: the places of its formulas among its cells, by the column that they stand in.
    """
    blanks = [{"name": name, "cells": list(columns[name])} for name in columns if SOFTMAX.fullmatch(name)]
    return [{**SHARES._asdict(), "blanks": blanks}] if blanks else []


def _softmax(headings: Sequence[str]) -> list[str]:
    """Return the columns of a softmax; shares alone, without exponentials, are something else."""
    found = [heading for heading in headings if SOFTMAX.fullmatch(heading)]
    return found if any(heading.startswith("exp_") for heading in found) else []


def _families(headings: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for heading in headings:
        found.setdefault(NUMBERED.sub("", heading), []).append(heading)
    return found


def _level(
    level: PageLevel, families: Mapping[str, Sequence[str]], places: Mapping[str, int], texts: Sequence[str]
) -> dict[str, Any]:
    """Return a level whose blanks are called as their first column, and the last one if there are more."""
    blanks = [
        {
            "name": " … ".join(dict.fromkeys((names[0], names[-1]))),
            "columns": [places[name] for name in names],
            "texts": [i for i, text in enumerate(texts) if text.startswith(tuple(f"{name}=" for name in names))],
        }
        for names in families.values()
    ]
    return {**level._asdict(), "blanks": blanks}
