"""What stands in one row of a training sheet, left to right, and below the rows, by name.

A row takes one point's inputs and targets, the state of each parameter, and the knobs, and gives the row's values and
the next states. It is plain arithmetic; the order of the operations is that of the sheet's formulas.

Source: fast.ai's 2019 course, lesson 5, `graddesc.xlsm`.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from xlsgd.functions import Value, count, sqrt, sum_of_squares, total
from xlsgd.losses import H, error_gradient, forward_difference, squared_error
from xlsgd.rules import Rule


class Row(NamedTuple):
    """One row of a training sheet.

    Args:
        values: its values by name, in the sheet's order.
        states: each parameter's state after it.
        more: what else it hands on to the next row, by name.
    """

    values: dict[str, Value]
    states: dict[str, Any]
    more: Mapping[str, Value] = {}


Point = Mapping[str, Value]
"""One point's inputs and targets, by name."""

States = Mapping[str, Any]
"""Each parameter's state, by the parameter's name, and what else is handed on from row to row."""

Columns = Mapping[str, Value]


def basic_row(rule: Rule, at: Point, states: States, knobs: Any) -> Row:
    """Return a row of `basic`: the loss, its gradient by forward differences and by formula, the next weights."""
    x, y, b, a = at["x"], at["y"], states["b"], states["a"]
    pred = b.w + a.w * x
    err2 = squared_error(pred, y)
    errb1 = (b.w + H + x * a.w - y) ** 2
    erra1 = ((a.w + H) * x + b.w - y) ** 2
    de_db = error_gradient(pred, y)
    de_da = de_db * x
    new_b = rule.update(b, de_db, knobs)
    new_a = rule.update(a, de_da, knobs)
    values = {
        "intercept": b.w,
        "slope": a.w,
        "y_pred": pred,
        "err^2": err2,
        "errb1": errb1,
        "est de/db": forward_difference(errb1, err2),
        "erra1": erra1,
        "est de/da": forward_difference(erra1, err2),
        "de/db": de_db,
        "de/da": de_da,
        "new a": new_a.w,
        "new b": new_b.w,
    }
    return Row(values, {"b": new_b, "a": new_a})


def optimizer_row(rule: Rule, at: Point, states: States, knobs: Any) -> Row:
    """Return a row of any optimizer's sheet: prediction, gradient, the next weights, the next state."""
    x, y, b, a = at["x"], at["y"], states["b"], states["a"]
    de_db = 2 * (a.w * x + b.w - y)
    de_da = de_db * x
    new_b = rule.update(b, de_db, knobs)
    new_a = rule.update(a, de_da, knobs)
    values = {
        "b": b.w,
        "a": a.w,
        "pred": b.w + a.w * x,
        "de/db": de_db,
        "de/da": de_da,
        "new b": new_b.w,
        "new a": new_a.w,
    }
    for field in new_b._fields[1:]:
        values[f"{field} b"] = getattr(new_b, field)
        values[f"{field} a"] = getattr(new_a, field)
    return Row(values, {"b": new_b, "a": new_a})


def optimizer_row_with_loss(rule: Rule, at: Point, states: States, knobs: Any) -> Row:
    """Return a row of `momentum`: an optimizer's row and the squared error."""
    row = optimizer_row(rule, at, states, knobs)
    row.values["err^2"] = squared_error(row.values["pred"], at["y"])
    return row


def root_of_squared_errors(columns: Columns) -> dict[str, Value]:
    """Return what the course calls rmse: the root of the sum, not of the mean."""
    return {"rmse": sqrt(total(columns["err^2"]))}


def basic_footer(columns: Columns) -> dict[str, Value]:
    """Return the footer of `basic`: the rmse and the sizes of both gradients."""
    return root_of_squared_errors(columns) | {
        "gradient size b": sqrt(sum_of_squares(columns["de/db"])),
        "gradient size a": sqrt(sum_of_squares(columns["de/da"])),
    }


def annealing_footer(columns: Columns) -> dict[str, Value]:
    """Return the footer of `adam_ann`: the sizes of both gradients over the count."""
    return {
        "gradient size b": sqrt(sum_of_squares(columns["de/db"])) / count(columns["de/db"]),
        "gradient size a": sqrt(sum_of_squares(columns["de/da"])) / count(columns["de/da"]),
    }


def annealing_sizes(seeds: Mapping[str, Value], start: Mapping[str, Value]) -> dict[str, Value]:
    """Return what `adam_ann` anneals by: the size of the gradients, and its ratio to the best so far."""
    avg_grad2 = sqrt(seeds["v b"]) + sqrt(seeds["v a"])
    return {
        "avg_grad2": avg_grad2,
        "1/m a": 1 / start["m a"],
        "1/v b": 1 / start["v b"],
        "gradrat": avg_grad2 / seeds["prev_grad2"],
    }


def nothing(*_: Mapping[str, Value]) -> dict[str, Value]:
    """Return no values, for a sheet that has none in such a place."""
    return {}
