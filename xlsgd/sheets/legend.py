"""What every workbook's first sheet says of the looks of cells, and the way from each sheet back to it."""

from collections.abc import Iterator, Sequence
from itertools import count

from xlsgd.sheets.description import GIVEN, INPUT, Place, Sheet
from xlsgd.symbols.references import address, column_letters, column_number

LEGEND = (
    ("0.01", INPUT, "Change it: a rate, a beta, a starting value, a point, an epoch. Everything else follows."),
    (
        "29",
        GIVEN,
        "Given: a count, a class, what a run came to. Nothing is lost by another number, but it means little.",
    ),
    ("30.25", "shown", "Computed: a formula stands in the cell."),
    ("beta", "note shown", "Said of what stands beside, below or above it; it stands in no cell of the course's."),
    ("new b", "heading", "A heading. Point at it, and it tells its column's equation and where that comes from."),
)
"""A sample, its style, and what such a cell is."""

SHORT = 20
"""Up to how many characters a title leaves room beside it."""

USUAL = ("G1", "H1")
"""Where the link stands if nothing else does: in the first of these, with the second one free."""

BEFORE_USUAL = "F1"
"""The cell before: a heading there, such as a knob's, would take the link for the next one."""

PIXELS_OF = {"title": 10, "bold": 7}
"""How wide a letter of such a text is at most; of any other, `LETTER`."""

LETTER, COLUMN, EDGE = 6, 64, 20
"""In pixels: a letter's width, a column's of which nothing is said, and how long a text is that ends in its cell."""


def legend(row: int) -> Iterator[Place]:
    """Yield the legend, from a row on, in the columns A and B."""
    yield Place(f"A{row}", "How cells look", style="title")
    for at, (sample, style, words) in enumerate(LEGEND, start=row + 1):
        yield Place(f"A{at}", sample, style=style)
        yield Place(f"B{at}", words, style="wrap")


def with_legend(places: Sequence[Place]) -> tuple[Place, ...]:
    """Return a guide's cells with the legend below them."""
    last = max(int(place.address[1:]) for place in places if place.address[0] in "AB")
    return (*places, *legend(last + 2))


def led_back(sheet: Sheet, guide: str) -> Sheet:
    """Return a sheet with a link to the first one: in the first row, where no text is in its way."""
    taken = {place.address: place for place in sheet.places}
    has_title = "A1" in taken and taken["A1"].style in ("title", "bold") and len(taken["A1"].text) > SHORT
    where = address(1, _free_column(sheet))
    if "A1" not in taken and not sheet.buttons:
        where = "A1"
    elif not (has_title or taken.keys() & set(USUAL) or _is_heading(taken.get(BEFORE_USUAL))):
        where = USUAL[0]
    return sheet._replace(places=(*sheet.places, Place(where, f"to {guide}", style="link", link=guide)))


def _is_heading(place: Place | None) -> bool:
    return place is not None and place.style == "heading"


def _free_column(sheet: Sheet) -> int:
    """Return the first column of row 1 behind all that stands there, with a free one between."""
    ends = [1]
    for place in sheet.places:
        letter = place.address.rstrip("0123456789")
        if place.address == f"{letter}1":
            ends.append(column_number(letter) + _spills(sheet, place, column_number(letter)))
    return max(ends) + 2


def _spills(sheet: Sheet, place: Place, column: int) -> int:
    """Return over how many columns to its right a text runs."""
    left = len(place.text) * PIXELS_OF.get(place.style, LETTER) - EDGE
    for further in count():
        left -= int(7 * sheet.widths.get(column_letters(column + further), 0)) or COLUMN
        if left <= 0:
            return further
    raise AssertionError
