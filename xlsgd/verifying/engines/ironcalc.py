"""IronCalc: a spreadsheet engine in Rust, which computes the course's formulas bit for bit as Excel does."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from xlsgd.reading.cells import CellValue
from xlsgd.symbols.checked import ExcelError
from xlsgd.symbols.references import column_number
from xlsgd.verifying.engines import INABILITIES, KnownDifference, are_numbers, as_value, cannot
from xlsgd.verifying.engines.native import at_work
from xlsgd.verifying.report import Disagreement

NAME = "IronCalc"

DATA_TABLES = False

MATCH = re.compile(r"\bMATCH\([^,()]*,\$?([A-Z]+)\$?([0-9]+):\$?([A-Z]+)\$?([0-9]+)\)")
DATES = re.compile(
    r"\b(?:YEAR|MONTH|DAY|DAYS|DAYS360|DATE|DATEVALUE|DATEDIF|WEEKDAY|WEEKNUM|ISOWEEKNUM|EDATE|EOMONTH|YEARFRAC|TEXT"
    r"|NETWORKDAYS(?:\.INTL)?|WORKDAY(?:\.INTL)?)\("
)
ALL_OF = re.compile(r"\b(?:AND|OR)\(")
PAIRS = re.compile(r"\b(?:SUMXMY2|SUMX2MY2|SUMX2PY2)\(")


def both_are_places(d: Disagreement) -> bool:
    """Return whether a formula is a two-argument MATCH, and both values are places in its range."""
    found, cached, got = MATCH.search(d.formula), d.cached, d.answer
    if not found or isinstance(cached, (str, bool)) or isinstance(got, (str, bool)) or cached is None or got is None:
        return False
    left, top, right, bottom = found.groups()
    cells = max(column_number(right) - column_number(left), int(bottom) - int(top)) + 1
    return all(1 <= place <= cells and place % 1 == 0 for place in (cached, got))


def _stops_early(d: Disagreement) -> bool:
    """Return whether a formula with AND or OR has an error in the file, and here none."""
    return bool(ALL_OF.search(d.text)) and type(d.cached) is ExcelError and type(as_value(d.answer)) is not ExcelError


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
    KnownDifference(
        "SUMXMY2 and its like take an empty cell for 0, Excel leaves the pair out",
        lambda d: bool(PAIRS.search(d.text)) and None in d.inputs and are_numbers(d.cached, d.answer),
        pinned=True,
    ),
    cannot(
        "dates that count from 1904 are not known",
        lambda d: bool(DATES.search(d.text)),
        applies=lambda settings: settings.date1904,
    ),
    *INABILITIES,
)


def version() -> str:
    """Return IronCalc's version."""
    import ironcalc

    return str(ironcalc.__version__)


def recalculate(path: Path, wanted: Mapping[str, Sequence[tuple[int, int]]]) -> dict[str, list[CellValue]]:
    """Recalculate the workbook at `path` and return the wanted cells' values.

    Raises:
        EngineError: IronCalc cannot load the file or evaluate it.
    """
    import ironcalc

    with at_work(NAME):
        model = ironcalc.load_from_xlsx(str(path), "en", "UTC")
        model.evaluate()
        index = {sheet["name"]: i for i, sheet in enumerate(model.get_worksheets_properties())}
        read = model.get_cell_value
        return {name: [read(index[name], row, column) for row, column in cells] for name, cells in wanted.items()}


def is_installed() -> bool:
    """Return whether it is there: xlsgd needs it."""
    return True
