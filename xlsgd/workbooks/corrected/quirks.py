"""The sheet `quirks`: each quirk of the course's workbook with its number and the corrected one, side by side, live.

What a quirk computes is a function of the corrected workbook's cells. It is run on their addresses, which spells the
formula, and on their numbers, which gives the value beside it. What the course pasted and this workbook therefore
cannot compute stands below the quirks as constants.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import NamedTuple

from xlsgd.functions import Value
from xlsgd.sheets.description import FOUR_PLACES, Filled, Place, Sheet
from xlsgd.symbols.checked import Checked, Number, plain
from xlsgd.symbols.expression import symbol
from xlsgd.symbols.to_excel import spell

Key = tuple[str, Hashable]
"""A sheet, and the key of a cell on it."""

Cells = Mapping[Key, Value]
"""Cells of the workbook, each as its address or as its number."""

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
    course: Callable[[Cells], Value] | None
    mended: Key | None
    pytorch: str
    corrected: Callable[[Cells], Value] | None = None


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
    quirks: Sequence[Quirk], constants: Sequence[Constant], addresses: Mapping[Key, str], cells: Cells
) -> Filled:
    """Return the sheet with its numbers.

    Args:
        quirks: what it lists.
        constants: what stands below them.
        addresses: of every cell that a quirk may use, with its sheet, such as `basic!F5`.
        cells: the same cells' numbers; for a range what `functions.total` and the like take.
    """
    first = TOP + len(quirks) + 2
    spelled = {key: symbol(address) for key, address in addresses.items()}
    known = dict(cells)
    places = [Place(f"{letter}1", text, style=style) for letter, (text, style) in HEADINGS.items()]
    values: dict[Hashable, Number] = {}
    places.append(Place(f"A{first - 1}", BELOW, style="bold"))
    for row, constant in enumerate(constants, start=first):
        spelled[COURSE, constant.name] = symbol(f"$E${row}")
        known[COURSE, constant.name] = Checked(constant.value)
        values[constant.name] = constant.value
        places += [Place(f"A{row}", constant.what), Place(f"D{row}", constant.where, style="top indented")]
        places.append(Place(f"E{row}", key=constant.name))
    for row, quirk in enumerate(quirks, start=TOP):
        places += _texts(row, quirk)
        places.append(Place(f"G{row}", addresses[quirk.mended] if quirk.mended else "gone", style="top indented"))
        for letter, compute in (("E", quirk.course), ("F", corrected(quirk))):
            if compute:
                values[letter, row] = plain(compute(known))
                formula = spell(compute(spelled), {})
                places.append(Place(f"{letter}{row}", "", (letter, row), formula, FOUR_PLACES, "top"))
            else:
                places.append(Place(f"{letter}{row}", "none", style="top right"))
    return Filled(Sheet("quirks", tuple(places), freeze="B2", widths=WIDTHS), values)


def corrected(quirk: Quirk) -> Callable[[Cells], Value] | None:
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
