"""Where the corrected entropy sheets' cells stand, and the formulas that the tracer spells for them.

What the course's sheets hold stands where it stood; what is new stands beside or below.
"""

from collections.abc import Hashable, Mapping
from typing import NamedTuple

from xlsgd.sheets.description import FOUR_PLACES, GENERAL, THOUSANDS, Place, Sheet, fixed
from xlsgd.sheets.entropy import CLASSES
from xlsgd.symbols.expression import symbol
from xlsgd.symbols.to_excel import spell_inside
from xlsgd.workbooks.corrected.entropy import CORRECTED_ENTROPY, by_key


class Grid(NamedTuple):
    """Where a sheet's values stand.

    Args:
        letters: each column's letter.
        first_row: the columns' first row.
        cells: the addresses of single inputs and of totals.
        formulas: the formulas of inputs that have one.
        formats: number formats of columns and totals.
        texts: the labels.
    """

    letters: Mapping[str, str]
    first_row: int
    cells: Mapping[str, str]
    formulas: Mapping[str, str]
    formats: Mapping[str, str]
    texts: tuple[Place, ...]


def _bold(**texts: str) -> tuple[Place, ...]:
    return tuple(Place(address, text, style="heading") for address, text in texts.items())


def _notes(**texts: str) -> tuple[Place, ...]:
    return tuple(Place(address, text, style="note") for address, text in texts.items())


_SOFTMAX_LETTERS = {
    "Image 1 output": "B",
    "Image 1 exp": "C",
    "Image 1 softmax": "D",
    "Image 1 log softmax": "E",
    "Image 2 output": "G",
    "Image 2 exp": "H",
    "Image 2 softmax": "I",
    "Image 2 log softmax": "J",
    "binary Image 1": "K",
    "binary Image 2": "L",
}
_SOFTMAX_CELLS = {
    "Image 1 exp": "C8",
    "Image 1 softmax": "D8",
    "Image 1 max": "B9",
    "Image 1 target": "B10",
    "Image 1 loss": "B11",
    "Image 2 exp": "H8",
    "Image 2 softmax": "I8",
    "Image 2 max": "G9",
    "Image 2 target": "G10",
    "Image 2 loss": "G11",
    "mean loss": "B12",
}
_LOG_LETTERS = {
    "isCat": "B",
    "isDog": "C",
    "Preds": "D",
    "logPredCat": "E",
    "logPredDog": "F",
    "NLL": "G",
    "idx": "H",
    "idxPred": "I",
}
_SURE = _notes(A7="sure and right", A8="sure and right", A9="sure and wrong")

GRIDS: dict[str, Grid] = {
    "softmax": Grid(
        letters=_SOFTMAX_LETTERS,
        first_row=3,
        cells=_SOFTMAX_CELLS,
        formulas={},
        formats=dict.fromkeys((*_SOFTMAX_LETTERS, "Image 1 max", "Image 2 max"), THOUSANDS)
        | dict.fromkeys(("Image 1 loss", "Image 2 loss", "mean loss"), FOUR_PLACES),
        texts=(
            *(Place(*label) for label in (("B1", "Image 1"), ("G1", "Image 2"), ("K1", "binary"))),
            *_bold(B2="output", C2="exp", D2="softmax", E2="log softmax", K2="Image 1", L2="Image 2"),
            *_bold(G2="output", H2="exp", I2="softmax", J2="log softmax"),
            *(Place(f"A{row}", name) for row, name in enumerate(CLASSES, start=3)),
            *(Place(f"F{row}", name, style="top indented") for row, name in enumerate(CLASSES, start=3)),
            *_notes(A8="sum", A9="max", A10="target, 1 to 5", A11="loss", A12="mean loss"),
            *_notes(F8="sum", F9="max", F10="target, 1 to 5", F11="loss"),
        ),
    ),
    "entropy": Grid(
        letters={"isCat": "B", "Preds": "C", "sum form": "D", "IF form": "E"},
        first_row=2,
        cells={"base": "G2", "floor": "H2", "sum form": "D10", "IF form": "E10"},
        formulas={"base": "EXP(1)"},
        formats={"sum form": FOUR_PLACES, "IF form": FOUR_PLACES},
        texts=(
            *_bold(B1="isCat", C1="Preds", D1="sum form", E1="IF form", G1="base", H1="least LN"),
            *_SURE,
            *_notes(A10="mean loss"),
        ),
    ),
    "log_entropy": Grid(
        letters=_LOG_LETTERS,
        first_row=2,
        cells={"base": "K2", "floor": "L2", "NLL": "G10"},
        formulas={"base": "EXP(1)"},
        formats=dict.fromkeys(("logPredCat", "logPredDog", "NLL", "idxPred"), FOUR_PLACES),
        texts=(
            *_bold(**{f"{letter}1": name for name, letter in _LOG_LETTERS.items()}, K1="base", L1="least LN"),
            *_SURE,
            *_notes(A10="mean loss"),
        ),
    ),
}


def addresses(name: str) -> dict[Hashable, str]:
    """Return where a sheet's values stand: by column and index, from 0, and by the names of single cells."""
    grid, sheet = GRIDS[name], CORRECTED_ENTROPY[name]
    count = len(next(iter(sheet.inputs.values())))
    by_key: dict[Hashable, str] = {
        (column, i): f"{letter}{grid.first_row + i}" for column, letter in grid.letters.items() for i in range(count)
    }
    return by_key | dict(grid.cells)


def entropy_sheet(name: str) -> Sheet:
    """Return the layout of a corrected entropy sheet; the keys are those of `addresses`."""
    grid, sheet, where = GRIDS[name], CORRECTED_ENTROPY[name], addresses(name)
    inputs = {key: [symbol(where[key, i]) for i, _ in enumerate(column)] for key, column in sheet.inputs.items()}
    singles = {key: symbol(fixed(where[key])) for key in sheet.cells}
    filled = sheet.fill(inputs, singles)
    known = {cell: where[key] if isinstance(key, tuple) else fixed(where[key]) for key, cell in by_key(filled).items()}
    places = list(grid.texts)
    places += [Place(where[key], key=key, formula=grid.formulas.get(key, "")) for key in sheet.cells]
    for key, cell in by_key(filled).items():
        formula = "" if cell.op == "symbol" else spell_inside(cell, known)
        name_of = key[0] if isinstance(key, tuple) else str(key)
        places.append(Place(where[key], "", key, formula, grid.formats.get(name_of, GENERAL)))
    return Sheet(name, tuple(places), freeze=f"A{grid.first_row}")
