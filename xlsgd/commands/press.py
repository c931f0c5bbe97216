"""`xlsgd press`."""

import click

from xlsgd.commands.completion import training_sheets
from xlsgd.commands.options import PointsOptions, format_option, points_options, set_option


@click.command()
@click.argument("sheet", shell_complete=training_sheets)
@click.argument("actions", metavar="ACTION...", nargs=-1, required=True)
@points_options
@set_option
@format_option
def press(sheet: str, actions: tuple[str, ...], given: PointsOptions, settings: tuple[str, ...], form: str) -> None:
    """Press a training sheet's buttons and print its state after each.

    ACTION is reset, step (one epoch), run (five steps), or NAME=VALUE, which types a value into a cell: lr, beta,
    slope, const and the like. The sheet starts just after a reset. A sheet of network.xlsx that trains nothing, such as
    accuracy, has no step and no run. With --set a knob stands so from the beginning, and after each reset. Of a list,
    such as rmses, the table shows the last five values, csv and json all.

    \b
    Examples:
      xlsgd press basic reset step step
      xlsgd press adam reset run lr=0.1 run --format json
      xlsgd press adamw run run --set lr=0.1
      xlsgd press relu_network run freeze=1 run
      xlsgd press accuracy times=1.1 times=2
    """
    from xlsgd.commands.network import known_sheet
    from xlsgd.commands.terminal import show_records
    from xlsgd.run.live_table import LiveTable, press_table
    from xlsgd.run.press import LiveSheet
    from xlsgd.run.press import press as press_action

    known, points = known_sheet(sheet, given, settings)
    if points is None:
        table = LiveTable(known)
        show_records([press_table(table, action) for action in actions], form)
    else:
        live = LiveSheet(known, points)
        show_records([press_action(live, action) for action in actions], form)
