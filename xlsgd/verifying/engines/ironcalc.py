"""IronCalc: a spreadsheet engine in Rust, which computes the course's formulas bit for bit as Excel does."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import ironcalc

from xlsgd.reading.cells import CellValue
from xlsgd.symbols.checked import ExcelError
from xlsgd.verifying.engines import INABILITIES, KnownDifference, are_numbers, as_value
from xlsgd.verifying.engines.shared_quirks import EMPTY_PAIRS, NO_1904, both_are_places, power_is
from xlsgd.verifying.report import Disagreement

NAME = "IronCalc"

DATA_TABLES = False

ALL_OF = re.compile(r"\b(?:AND|OR)\(")


def _stops_early(d: Disagreement) -> bool:
    """Return whether a formula with AND or OR has an error in the file, and here none."""
    return bool(ALL_OF.search(d.text)) and type(d.cached) is ExcelError and type(as_value(d.answer)) is not ExcelError


def _is_a_rough_erf(d: Disagreement) -> bool:
    """Return whether a formula with ERF or ERFC differs by no more than IronCalc's does."""
    if not ("ERF" in d.text and are_numbers(d.cached, d.answer)):
        return False
    assert isinstance(d.cached, float) and isinstance(d.answer, float)
    return abs(d.cached - d.answer) <= 1e-10 * abs(d.cached)


QUIRKS = (
    KnownDifference(
        "MATCH without a third argument halves the range another way than Excel", both_are_places, pinned=True
    ),
    KnownDifference("AND and OR stop at the first argument that decides", _stops_early, pinned=True),
    KnownDifference(
        "the overflow of a power is #DIV/0!, in Excel #NUM!",
        starts=lambda d: "^" in d.formula and (d.cached, d.answer) == ("#NUM!", "#DIV/0!"),
        carries=lambda cached, got: (cached, got) == ("#NUM!", "#DIV/0!"),
    ),
    KnownDifference("an odd root of a negative number is one, in Excel #NUM!", power_is("#NUM!"), pinned=True),
    KnownDifference("ERF is right to eleven digits", _is_a_rough_erf, pinned=True),
    EMPTY_PAIRS,
    NO_1904,
    *INABILITIES,
)


def version() -> str:
    """Return IronCalc's version."""
    return str(ironcalc.__version__)


def recalculate(path: Path, wanted: Mapping[str, Sequence[tuple[int, int]]]) -> dict[str, list[CellValue]]:
    """Recalculate the workbook at `path` and return the wanted cells' values."""
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC")
    model.evaluate()
    index = {sheet["name"]: i for i, sheet in enumerate(model.get_worksheets_properties())}
    read = model.get_cell_value
    return {name: [read(index[name], row, column) for row, column in cells] for name, cells in wanted.items()}


def is_installed() -> bool:
    """Return whether it is there: xlsgd needs it."""
    return True
