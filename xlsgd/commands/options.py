"""What several commands share: options, and the exit status of a difference."""

from pathlib import Path
from typing import Any

import click

EXIT_DIFFERS = 1

data_option = click.option(
    "--data", type=click.Path(path_type=Path), help="Your own points: a .csv or .xlsx file with columns x and y."
)
set_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="Change a knob: lr=0.01 on every sheet that has it, adam.lr=0.5 on one. May be repeated.",
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="csv and json hold every digit.",
)


def read_points(data: Path | None) -> Any:
    """Return a user's points, or the lesson's without a file."""
    from xlsgd import data as points

    return points.read_points(data) if data else points.LESSON_POINTS
