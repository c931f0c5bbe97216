"""Formualizer: a spreadsheet engine in Rust, which loads a large workbook faster than any other here."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from xlsgd.errors import needs
from xlsgd.reading.cells import CellValue
from xlsgd.verifying.engines import INABILITIES, EngineError, KnownDifference
from xlsgd.verifying.engines.shared_quirks import EMPTY_PAIRS, NO_1904, ZERO_BELOW_ZERO, both_are_places, power_is
from xlsgd.verifying.report import Disagreement

NAME = "Formualizer"
DATA_TABLES = False
ERRORS = {
    "Calc": "#CALC!",
    "Circ": "#CIRC!",
    "Div": "#DIV/0!",
    "Na": "#N/A",
    "Name": "#NAME?",
    "NImpl": "#N/IMPL!",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Spill": "#SPILL!",
    "Value": "#VALUE!",
}
"""The text of each kind of error; another is one of the engine's own."""


def _finds_nothing(d: Disagreement) -> bool:
    """Return whether a formula is a two-argument MATCH, the file's value a place in its range, and there is none here.

    It searches as IronCalc does, and where it ends on a greater value finds nothing.
    """
    return d.answer == "#N/A" and both_are_places(d._replace(answer=d.cached))


MATCHES = "MATCH without a third argument halves the range another way than Excel"
QUIRKS = (
    KnownDifference(MATCHES, lambda d: both_are_places(d) or _finds_nothing(d), pinned=True),
    KnownDifference("0^0 is 1, in Excel #NUM!", power_is("#NUM!"), pinned=True),
    ZERO_BELOW_ZERO,
    EMPTY_PAIRS,
    NO_1904,
    *INABILITIES,
)


def is_installed() -> bool:
    """Return whether it is there."""
    return find_spec("formualizer") is not None


def version() -> str:
    """Return Formualizer's version."""
    from importlib.metadata import version as version_of

    return version_of("formualizer")


def recalculate(path: Path, wanted: Mapping[str, Sequence[tuple[int, int]]]) -> dict[str, list[CellValue]]:
    """Recalculate the workbook at `path` and return the wanted cells' values.

    Raises:
        EngineError: Formualizer is not installed.
    """
    if not is_installed():
        raise EngineError(needs("the engine Formualizer", "the package formualizer", "formualizer"))
    import formualizer

    book = formualizer.load_workbook(str(path))
    book.set_temporal_egress("serial")
    book.evaluate_all()
    read = book.get_value
    return {name: [_plain(read(name, row, column)) for row, column in cells] for name, cells in wanted.items()}


def _plain(value: Any) -> CellValue:
    """Return a value as every engine gives it: an error comes as a dictionary, a whole number as an int."""
    if isinstance(value, dict):
        return ERRORS.get(value.get("kind", ""), "#ERROR!")
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
