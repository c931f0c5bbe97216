"""`xlsgd plot`."""

from pathlib import Path

import click

from xlsgd.commands.divergence_note import tell_of_divergence
from xlsgd.commands.options import PointsOptions, WholeNumber, points_options, set_option


@click.command()
@click.argument("sheets", metavar="SHEET...", nargs=-1, required=True)
@click.option("--epochs", type=WholeNumber(1), default=50, show_default=True, help="How many steps to take.")
@click.option("--out", type=click.Path(path_type=Path), default="training.png", show_default=True, help=".png or .svg.")
@points_options
@set_option
def plot(sheets: tuple[str, ...], epochs: int, out: Path, given: PointsOptions, settings: tuple[str, ...]) -> None:
    """Draw how training sheets find the line: their paths on the loss surface, and the loss by epoch.

    \b
    Examples:
      xlsgd plot adam
      xlsgd plot one_cycle one_cycle_constant --epochs 19
      xlsgd plot basic momentum rmsprop adam --epochs 100 --set adam.lr=0.1 --out paths.svg
    """
    from xlsgd.commands.network import set_training
    from xlsgd.commands.settings import set_knobs
    from xlsgd.commands.terminal import progress_bar, say
    from xlsgd.errors import choose
    from xlsgd.pictures.plot import write_plot
    from xlsgd.sheets.lesson import trainings
    from xlsgd.workbooks.network.known import lesson_of, network_trainings

    known, lessons = trainings(), network_trainings()
    names = dict.fromkeys(choose("training sheet", name, [*known, *lessons]) for name in sheets)
    apart = {lesson_of(name) if name in lessons else "" for name in names}
    if len(apart) > 1:
        raise click.UsageError(f"{', '.join(names)}: their models or points differ; draw them one by one")
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
