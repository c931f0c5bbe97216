"""The command line: finds a command's module when it is asked for, and turns errors into lines for a person."""

import errno
import math
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from types import FrameType
from typing import Any

import click

from xlsgd import __version__
from xlsgd.commands.options import EXIT_CANNOT_USE, as_options
from xlsgd.commands.streams import drop_what_nobody_takes, open_streams
from xlsgd.errors import InputError, choose, one_line

EXIT_FAULT = 70
"""A fault of our own (EX_SOFTWARE of sysexits.h): 1 would say that a cell differs."""

EXIT_INTERRUPTED = 128 + signal.SIGINT
EXIT_PIPE_CLOSED = 141
"""What a shell says of a program that the system stopped because nobody reads its output (128 + SIGPIPE)."""

REQUESTS_TO_END = ("SIGTERM", "SIGHUP")
"""What a system ends programs by, and what a terminal does that is closed."""

AT_ONCE = 5.0
"""Within how many seconds of a request to end another is the same."""

NO_ARGUMENTS = getattr(click.exceptions, "NoArgsIsHelpError", ())
"""What click (8.2) raises where the help is to be shown for want of arguments."""

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

SUMMARIES = {
    "build": "Write the lesson's workbooks, then recalculate every formula with IronCalc.",
    "verify": "Compare every formula's value in workbooks with what others compute.",
    "compare": "Check that COPY holds everything that ORIGINAL holds, cell by cell.",
    "trace": "Print every row of a sheet, columns named as in the sheet.",
    "press": "Press a training sheet's buttons and print its state after each.",
    "page": "Write sheets as one HTML file that trains in any browser, without a network.",
    "sweep": "Run a training sheet with every combination of knobs, and map where it converges.",
    "plot": "Draw how training sheets find the line: their paths on the loss surface, and the loss by epoch.",
    "train": "Train the lessons' MNIST networks by the rules that fill the sheets.",
    "lr-find": "Find a learning rate: raise it from 1e-7 to 10 over 100 batches, and see where the loss falls.",
    "export": "Open a run that `xlsgd train` made as a workbook with live formulas, then recalculate it with IronCalc.",
}
"""The first sentence of each command's own help, which its module need not be imported for."""


class Ended(SystemExit):
    """A request to end this process, which unwinds so that temporary files go."""


class CannotUse(click.ClickException):
    """Input that cannot be used, as a line on standard error and exit status 2."""

    exit_code = EXIT_CANNOT_USE

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments begin with; a wrong name is answered with the nearest."""
        if not ctx.resilient_parsing and not args[0].startswith("-"):
            choose("command", args[0], COMMANDS)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with its whole summary, where click would import it and cut that to a line."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))

    def make_context(self, info_name: str | None, args: list[str], *given: Any, **named: Any) -> click.Context:
        """Read the options before the command; without any argument the help is shown."""
        with in_one_line():
            return super().make_context(info_name, args, *given, **named)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with in_one_line(), flushed():
            _clear()
            return super().invoke(ctx)


def _clear() -> None:
    """Remove what killed runs left in the system's folder for temporary files; beside its target each writer does."""
    import tempfile
    from pathlib import Path

    from xlsgd.atomic_files import remove_abandoned

    with suppress(OSError):  # there is none, which those who need it say
        for folder in remove_abandoned(Path(tempfile.gettempdir()).resolve()):
            from xlsgd.verifying.engines import _uno_process

            _uno_process.remove(folder)  # LibreOffice's sockets, which lie elsewhere


@contextmanager
def flushed() -> Iterator[None]:
    """Flush standard output where a command ends, so that a disk that is full is noticed, but not one asked to end."""
    try:
        yield
    except Ended:
        raise
    except SystemExit:
        print(end="", flush=True)
        raise
    print(end="", flush=True)


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
    except EOFError as error:  # click would take it for an interrupt, and end with 1
        raise CannotUse(f"a file ends too early: {error}") from error
    except MemoryError as error:
        raise CannotUse("not enough memory: ask for fewer rows, epochs or combinations at once") from error
    except NO_ARGUMENTS:
        raise
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "xlsgd"
        raise CannotUse(f"{error.format_message()} (see {command} --help)") from error
    except KeyboardInterrupt as error:  # click would end with 1, which says that a cell differs
        click.echo(one_line(f"Interrupted: {error}" if error.args else "Interrupted"), err=True)
        raise click.exceptions.Exit(EXIT_INTERRUPTED) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="xlsgd")
def cli() -> None:
    """See how neural networks learn, one spreadsheet row at a time.

    xlsgd builds fast.ai lesson 5's training spreadsheets with live formulas, each value beside its formula, and
    proves them with a spreadsheet engine of somebody else's.

    \b
    Start here:
      xlsgd build                       write the workbooks into ./workbooks
      xlsgd press adam reset run        press the sheet's buttons here
      xlsgd trace basic --format csv    every row of a sheet as data

    Exit status: 0 all well, 1 a cell differs or a run diverged, 2 input that cannot be used or output that cannot be
    written, 70 a fault of xlsgd, 129 the terminal was closed, 130 interrupted, 141 the pipe was closed, 143 asked to
    end.
    """


def main() -> None:
    """Run the command line; an interrupt and a request to end unwind, so that temporary files go."""
    open_streams()
    _heed_requests_to_end()
    try:
        cli(prog_name="xlsgd")
    except SystemExit:
        raise
    except KeyboardInterrupt:  # while the command line itself is starting or ending
        sys.exit(EXIT_INTERRUPTED)
    except BaseException:  # an engine's panic, too, is no `Exception`
        import traceback

        traceback.print_exc()
        click.echo("This is a fault of xlsgd: please report it with the lines above", err=True)
        sys.exit(EXIT_FAULT)
    finally:
        drop_what_nobody_takes()


def _heed_requests_to_end() -> None:
    """Have a request to end unwind; one that follows at once, as a terminal's do, leaves the clearing alone."""
    begun = -math.inf

    def end(number: int, frame: FrameType | None) -> None:
        nonlocal begun
        if time.monotonic() - begun > AT_ONCE:
            begun = time.monotonic()
            raise Ended(128 + number)

    for name in REQUESTS_TO_END:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # which nohup has it be
            signal.signal(number, end)
