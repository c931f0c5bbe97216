"""`xlsgd compare`."""

import sys
from pathlib import Path

import click

from xlsgd.commands.options import EXIT_DIFFERS
from xlsgd.commands.terminal import is_quiet, quiet_option


@click.command()
@click.argument("original", type=click.Path(path_type=Path))
@click.argument("copy", type=click.Path(path_type=Path))
@click.option("--tolerance", type=float, default=1e-12, show_default=True, help="Relative, up to which values agree.")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
@quiet_option
def compare(original: Path, copy: Path, tolerance: float, as_json: bool) -> None:
    """Check that COPY holds everything that ORIGINAL holds, cell by cell.

    Labels, constants, formulas as parsed (parentheses that change nothing do not count), values, number formats, names,
    frozen panes, the date system, charts. What COPY holds beyond that is listed apart. Macros are never run. Exit
    status 1 if anything is missing or different.

    \b
    Examples:
      xlsgd compare graddesc.xlsm workbooks/graddesc.xlsx
      xlsgd compare mine.xlsx yours.xlsx --json | jq .differences
    """
    from xlsgd.commands.compare_view import show
    from xlsgd.commands.terminal import show_json
    from xlsgd.verifying.comparing.compare import compare as compare_workbooks

    comparison = compare_workbooks(original, copy, tolerance)
    if as_json:
        show_json(comparison.to_json())
    elif not is_quiet():
        show(comparison)
    if not comparison.mirrors:
        sys.exit(EXIT_DIFFERS)
