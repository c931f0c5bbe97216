"""`xlsgd.trace` and `xlsgd.press`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xlsgd.library.known import training_and_points
from xlsgd.models import Model
from xlsgd.points.given import as_points
from xlsgd.rules import Rule
from xlsgd.run.press import LiveSheet
from xlsgd.run.press import press as press_action
from xlsgd.run.trace import trace_table, trace_training
from xlsgd.schedules import Schedule
from xlsgd.sheets.table import Table
from xlsgd.sheets.table_books import tables
from xlsgd.workbooks.network.known import network_tables, points_of, table_of

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
    if isinstance(what, str) and what in tables():
        return trace_table(tables()[what], further=epochs > 1 or points is not None or bool(rule or knobs))
    if isinstance(what, str) and what in network_tables():
        return trace_table(_table(what, points), further=epochs > 1 or bool(rule or knobs))
    options = {"schedule": schedule, "batch": batch, "differences": differences}
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
            a cell: a knob, or what a parameter starts from.
        points: as of `xlsgd.build`.
        rule: as of `xlsgd.trace`.
        schedule: as of `xlsgd.build`.
        batch: as of `xlsgd.build`.
        knobs: values of knobs, such as `lr=0.01`.

    Returns:
        For each action a mapping: the `action`, the `epoch`, each parameter, `lr`, the `loss` of the epoch that starts
        there, and the rule's state.

    Raises:
        InputError: there is no such sheet, rule, knob, button or cell, or the points do not fit.
    """
    live = LiveSheet(*training_and_points(what, points, rule, knobs, schedule=schedule, batch=batch))
    return [press_action(live, action) for action in ([actions] if isinstance(actions, str) else actions)]


def _table(name: str, points: Any) -> Table:
    """Return a table of the workbook `network`, of other points if there are any."""
    columns = network_tables()[name].columns
    return table_of(name, None if points is None else points_of(name, as_points(points, columns, ())))
