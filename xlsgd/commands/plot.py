"""`xlsgd plot`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from xlsgd.commands.completion import training_sheets
from xlsgd.commands.divergence_note import tell_of_divergence
from xlsgd.commands.options import PointsOptions, WholeNumber, corrected_option, points_options, set_option
from xlsgd.commands.terminal import quiet_option

LINE = ""
"""What the sheets of the lesson's line are sheets of; the others are of a lesson of network.xlsx."""


@click.command()
@click.argument("sheets", metavar="SHEET...", nargs=-1, required=True, shell_complete=training_sheets)
@click.option("--epochs", type=WholeNumber(1), show_default="50", help="How many steps to take.")
@click.option("--out", type=click.Path(path_type=Path), default="training.png", show_default=True, help=".png or .svg.")
@points_options
@set_option
@corrected_option
@quiet_option
def plot(
    sheets: tuple[str, ...],
    epochs: int | None,
    out: Path,
    given: PointsOptions,
    settings: tuple[str, ...],
    corrected: bool,
) -> None:
    """Draw how training sheets find the line: their paths on the loss surface, and the loss by epoch.

    Of a sheet of network.xlsx that trains nothing (accuracy, moving_average, lr_find) its charts are drawn.

    \b
    Examples:
      xlsgd plot adam
      xlsgd plot basic momentum rmsprop adam adam_ann --corrected
      xlsgd plot one_cycle one_cycle_constant --epochs 19
      xlsgd plot moving_average --set beta=0.98
      xlsgd plot basic momentum rmsprop adam --epochs 100 --set adam.lr=0.1 --out paths.svg
    """
    from xlsgd.commands.progress import progress_bar
    from xlsgd.commands.terminal import say
    from xlsgd.pictures.plot import write_plot

    names, kind = _chosen(sheets, corrected)
    if kind in _tables():
        _plot_table(names[0], epochs, out, given, settings)
        return
    epochs = 50 if epochs is None else epochs
    chosen, points = _trained(names, kind, given, settings, corrected)
    with progress_bar("Training", (epochs + 1) * points.n * len(chosen)) as progress:
        gone = write_plot(out, list(chosen.values()), epochs, points, progress, begun=progress.at)
    say(f"wrote {out}")
    if gone:
        which = ", ".join(f"{name} (epoch {epoch})" for name, epoch in gone.items())
        leave = "leaves" if len(gone) == 1 else "leave"
        say(f"{len(gone)} of {len(chosen)} sheets {leave} the frame: {which}")
    if kind == LINE:
        tell_of_divergence(chosen.values(), points, epochs + 1, given)


def _line(corrected: bool) -> Mapping[str, Any]:
    """Return the training sheets of the lesson's line."""
    if corrected:
        from xlsgd.commands.corrected import corrected_trainings

        return corrected_trainings()
    from xlsgd.sheets.lesson import trainings

    return trainings()


def _tables() -> Mapping[str, Any]:
    from xlsgd.workbooks.network.known import network_tables

    return network_tables()


def _chosen(sheets: tuple[str, ...], corrected: bool) -> tuple[list[str], str]:
    """Return the sheets' names, each once, and what they are sheets of: the line, or a lesson of the network's.

    Raises:
        InputError: there is none of a name.
        UsageError: they do not share a model and its points.
    """
    from xlsgd.errors import choose
    from xlsgd.workbooks.network.known import lesson_of, network_trainings

    known = _line(corrected)
    others = () if corrected else (*network_trainings(), *_tables())
    kind = "corrected training sheet" if corrected else "training sheet"
    names = list(dict.fromkeys(choose(kind, name, [*known, *others]) for name in sheets))
    apart = {LINE if name in known else lesson_of(name) for name in names}
    if len(apart) > 1:
        raise click.UsageError(f"{', '.join(names)}: their models or points differ; draw them one by one")
    return names, apart.pop()


def _trained(
    names: list[str], kind: str, given: PointsOptions, settings: tuple[str, ...], corrected: bool
) -> tuple[Mapping[str, Any], Any]:
    """Return the trainings with the knobs that a user set, and their points."""
    from xlsgd.commands.network import set_training
    from xlsgd.commands.settings import set_knobs

    if kind == LINE:
        known = _line(corrected)
        return set_knobs({name: known[name] for name in names}, settings), given.read()
    trained = {name: set_training(name, settings, given) for name in names}
    points = next(iter(trained.values()))[1]
    return {name: training for name, (training, _) in trained.items()}, points


def _plot_table(name: str, epochs: int | None, out: Path, given: PointsOptions, settings: tuple[str, ...]) -> None:
    """Draw the charts of a sheet that trains nothing."""
    from xlsgd.commands.network import set_table
    from xlsgd.commands.terminal import say
    from xlsgd.pictures.sheet_charts import write_charts
    from xlsgd.workbooks.network.known import sheet_of_table

    if epochs is not None:
        raise click.UsageError(f"{name} has no epochs: leave out --epochs")
    write_charts(out, sheet_of_table(set_table(name, settings, given)))
    say(f"wrote {out}")
