"""A comparison as tables for the terminal."""

from collections import Counter

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from xlsgd.checked import ExcelError
from xlsgd.comparison import MAX_LISTED, Comparison, Difference
from xlsgd.reading.cells import DateText, Value

LONGEST = 200
PLAIN_WIDTH = 400
COUNTS = (
    ("in both", "compared"),
    ("equal", "equal"),
    ("only original", "only_in_original"),
    ("only copy", "only_in_copy"),
    ("volatile", "volatile"),
    ("no value", "without_value"),
)


def show(comparison: Comparison) -> None:
    """Write a comparison to standard output; without lines, colour or wrapping if that is not a terminal."""
    console = Console()
    plain = not console.is_terminal
    if plain:
        console.width = PLAIN_WIDTH
    console.print(render(comparison, plain=plain))


def render(comparison: Comparison, limit: int = 100, plain: bool = False) -> Group:
    """Return the summary by sheet, then each difference and each extra with its address, `limit` of either."""
    parts: list[RenderableType] = [_summary(comparison, plain)]
    if comparison.differences:
        total = comparison.difference_count
        parts.append(_listing("Missing or different in the copy", comparison.differences[:limit], total, plain))
    if comparison.extras:
        parts.append(_listing("Only in the copy", comparison.extras[:limit], comparison.extra_count, plain))
    parts += [Text(note) for note in comparison.notes]
    parts.append(Text(verdict(comparison)))
    return Group(*parts)


def verdict(comparison: Comparison) -> str:
    """Return the outcome in a sentence.

    >>> verdict(Comparison("a.xlsx", "b.xlsx", 0.0))
    'b.xlsx holds all that a.xlsx holds; 0 things more.'
    """
    extra = f"{comparison.extra_count} things more."
    if comparison.mirrors:
        return f"{comparison.copy} holds all that {comparison.original} holds; {extra}"
    count = comparison.difference_count
    return f"{comparison.copy} does not mirror {comparison.original}: {count} missing or different; {extra}"


def _summary(comparison: Comparison, plain: bool) -> Table:
    table = Table(title="By sheet", title_justify="left", box=None if plain else SIMPLE_HEAD)
    table.add_column("sheet", overflow="fold", no_wrap=True)
    for heading, _ in COUNTS:
        table.add_column(heading, justify="right")
    table.add_column("missing or different")
    table.add_column("extra")
    for name, sheet in comparison.sheets.items():
        numbers = [str(getattr(sheet, count)) for _, count in COUNTS]
        table.add_row(Text(name or "(workbook)"), *numbers, _kinds(sheet.differences), _kinds(sheet.extras))
    return table


def _kinds(counts: Counter[str]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))


def _listing(title: str, found: list[Difference], total: int, plain: bool) -> Table:
    caption = (
        None if len(found) == total else f"{total - len(found)} more; --json lists the first {MAX_LISTED} of a sheet"
    )
    box = None if plain else SIMPLE_HEAD
    table = Table(title=f"{title}: {total}", title_justify="left", caption=caption, caption_justify="left", box=box)
    for heading in ("where", "kind", "original", "copy"):
        table.add_column(heading, overflow="fold")
    for item in found:
        where = f"{item.sheet}!{item.address}" if item.sheet and item.address else item.sheet or item.address
        table.add_row(Text(where), item.kind, Text(shown(item.original)), Text(shown(item.copy)))
    return table


def shown(side: Value) -> str:
    """Return one side of a difference so that a text, a number and nothing are told apart.

    >>> shown("5"), shown(5.0), shown("=A1"), shown(None)
    ("'5'", '5.0', '=A1', '-')
    """
    if side is None:
        return "-"
    is_plain = isinstance(side, (float, ExcelError, DateText)) or (isinstance(side, str) and side[:1] in ("=", "{"))
    text = str(side) if is_plain else repr(side)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
