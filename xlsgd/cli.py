"""The command line: each command reads its arguments, calls the library, and shows what comes back.

Nothing heavy is imported before a command needs it.
"""

import signal
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from xlsgd import __version__
from xlsgd.errors import InputError

FORMATS = click.Choice(["table", "csv", "json"])
ENGINES = click.Choice(["ironcalc", "libreoffice", "all"])
EXIT_CELL_DIFFERS = 1
EXIT_CANNOT_USE = 2


class CannotUse(click.ClickException):
    """Input that cannot be used, as a line on standard error and exit status 2."""

    exit_code = EXIT_CANNOT_USE


class Commands(click.Group):
    """The group of all commands, which turns the library's errors into lines for a person."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; input that cannot be used becomes one line."""
        try:
            return super().invoke(ctx)
        except InputError as error:
            raise CannotUse(str(error)) from error
        except click.UsageError as error:
            command = error.ctx.command_path if error.ctx else "xlsgd"
            raise CannotUse(f"{error.format_message()} (see {command} --help)") from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="xlsgd")
def cli() -> None:
    r"""See how neural networks learn, one spreadsheet row at a time.

    xlsgd builds fast.ai lesson 5's training spreadsheets with live formulas, each value beside its formula, and
    proves them with a spreadsheet engine of somebody else's.

    \b
    Start here:
      xlsgd build                       write the two workbooks into ./workbooks
      xlsgd press adam reset run        press the sheet's buttons here
      xlsgd trace basic --format csv    every row of a sheet as data

    Exit status: 0 all well, 1 a cell differs, 2 input that cannot be used.
    """


data_option = click.option(
    "--data", type=click.Path(path_type=Path), help="Your own points: a .csv or .xlsx file with columns x and y."
)
set_option = click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE",
    help="Change a knob: lr=0.01 on every sheet that has it, adam.lr=0.5 on one. May be repeated.",
)  # fmt: skip
format_option = click.option("--format", "form", type=FORMATS, default="table", show_default=True)


@cli.command()
@click.argument("names", metavar="[graddesc] [entropy]", nargs=-1)
@click.option("--out", type=click.Path(path_type=Path), default="workbooks", show_default=True, help="The folder.")
@data_option
@set_option
@click.option("--epochs", type=int, help="How many epochs graddesc steps through: 100, or fewer for many points.")
def build(
    names: tuple[str, ...], out: Path, data: Path | None, settings: tuple[str, ...], epochs: int | None
) -> None:
    r"""Write the lesson's workbooks, then recalculate every formula with IronCalc.

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
    points, trainings = _points(data), set_knobs(LESSON, settings)
    files = []
    for name in dict.fromkeys(chosen):
        with progress_bar(f"Writing {name}", len(points.x) * len(LESSON)) as progress:
            files.append(build_workbook(name, out, points, trainings, epochs, progress))
        click.echo(f"wrote {files[-1]}")
    _verify_and_exit(files)


@cli.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--engine", type=ENGINES, default="ironcalc", show_default=True, help="Which engine recalculates.")
@click.option("--oracle", type=click.Choice(["torch"]), help="Ask Torch too, which computes the cells another way.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--report", type=click.Path(path_type=Path), help="Write the report into a .html or .xlsx file, too.")
def verify(files: tuple[Path, ...], engine: str, oracle: str | None, as_json: bool, report: Path | None) -> None:
    r"""Compare every formula's value in workbooks with what others compute.

    Every cached value is overwritten with a wrong one first, so that what an engine gives back right was computed. Two
    numbers agree within a relative 1e-12. Exit status 1 if a cell differs.

    \b
    Examples:
      xlsgd verify workbooks/graddesc.xlsx
      xlsgd verify --engine all --oracle torch --report proof.html workbooks/*.xlsx
      xlsgd verify workbooks/*.xlsx --json | jq '.[].verdicts[].differences'
    """
    engines = ("ironcalc", "libreoffice") if engine == "all" else (engine,)
    _verify_and_exit(files, engines, (oracle,) if oracle else (), as_json, report)


@cli.command()
@click.argument("sheet")
@click.option("--epochs", type=click.IntRange(min=1), default=1, show_default=True, help="How many, from the reset on.")
@data_option
@set_option
@format_option
def trace(sheet: str, epochs: int, data: Path | None, settings: tuple[str, ...], form: str) -> None:
    r"""Print every row of a sheet, columns named as in the sheet.

    SHEET is basic, momentum, rmsprop, adam, adam_ann, softmax, entropy, log_entropy, or a textbook optimizer: sgd,
    momentum_textbook, rmsprop_textbook, adam_textbook, adamw. Epoch 0 is the sheet as it stands just after a reset.

    \b
    Examples:
      xlsgd trace basic
      xlsgd trace adam --epochs 10 --set lr=0.1 --format csv > adam.csv
    """
    from xlsgd.terminal import show_frame
    from xlsgd.trace import trace_sheet

    show_frame(trace_sheet(sheet, epochs, _points(data), settings), form)


@cli.command()
@click.argument("sheet")
@click.argument("actions", metavar="ACTION...", nargs=-1, required=True)
@data_option
@format_option
def press(sheet: str, actions: tuple[str, ...], data: Path | None, form: str) -> None:
    r"""Press a training sheet's buttons and print its state after each.

    ACTION is reset, step (one epoch), run (five steps), or NAME=VALUE, which types a value into a cell: lr, beta,
    slope, const and the like. The sheet starts just after a reset.

    \b
    Examples:
      xlsgd press basic reset step step
      xlsgd press adam reset run lr=0.1 run --format json
    """
    from xlsgd.choices import choose
    from xlsgd.lesson import trainings
    from xlsgd.live import LiveSheet
    from xlsgd.live import press as press_action
    from xlsgd.terminal import show_records

    known = trainings()
    live = LiveSheet(known[choose("training sheet", sheet, known)], _points(data))
    show_records([press_action(live, action) for action in actions], form)


def _points(data: Path | None) -> Any:
    from xlsgd.data import LESSON_POINTS, read_points

    return read_points(data) if data else LESSON_POINTS


def _verify_and_exit(
    files: Iterable[Path],
    engines: Sequence[str] = ("ironcalc",),
    oracles: Sequence[str] = (),
    as_json: bool = False,
    report: Path | None = None,
) -> None:
    from xlsgd import report_view, verify
    from xlsgd.terminal import show_json, waiting

    reports = []
    for file in files:
        with waiting(f"Recalculating {file}"):
            reports.append(verify.verify(file, engines, oracles))
        if not as_json:
            click.echo(report_view.as_text(reports[-1]))
    if as_json:
        show_json([report_view.as_json(each) for each in reports])
    if report:
        report_view.write_report(report, reports)
    if not all(each.agrees for each in reports):
        sys.exit(EXIT_CELL_DIFFERS)


def main() -> None:
    """Run the command line; a request to terminate unwinds, so that temporary files go."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    cli(prog_name="xlsgd")
