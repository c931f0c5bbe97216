"""`xlsgd build`."""

from pathlib import Path
from typing import Any

import click

from xlsgd.commands.options import data_option, read_points, set_option
from xlsgd.commands.verify import verify_and_exit


@click.command()
@click.argument("names", metavar="[graddesc] [entropy]", nargs=-1)
@click.option("--out", type=click.Path(path_type=Path), default="workbooks", show_default=True, help="The folder.")
@data_option
@set_option
@click.option("--epochs", type=int, help="How many epochs graddesc steps through: 100, or fewer for many points.")
@click.option("--corrected", is_flag=True, help="Write the workbooks with the course's quirks mended.")
def build(
    names: tuple[str, ...],
    out: Path,
    data: Path | None,
    settings: tuple[str, ...],
    epochs: int | None,
    corrected: bool,
) -> None:
    """Write the lesson's workbooks, then recalculate every formula with IronCalc.

    \b
    graddesc  graddesc.xlsx: basic, momentum, rmsprop, adam, adam_ann; type an epoch into A2
    entropy   entropy_example.xlsx: softmax, entropy, log_entropy

    Without a name both are written. With --corrected they are graddesc_corrected.xlsx and entropy_corrected.xlsx, in
    PyTorch's conventions, with a sheet that lists each quirk. A file that is there is replaced only when the new one
    is whole.

    \b
    Examples:
      xlsgd build
      xlsgd build graddesc --data points.csv --set adam.lr=0.5 --out mine
      xlsgd build --corrected
    """
    from xlsgd.choices import choose, set_knobs
    from xlsgd.terminal import progress_bar
    from xlsgd.workbook import build as build_workbook

    recipes, sheets = _kind(corrected)
    chosen = [choose("workbook", name, recipes) for name in names] or list(recipes)
    points, trainings = read_points(data), set_knobs(sheets, settings)
    files = []
    for name in dict.fromkeys(chosen):
        with progress_bar(f"Writing {name}", len(points.x) * len(sheets)) as progress:
            files.append(build_workbook(name, out, points, trainings, epochs, progress, recipes))
        click.echo(f"wrote {files[-1]}")
    verify_and_exit(files)


def _kind(corrected: bool) -> tuple[Any, Any]:
    """Return the workbooks that can be built, and their training sheets."""
    if corrected:
        from xlsgd.corrected.training import CORRECTED
        from xlsgd.corrected.workbook import RECIPES

        return RECIPES, CORRECTED
    from xlsgd import workbook
    from xlsgd.lesson import LESSON

    return workbook.RECIPES, LESSON
