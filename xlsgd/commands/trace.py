"""`xlsgd trace`."""

from pathlib import Path

import click

from xlsgd.commands.options import WholeNumber, data_option, format_option, read_points, set_option


@click.command()
@click.argument("sheet")
@click.option("--epochs", type=WholeNumber(1), default=1, show_default=True, help="How many, from the reset on.")
@data_option
@set_option
@format_option
def trace(sheet: str, epochs: int, data: Path | None, settings: tuple[str, ...], form: str) -> None:
    """Print every row of a sheet, columns named as in the sheet.

    SHEET is basic, momentum, rmsprop, adam, adam_ann, softmax, entropy, log_entropy, or a textbook optimizer: sgd,
    momentum_textbook, rmsprop_textbook, adam_textbook, adamw. Epoch 0 is the sheet as it stands just after a reset.

    \b
    Examples:
      xlsgd trace basic
      xlsgd trace adam --epochs 10 --set lr=0.1 --format csv > adam.csv
    """
    from xlsgd.commands.terminal import show_frame
    from xlsgd.run.trace import trace_sheet

    show_frame(trace_sheet(sheet, epochs, read_points(data), settings), form)
