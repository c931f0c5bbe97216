"""`xlsgd verify`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlsgd.commands.bounds import EngineBounds, bounds_options
from xlsgd.commands.options import EXIT_CANNOT_USE, EXIT_DIFFERS, as_options
from xlsgd.commands.terminal import quiet_option
from xlsgd.errors import InputError
from xlsgd.verifying.sources import ENGINES, all_engines, one_process_each

if TYPE_CHECKING:
    from xlsgd.verifying.report import Report


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(readable=False, path_type=Path))
@click.option(
    "--engine",
    type=click.Choice([*ENGINES, "all"]),
    default="ironcalc",
    show_default=True,
    help="What recalculates.",
)
@click.option("--oracle", type=click.Choice(["torch"]), help="Ask Torch too, which computes the cells another way.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option(
    "--report",
    "into",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Write the report into a .html or .xlsx file, too; repeatable.",
)
@bounds_options
@quiet_option
def verify(
    files: tuple[Path, ...],
    engine: str,
    oracle: str | None,
    as_json: bool,
    into: tuple[Path, ...],
    bounds: EngineBounds,
) -> None:
    """Compare every formula's value in workbooks with what others compute.

    Every cached value is overwritten with a wrong one first, so that what an engine gives back right was computed. Two
    numbers agree within a relative 1e-12. Exit status 1 if a cell differs, or none of the engines asked could compute
    it; 2 if a file cannot be read, after the others have been.

    An engine runs in a process of its own, within bounds on time and memory: if it crashes or takes more, that is one
    line. A file beyond what Excel itself takes (a formula of over 8,192 characters, 64 functions one in another, 255
    arguments, a text of over 32,767 characters) is refused.

    \b
    Examples:
      xlsgd verify workbooks/graddesc.xlsx
      xlsgd verify --engine all --oracle torch --report proof.html workbooks/*.xlsx
      xlsgd verify workbooks/*.xlsx --json | jq '.[].verdicts[].differences'
    """
    engines = all_engines() if engine == "all" else [engine]
    verify_and_exit(files, engines, (oracle,) if oracle else (), as_json, into, bounds)


def verify_and_exit(
    files: Sequence[Path],
    engines: Sequence[str] = ("ironcalc",),
    oracles: Sequence[str] = (),
    as_json: bool = False,
    into: Sequence[Path] = (),
    bounds: EngineBounds = EngineBounds(),  # noqa: B008
) -> None:
    """Verify workbooks, show the report, and exit with the status for a difference if there is one."""
    from xlsgd import __version__
    from xlsgd.commands.progress import waiting
    from xlsgd.commands.terminal import complain, say, show_json
    from xlsgd.verifying import check as verify
    from xlsgd.verifying import report_files, report_view

    for path in into:
        report_files.check_report_path(path, files)
    reports: list[Report] = []
    refused: dict[str, str] = {}
    with one_process_each(engines):
        for file in files:
            try:
                with waiting(f"Verifying {file}") as tell:
                    own = bounds._asdict()
                    reports.append(verify.verify(file, engines, oracles, progress=tell, **own))
            except InputError as error:
                refused[str(file)] = as_options(str(error))
                complain(refused[str(file)])
                continue
            if not as_json:
                for line in report_view.text_lines(reports[-1]):
                    say(line)
    if as_json:
        errors = [{"file": file, "error": message} for file, message in refused.items()]
        show_json([*(report_view.as_json(each) for each in reports), *errors])
    for path in into if reports else ():
        report_files.write_report(path, reports, __version__)
    if refused:
        sys.exit(EXIT_CANNOT_USE)
    if not all(each.agrees for each in reports):
        sys.exit(EXIT_DIFFERS)
