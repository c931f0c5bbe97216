"""The options that bound what an engine may take."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

import click

from xlsgd.errors import InputError, parse_number

UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
LEAST = 2**20
"""How many bytes a bound on memory has at least; every engine holds many times that before it has read a file."""

SIZE = re.compile(r"([0-9.]+)\s*([KMGT]?)(?:i?B)?", re.IGNORECASE)


class EngineBounds(NamedTuple):
    """What a user lets an engine take for a file: seconds and bytes, None for what grows with the file."""

    timeout: float | None = None
    memory: int | None = None


class _Seconds(click.ParamType[float]):
    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        seconds = value if isinstance(value, float) else parse_number("`timeout`", value)
        if seconds <= 0:
            raise InputError(f"`timeout` {value}: give a number of seconds above 0")
        return float(seconds)


class _Size(click.ParamType[int]):
    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        return value if isinstance(value, int) else parse_size(value)


def parse_size(text: str) -> int:
    """Return a number of bytes.

    >>> parse_size("1.5G")
    1610612736

    Raises:
        InputError: it is none, or less than any engine takes.
    """
    match = SIZE.fullmatch(text.strip())
    try:
        size = int(float(match[1]) * UNITS[match[2].upper()]) if match else 0
    except (ValueError, OverflowError):
        size = 0
    if size < 1:
        raise InputError(f"`memory` {text}: give a number of bytes, such as 500M or 4G")
    if size < LEAST:
        raise InputError(f"`memory` {text}: is {size:,} bytes, with which no engine starts; give a unit, such as 4G")
    return size


def bounds_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that bound an engine, which it gets as one argument `bounds`."""

    @wraps(command)
    def gathered(*args: Any, **options: Any) -> Any:
        bounds = EngineBounds(**{name: options.pop(name) for name in EngineBounds._fields})
        return command(*args, bounds=bounds, **options)

    for option in (
        click.option(
            "--memory",
            type=_Size(),
            metavar="SIZE",
            help="Memory that an engine may take for a file, on Linux: 4G; if left out 2G and more for a large file.",
        ),
        click.option(
            "--timeout",
            type=_Seconds(),
            metavar="SECONDS",
            help="Time that an engine may take for a file; if left out 20 and more for a large file.",
        ),
    ):
        gathered = option(gathered)
    return gathered
