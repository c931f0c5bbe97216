"""`xlsgd plot`."""

from pathlib import Path

import click

from xlsgd.commands.completion import training_sheets
from xlsgd.commands.divergence_note import tell_of_divergence
from xlsgd.commands.options import PointsOptions, WholeNumber, points_options, set_option


@click.command()
@click.argument("sheets", metavar="SHEET...", nargs=-1, required=True, shell_complete=training_sheets)
@click.option("--epochs", type=WholeNumber(1), show_default="50", help="How many steps to take.")
@click.option("--out", type=click.Path(path_type=Path), default="training.png", show_default=True, help=".png or .svg.")
@points_options
@set_option
def plot(
    sheets: tuple[str, ...], epochs: int | None, out: Path, given: PointsOptions, settings: tuple[str, ...]
) -> None:
    """Draw how training sheets find the line: their paths on the loss surface, and the loss by epoch.

    Of a sheet of network.xlsx that trains nothing (accuracy, moving_average, lr_find) its charts are drawn.

    \b
    Examples:
      xlsgd plot adam
      xlsgd plot one_cycle one_cycle_constant --epochs 19
      xlsgd plot moving_average --set beta=0.98
      xlsgd plot basic momentum rmsprop adam --epochs 100 --set adam.lr=0.1 --out paths.svg
    """
    from xlsgd.commands.network import set_table, set_training
    from xlsgd.commands.settings import set_knobs
    from xlsgd.commands.terminal import progress_bar, say
    from xlsgd.errors import choose
    from xlsgd.pictures.plot import write_plot
    from xlsgd.pictures.sheet_charts import write_charts
    from xlsgd.sheets.lesson import trainings
    from xlsgd.workbooks.network.known import lesson_of, network_tables, network_trainings, sheet_of_table

    known, lessons, tables = trainings(), network_trainings(), network_tables()
    names = dict.fromkeys(choose("training sheet", name, [*known, *lessons, *tables]) for name in sheets)
    apart = {"" if name in known else lesson_of(name) for name in names}
    if len(apart) > 1:
        raise click.UsageError(f"{', '.join(names)}: their models or points differ; draw them one by one")
    if apart <= tables.keys():
        if epochs is not None:
            raise click.UsageError(f"{names.popitem()[0]} has no epochs: leave out --epochs")
        write_charts(out, sheet_of_table(set_table(names.popitem()[0], settings, given)))
        say(f"wrote {out}")
        return
    epochs = 50 if epochs is None else epochs
    if apart == {""}:
        chosen, points = set_knobs({name: known[name] for name in names}, settings), given.read()
    else:
        trained = {name: set_training(name, settings, given) for name in names}
        chosen, points = {name: training for name, (training, _) in trained.items()}, next(iter(trained.values()))[1]
    with progress_bar("Training", (epochs + 1) * points.n * len(chosen)) as progress:
        write_plot(out, list(chosen.values()), epochs, points, progress)
    say(f"wrote {out}")
    if apart == {""}:
        tell_of_divergence(chosen.values(), points, epochs + 1, given)
