"""What several commands share: options, and the exit statuses of a difference and of input that cannot be used."""

import re
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple

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


set_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="Change a knob: lr=0.01 on every sheet that has it, adam.lr=0.5 on one. May be repeated.",
)
corrected_option = click.option(
    "--corrected", is_flag=True, help="The sheet with the course's quirks mended, as build --corrected writes it."
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="csv and json hold every digit.",
)


OF_ANY = ("data", "standardize")
"""The options that are about any points; the others are about a file."""


class PointsOptions(NamedTuple):
    """What a user says of points.

    Args:
        data: the file, `-` for standard input; the lesson's points if None.
        worksheet: as of `xlsgd.points.read.read_points`.
        decimal: likewise.
        x: what the column x is called in the file.
        y: what the column y is called.
        standardize: whether to bring the points to mean 0 and deviation 1.
    """

    data: Path | None
    worksheet: str | None
    decimal: str | None
    x: str | None
    y: str | None
    standardize: bool = False

    def read(self, columns: tuple[str, ...] = ("x", "y")) -> Any:
        """Return the points, without a file the lesson's; `columns` are those that are wanted.

        Raises:
            InputError: they cannot be used; or something is said of a file, and no file is given.
        """
        from xlsgd.points import points
        from xlsgd.run.standardized import standardized

        said = {name: value for name, value in self._asdict().items() if name not in OF_ANY and value is not None}
        if self.data is None and said:
            name, value = next(iter(said.items()))
            raise InputError(f"`{name}` {value}: there is no file that it is about; add `data`")
        given = points.LESSON_POINTS if self.data is None else self._read(self.data, columns, said)
        return standardized(given, self._called(columns)) if self.standardize else given

    def _read(self, path: Path, columns: tuple[str, ...], said: dict[str, str]) -> Any:
        from xlsgd.commands.progress import waiting
        from xlsgd.points.read import read_points
        from xlsgd.points.source import OPEN_DOCUMENT

        if path.suffix.lower() != OPEN_DOCUMENT:
            return read_points(path, columns, **said)
        with waiting(f"LibreOffice reads {path}"):
            return read_points(path, columns, **said)

    def _called(self, columns: tuple[str, ...]) -> dict[str, str]:
        """Return what messages call the columns of a file."""
        from xlsgd.points.source import Source, name_of

        if self.data is None:
            return {}
        source, names = Source(self.data, name_of(self.data), self.worksheet), {"x": self.x, "y": self.y}
        return {name: f"{source}: column {names.get(name) or name}" for name in columns}


def points_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options for points, which it gets as one argument `given`."""

    @wraps(command)
    def gathered(*args: Any, **options: Any) -> Any:
        given = PointsOptions(**{name: options.pop(name) for name in PointsOptions._fields})
        return command(*args, given=given, **options)

    for option in (
        click.option("--standardize", is_flag=True, help="Bring x and y to mean 0 and deviation 1."),
        click.option("--y", metavar="NAME", help="What the file calls the column y."),
        click.option("--x", metavar="NAME", help="What the file calls the column x."),
        click.option("--decimal", type=click.Choice([".", ","]), help="The decimal separator; a point if left out."),
        click.option("--worksheet", metavar="NAME", help="Which worksheet of a workbook; the first if left out."),
        click.option(
            "--data",
            type=click.Path(path_type=Path),
            help="Your own points: a .csv, .xlsx or .ods file with columns x and y, or - for standard input.",
        ),
    ):
        gathered = option(gathered)
    return gathered
