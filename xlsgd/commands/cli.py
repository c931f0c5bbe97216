"""The command line: finds a command's module when it is asked for, and turns errors into lines for a person."""

import errno
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from xlsgd import __version__
from xlsgd.commands.options import EXIT_CANNOT_USE, as_options
from xlsgd.errors import InputError

EXIT_INTERRUPTED = 128 + signal.SIGINT
EXIT_PIPE_CLOSED = 141
"""What a shell says of a program that the system stopped because nobody reads its output (128 + SIGPIPE)."""

COMMANDS = {
    "build": "xlsgd.commands.build:build",
    "verify": "xlsgd.commands.verify:verify",
    "compare": "xlsgd.commands.compare:compare",
    "trace": "xlsgd.commands.trace:trace",
    "press": "xlsgd.commands.press:press",
    "page": "xlsgd.commands.page:page",
    "sweep": "xlsgd.commands.sweep:sweep",
    "plot": "xlsgd.commands.plot:plot",
    "train": "xlsgd.commands.train:train",
    "lr-find": "xlsgd.commands.lr_find:lr_find",
    "export": "xlsgd.commands.export:export",
}
"""Where each command is found."""


class CannotUse(click.ClickException):
    """Input that cannot be used, as a line on standard error and exit status 2."""

    exit_code = EXIT_CANNOT_USE


class Commands(click.Group):
    """The group of all commands, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names, in the order in which a user meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or nothing if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        return getattr(import_module(module), attribute)  # type: ignore[no-any-return]

    def make_context(self, info_name: str | None, args: list[str], *given: Any, **named: Any) -> click.Context:
        """Read the options before the command; without any argument the help is shown."""
        if not args:
            return super().make_context(info_name, args, *given, **named)
        with in_one_line():
            return super().make_context(info_name, args, *given, **named)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with in_one_line():
            try:
                return super().invoke(ctx)
            finally:
                print(end="", flush=True)  # here, so that a disk that is full is noticed


@contextmanager
def in_one_line() -> Iterator[None]:
    """Turn what ends a command early into an exit status and at most one line for a person."""
    try:
        yield
    except InputError as error:
        raise CannotUse(as_options(str(error))) from error
    except OSError as error:
        if error.errno == errno.EPIPE:  # whoever reads has enough
            raise click.exceptions.Exit(EXIT_PIPE_CLOSED) from error
        where = f"{error.filename}: " if error.filename else ""
        raise CannotUse(f"{where}{error.strerror or error}") from error
    except MemoryError as error:
        raise CannotUse("not enough memory: ask for fewer rows, epochs or combinations at once") from error
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "xlsgd"
        raise CannotUse(f"{error.format_message()} (see {command} --help)") from error
    except KeyboardInterrupt as error:  # click would end with 1, which says that a cell differs
        click.echo("Interrupted", err=True)
        raise click.exceptions.Exit(EXIT_INTERRUPTED) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="xlsgd")
def cli() -> None:
    """See how neural networks learn, one spreadsheet row at a time.

    xlsgd builds fast.ai lesson 5's training spreadsheets with live formulas, each value beside its formula, and
    proves them with a spreadsheet engine of somebody else's.

    \b
    Start here:
      xlsgd build                       write the two workbooks into ./workbooks
      xlsgd press adam reset run        press the sheet's buttons here
      xlsgd trace basic --format csv    every row of a sheet as data

    Exit status: 0 all well, 1 a cell differs or a run diverged, 2 input that cannot be used, 130 interrupted, 141 the
    pipe was closed.
    """


def main() -> None:
    """Run the command line; an interrupt and a request to terminate unwind, so that temporary files go."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    if sys.stdout is None:  # closed by whoever started this
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    try:
        cli(prog_name="xlsgd")
    except KeyboardInterrupt:  # while the command line itself is starting or ending
        sys.exit(EXIT_INTERRUPTED)
    finally:
        _drop_what_nobody_takes()


def _drop_what_nobody_takes() -> None:
    """Drop what is left of the output if it cannot be written, or Python would complain of it at the very end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
