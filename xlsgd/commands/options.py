"""What several commands share: options, and the exit statuses of a difference and of input that cannot be used."""

import re
from pathlib import Path
from typing import Any

import click

from xlsgd.errors import InputError

EXIT_DIFFERS = 1
EXIT_CANNOT_USE = 2

ARGUMENT = re.compile(r"`([a-z][a-z0-9_]*)`")
"""An argument as the library's messages name it."""


def as_options(message: str) -> str:
    """Return a message of the library with its arguments named as a command's options.

    >>> as_options("`epochs` 0: give 1 or more, or another `batch_size`")
    '--epochs 0: give 1 or more, or another --batch-size'
    """
    return ARGUMENT.sub(lambda found: f"--{found[1].replace('_', '-')}", message)


class WholeNumber(click.IntRange):
    """A whole number within bounds; anything else is answered with what to give."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number.

        Raises:
            InputError: it is none, or out of bounds.
        """
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            bounds = f", {self.min:,} or more" if self.max is None else f" from {self.min:,} to {self.max:,}"
            raise InputError(f"{param.opts[0] if param else self.name} {value}: give a whole number{bounds}") from error


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
    from xlsgd.points import points, read

    return read.read_points(data) if data else points.LESSON_POINTS
