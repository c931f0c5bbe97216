"""A comparison as tables for the terminal."""

import sys
from collections import Counter
from collections.abc import Iterator

from rich import table as rich_table
from rich.box import SIMPLE_HEAD, Box
from rich.console import Console, Group, RenderableType
from rich.text import Text

from xlsgd.commands.terminal import side_by_side
from xlsgd.errors import one_line
from xlsgd.reading.cells import CellValue, DateText
from xlsgd.symbols.checked import ExcelError
from xlsgd.verifying.comparing.comparison import MAX_LISTED, Comparison, Difference

LONGEST = 200
WORKBOOK = "(workbook)"
PLAIN_WIDTH = 100_000
COUNTS = (
    ("in both", "compared"),
    ("equal", "equal"),
    ("missing", "only_in_original"),
    ("extra", "only_in_copy"),
    ("volatile", "volatile"),
    ("no value", "without_value"),
)


def show(comparison: Comparison) -> None:
    """Write a comparison to standard output; without lines, colour or wrapping if that is not a terminal."""
    if sys.stdout.isatty():
        console = Console()
        console.print(render(comparison, width=console.width))
        return
    console = Console(width=PLAIN_WIDTH, color_system=None, force_terminal=False)
    with console.capture() as captured:  # rich ends the program with 1, a difference, where a pipe is closed
        console.print(render(comparison, plain=True))
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def render(comparison: Comparison, limit: int = 100, plain: bool = False, width: int = PLAIN_WIDTH) -> Group:
    """Return the counts by sheet, then each difference and each extra with its address, `limit` of either.

    Args:
        comparison: what was found.
        limit: how many differences are listed, and how many extras.
        plain: whether to draw no lines.
        width: how many columns there are; where they are too few for all counts, some follow in a table below.
    """
    box = None if plain else SIMPLE_HEAD
    parts: list[RenderableType] = [Text("Cells by sheet", "bold"), *_summary(comparison, box, width)]
    for title, found, total, kinds in (
        ("Missing or different in the copy", comparison.differences, comparison.difference_count, "differences"),
        ("Only in the copy", comparison.extras, comparison.extra_count, "extras"),
    ):
        if found:
            parts.append(Text(f"{title}: {total}", "bold"))
            counts = {name: getattr(sheet, kinds) for name, sheet in comparison.sheets.items()}
            parts += [Text(one_line(f"  {name or WORKBOOK}: {_kinds(each)}")) for name, each in counts.items() if each]
            parts.append(_listing(found[:limit], box))
        if total > limit:
            parts.append(Text(f"{total - limit} more; --json lists the first {MAX_LISTED} of a sheet"))
    parts += [Text(one_line(note)) for note in comparison.notes]
    parts.append(Text(verdict(comparison)))
    return Group(*parts)


def verdict(comparison: Comparison) -> str:
    """Return the outcome in a sentence.

    >>> verdict(Comparison("a.xlsx", "b.xlsx", 0.0))
    'b.xlsx holds all that a.xlsx holds; 0 things more.'
    """
    extra = f"{comparison.extra_count} things more."
    if comparison.mirrors:
        return one_line(f"{comparison.copy} holds all that {comparison.original} holds; {extra}")
    count = comparison.difference_count
    return one_line(f"{comparison.copy} does not mirror {comparison.original}: {count} missing or different; {extra}")


def _summary(comparison: Comparison, box: Box | None, width: int) -> Iterator[rich_table.Table]:
    names = ["sheet", *(heading for heading, _ in COUNTS)]
    rows = [
        [one_line(name) or WORKBOOK, *(str(getattr(sheet, count)) for _, count in COUNTS)]
        for name, sheet in comparison.sheets.items()
    ]
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    widths[0] = min(widths[0], max(width // 3, len("sheet")))
    for part in side_by_side(widths, width, kept=1):
        table = rich_table.Table(box=box)
        table.add_column("sheet", overflow="fold", max_width=widths[0])
        for index in part[1:]:
            table.add_column(names[index], justify="right", no_wrap=True)
        for row in rows:
            table.add_row(*(Text(row[index]) for index in part))
        yield table


def _kinds(counts: Counter[str]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))


def _listing(found: list[Difference], box: Box | None) -> rich_table.Table:
    table = rich_table.Table(box=box)
    for heading in ("where", "kind", "original", "copy"):
        table.add_column(heading, overflow="fold")
    for item in found:
        where = f"{item.sheet}!{item.address}" if item.sheet and item.address else item.sheet or item.address
        table.add_row(Text(one_line(where)), item.kind, Text(shown(item.original)), Text(shown(item.copy)))
    return table


def shown(side: CellValue) -> str:
    """Return one side of a difference so that a text, a number and nothing are told apart.

    >>> shown("5"), shown(5.0), shown("=A1"), shown(None)
    ("'5'", '5.0', '=A1', '-')
    """
    if side is None:
        return "-"
    is_plain = isinstance(side, (float, ExcelError, DateText)) or (isinstance(side, str) and side[:1] in ("=", "{"))
    text = one_line(str(side)) if is_plain else repr(side)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
