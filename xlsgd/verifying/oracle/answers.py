"""The oracle as a source for verification: Torch's answers in the order of a workbook's formula cells."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

from xlsgd.errors import needs
from xlsgd.reading.cells import CellValue, read_cells
from xlsgd.reading.contents import read_book
from xlsgd.reading.package import open_package
from xlsgd.symbols.checked import ExcelError
from xlsgd.symbols.references import address
from xlsgd.verifying.engines import NO_ANSWER, EngineError, KnownDifference
from xlsgd.verifying.formula_cells import Formulas

NAME = "Torch"
QUIRKS: tuple[KnownDifference, ...] = ()

GUIDE, ANSWERS = "guide", "answers"
"""The first and the last of an exercise's three sheets; the one between has blank cells."""

AN_ERROR = "an error"
"""The answer where a spreadsheet must show an error and does not; Torch does not know which."""

LINE = "line"
"""What the sheets of the textbook's optimizers call their model, which is none of a user's own."""

KEPT = 200_000
"""How many cells a sheet may have to be kept when it has been read; a larger one is read again when it is needed."""


def version() -> str:
    """Return Torch's version."""
    import torch

    return str(torch.__version__)


def answers(
    path: Path,
    sheets: Mapping[str, Formulas],
    models: Sequence[Any] = (),
    begun: Callable[[str], None] = lambda sheet: None,
) -> dict[str, list[Any]]:
    """Return Torch's answers for the workbook's formula cells, sheet by sheet, `NO_ANSWER` where it has none.

    It has none for an exercise, in which what stands in other cells depends on those that are still blank.

    Torch knows an error only as NaN; where the file shows an error, NaN counts as the same one.

    Args:
        path: the workbook.
        sheets: its formula cells.
        models: those whose sheets may stand in it (see `ModelColumns`).
        begun: is told of every sheet before it is looked at.

    Raises:
        EngineError: Torch is not installed.
        InputError: a number that is needed is missing from a sheet, or Torch refuses it.
    """
    try:
        from xlsgd.verifying.oracle import expected as oracle
    except ImportError as error:
        raise EngineError(needs("`oracle` torch", "torch", "oracle")) from error

    book = _Book(path)
    given: dict[str, list[Any]] = {}
    is_exercise = _is_exercise(book)
    for name, cells in sheets.items():
        begun(name)
        expected = oracle.expected(name, book, models) if cells and not is_exercise else {}
        addresses = (address(row, column) for row, column in cells)
        given[name] = [
            _answer(expected.get(place, NO_ANSWER), cached)
            for place, cached in zip(addresses, cells.values, strict=True)
        ]
    return given


def note(path: Path, models: Sequence[Any] = ()) -> str:
    """Return what is to be known of the answers: of which models the forward pass is their own, and of which none are.

    Args:
        path: the workbook.
        models: as of `answers`.
    """
    with open_package(path) as archive:
        book = read_book(archive)
        if _is_exercise(book.sheets):
            return "an exercise: Torch computes whole sheets, and does not know which cells are blank"
        named = dict.fromkeys(_model_named(archive, part, book.strings) for part in book.sheets.values())
    own = [model.name for model in models if model.name in named]
    others = [name for name in named if name not in ("", LINE, *own)]
    found = []
    if own:
        ran = "the forward pass is the model's own, run on tensors; gradients and updates are Torch's"
        found.append(f"of {', '.join(own)} {ran}")
    if others:
        asks = "from Python, xlsgd.verify(..., models=[...]) has them"
        found.append(f"of {', '.join(others)} there are no answers without the model: {asks}")
    return "; ".join(found)


def _is_exercise(sheets: Iterable[str]) -> bool:
    """Return whether a workbook's sheets are those of an exercise: a model of a user's own may be called `answers`."""
    first, *others = sheets
    return first == GUIDE and len(others) == 2 and others[-1] == ANSWERS


def _model_named(archive: Any, part: str, strings: Any) -> str:
    """Return what a training sheet says its model is called, or nothing; only the first row is read."""
    from xlsgd.verifying.oracle.model_names import names_model

    cells = takewhile(lambda cell: cell.row == 1, read_cells(archive, part, strings))
    first = {address(cell.row, cell.column): cell.value for cell in cells}
    return str(first["B1"]) if names_model(first) else ""


def _answer(expected: Any, cached: CellValue) -> Any:
    if isinstance(expected, float) and math.isnan(expected):
        return cached if isinstance(cached, ExcelError) else AN_ERROR
    return expected


class _Book(Mapping[str, dict[str, float | str]]):
    """A workbook's sheets, each with its numbers and texts by address, NaN for errors; read when asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: dict[str, dict[str, float | str]] = {}
        with open_package(path) as archive:
            self._names = list(read_book(archive).sheets)

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __getitem__(self, name: str) -> dict[str, float | str]:
        if name in self._kept:
            return self._kept[name]
        values = self._read(name)
        if len(values) <= KEPT:
            self._kept[name] = values
        return values

    def _read(self, name: str) -> dict[str, float | str]:
        with open_package(self._path) as archive:
            book = read_book(archive)
            cells = read_cells(archive, book.sheets[name], book.strings)
            return {
                address(cell.row, cell.column): math.nan if _is_error(cell.value) else cell.value
                for cell in cells
                if isinstance(cell.value, (float, str))
            }


def _is_error(value: Any) -> bool:
    return isinstance(value, ExcelError)
