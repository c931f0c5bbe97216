"""The sheet `quirks`: each quirk of the course's workbook with its number and the corrected one, side by side, live.

What a quirk computes is a function of the corrected workbook's cells: run on references to them it gives the formula,
whose value stands beside it. What the course pasted and this workbook therefore cannot compute stands below the quirks
as constants.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from xlsgd.functions import Value
from xlsgd.sheets.description import FOUR_PLACES, Place, Sheet
from xlsgd.symbols.cells import addresses, at
from xlsgd.symbols.checked import Checked, Number, plain
from xlsgd.symbols.expression import Expression
from xlsgd.symbols.operations import evaluate

Key = tuple[str, Hashable]
"""A sheet, and the key of a cell on it."""

CellsByKey = Mapping[Key, Value]
"""Cells of the workbook."""

QuirkValues = Mapping[Key, Any]
"""Their values."""

COURSE = "course"
"""In a key, in the place of a sheet: the constants from the course's sheets."""


class Constant(NamedTuple):
    """A number that stands on the quirks sheet itself: what it is, where it is in the course's workbook if it is."""

    name: str
    what: str
    where: str
    value: Number


class Quirk(NamedTuple):
    """A quirk of the course's workbook.

    Args:
        name: what is odd.
        where: the cell of the course's workbook that shows it; or words, if there is no cell.
        effect: what it does.
        shows: what the two numbers are.
        course: the course's number, from this workbook's cells; none if the course's workbook has no such cell.
        mended: the key of the cell of this workbook that is right; none if the cell is gone.
        pytorch: what PyTorch does.
        corrected: the corrected number, where it is not just that of the mended cell.
    """

    name: str
    where: str
    effect: str
    shows: str
    course: Callable[[CellsByKey], Value] | None
    mended: Key | None
    pytorch: str
    corrected: Callable[[CellsByKey], Value] | None = None


HEADINGS = {
    "A": ("quirk", "bold indented"),
    "B": ("course's cell", "bold indented"),
    "C": ("what it does", "bold indented"),
    "D": ("the two numbers", "bold indented"),
    "E": ("course", "heading"),
    "F": ("corrected", "heading"),
    "G": ("mended in", "bold indented"),
    "H": ("what PyTorch does", "bold indented"),
}
WIDTHS = {"A": 28, "B": 18, "C": 52, "D": 34, "E": 14, "F": 14, "G": 17, "H": 52}
TOP = 2
BELOW = "Constants from the course's workbook, and values to try"


def quirks_sheet(
    quirks: Sequence[Quirk], constants: Sequence[Constant], cells: Mapping[Key, Expression], values: QuirkValues
) -> Sheet:
    """Return the sheet.

    Args:
        quirks: what it lists.
        constants: what stands below them.
        cells: every cell and range that a quirk may use, by reference.
        values: their values; of a range what `functions.total` and the like take.
    """
    first = TOP + len(quirks) + 2
    here: dict[Key, Expression] = {
        (COURSE, each.name): at(f"E{row}", fixed=True) for row, each in enumerate(constants, start=first)
    }
    references = {**cells, **here}
    known: dict[Expression, Any] = {cell: values[key] for key, cell in cells.items() if key in values}
    known |= {here[COURSE, each.name]: Checked(each.value) for each in constants}
    places = [Place(f"{letter}1", text, style=style) for letter, (text, style) in HEADINGS.items()]
    places.append(Place(f"A{first - 1}", BELOW, style="bold"))
    for row, constant in enumerate(constants, start=first):
        places += [Place(f"A{row}", constant.what), Place(f"D{row}", constant.where, style="top indented")]
        places.append(Place(f"E{row}", key=constant.name, value=constant.value))
    for row, quirk in enumerate(quirks, start=TOP):
        places += _line(row, quirk, references, known)
    return Sheet("quirks", tuple(places), freeze="B2", widths=WIDTHS)


def _line(row: int, quirk: Quirk, cells: Mapping[Key, Expression], known: Mapping[Expression, Any]) -> Iterator[Place]:
    yield from _texts(row, quirk)
    mended = spelled(cells[quirk.mended]) if quirk.mended else "gone"
    yield Place(f"G{row}", mended, style="top indented")
    for letter, compute in (("E", quirk.course), ("F", corrected(quirk))):
        if compute:
            formula = compute(cells)
            value = plain(evaluate(formula, known, Checked))
            yield Place(f"{letter}{row}", "", (letter, row), value, formula, FOUR_PLACES, "top")
        else:
            yield Place(f"{letter}{row}", "none", style="top right")


def spelled(cell: Expression) -> str:
    """Return a cell of another sheet in words: `basic!F5`."""
    return f"{cell.args[0].sheet}!{addresses(cell)}"


def corrected(quirk: Quirk) -> Callable[[CellsByKey], Value] | None:
    """Return what computes the corrected number from the workbook's cells."""
    mended = quirk.mended
    if quirk.corrected or mended is None:
        return quirk.corrected
    return lambda cells: cells[mended]


def _texts(row: int, quirk: Quirk) -> list[Place]:
    """Return a row's wrapped texts, the tallest last: the writer makes the row as high as the last one needs."""
    texts = {"A": quirk.name, "B": quirk.where, "C": quirk.effect, "D": quirk.shows, "H": quirk.pytorch}
    places = [Place(f"{letter}{row}", text, style="wrap indented") for letter, text in texts.items()]
    return sorted(places, key=lambda place: len(place.text) / WIDTHS[place.address[0]])
