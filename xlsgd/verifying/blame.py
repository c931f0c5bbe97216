"""What in a workbook an engine crashed on, or took too much for: found by halving, or else what weighs most."""

import contextlib
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from xlsgd.errors import InputError
from xlsgd.reading.cells import Formula, read_cells
from xlsgd.reading.contents import read_book
from xlsgd.reading.grammar import areas
from xlsgd.reading.package import open_package
from xlsgd.symbols.references import address
from xlsgd.verifying.engines import EngineError
from xlsgd.verifying.engines.apart import Apart
from xlsgd.verifying.engines.bounds import Allowance, EngineStopped, TookTooLong
from xlsgd.verifying.formula_cells import Formulas
from xlsgd.verifying.poison import poison
from xlsgd.verifying.second_look import AllBut

SEARCH = 8.0
"""Seconds for which to halve at most."""

PART = 8
"""Part of its memory that an engine may take in a try: what takes all of it takes long to do so."""

MOST = 5_000
"""Up to how many formulas are halved: for each try the workbook is written once more."""

LOOKED_AT = 50_000
"""How many cells are looked at for what weighs most."""

LONG, WIDE = 255, 1_000_000
"""From how many characters, and from how many cells that it refers to or fills, a formula is worth a word."""


class _Weight(NamedTuple):
    """How much a formula asks for: cells that it refers to, for each that it fills, and characters."""

    cells: int
    characters: int


def blamed(path: Path, copy: Path, sheets: Mapping[str, Formulas], engine: Apart, error: EngineStopped) -> str:
    """Return what to add to an error: the cell with whose formula the engine fails, as without it it does not.

    Where that was not to be found in some seconds it is the formula that weighs most, or nothing if none weighs much.

    Args:
        path: the workbook.
        copy: where a copy may go.
        sheets: its formula cells.
        engine: the engine.
        error: how it failed.
    """
    cells = [(name, *cell) for name, each in sheets.items() for cell in each]
    is_quick = not isinstance(error, TookTooLong) and not hasattr(engine.module, "recalculate_within")
    may_halve = is_quick and len(cells) <= MOST
    place, is_found = _halved(path, copy, cells, engine.module, engine.bounds) if may_halve else (None, False)
    formulas = _formulas(path)
    if place:
        is_it = "" if is_found else " or before"
        return f", at {_described(place, formulas.get(place))}{is_it}"
    heaviest = max(formulas, key=lambda each: weight(formulas[each], *each[1:]), default=None)
    if heaviest is None or not _details(formulas[heaviest], *heaviest[1:]):
        return ""
    return f"; what weighs most there is {_described(heaviest, formulas[heaviest])}"


def _halved(
    path: Path, copy: Path, cells: Sequence[tuple[str, int, int]], module: Any, bounds: Allowance
) -> tuple[tuple[str, int, int] | None, bool]:
    """Return a cell with whose formula, and all before it, the engine fails, and whether with those before it does not.

    There is none where it fails without any formula.
    """

    def fails(count: int) -> bool:
        live: dict[str, set[tuple[int, int]]] = defaultdict(set)
        for name, *cell in cells[:count]:
            live[name].add((cell[0], cell[1]))
        left = poison(path, copy, {name: AllBut(live[name]) for name in {name for name, _, _ in cells}})
        try:
            Apart(module, Allowance(SEARCH, bounds.memory // PART)).recalculated(copy, left)
        except EngineStopped:
            return True
        except EngineError:
            return False
        return False

    until = time.monotonic() + SEARCH
    low, high = 0, len(cells)
    if not cells or fails(0):
        return None, False
    while high - low > 1 and time.monotonic() < until:
        middle = (low + high) // 2
        low, high = (low, middle) if fails(middle) else (middle, high)
    return cells[high - 1], high - low == 1


def _formulas(path: Path) -> dict[tuple[str, int, int], Formula]:
    """Return a workbook's formulas, those of ranges by their first cells; of a large one the first."""
    found = {}
    with contextlib.suppress(InputError), open_package(path) as archive:
        book = read_book(archive)
        cells = ((name, cell) for name, part in book.sheets.items() for cell in read_cells(archive, part, book.strings))
        for name, cell in islice(cells, LOOKED_AT):
            formula = cell.formula
            if formula and (not formula.array or (formula.row, formula.column) == (cell.row, cell.column)):
                found[name, cell.row, cell.column] = formula
    return found


def weight(formula: Formula, row: int, column: int) -> _Weight:
    """Return how much a formula asks for."""
    refers = sum(_size(*area[1:]) for area in areas(formula.relative(), row, column))
    filled = sum(_size(*area[1:]) for area in areas(Formula(formula.array, row, column).relative(), row, column))
    return _Weight(max(refers, 1) * max(filled, 1), len(formula.text))


def _size(top: int, left: int, bottom: int, right: int) -> int:
    return (bottom - top + 1) * (right - left + 1)


def _described(place: tuple[str, int, int], formula: Formula | None) -> str:
    details = _details(formula, *place[1:]) if formula else ""
    return f"{place[0]}!{address(*place[1:])}{details}"


def _details(formula: Formula, row: int, column: int) -> str:
    cells, characters = weight(formula, row, column)
    if cells >= WIDE:
        return f", an array formula for {formula.array}" if formula.array else f", a formula over {cells:,} cells"
    return f", a formula of {characters:,} characters" if characters >= LONG else ""
