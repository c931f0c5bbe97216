"""`xlsgd press`."""

import click

from xlsgd.commands.options import PointsOptions, format_option, points_options


@click.command()
@click.argument("sheet")
@click.argument("actions", metavar="ACTION...", nargs=-1, required=True)
@points_options
@format_option
def press(sheet: str, actions: tuple[str, ...], given: PointsOptions, form: str) -> None:
    """Press a training sheet's buttons and print its state after each.

    ACTION is reset, step (one epoch), run (five steps), or NAME=VALUE, which types a value into a cell: lr, beta,
    slope, const and the like. The sheet starts just after a reset.

    \b
    Examples:
      xlsgd press basic reset step step
      xlsgd press adam reset run lr=0.1 run --format json
      xlsgd press relu_network run freeze=1 run
    """
    from xlsgd.commands.network import known_training
    from xlsgd.commands.terminal import show_records
    from xlsgd.run.press import LiveSheet
    from xlsgd.run.press import press as press_action

    live = LiveSheet(*known_training(sheet, given))
    show_records([press_action(live, action) for action in actions], form)
