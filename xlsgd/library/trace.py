"""`xlsgd.trace` and `xlsgd.press`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xlsgd.errors import whole_number
from xlsgd.library.known import table_given, training_and_points
from xlsgd.models import Model
from xlsgd.rules import Rule
from xlsgd.run.live_table import LiveTable, press_table
from xlsgd.run.press import LiveSheet
from xlsgd.run.press import press as press_action
from xlsgd.run.trace import trace_table, trace_training
from xlsgd.schedules import Schedule
from xlsgd.sheets.table_books import tables

if TYPE_CHECKING:
    import pandas as pd


def trace(
    what: Model | str,
    points: Any = None,
    epochs: int = 1,
    *,
    rule: str | Rule | None = None,
    schedule: str | Schedule | None = None,
    batch: int | None = None,
    differences: Sequence[str] = (),
    **knobs: float,
) -> "pd.DataFrame":
    """Return every row of a sheet, epoch by epoch from just after a reset.

    Args:
        what: a model; a training sheet: basic, momentum, rmsprop, adam, adam_ann, or a textbook optimizer (sgd,
            momentum_textbook, rmsprop_textbook, adam_textbook, adamw); softmax, entropy or log_entropy; or a sheet of
            the workbook `network`, such as relu_network.
        points: as of `xlsgd.build`.
        epochs: how many; the first is the sheet as it stands after the reset.
        rule: of a model its rule, by name one of `RULES`; `sgd` if None.
        schedule: as of `xlsgd.build`.
        batch: as of `xlsgd.build`.
        differences: as of `xlsgd.build`.
        knobs: values of knobs, such as `lr=0.01`.

    Returns:
        A frame with a row for each point and epoch, indexed by `epoch` (from 0) and `row` (the sheet's), columns named
        as in the sheet: float64, but for columns in which a spreadsheet shows an error, which hold its text.

    Raises:
        InputError: there is no such sheet, rule or knob, the points do not fit, or there would be too many rows.
    """
    epochs = whole_number("epochs", epochs)
    if isinstance(what, str) and what in tables():
        return trace_table(tables()[what], further=epochs > 1 or points is not None or bool(rule or knobs))
    options = {"schedule": schedule, "batch": batch, "differences": differences}
    table = table_given(what, points, knobs, rule=rule, **options)
    if table is not None:
        return trace_table(table, further=epochs > 1)
    training, given = training_and_points(what, points, rule, knobs, **options)
    return trace_training(training, epochs, given)


def press(
    what: Model | str,
    actions: str | Sequence[str],
    points: Any = None,
    *,
    rule: str | Rule | None = None,
    schedule: str | Schedule | None = None,
    batch: int | None = None,
    **knobs: float,
) -> list[dict[str, Any]]:
    """Press a training sheet's buttons, and return its state after each.

    Args:
        what: a model, or a training sheet as of `xlsgd.trace`.
        actions: one or several of `reset`, `step` (one epoch), `run` (five) and `NAME=VALUE`, which types a value into
            a cell: a knob, or what a parameter starts from. In a text they are parted by blanks.
        points: as of `xlsgd.build`.
        rule: as of `xlsgd.trace`.
        schedule: as of `xlsgd.build`.
        batch: as of `xlsgd.build`.
        knobs: values of knobs, such as `lr=0.01`.

    Returns:
        For each action a mapping: the `action`, the `epoch`, each parameter, `lr`, the `loss` of the epoch that starts
        there, and the rule's state. Of a sheet that trains nothing, such as accuracy: the `action`, the knobs, and what
        they come to.

    Raises:
        InputError: there is no such sheet, rule, knob, button or cell, or the points do not fit.
    """
    pressed = (actions.split() or [actions]) if isinstance(actions, str) else actions
    table = table_given(what, points, knobs, rule=rule, schedule=schedule, batch=batch)
    if table is not None:
        live_table = LiveTable(table)
        return [press_table(live_table, action) for action in pressed]
    live = LiveSheet(*training_and_points(what, points, rule, knobs, schedule=schedule, batch=batch))
    return [press_action(live, action) for action in pressed]
