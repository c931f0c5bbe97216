"""`xlsgd trace`."""

from typing import Any

import click

from xlsgd.commands.completion import all_sheets
from xlsgd.commands.divergence_note import tell_of_divergence
from xlsgd.commands.options import (
    PointsOptions,
    WholeNumber,
    corrected_option,
    format_option,
    points_options,
    set_option,
)


@click.command()
@click.argument("sheet", shell_complete=all_sheets)
@click.option("--epochs", type=WholeNumber(1), default=1, show_default=True, help="How many, from the reset on.")
@points_options
@set_option
@corrected_option
@format_option
def trace(sheet: str, epochs: int, given: PointsOptions, settings: tuple[str, ...], corrected: bool, form: str) -> None:
    """Print every row of a sheet, columns named as in the sheet.

    SHEET is basic, momentum, rmsprop, adam, adam_ann, softmax, entropy, log_entropy, or a textbook optimizer: sgd,
    momentum_textbook, rmsprop_textbook, adam_textbook, adamw; or a sheet of network.xlsx, such as relu_network, whose
    --data has the columns that stand first in its rows. Epoch 0 is the sheet as it stands just after a reset.

    \b
    Examples:
      xlsgd trace basic
      xlsgd trace adam --epochs 10 --set lr=0.1 --format csv > adam.csv
      xlsgd trace logistic --set lesson4=1
      xlsgd trace moving_average --set beta=0.98
      xlsgd trace adam --corrected
    """
    from xlsgd.commands.terminal import show_frame

    show_frame(_traced(sheet, epochs, given, settings, corrected), form)


def _traced(sheet: str, epochs: int, given: PointsOptions, settings: tuple[str, ...], corrected: bool) -> Any:
    from xlsgd.commands.network import set_table, set_training
    from xlsgd.errors import choose
    from xlsgd.run.trace import trace_table, trace_training
    from xlsgd.workbooks.network.known import network_tables, network_trainings

    known, filled = _known(corrected)
    lessons, their_tables = ({}, {}) if corrected else (network_trainings(), network_tables())
    choose("corrected sheet" if corrected else "sheet", sheet, [*known, *filled, *lessons, *their_tables])
    if sheet in lessons:
        training, points = set_training(sheet, settings, given)
        return trace_training(training, epochs, points)
    if sheet in their_tables:
        return trace_table(set_table(sheet, settings, given), further=epochs > 1)
    if sheet in known:
        return _traced_line(known[sheet], epochs, given, settings)
    return trace_table(filled[sheet], further=epochs > 1 or bool(any(given) or settings))


def _known(corrected: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the training sheets of the lesson's line and the filled tables, by name."""
    if corrected:
        from xlsgd.commands.corrected import corrected_tables, corrected_trainings

        return corrected_trainings(), corrected_tables()
    from xlsgd.sheets.lesson import trainings
    from xlsgd.sheets.table_books import tables

    return trainings(), tables()


def _traced_line(training: Any, epochs: int, given: PointsOptions, settings: tuple[str, ...]) -> Any:
    from xlsgd.commands.progress import progress_bar
    from xlsgd.commands.settings import set_knobs
    from xlsgd.run.trace import trace_training

    (changed,), points = set_knobs({training.name: training}, settings).values(), given.read()
    with progress_bar(f"Tracing {training.name}", epochs * points.n) as progress:
        frame = trace_training(changed, epochs, points, progress)
    tell_of_divergence([changed], points, epochs, given)
    return frame
