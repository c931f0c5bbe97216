"""A trained network's workbook: a digit that a cell chooses, forward, back and a step on; all digits; all weights."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from xlsgd.errors import InputError
from xlsgd.excel.writer import write_workbook
from xlsgd.sheets.description import Sheet
from xlsgd.sheets.opened_digit import digit_sheet
from xlsgd.sheets.opened_equations import probability, step_formula
from xlsgd.sheets.opened_guide import opened_guide
from xlsgd.sheets.opened_layers import LayerValues, layer_sheets
from xlsgd.sheets.opened_plan import DIGIT_VALUES, GRADIENT, STEP, WEIGHTS
from xlsgd.sheets.opened_tables import digits_sheet, outputs_sheet, pixels_sheet, units_sheet
from xlsgd.symbols.expression import defined_name, replaced
from xlsgd.symbols.operations import evaluate_all
from xlsgd.symbols.references import MAX_COLUMN
from xlsgd.symbols.to_excel import spell
from xlsgd.workbooks.finished import finishing
from xlsgd.workbooks.opened_numbers import (
    Back,
    Doubles,
    Forward,
    OpenedRun,
    first_shown,
    run_back,
    run_forward,
    stepped,
    widest_spread,
)

MOST_WEIGHTS = 500_000
"""How many weights a workbook shows at most: each stands there four times, and as a cell of a picture."""

MOST_DIGITS = MAX_COLUMN - DIGIT_VALUES + 1
"""How many digits have room, a column each."""

WIDEST_SPREAD = 600.0
"""How far the logits of a digit may lie apart: beyond, a probability times a pixel may be too small for a cell."""


def build_opened(path: Path, run: OpenedRun, progress: Callable[[int], None] = lambda rows: None) -> Path:
    """Write the workbook of a trained network and return its path.

    Args:
        path: the file.
        run: the network, and the digits.
        progress: is told of every some rows written.

    Raises:
        InputError: there are too many weights or digits, logits lie too far apart for a spreadsheet's exponential, or
            the file cannot be written.
    """
    weights = sum(weight.size for weight, _ in run.layers)
    if weights > MOST_WEIGHTS:
        raise InputError(f"{weights:,} weights: a workbook shows at most {MOST_WEIGHTS:,}; train with fewer `hidden`")
    if len(run.labels) > MOST_DIGITS:
        raise InputError(f"`digits` {len(run.labels):,}: a sheet has room for {MOST_DIGITS:,}; give that many at most")
    spread = widest_spread(run)
    if not spread <= WIDEST_SPREAD:
        too_much = f"logits that lie {spread:.4g} apart: e to that power is too much for a cell"
        raise InputError(f"{too_much}; train again with a lower `lr`")
    forward = run_forward(run.layers, run.images, run.labels)
    write_workbook(path, _sheets(run, forward, first_shown(run, forward)), "A trained digit, opened", progress)
    return path


@finishing
def _sheets(run: OpenedRun, forward: Forward, digit: int) -> Iterator[Sheet]:
    plan, back = run.plan(), run_back(run.layers, forward, digit, int(run.labels[digit]))
    made = step_formula(run.rule)
    named = {cell: defined_name(name) for name, cell in made.cells.items()}
    names = [spell(replaced(part, named)).lower() for part in made.constants]
    yield opened_guide(plan)
    yield digit_sheet(plan, run.rule, names, _of_digit(run, forward, back, digit))
    yield units_sheet(plan, run.layers[0][0].tolist())
    yield digits_sheet(plan, _rows_of_digits(run, forward), _of_all(run, forward))
    if plan.hidden:
        yield outputs_sheet(plan, _numbered(forward.incoming[1].T))
    yield pixels_sheet(plan, run.labels.tolist(), _numbered(run.images.T))
    for layer in plan.layers:
        yield from layer_sheets(plan, layer, run.rule, _of_layer(run, forward, back, digit, layer - 1))


def _of_layer(run: OpenedRun, forward: Forward, back: Back, digit: int, i: int) -> dict[str, LayerValues]:
    """Return the values of a layer's sheets, the layer counted from 0."""
    (weight, bias), (weight_after, bias_after) = run.layers[i], stepped(run, back)[i]
    is_last, incoming = i == len(run.layers) - 1, forward.incoming[i][digit][:, None]
    goes_back = [back.errors[i - 1][:, None]] if i else []
    extra = back.errors[i] if is_last else forward.incoming[i + 1][digit]
    beside = np.hstack([incoming, weight.T, *goes_back])
    return {
        WEIGHTS: LayerValues(_numbered(beside), bias.tolist(), extra.tolist()),
        GRADIENT: LayerValues(_numbered(np.hstack([incoming, back.slopes[i].T])), back.errors[i].tolist()),
        STEP: LayerValues(_numbered(weight_after.T), bias_after.tolist()),
    }


def _numbered(rows: Doubles) -> Iterator[tuple[float, ...]]:
    """Yield rows behind their number."""
    for i, row in enumerate(rows.tolist(), start=1):
        yield (i, *row)


def _rows_of_digits(run: OpenedRun, forward: Forward) -> Iterator[tuple[float, ...]]:
    taken = forward.taken_for
    shares = probability(forward.odds.max(1), forward.odds.sum(1))
    right = (taken == run.labels).astype(np.int64)
    columns = (run.labels, taken, shares, forward.of_label, forward.of_others, forward.loss, right, forward.most)
    facts = zip(*(column.tolist() for column in columns), strict=True)
    for i, (fact, own) in enumerate(zip(facts, forward.odds.tolist(), strict=True), start=1):
        yield (i, *fact, *own)


def _of_all(run: OpenedRun, forward: Forward) -> dict[str, float]:
    right = forward.taken_for == run.labels
    return {"accuracy": int(right.sum()) / len(right), "loss": sum(forward.loss.tolist()) / len(right)}


def _of_digit(run: OpenedRun, forward: Forward, back: Back, digit: int) -> dict[Any, Any]:
    """Return the values of the chosen digit's page."""
    label, taken = int(run.labels[digit]), int(forward.taken_for[digit])
    own = forward.odds[digit]
    values: dict[Any, Any] = {
        "digit": digit + 1,
        "label": label,
        "taken for": taken,
        "right": int(taken == label),
        "p of the label": float(forward.of_label[digit]),
        "p of the others": float(forward.of_others[digit]),
        "loss": float(forward.loss[digit]),
        "greatest": float(forward.most[digit]),
        "exp": float(own.sum()),
    }
    classes = range(len(own))
    by_class = {
        "class": classes,
        "logit": forward.sums[-1][digit].tolist(),
        "exp": own.tolist(),
        "p": probability(own, own.sum()).tolist(),
        "target": [int(c == label) for c in classes],
        "error": back.errors[-1].tolist(),
    }
    values |= {(name, c): column[c] for name, column in by_class.items() for c in classes}
    values |= {("pixel", i): x for i, x in enumerate(run.images[digit].tolist())}
    if len(run.layers) > 1:
        units = range(len(run.layers[0][1]))
        values |= {("unit", i): i + 1 for i in units}
        values |= {("sum", i): float(forward.sums[0][digit, i]) for i in units}
        values |= {("output", i): float(forward.incoming[1][digit, i]) for i in units}
        values |= {("error", "unit", i): float(back.errors[0][i]) for i in units}
    return values | _of_rule(run)


def _of_rule(run: OpenedRun) -> dict[Any, float]:
    made, values = step_formula(run.rule), {}
    for layer in range(1, len(run.layers) + 1):
        cells = run.rule.cells(layer)
        known = {cell: cells[name] for name, cell in made.cells.items()}
        for i, value in enumerate((*cells.values(), *evaluate_all(made.constants, known))):
            values["knob", i, layer] = value
    return values
