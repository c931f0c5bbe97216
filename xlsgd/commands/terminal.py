"""What a person sees: lines and tables, plain text where the output is not a terminal."""

import json
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from xlsgd.errors import one_line

if TYPE_CHECKING:
    import pandas as pd

LAST_SHOWN = 5
"""How many of a list's values a table shows, the last ones: as many as a run of five epochs adds."""

QUIET = "xlsgd.quiet"
"""Where a command's context holds that only errors are wanted."""


def _be_quiet(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    ctx.meta[QUIET] = value


quiet_option = click.option(
    "--quiet",
    "-q",
    is_flag=True,
    expose_value=False,
    callback=_be_quiet,
    help="Print nothing but errors and what was asked for; the exit status tells.",
)
"""For a command that tells of its progress, or of results beside the files that it writes."""


def is_quiet() -> bool:
    """Return whether the command that runs was told to print nothing but errors."""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(QUIET))


def say(text: str = "", err: bool = False) -> None:
    """Write a line to standard output, or to standard error, whatever the names in it hold; nothing with `--quiet`."""
    if not is_quiet():
        click.echo(one_line(text), err=err)


def complain(text: str) -> None:
    """Write a line about an error to standard error, with `--quiet` as well."""
    click.echo(f"Error: {one_line(text)}", err=True)


def show_frame(frame: "pd.DataFrame", form: str) -> None:
    """Write a frame to standard output as `table`, `csv` or `json`; the latter two at full precision."""
    flat = frame.reset_index()
    if form == "csv":
        flat.to_csv(sys.stdout, index=False)
    elif form == "json":
        show_json(flat.to_dict("records"))
    else:
        show_table(list(flat.columns), flat.itertuples(index=False, name=None), frame.index.nlevels)


def show_records(records: Sequence[dict[str, Any]], form: str) -> None:
    """Write records that share their keys to standard output as `table`, `csv` or `json`."""
    if form == "json":
        show_json(records)
        return
    keys = list(records[0])
    rows = [[record[key] for key in keys] for record in records]
    if form == "csv":
        import csv

        joined = [[_joined(value) for value in row] for row in rows]
        csv.writer(sys.stdout, lineterminator="\n").writerows([keys, *joined])
    else:
        show_table(keys, rows)


def show_json(value: Any) -> None:
    """Write JSON to standard output; floats at full precision."""
    json.dump(value, sys.stdout, indent=1, allow_nan=False)
    sys.stdout.write("\n")


def _joined(value: Any) -> Any:
    return " ".join(map(str, value)) if isinstance(value, list) else value


def show_table(names: Sequence[str], rows: Any, kept: int = 2) -> None:
    """Write a table: drawn with `rich` on a terminal, else columns parted by spaces, without colour or boxes.

    Where a terminal is too narrow the columns go on in a table below, beside the first `kept`, which name the row.
    """
    cells = [[_short(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    if not sys.stdout.isatty():
        for row in (names, *cells):
            sys.stdout.write("  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)) + "\n")
        return
    from rich import table as rich_table
    from rich.console import Console

    console = Console()
    for part in side_by_side(widths, console.width, kept):
        table = rich_table.Table(header_style="bold", row_styles=("", "dim") if len(cells) > 3 else ())
        for index in part:
            table.add_column(names[index], justify="right", no_wrap=widths[index] < console.width // 2)
        for row in cells:
            table.add_row(*(row[index] for index in part))
        console.print(table)


def side_by_side(widths: Sequence[int], room: int, kept: int = 2) -> Iterator[list[int]]:
    """Yield which columns stand in one table: as many as there is room for, the first `kept` each time.

    >>> list(side_by_side([5, 5, 5, 5, 5], room=30))
    [[0, 1, 2], [0, 1, 3], [0, 1, 4]]
    """
    first = list(range(min(kept, len(widths))))
    part = first.copy()
    for index in range(len(first), len(widths)):
        if len(part) > len(first) and sum(widths[i] + 3 for i in (*part, index)) >= room:
            yield part
            part = first.copy()
        part.append(index)
    yield part


def _short(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(["..."] * (len(value) > LAST_SHOWN) + [_short(item) for item in value[-LAST_SHOWN:]])
    return f"{value + 0.0:.6g}" if isinstance(value, float) else str(value)
