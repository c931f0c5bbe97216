"""IronCalc: a spreadsheet engine in Rust, which computes the course's formulas bit for bit as Excel does."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from xlsgd.reading.cells import CellValue
from xlsgd.symbols.references import column_number
from xlsgd.verifying.engines import EngineError, KnownDifference

NAME = "IronCalc"

MATCH = re.compile(r"\bMATCH\([^,()]*,\$?([A-Z]+)\$?([0-9]+):\$?([A-Z]+)\$?([0-9]+)\)")


def _both_are_places(formula: str, cached: CellValue, got: CellValue) -> bool:
    """Return whether a formula is a two-argument MATCH, and both values are places in its range."""
    found = MATCH.search(formula)
    if not found or isinstance(cached, (str, bool)) or isinstance(got, (str, bool)) or cached is None or got is None:
        return False
    left, top, right, bottom = found.groups()
    cells = max(column_number(right) - column_number(left), int(bottom) - int(top)) + 1
    return all(1 <= place <= cells and place % 1 == 0 for place in (cached, got))


QUIRKS = (
    KnownDifference(
        "MATCH without a third argument halves the range another way than Excel",
        starts=lambda formula, cached, got: _both_are_places(formula, cached, got),
        pinned=True,
    ),
    KnownDifference(
        "the overflow of a power is #DIV/0!, in Excel #NUM!",
        starts=lambda formula, cached, got: "^" in formula and (cached, got) == ("#NUM!", "#DIV/0!"),
        carries=lambda cached, got: (cached, got) == ("#NUM!", "#DIV/0!"),
    ),
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

    with _panics_caught():
        model = ironcalc.load_from_xlsx(str(path), "en", "UTC")
        model.evaluate()
        index = {sheet["name"]: i for i, sheet in enumerate(model.get_worksheets_properties())}
        read = model.get_cell_value
        return {name: [read(index[name], row, column) for row, column in cells] for name, cells in wanted.items()}


@contextmanager
def _panics_caught() -> Iterator[None]:
    try:
        yield
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a Rust panic arrives as a BaseException of its own
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise EngineError(f"IronCalc cannot recalculate it: {reason}") from error
