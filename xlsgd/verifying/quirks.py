"""Tells cells that differ by a known quirk of an engine, or by depending on such a cell, from the rest."""

import re
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from xlsgd.symbols.references import column_number
from xlsgd.verifying.engines import KnownDifference

if TYPE_CHECKING:
    from xlsgd.verifying.report import Disagreement

REFERENCE = re.compile(
    r"(?<![\w!'])(?:(\w++)!)?\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?(?![\w(])"
)

WORD = re.compile(r"(?<![\w$!'])[A-Za-z_]\w*+(?![\w(!$])")

Names = Mapping[tuple[str, str], str]
"""What each of a workbook's names refers to, by its sheet (empty for all sheets) and itself, both in capitals."""

NO_NAMES: Names = {}

MOST_MEANT = 2**13
"""How many characters names may stand for in one formula; a formula of Excel's has as many at most."""

Position = tuple[str, int, int]
Bounds = tuple[int, int, int, int]
PlacedBounds = tuple[str, Bounds]


def explain(
    apart: Sequence["Disagreement"], quirks: Sequence[KnownDifference], names: Names = NO_NAMES
) -> tuple[dict[str, list["Disagreement"]], list["Disagreement"]]:
    """Part differing cells into those that a quirk explains, by its name, and the rest.

    A quirk explains a cell that shows it, and a cell that refers to an explained one, by its address or by one of the
    workbook's names, and differs as the quirk lets it.
    """
    rest = list(apart)
    explained = {}
    for quirk in quirks:
        reached = _reached(rest, quirk, names)
        found = [d for d in rest if (d.sheet, d.row, d.column) in reached]
        if found:
            explained[quirk.name] = found
            rest = [d for d in rest if (d.sheet, d.row, d.column) not in reached]
    return explained, rest


def _reached(apart: Sequence["Disagreement"], quirk: KnownDifference, names: Names) -> set[Position]:
    starts = [(d.sheet, d.row, d.column) for d in apart if quirk.starts(d)]
    if not starts:
        return set()
    users: dict[Position, list[Position]] = defaultdict(list)
    summing: list[tuple[Position, list[PlacedBounds]]] = []
    for d in apart:
        if quirk.carries(d.cached, d.answer):
            cell = (d.sheet, d.row, d.column)
            areas = placed_references(without_names(d.formula, d.sheet, names), d.sheet)
            for sheet, (top, left, bottom, right) in areas:
                if (top, left) == (bottom, right):
                    users[sheet, top, left].append(cell)
            if any((top, left) != (bottom, right) for _, (top, left, bottom, right) in areas):
                summing.append((cell, areas))
    return _spread(starts, users, summing)


def _spread(
    starts: list[Position], users: dict[Position, list[Position]], summing: list[tuple[Position, list[PlacedBounds]]]
) -> set[Position]:
    """Follow the references from the starts on; ranges are looked at each time that no single reference is left."""
    reached: set[Position] = set()
    waiting = deque(starts)
    while waiting:
        while waiting:
            cell = waiting.popleft()
            if cell not in reached:
                reached.add(cell)
                waiting.extend(users[cell])
        waiting.extend(cell for cell, areas in summing if cell not in reached and _touches(areas, reached))
    return reached


def _touches(areas: list[PlacedBounds], reached: set[Position]) -> bool:
    return any(
        name == sheet and top <= row <= bottom and left <= column <= right
        for name, row, column in reached
        for sheet, (top, left, bottom, right) in areas
    )


def without_names(formula: str, sheet: str, names: Names) -> str:
    """Return a formula of a sheet with what its names stand for in their places, as long as that is not too much."""
    room = MOST_MEANT

    def meant(word: re.Match[str]) -> str:
        nonlocal room
        name = word[0].upper()
        text = names.get((sheet.upper(), name)) or names.get(("", name), "")
        room -= len(text)
        return text if text and room >= 0 else word[0]

    return WORD.sub(meant, formula) if names else formula


def references(formula: str) -> list[Bounds]:
    """Return the cells and ranges of its own sheet that a formula refers to: top, left, bottom, right, from 1."""
    return [area for sheet, area in placed_references(formula, "") if not sheet]


def placed_references(formula: str, own: str) -> list[PlacedBounds]:
    """Return the cells and ranges that a formula on the sheet `own` refers to, each with its sheet.

    Sheets whose names need quotation marks are left out.
    """
    areas = []
    for sheet, letters, row, last_letters, last_row in REFERENCE.findall(formula):
        top, left = int(row), column_number(letters)
        right = column_number(last_letters) if last_letters else left
        areas.append((sheet or own, (top, left, int(last_row or top), right)))
    return areas
