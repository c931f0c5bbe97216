"""Recalculates a workbook with an engine that is not ours, and compares cell by cell with the values in the file."""

import tempfile
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from xlsgd.checked import ExcelError
from xlsgd.engines import ENGINES, EngineError, Value, as_value
from xlsgd.errors import InputError
from xlsgd.poison import Formulas, formulas_at, poison
from xlsgd.quirks import explain
from xlsgd.sheet import column_letter

TOLERANCE = 1e-12
"""Relative difference up to which two numbers agree: LibreOffice sums with compensation, and logarithms differ."""

SHOWN = 20
"""How many differences a report spells out; the rest it counts."""


class Difference(NamedTuple):
    """A cell whose recalculated value is not the one in the file."""

    sheet: str
    row: int
    column: int
    formula: str
    cached: Value
    recalculated: Value

    @property
    def address(self) -> str:
        """The cell's address, such as `adam!J4`."""
        return f"{self.sheet}!{column_letter(self.column - 1)}{self.row}"


class Report(NamedTuple):
    """What an engine says of a workbook.

    Args:
        file: the workbook.
        engine: the engine's name and version.
        formulas: how many formulas were compared.
        equal: how many of them gave the file's value to the bit, or the same error or text.
        errors: how many of the formulas hold each kind of error.
        volatile: how many cells were pinned since they change at every recalculation.
        worst: the greatest relative difference of two numbers that agree within the tolerance.
        worst_at: the address where.
        quirks: cells that differ by something the engine is known to compute unlike Excel, by its name.
        differences: all the others that differ.
    """

    file: str
    engine: str
    formulas: int
    equal: int
    errors: Mapping[str, int]
    volatile: int
    worst: float
    worst_at: str
    quirks: Mapping[str, Sequence[Difference]]
    differences: Sequence[Difference]

    @property
    def agrees(self) -> bool:
        """Whether every cell agrees but for those that the engine is known to compute unlike Excel."""
        return not self.differences


def verify(path: Path, engine: str = "ironcalc") -> Report:
    """Recalculate the workbook at `path` from a copy with wrong values in every formula cell, and compare.

    Args:
        path: the workbook.
        engine: a name of `ENGINES`.

    Raises:
        InputError: the file is not a workbook, or the engine cannot load it or is not installed.
    """
    module = import_module(ENGINES[engine])
    with tempfile.TemporaryDirectory(prefix="xlsgd-") as folder:
        copy = Path(folder) / "poisoned.xlsx"
        sheets = poison(path, copy)
        try:
            recalculated = module.recalculate(copy, sheets)
        except EngineError as error:
            raise InputError(f"{path}: {error}") from error
    return _report(path, module, sheets, recalculated)


def relative_difference(cached: Value, recalculated: Value) -> float:
    """Return how far two values are apart, relative to the greater; infinity if they are not both numbers."""
    if type(cached) is not float or not isinstance(recalculated, (int, float)) or isinstance(recalculated, bool):
        return float("inf")
    return abs(cached - recalculated) / max(abs(cached), abs(recalculated), 1e-300)


def _report(path: Path, module: Any, sheets: Mapping[str, Formulas], answers: Mapping[str, list[Value]]) -> Report:
    equal, worst, worst_at = 0, 0.0, ""
    apart: list[Difference] = []
    errors: dict[str, int] = {}
    for name, cells in sheets.items():
        for (row, column), cached, answer in zip(cells, cells.values, answers[name], strict=True):
            if type(cached) is ExcelError:
                errors[cached] = errors.get(cached, 0) + 1
            if cached == answer:
                equal += 1
                continue
            distance = relative_difference(cached, answer)
            if distance > TOLERANCE:
                apart.append(Difference(name, row, column, "", cached, as_value(answer)))
            elif distance > worst:
                worst, worst_at = distance, f"{name}!{column_letter(column - 1)}{row}"
    quirks, differences = explain(_with_formulas(path, apart), module.QUIRKS)
    return Report(
        file=str(path),
        engine=f"{module.NAME} {module.version()}",
        formulas=sum(map(len, sheets.values())),
        equal=equal,
        errors=errors,
        volatile=sum(cells.volatile for cells in sheets.values()),
        worst=worst,
        worst_at=worst_at,
        quirks=quirks,
        differences=differences,
    )


def _with_formulas(path: Path, apart: Sequence[Difference]) -> list[Difference]:
    formulas = {}
    for sheet in {difference.sheet for difference in apart}:
        cells = {(d.row, d.column) for d in apart if d.sheet == sheet}
        formulas[sheet] = formulas_at(path, sheet, cells)
    return [d._replace(formula=formulas[d.sheet].get((d.row, d.column), "")) for d in apart]


def as_json(report: Report) -> dict[str, Any]:
    """Return the report as what `json` can write; differences and quirks with address, formula and both values."""

    def cells(differences: Sequence[Difference]) -> list[dict[str, Any]]:
        return [
            {"cell": d.address, "formula": d.formula, "file": d.cached, "engine": d.recalculated} for d in differences
        ]

    return report._asdict() | {
        "agrees": report.agrees,
        "quirks": {name: cells(found) for name, found in report.quirks.items()},
        "differences": cells(report.differences),
    }


def as_text(report: Report) -> str:
    """Return the report as lines for a person."""
    counts = f"{report.formulas:,} formulas recalculated by {report.engine}, {report.equal:,} equal to the bit"
    lines = [f"{report.file}: {counts}"]
    if report.worst:
        lines.append(f"  greatest relative difference {report.worst:.2g}, at {report.worst_at}")
    if report.errors:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in report.errors.items())
        lines.append(f"  formulas that show an error: {kinds}")
    if report.volatile:
        lines.append(f"  {report.volatile:,} cells change at every recalculation; checked by what depends on them")
    for name, found in report.quirks.items():
        shown = " ".join(d.address for d in found[:SHOWN]) + (" ..." if len(found) > SHOWN else "")
        lines.append(f"  {len(found):,} known to differ ({name}): {shown}")
    for d in report.differences[:SHOWN]:
        lines.append(f"  DIFFERS {d.address}  {d.formula}  file {d.cached!r}, engine {d.recalculated!r}")
    if len(report.differences) > SHOWN:
        lines.append(f"  ... and {len(report.differences) - SHOWN:,} more that differ")
    return "\n".join(lines)
