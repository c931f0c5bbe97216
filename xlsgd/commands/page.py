"""`xlsgd page`."""

from pathlib import Path
from typing import Any

import click

from xlsgd.commands.completion import sheets_and_workbooks
from xlsgd.commands.options import PointsOptions, points_options, set_option
from xlsgd.commands.terminal import quiet_option

TITLE = "Gradient descent, one row at a time"
EPOCHS = 10
"""For how many epochs it is tried whether training leaves the numbers."""

USUAL = ("graddesc", "entropy")


@click.command()
@click.argument("names", metavar="[SHEET]...", nargs=-1, shell_complete=sheets_and_workbooks)
@click.option("--out", type=click.Path(path_type=Path), default="lesson.html", show_default=True, help="The file.")
@points_options
@set_option
@quiet_option
def page(names: tuple[str, ...], out: Path, given: PointsOptions, settings: tuple[str, ...]) -> None:
    """Write sheets as one HTML file that trains in any browser, without a network.

    SHEET is graddesc, entropy or network for all sheets of a workbook, or a single sheet as `xlsgd trace` takes it;
    without one the lesson's sheets are written, graddesc and entropy. The page shows each sheet with its formulas and
    what they read; it steps row by row, epoch by epoch, and runs; knobs, starting values and points may be changed
    there, and sheets that train one model on the same points race beside each other. A sheet's Exercise leaves formulas
    of it blank, by level (gradient, momentum, RMSProp, Adam, softmax, backward pass): what is typed is judged at once.

    \b
    Examples:
      xlsgd page
      xlsgd page adam adamw sgd --set adam.lr=0.5 --out race.html
      xlsgd page graddesc --data points.csv --out mine.html
      xlsgd page relu_network softmax
    """
    from xlsgd.commands.terminal import say
    from xlsgd.library.page import page_of_sheets, training_sheet

    chosen = _chosen(names or USUAL)
    points = _points(chosen, given)
    trainings = _trainings(points, settings)
    of_tables = () if trainings else settings
    sheets = [
        training_sheet(trainings[name], points[name]) if name in trainings else _table(name, of_tables, given)
        for name in chosen
    ]
    _tell(trainings, points, given, settings)
    say(f"wrote {page_of_sheets(sheets, out, ', '.join(names) or TITLE)}")


def _chosen(names: tuple[str, ...]) -> list[str]:
    """Return the names of single sheets, those of a workbook in its order."""
    from xlsgd.errors import choose
    from xlsgd.sheets.lesson import LESSON, trainings
    from xlsgd.sheets.table_books import BOOKS, table_book, tables
    from xlsgd.workbooks.network.book import LESSONS
    from xlsgd.workbooks.network.known import network_tables, network_trainings

    groups = {"graddesc": list(LESSON), "network": list(LESSONS)}
    groups |= {name: list(table_book(name).tables) for name in BOOKS}
    known = [*groups, *trainings(), *tables(), *network_trainings(), *network_tables()]
    chosen = [groups.get(choose("sheet", name, known), [name]) for name in names]
    return list(dict.fromkeys(name for group in chosen for name in group))


def _table(name: str, settings: tuple[str, ...], given: PointsOptions) -> Any:
    """Return a table for the page."""
    from xlsgd.commands.network import set_table
    from xlsgd.library.page import table_named, table_sheet
    from xlsgd.workbooks.network.known import network_tables

    if name in network_tables():
        return table_sheet(set_table(name, settings, given))
    if settings:
        raise click.UsageError(f"{name}: no knobs to set; leave out --set")
    return table_named(name)


def _trainings(points: dict[str, Any], settings: tuple[str, ...]) -> dict[str, Any]:
    """Return the training sheets among some sheets, fitted to their points, with the knobs that a user set."""
    from xlsgd.commands.settings import set_knobs
    from xlsgd.sheets.lesson import trainings
    from xlsgd.workbooks.network.known import network_trainings, training_of_sheet

    of_line, of_network = trainings(), network_trainings()
    chosen = {name: of_line[name] for name in points if name in of_line}
    chosen |= {name: training_of_sheet(name, own) for name, own in points.items() if name in of_network}
    return set_knobs(chosen, settings) if chosen else {}


def _points(names: list[str], given: PointsOptions) -> dict[str, Any]:
    """Return the points of each sheet that has some, by its name."""
    from xlsgd.commands.network import given_points
    from xlsgd.sheets.lesson import trainings
    from xlsgd.workbooks.network.known import network_tables, network_trainings

    line = [name for name in names if name in trainings()]
    network = [name for name in names if name in {**network_trainings(), **network_tables()}]
    if any(given) and network and len(line + network) > 1:
        raise click.UsageError("--data is for the lesson's line, or for one sheet of network: give that sheet alone")
    if any(given) and not line + network:
        raise click.UsageError(f"{', '.join(names)}: no points to replace; leave out what is said of points")
    own = given.read() if line else None
    return dict.fromkeys(line, own) | {name: given_points(name, given) for name in network}


def _tell(trainings: dict[str, Any], points: dict[str, Any], given: PointsOptions, settings: tuple[str, ...]) -> None:
    """Say which of the line's sheets leave the numbers with a user's own points or knobs."""
    from xlsgd.commands.divergence_note import tell_of_divergence
    from xlsgd.sheets.lesson import trainings as of_line

    line = [training for name, training in trainings.items() if name in of_line()]
    if line and (any(given) or settings):
        tell_of_divergence(line, points[line[0].name], EPOCHS, given)
