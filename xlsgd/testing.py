"""For other people's test suites: assertions about workbooks, and a sheet's values as a frame.

>>> from xlsgd.testing import assert_verified
>>> assert_verified("workbooks/entropy_example.xlsx")  # doctest: +SKIP
"""

from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from xlsgd.errors import choose
from xlsgd.library.compare import compare
from xlsgd.library.verify import SourceNames, verify
from xlsgd.models import Model
from xlsgd.reading.cells import read_cells
from xlsgd.reading.contents import read_book
from xlsgd.reading.package import open_package
from xlsgd.symbols.references import column_letters
from xlsgd.verifying.report import Disagreement, Report

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 20
"""How many cells a failed assertion lists; the rest it counts."""


def assert_verified(
    path: str | PathLike[str],
    engines: SourceNames = ("ironcalc",),
    oracles: SourceNames = (),
    models: Model | Sequence[Model] = (),
) -> Report:
    """Assert that every formula's value in a workbook is what others compute, and return the report.

    Args:
        path: an .xlsx or .xlsm file.
        engines: as of `xlsgd.verify`.
        oracles: as of `xlsgd.verify`.
        models: as of `xlsgd.verify`.

    Raises:
        AssertionError: cells differ, which are listed with their formulas and both values; or no cell was compared.
        InputError: as of `xlsgd.verify`.
    """
    report = verify(path, engines, oracles, models)
    if not report.formulas:
        lacking = f"{report.without_value:,} formulas without a value" if report.without_value else "no formulas"
        raise AssertionError(f"{path}: holds {lacking}, so nothing was verified")
    if not report.agrees:
        raise AssertionError("\n".join(_differing(path, report)))
    return report


def _differing(path: str | PathLike[str], report: Report) -> Iterator[str]:
    told = [(verdict.source, found) for verdict in report.verdicts for found in verdict.differences]
    if told:
        lines = (_disagreement(source, found) for source, found in told)
        yield from _listed(f"{path}: {len(told):,} cells differ", len(told), lines)
    if report.unanswered:
        count = len(report.unanswered)
        yield from _listed(f"{path}: no source could compute {count:,} cells", count, iter(report.unanswered))


def _disagreement(source: str, found: Disagreement) -> str:
    return f"{found.address}  {found.formula}  file {found.cached!r}, {source} {found.answer!r}"


def assert_mirrors(original: str | PathLike[str], copy: str | PathLike[str], tolerance: float = 1e-12) -> None:
    """Assert that a workbook holds all that another one holds.

    Args:
        original: the workbook whose content is looked for.
        copy: the workbook where it is looked for; more may stand in it.
        tolerance: the relative difference up to which two numbers are equal.

    Raises:
        AssertionError: something is missing or different; cells are listed with what both hold.
        InputError: as of `xlsgd.compare`.
    """
    found = compare(original, copy, tolerance)
    if not found.mirrors:
        lines = (
            f"{each.sheet}!{each.address}  {each.kind}  original {each.original!r}, copy {each.copy!r}"
            if each.sheet
            else f"{each.kind}  original {each.original!r}, copy {each.copy!r}"
            for each in found.differences
        )
        head = f"{copy}: {found.difference_count:,} differences from {original}"
        raise AssertionError("\n".join(_listed(head, found.difference_count, lines)))


def _listed(head: str, count: int, lines: Iterator[str]) -> Iterator[str]:
    yield head
    yield from (f"  {line}" for line, _ in zip(lines, range(SHOWN), strict=False))
    if count > SHOWN:
        yield f"  ... and {count - SHOWN:,} more"


def sheet_values(path: str | PathLike[str], sheet: str, headings: int | None = None) -> "pd.DataFrame":
    """Return the values of a sheet's cells as the file has them, those of formulas among them.

    Args:
        path: an .xlsx or .xlsm file.
        sheet: the sheet's name.
        headings: the row that names the columns; what follows it is returned. Columns have their letters if None.

    Returns:
        A frame indexed by `row`, from 1; None where a cell is empty. Numbers are floats, an error is its text.

    Raises:
        InputError: the file is not a workbook, or has no such sheet.
    """
    import pandas as pd

    with open_package(Path(path)) as archive:
        book = read_book(archive)
        part = book.sheets[choose("sheet", sheet, book.sheets, f"{path}: ")]
        cells = {(cell.row, cell.column): cell.value for cell in read_cells(archive, part, book.strings)}
    rows = range(1, max((row for row, _ in cells), default=0) + 1)
    columns = range(1, max((column for _, column in cells), default=0) + 1)
    table = {column_letters(column): [cells.get((row, column)) for row in rows] for column in columns}
    frame = pd.DataFrame(table, index=pd.RangeIndex(1, len(rows) + 1, name="row"), dtype=object)
    if headings is not None:
        frame = frame.set_axis([str(name) for name in frame.loc[headings]], axis="columns").loc[headings + 1 :]
    return frame.infer_objects()
