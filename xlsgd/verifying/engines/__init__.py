"""Spreadsheet engines that recalculate a workbook, none of them ours.

An engine is a module with a `NAME`, a `version()`, a tuple `QUIRKS` of what it is known to compute unlike Excel, and

    recalculate(path, wanted) -> {sheet: values}

where `wanted` gives for each sheet the (row, column) pairs to read back, from 1, and the values come in that order.
To add an engine, write such a module and enter it in `ENGINES`.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from xlsgd.reading.cells import CellValue
from xlsgd.symbols.checked import ExcelError

NO_ANSWER: Any = object()
"""Stands among the answers for a cell that a source has no answer for."""


class EngineError(Exception):
    """An engine that is not installed or that failed: the message is one line that says what to do."""


class KnownDifference(NamedTuple):
    """Something an engine is known to compute unlike Excel.

    Args:
        name: what it is, in a few words.
        starts: whether a cell's formula, its value in the file and its recalculated value show it.
        carries: whether these two values of a cell may follow from it in a cell that refers to such a one.
        pinned: whether such a cell is recalculated once more with the file's value in its place, so that what refers to
            it must agree after all.
    """

    name: str
    starts: Callable[[str, CellValue, CellValue], bool]
    carries: Callable[[CellValue, CellValue], bool] = lambda cached, got: False
    pinned: bool = False


def as_value(value: CellValue) -> CellValue:
    """Return an engine's answer with its errors recognisable as such."""
    is_error = isinstance(value, str) and value.startswith("#") and value.rstrip("!?").isupper()
    return ExcelError(value) if is_error else value


ENGINES = {"ironcalc": "xlsgd.verifying.engines.ironcalc", "libreoffice": "xlsgd.verifying.engines.libreoffice"}
"""Each engine's module by its name on the command line, imported only when it is asked for."""
