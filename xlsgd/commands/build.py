"""`xlsgd build`."""

from pathlib import Path

import click

from xlsgd.commands.options import data_option, read_points, set_option
from xlsgd.commands.verify import verify_and_exit


@click.command()
@click.argument("names", metavar="[graddesc] [entropy]", nargs=-1)
@click.option("--out", type=click.Path(path_type=Path), default="workbooks", show_default=True, help="The folder.")
@data_option
@set_option
@click.option("--epochs", type=int, help="How many epochs graddesc steps through: 100, or fewer for many points.")
def build(
    names: tuple[str, ...], out: Path, data: Path | None, settings: tuple[str, ...], epochs: int | None
) -> None:
    """Write the lesson's workbooks, then recalculate every formula with IronCalc.

    \b
    graddesc  graddesc.xlsx: basic, momentum, rmsprop, adam, adam_ann, just after a reset
    entropy   entropy_example.xlsx: softmax, entropy, log_entropy

    Without a name both are written. A file that is there is replaced only when the new one is whole.

    \b
    Examples:
      xlsgd build
      xlsgd build graddesc --data points.csv --set adam.lr=0.5 --out mine
    """
    from xlsgd.choices import choose, set_knobs
    from xlsgd.lesson import LESSON
    from xlsgd.terminal import progress_bar
    from xlsgd.workbook import RECIPES
    from xlsgd.workbook import build as build_workbook

    chosen = [choose("workbook", name, RECIPES) for name in names] or list(RECIPES)
    points, trainings = read_points(data), set_knobs(LESSON, settings)
    files = []
    for name in dict.fromkeys(chosen):
        with progress_bar(f"Writing {name}", len(points.x) * len(LESSON)) as progress:
            files.append(build_workbook(name, out, points, trainings, epochs, progress))
        click.echo(f"wrote {files[-1]}")
    verify_and_exit(files)
