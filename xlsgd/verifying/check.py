"""Recalculates a workbook by means that are not ours, and compares cell by cell with the values in the file.

A source gives answers for formula cells: a spreadsheet engine, which recalculates a copy whose cached values are all
wrong, or the oracle, which computes with Torch, another way, what must stand there.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from xlsgd.atomic_files import temporary_folder
from xlsgd.errors import InputError, choose
from xlsgd.reading.contents import calculation_of
from xlsgd.symbols.references import address
from xlsgd.verifying.asking import Asked, Workbook, ask, quirks_of
from xlsgd.verifying.differing import differing
from xlsgd.verifying.engines import NO_ANSWER, EngineError
from xlsgd.verifying.engines.bounds import bounds_for
from xlsgd.verifying.judging import Judged, Positions, tallies, unequal
from xlsgd.verifying.poison import poison
from xlsgd.verifying.quirks import explain
from xlsgd.verifying.report import Report, Verdict
from xlsgd.verifying.sources import ENGINES, ORACLES, one_process_each

NAMED = 2
"""How many sheets the progress names of many that an engine recalculates all at once."""


class _Source(NamedTuple):
    module: Any
    asked: Asked
    note: str = ""


def verify(
    path: Path,
    engines: Sequence[str] = ("ironcalc",),
    oracles: Sequence[str] = (),
    models: Sequence[Any] = (),
    timeout: float | None = None,
    memory: int | None = None,
    progress: Callable[[str], None] = lambda doing: None,
) -> Report:
    """Compare the values in the workbook at `path` with what engines, and perhaps oracles, say.

    Args:
        path: the workbook, .xlsx or .xlsm.
        engines: names of `ENGINES`.
        oracles: names of `ORACLES`.
        models: the models whose sheets may stand in it, for an oracle to know (see `oracle.model_rows.ModelColumns`).
        timeout: how many seconds each engine may take; more for a larger workbook if None.
        memory: how many bytes of memory; likewise.
        progress: is told what is being done: which engine recalculates, of which sheet the oracle is asked.

    Raises:
        InputError: the file is not a workbook or is beyond what Excel takes, or an oracle or none of the engines is
            installed or can load it within its bounds.
    """
    with temporary_folder() as folder, one_process_each(engines):
        copy = folder / f"poisoned{path.suffix}"
        sheets = poison(path, copy)
        digest = _sha256(path)
        bounds = bounds_for(sum(map(len, sheets.values())), path.stat().st_size, timeout, memory)
        book = Workbook(path, copy, sheets, *calculation_of(path), bounds)
        sources, failed = _ask_engines(book, engines, progress)
    for name in oracles:
        sources[name] = _ask_oracle(book, name, models, progress)
    verdicts = {name: _verdict(book, name, sources) for name in sources}
    return Report(
        file=str(path),
        formulas=sum(map(len, book.sheets.values())),
        errors=sum((cells.errors() for cells in book.sheets.values()), Counter()),
        volatile=sum(cells.volatile for cells in book.sheets.values()),
        verdicts=list(verdicts.values()),
        without_value=sum(cells.without_value for cells in book.sheets.values()),
        unanswered=_unanswered(book, sources, verdicts) if engines else (),
        failed=failed,
        sha256=digest,
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _ask_engines(
    book: Workbook, engines: Sequence[str], progress: Callable[[str], None]
) -> tuple[dict[str, _Source], dict[str, str]]:
    """Return the engines that gave answers, and why the others gave none."""
    sources, failed = {}, {}
    for name in engines:
        module = import_module(ENGINES[choose("engine", name, ENGINES)])
        progress(f"{module.NAME} recalculates {_size(book)}")
        try:
            sources[name] = _Source(module, ask(book, module))
        except EngineError as error:
            failed[name] = str(error)
    if failed and not sources:
        raise InputError(f"{book.path}: {'; '.join(failed.values())}{_others(engines)}")
    return sources, failed


def _size(book: Workbook) -> str:
    """Return how many formulas a workbook has, and on which sheets, of many the first."""
    sheets = [name for name, cells in book.sheets.items() if cells]
    if len(sheets) > NAMED + 1:
        sheets = [*sheets[:NAMED], f"{len(sheets) - NAMED} more sheets"]
    return f"{sum(map(len, book.sheets.values())):,} formulas on {', '.join(sheets)}"


def _others(asked: Sequence[str]) -> str:
    """Return the end of a message that names the engines that are there and were not asked."""
    there = [name for name in ENGINES if name not in asked and import_module(ENGINES[name]).is_installed()]
    return f"; ask {' or '.join(there)}, which is here" if there else ""


def _ask_oracle(book: Workbook, name: str, models: Sequence[Any], progress: Callable[[str], None]) -> _Source:
    module = import_module(ORACLES[choose("oracle", name, ORACLES)])
    try:
        answers = module.answers(
            book.path, book.sheets, models=models, begun=lambda sheet: progress(f"{module.NAME} is asked of {sheet}")
        )
        return _Source(module, Asked(answers, frozenset()), module.note(book.path, models))
    except EngineError as error:
        raise InputError(f"{book.path}: {error}") from error


def _verdict(book: Workbook, name: str, sources: Mapping[str, _Source]) -> Verdict:
    module, asked, note = sources[name]
    apart = list(unequal(book.sheets, asked.answers))
    far = [cell for cell in apart if not cell.excused]
    answers = {source: other.asked.answers for source, other in sources.items()}
    found = differing(book.path, name, far, book.sheets, answers, book.names)
    quirks = quirks_of(module, book.settings)
    explained, differences = explain(found, quirks, book.names)
    unable = {quirk.name: explained.pop(quirk.name) for quirk in quirks if quirk.unable and quirk.name in explained}
    judged = Judged(_places(explained), _places(unable), asked.from_file)
    columns = tallies(book.sheets, asked.answers, apart, judged)
    return Verdict(
        f"{module.NAME} {module.version()}", columns, explained, differences, unable, note, name, name in ORACLES
    )


def _places(found: Mapping[str, Sequence[Any]]) -> Positions:
    return {d[:3] for each in found.values() for d in each}


def _unanswered(book: Workbook, sources: Mapping[str, _Source], verdicts: Mapping[str, Verdict]) -> list[str]:
    """Return the addresses of the cells that no source could compute."""
    lacking = None
    for name, source in sources.items():
        own = _places(verdicts[name].unable) | _without_answer(book, source.asked)
        lacking = own if lacking is None else lacking & own
    return [f"{sheet}!{address(row, column)}" for sheet, row, column in sorted(lacking or ())]


def _without_answer(book: Workbook, asked: Asked) -> Positions:
    return {
        (name, *cells[index])
        for name, cells in book.sheets.items()
        if NO_ANSWER in asked.answers[name]
        for index, answer in enumerate(asked.answers[name])
        if answer is NO_ANSWER
    }
