"""The oracle as a source for verification: Torch's answers in the order of a workbook's formula cells."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xlsgd.cells import read_cells
from xlsgd.checked import ExcelError
from xlsgd.contents import read_book
from xlsgd.engines import NO_ANSWER, EngineError, Quirk, Value
from xlsgd.package import open_package
from xlsgd.poison import Formulas
from xlsgd.sheet import column_letter

NAME = "Torch"
QUIRKS: tuple[Quirk, ...] = ()


def version() -> str:
    """Return Torch's version."""
    import torch

    return str(torch.__version__)


def answers(path: Path, sheets: Mapping[str, Formulas]) -> dict[str, list[Any]]:
    """Return Torch's answers for the workbook's formula cells, sheet by sheet, `NO_ANSWER` where it has none.

    Torch knows an error only as NaN; where the file shows an error, NaN counts as the same one.

    Raises:
        EngineError: Torch is not installed.
        InputError: a number that is needed is missing from a sheet, or Torch refuses it.
    """
    try:
        from xlsgd import oracle
    except ImportError as error:
        raise EngineError('--oracle needs Torch: pip install torch (or pip install ".[oracle]")') from error

    given: dict[str, list[Any]] = {}
    for name, cells in sheets.items():
        values = _numbers(path, name) if name in oracle.SHEETS else {}
        expected = oracle.expected(name, values) if values else {}
        addresses = (f"{column_letter(column - 1)}{row}" for row, column in cells)
        given[name] = [
            _answer(expected.get(address, NO_ANSWER), cached)
            for address, cached in zip(addresses, cells.values, strict=True)
        ]
    return given


def _answer(expected: Any, cached: Value) -> Any:
    is_error = isinstance(expected, float) and math.isnan(expected)
    return cached if is_error and isinstance(cached, ExcelError) else expected


def _numbers(path: Path, sheet: str) -> dict[str, float]:
    """Return a sheet's numbers by address, NaN for errors."""
    with open_package(path) as archive:
        book = read_book(archive)
        return {
            f"{column_letter(cell.column - 1)}{cell.row}": cell.value if isinstance(cell.value, float) else math.nan
            for cell in read_cells(archive, book.sheets[sheet], book.strings)
            if isinstance(cell.value, float) or (isinstance(cell.value, str) and cell.value.startswith("#"))
        }
