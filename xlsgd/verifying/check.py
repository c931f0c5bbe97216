"""Recalculates a workbook by means that are not ours, and compares cell by cell with the values in the file.

A source gives answers for formula cells: a spreadsheet engine, which recalculates a copy whose cached values are all
wrong, or the oracle, which computes with Torch, another way, what must stand there.
"""

import math
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from xlsgd.errors import InputError
from xlsgd.reading.cells import CellValue
from xlsgd.reading.contents import formulas_at, names_of
from xlsgd.symbols.checked import ExcelError
from xlsgd.symbols.references import column_letters
from xlsgd.verifying.engines import ENGINES, NO_ANSWER, EngineError, as_value
from xlsgd.verifying.formula_cells import Formulas
from xlsgd.verifying.poison import poison
from xlsgd.verifying.quirks import explain
from xlsgd.verifying.report import Disagreement, Report, Tally, Verdict
from xlsgd.verifying.rounded import Rounded

TOLERANCE = 1e-12
"""Relative difference up to which two numbers agree: LibreOffice sums with compensation, and logarithms differ."""

ORACLES = {"torch": "xlsgd.verifying.oracle.answers"}
"""Each oracle's module by its name on the command line, imported only when it is asked for."""

Answers = Mapping[str, Sequence[Any]]
"""For each sheet an answer for each of its formula cells, in their order."""


class Unequal(NamedTuple):
    """A formula cell of a sheet, by its place in the list, for which an answer is not the file's value to the bit."""

    sheet: str
    at: int
    ulp: float
    relative: float
    excused: bool


def verify(
    path: Path, engines: Sequence[str] = ("ironcalc",), oracles: Sequence[str] = (), models: Sequence[Any] = ()
) -> Report:
    """Compare the values in the workbook at `path` with what engines, and perhaps oracles, say.

    Args:
        path: the workbook, .xlsx or .xlsm.
        engines: names of `ENGINES`.
        oracles: names of `ORACLES`.
        models: the models whose sheets may stand in it, for an oracle to know (see `oracle.model_rows.ModelColumns`).

    Raises:
        InputError: the file is not a workbook, or a source is not installed or cannot load it.
    """
    modules = {name: import_module(ENGINES[name]) for name in engines}
    answers: dict[str, Answers] = {}
    with tempfile.TemporaryDirectory(prefix="xlsgd-") as folder:
        copy = Path(folder) / f"poisoned{path.suffix}"
        sheets = poison(path, copy)
        for name, module in modules.items():
            first = _ask(module.recalculate, path, copy, sheets)
            answers[name] = _with_pinned(path, copy, module, sheets, first)
    for name in oracles:
        modules[name] = import_module(ORACLES[name])
        answers[name] = _ask(partial(modules[name].answers, models=models), path, path, sheets)
    return Report(
        file=str(path),
        formulas=sum(map(len, sheets.values())),
        errors=Counter(value for cells in sheets.values() for value in cells.values if type(value) is ExcelError),
        volatile=sum(cells.volatile for cells in sheets.values()),
        verdicts=[_verdict(path, name, module, sheets, answers) for name, module in modules.items()],
        without_value=sum(cells.without_value for cells in sheets.values()),
    )


def _ask(source: Callable[[Path, Any], Answers], path: Path, read: Path, sheets: Mapping[str, Formulas]) -> Answers:
    try:
        return source(read, sheets)
    except EngineError as error:
        raise InputError(f"{path}: {error}") from error


def _with_pinned(path: Path, copy: Path, module: Any, sheets: Mapping[str, Formulas], first: Answers) -> Answers:
    """Return an engine's answers, where cells show a quirk that is pinned from a copy with the file's values in them.

    Such a cell's own answer stays: it is the one that shows the quirk.
    """
    far = [cell for cell in _unequal(sheets, first) if not cell.excused]
    shown = [
        (d.sheet, d.row, d.column)
        for d in (_differences(path, "", far, sheets, {"": first}) if any(q.pinned for q in module.QUIRKS) else ())
        if any(quirk.pinned and quirk.starts(d.formula, d.cached, d.answer) for quirk in module.QUIRKS)
    ]
    if not shown:
        return first
    pinned = {name: {(row, column) for sheet, row, column in shown if sheet == name} for name in sheets}
    again = copy.with_name(f"pinned{path.suffix}")
    poison(path, again, pinned)
    second = _ask(module.recalculate, path, again, sheets)
    return {
        name: [
            own if cell in pinned[name] else other
            for cell, own, other in zip(cells, first[name], second[name], strict=True)
        ]
        for name, cells in sheets.items()
    }


def _verdict(
    path: Path, name: str, module: Any, sheets: Mapping[str, Formulas], answers: Mapping[str, Answers]
) -> Verdict:
    unequal = list(_unequal(sheets, answers[name]))
    far = [cell for cell in unequal if not cell.excused]
    names = names_of(path) if far else {}
    quirks, differences = explain(_differences(path, name, far, sheets, answers), module.QUIRKS, names)
    known = {(d.sheet, d.row, d.column) for found in quirks.values() for d in found}
    columns = _tallies(sheets, answers[name], unequal, known)
    return Verdict(f"{module.NAME} {module.version()}", columns, quirks, differences)


def _unequal(sheets: Mapping[str, Formulas], answers: Answers) -> Iterator[Unequal]:
    for name, cells in sheets.items():
        if _are_same_floats(cells.values, answers[name]):
            continue
        for index, (cached, answer) in enumerate(zip(cells.values, answers[name], strict=True)):
            if type(cached) is type(answer) and cached == answer:
                continue
            same = cached == answer and isinstance(cached, bool) == isinstance(answer, bool)  # TRUE is not 1
            if not same and answer is not NO_ANSWER:
                ulp, relative = distance(cached, answer)
                excused = relative <= TOLERANCE or (isinstance(answer, Rounded) and answer.holds(cached))
                yield Unequal(name, index, ulp, relative, excused)


def _are_same_floats(values: Sequence[CellValue], answers: Sequence[CellValue]) -> bool:
    """Say at once what nearly every sheet comes to; TRUE equals 1, so the types are asked for, too."""
    return values == answers and set(map(type, values)) == set(map(type, answers)) == {float}


def distance(cached: CellValue, answer: CellValue) -> tuple[float, float]:
    """Return how far two values are apart: in units of the file's last place, and relative to the greater.

    Both are infinite if the values are not both numbers.
    """
    if type(cached) is not float or not isinstance(answer, (int, float)) or isinstance(answer, bool):
        return math.inf, math.inf
    apart = abs(cached - answer)
    if not math.isfinite(apart):
        return math.inf, math.inf
    return apart / math.ulp(cached), apart / max(abs(cached), abs(answer))


def _tallies(
    sheets: Mapping[str, Formulas], answers: Answers, unequal: Sequence[Unequal], known: Set[tuple[str, int, int]]
) -> dict[tuple[str, str], Tally]:
    """Return a tally for each column; the cells known to differ have no part in its worst difference."""
    by_column: dict[tuple[str, int], list[Unequal]] = defaultdict(list)
    for cell in unequal:
        by_column[cell.sheet, sheets[cell.sheet].columns[cell.at]].append(cell)
    tallies = {}
    for name, cells in sheets.items():
        missing = Counter(c for c, answer in zip(cells.columns, answers[name], strict=True) if answer is NO_ANSWER)
        for column, formulas in sorted(Counter(cells.columns).items()):
            found = by_column[name, column]
            magnified = sum(cell.excused and cell.relative > TOLERANCE for cell in found)
            judged = [cell for cell in found if (name, cells.rows[cell.at], column) not in known]
            worst = max(judged, key=lambda cell: cell.relative, default=Unequal(name, 0, 0.0, 0.0, True))
            answered = formulas - missing[column]
            tallies[name, column_letters(column)] = Tally(
                formulas=formulas,
                answered=answered,
                equal=answered - len(found),
                worst_ulp=max((cell.ulp for cell in judged), default=0.0),
                worst=worst.relative,
                worst_at=f"{name}!{column_letters(column)}{cells.rows[worst.at]}" if judged else "",
                magnified=magnified,
            )
    return tallies


def _differences(
    path: Path, name: str, far: Sequence[Unequal], sheets: Mapping[str, Formulas], answers: Mapping[str, Answers]
) -> list[Disagreement]:
    found = []
    for sheet in dict.fromkeys(cell.sheet for cell in far):
        cells, here = sheets[sheet], [cell.at for cell in far if cell.sheet == sheet]
        spelled = formulas_at(path, sheet, {(cells.rows[i], cells.columns[i]) for i in here})
        for i in here:
            place = cells.rows[i], cells.columns[i]
            said = {source: as_value(given[sheet][i]) for source, given in answers.items()}
            answer = said.pop(name)
            found.append(Disagreement(sheet, *place, spelled.get(place, ""), cells.values[i], answer, said))
    return found
