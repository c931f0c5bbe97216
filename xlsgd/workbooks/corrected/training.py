"""The corrected training sheets: which values stand in a row, and what stands below the rows.

They start cold, an epoch goes on from the updated weights, every row shows its loss, and the footer holds true root
mean squares. Everything runs on floats and on cells, as in `xlsgd.sheets.lesson`.
"""

from collections.abc import Mapping
from typing import Any

from xlsgd.functions import Value, count, maximum, mean, rounded, sqrt, sum_of_squares
from xlsgd.gradients import central_difference, error_gradient, forward_difference, squared_error
from xlsgd.rules import RULES, CountedMoments, MeanSquareKnobs, MomentumKnobs, Rule, Weight, sgd
from xlsgd.sheets.lesson import textbook
from xlsgd.sheets.row import Columns, Point, Row, States
from xlsgd.sheets.training import Training
from xlsgd.workbooks.corrected.rules import (
    AnnealedAdamKnobs,
    DifferenceKnobs,
    SwitchedAdamKnobs,
    cosine_annealed,
    switched_adam,
)

TINY = 1e-12
"""What an error is divided by where the gradient is less than this: a gradient of 0 has no relative error."""

PLACES = 9
"""Decimal places of a relative error: beyond them a central difference shows rounding, no two engines the same."""


def row_with_loss(rule: Rule, at: Point, states: States, knobs: Any) -> Row:
    """Return a row: prediction, loss, gradient, the next weights, the next state (its count of steps once)."""
    x, y, b, a = at["x"], at["y"], states["b"], states["a"]
    pred = b.w + a.w * x
    de_db = error_gradient(pred, y)
    de_da = de_db * x
    new_b = rule.update(b, de_db, knobs)
    new_a = rule.update(a, de_da, knobs)
    values = {
        "b": b.w,
        "a": a.w,
        "pred": pred,
        "err^2": squared_error(pred, y),
        "de/db": de_db,
        "de/da": de_da,
        "new b": new_b.w,
        "new a": new_a.w,
    }
    for field in new_b._fields[1:]:
        if field == "t":
            values["t"] = new_b.t
        else:
            values |= {f"{field} b": getattr(new_b, field), f"{field} a": getattr(new_a, field)}
    return Row(values, {"b": new_b, "a": new_a})


def row_with_differences(rule: Rule, at: Point, states: States, knobs: Any) -> Row:
    """Return a row of `basic`: behind the step, the gradient by finite differences and how far each is off."""
    row = row_with_loss(rule, at, states, knobs)
    x, y, b, a, h = at["x"], at["y"], states["b"], states["a"], knobs.h
    ahead_b = squared_error(b.w + h + a.w * x, y)
    behind_b = squared_error(b.w - h + a.w * x, y)
    ahead_a = squared_error(b.w + (a.w + h) * x, y)
    behind_a = squared_error(b.w + (a.w - h) * x, y)
    row.values.update(_differences("b", row.values, ahead_b, behind_b, h))
    row.values.update(_differences("a", row.values, ahead_a, behind_a, h))
    return row


def _differences(weight: str, values: Mapping[str, Value], ahead: Value, behind: Value, h: Value) -> dict[str, Value]:
    gradient = values[f"de/d{weight}"]
    forward = forward_difference(ahead, values["err^2"], h)
    central = central_difference(ahead, behind, h)
    return {
        f"err^2 at {weight}+h": ahead,
        f"err^2 at {weight}-h": behind,
        f"forward de/d{weight}": forward,
        f"central de/d{weight}": central,
        f"forward off {weight}": relative_error(forward, gradient),
        f"central off {weight}": relative_error(central, gradient),
    }


def relative_error(estimate: Value, exact: Value) -> Value:
    """Return how far an estimate is off, relative to the exact value or to `TINY` if that is greater, rounded."""
    return rounded(abs(estimate - exact) / maximum(abs(exact), TINY), PLACES)


def annealed_row(rule: Rule, at: Point, states: States, knobs: Any) -> Row:
    """Return a row of `adam_ann`: a step at this row's rate, which the schedule gives, and the rate."""
    lr = cosine_annealed(knobs.lr, states["b"].t, knobs.T)
    row = row_with_loss(rule, at, states, knobs._replace(lr=lr))
    row.values["lr"] = lr
    return row


def root_mean_squares(columns: Columns) -> dict[str, Value]:
    """Return the root mean squares of the error and of both gradients."""
    return {
        "rmse": sqrt(mean(columns["err^2"])),
        "rms de/db": sqrt(sum_of_squares(columns["de/db"]) / count(columns["de/db"])),
        "rms de/da": sqrt(sum_of_squares(columns["de/da"]) / count(columns["de/da"])),
    }


def _sheet(name: str, rule: Rule, knobs: Any, row: Any = row_with_loss) -> Training:
    columns = ("err^2", "de/db", "de/da")
    shared = tuple(field for field in rule.state(0.0)._fields if field == "t")
    sheet = textbook(name, rule)._replace(knobs=knobs, row=row, footer=root_mean_squares, footer_columns=columns)
    return sheet._replace(shared=shared)


CORRECTED: dict[str, Training] = {
    sheet.name: sheet
    for sheet in (
        _sheet("basic", Rule(sgd, Weight, DifferenceKnobs), DifferenceKnobs(lr=1e-4, h=0.01), row_with_differences),
        _sheet("momentum", RULES["momentum"], MomentumKnobs(lr=1e-5, beta=0.9)),
        _sheet("rmsprop", RULES["rmsprop"], MeanSquareKnobs(lr=0.1, beta=0.99, eps=1e-8)),
        _sheet("adam", Rule(switched_adam, CountedMoments, SwitchedAdamKnobs), SwitchedAdamKnobs(lr=0.2)),
        _sheet(
            "adam_ann",
            Rule(switched_adam, CountedMoments, AnnealedAdamKnobs),
            AnnealedAdamKnobs(lr=0.7, T=580.0),
            annealed_row,
        ),
    )
}
"""The corrected training sheets by name. At their rates the loss falls on the lesson's points, epoch after epoch."""
