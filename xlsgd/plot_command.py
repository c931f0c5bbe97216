"""The command `xlsgd plot`."""

from pathlib import Path

import click


@click.command()
@click.argument("sheets", metavar="SHEET...", nargs=-1, required=True)
@click.option("--epochs", type=click.IntRange(min=1), default=50, show_default=True, help="How many steps to take.")
@click.option("--out", type=click.Path(path_type=Path), default="training.png", show_default=True, help=".png or .svg.")
@click.option("--data", type=click.Path(path_type=Path), help="Your own points: a .csv or .xlsx with columns x and y.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Change a knob: lr=0.01, adam.lr=0.5.")
def plot(sheets: tuple[str, ...], epochs: int, out: Path, data: Path | None, settings: tuple[str, ...]) -> None:
    """Draw how training sheets find the line: their paths on the loss surface, and the loss by epoch.

    \b
    Examples:
      xlsgd plot adam
      xlsgd plot basic momentum rmsprop adam --epochs 100 --set adam.lr=0.1 --out paths.svg
    """  # noqa: D301  # click's mark is the character itself
    from xlsgd.choices import choose, set_knobs
    from xlsgd.data import LESSON_POINTS, read_points
    from xlsgd.lesson import trainings
    from xlsgd.plot import write_plot
    from xlsgd.terminal import progress_bar

    known = trainings()
    names = dict.fromkeys(choose("training sheet", name, known) for name in sheets)
    chosen = set_knobs({name: known[name] for name in names}, settings)
    points = read_points(data) if data else LESSON_POINTS
    with progress_bar("Training", (epochs + 1) * len(points.x) * len(chosen)) as progress:
        write_plot(out, list(chosen.values()), epochs, points, progress)
    click.echo(f"wrote {out}")
