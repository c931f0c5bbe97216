"""Where the entropy sheets' cells stand, and the formulas that the tracer spells for them.

Source of the addresses: the course's `entropy_example.xlsx`.
"""

from collections.abc import Mapping
from typing import NamedTuple

from xlsgd.sheets.description import ENTROPY_FIRST_ROWS, GENERAL, THOUSANDS, Place, Sheet, fixed
from xlsgd.sheets.entropy import CLASSES, ENTROPY, Entropy
from xlsgd.symbols.expression import Expression, symbol
from xlsgd.symbols.to_excel import spell_inside


class Grid(NamedTuple):
    """Where a sheet's columns stand: their letters, their first row, their formats, and texts beside them."""

    letters: Mapping[str, str]
    first_row: int
    formats: Mapping[str, str]
    texts: tuple[Place, ...]


def _bold(**texts: str) -> tuple[Place, ...]:
    return tuple(Place(address, text, style="heading") for address, text in texts.items())


_SOFTMAX_LETTERS = {
    "Image 1 output": "B",
    "Image 1 exp": "C",
    "Image 1 softmax": "D",
    "Image 2 output": "G",
    "Image 2 exp": "H",
    "Image 2 softmax": "I",
    "binary Image 1": "K",
    "binary Image 2": "L",
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

GRIDS: dict[str, Grid] = {
    "softmax": Grid(
        letters=_SOFTMAX_LETTERS,
        first_row=ENTROPY_FIRST_ROWS["softmax"],
        formats=dict.fromkeys(_SOFTMAX_LETTERS, THOUSANDS),
        texts=(
            *(Place(*label) for label in (("B1", "Image 1"), ("G1", "Image 2"), ("K1", "binary"))),
            *_bold(B2="output", C2="exp", D2="softmax", G2="output", H2="exp", I2="softmax"),
            *_bold(K2="Image 1", L2="Image 2"),
            *(Place(f"{letter}{row}", name) for letter in "AF" for row, name in enumerate(CLASSES, start=3)),
        ),
    ),
    "entropy": Grid(
        letters={"isCat": "B", "Preds": "C", "sum form": "D", "IF form": "E"},
        first_row=ENTROPY_FIRST_ROWS["entropy"],
        formats={},
        texts=(
            *_bold(B1="isCat", C1="Preds"),
            *(Place(*label, style="note") for label in (("D1", "sum form"), ("E1", "IF form"))),
            Place("C9", key="stray sum", formula="25000*128*4/1000"),
        ),
    ),
    "log_entropy": Grid(
        letters=_LOG_LETTERS,
        first_row=ENTROPY_FIRST_ROWS["log_entropy"],
        formats=dict.fromkeys(("logPredCat", "logPredDog", "NLL", "idxPred"), THOUSANDS),
        texts=_bold(**{f"{letter}1": name for name, letter in _LOG_LETTERS.items()}),
    ),
}


def entropy_sheet(name: str) -> Sheet:
    """Return the layout of an entropy sheet; a cell's key is its column's name and its row's index, from 0.

    A total's key is its column's name alone.
    """
    grid = GRIDS[name]
    filled = ENTROPY[name].fill(_symbols(name, grid))
    addresses = _addresses(grid, filled)
    places = list(grid.texts)
    for column, cells in filled.columns.items():
        for index, cell in enumerate(cells):
            address = f"{grid.letters[column]}{grid.first_row + index}"
            formula = "" if cell.op == "symbol" else spell_inside(cell, addresses)
            places.append(Place(address, "", (column, index), formula, grid.formats.get(column, GENERAL)))
    for column, cell in filled.totals.items():
        formula = spell_inside(cell, addresses)
        places.append(Place(_below(grid, filled, column), "", column, formula, grid.formats[column]))
    return Sheet(name, tuple(places))


def _symbols(name: str, grid: Grid) -> dict[str, list[Expression]]:
    return {
        column: [symbol(f"{grid.letters[column]}{grid.first_row + index}") for index, _ in enumerate(values)]
        for column, values in ENTROPY[name].inputs.items()
    }


def _addresses(grid: Grid, filled: Entropy) -> dict[Expression, str]:
    addresses = {
        cell: f"{grid.letters[column]}{grid.first_row + index}"
        for column, cells in filled.columns.items()
        for index, cell in enumerate(cells)
    }
    for column, cell in filled.totals.items():
        addresses[cell] = fixed(_below(grid, filled, column))
    return addresses


def _below(grid: Grid, filled: Entropy, column: str) -> str:
    return f"{grid.letters[column]}{grid.first_row + len(filled.columns[column])}"
