"""Asks an engine for its answers: from a copy whose cached values are all wrong, and once more where it is in doubt."""

from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from xlsgd.reading.cells import CellValue
from xlsgd.reading.contents import Settings
from xlsgd.verifying.blame import blamed
from xlsgd.verifying.differing import differing
from xlsgd.verifying.engines import NO_ANSWER, EngineError, KnownDifference
from xlsgd.verifying.engines.apart import Apart
from xlsgd.verifying.engines.bounds import Allowance, EngineStopped
from xlsgd.verifying.formula_cells import Formulas
from xlsgd.verifying.judging import Answers, Positions, gap, unequal
from xlsgd.verifying.poison import poison
from xlsgd.verifying.quirks import Names
from xlsgd.verifying.report import Disagreement
from xlsgd.verifying.rewriting import POISON
from xlsgd.verifying.second_look import AllBut, groups

Pinned = Mapping[str, Container[tuple[int, int]]]


class Workbook(NamedTuple):
    """A workbook that is verified.

    Args:
        path: its file.
        copy: the copy whose cached values are wrong; others go beside it.
        sheets: its formula cells.
        settings: how it is calculated.
        names: what its names refer to.
        bounds: what an engine may take for it.
    """

    path: Path
    copy: Path
    sheets: Mapping[str, Formulas]
    settings: Settings
    names: Names
    bounds: Allowance


class Asked(NamedTuple):
    """An engine's answers, and the cells that agree only from the file's own values."""

    answers: Answers
    from_file: Positions


def quirks_of(module: Any, settings: Settings) -> list[KnownDifference]:
    """Return what an engine is known to compute otherwise in a workbook that is calculated in such a way."""
    return [quirk for quirk in module.QUIRKS if quirk.applies(settings)]


def ask(book: Workbook, module: Any) -> Asked:
    """Return an engine's answers, those in doubt computed from the file's own values.

    Raises:
        EngineError: it cannot read the file, or fails.
    """
    engine = Apart(module, book.bounds)
    try:
        return _asked(book, engine)
    except EngineStopped as error:
        copy = book.copy.with_name(f"halved{book.copy.suffix}")
        raise EngineError(f"{error}{blamed(book.path, copy, book.sheets, engine, error)}") from error


def _asked(book: Workbook, engine: Apart) -> Asked:
    first = _first(book, engine)
    apart = list(unequal(book.sheets, first))
    far = [cell for cell in apart if not cell.excused]
    if not far:
        return Asked(first, frozenset())
    found = differing(book.path, "", far, book.sheets, {"": first}, book.names)
    if not _is_in_doubt(book, engine.module, first, len(far) < len(apart), found):
        return Asked(first, frozenset())
    return _looked_again(book, engine, first, found)


def _first(book: Workbook, engine: Apart) -> Answers:
    tables = {
        name: {(f.row, f.column) for f in cells.arrays.values() if f.is_table} for name, cells in book.sheets.items()
    }
    if engine.module.DATA_TABLES or not any(tables.values()):
        given = engine.recalculated(book.copy, book.sheets)
        return {name: _computed(cells, given[name]) for name, cells in book.sheets.items()}
    told = _pinned_answers(book, engine, tables)
    return {name: [told[name].get(cell, NO_ANSWER) for cell in cells] for name, cells in book.sheets.items()}


def _pinned_answers(book: Workbook, engine: Apart, pinned: Pinned) -> dict[str, dict[tuple[int, int], CellValue]]:
    """Return the answers for what is not pinned."""
    copy = book.copy.with_name(f"pinned{book.copy.suffix}")
    cells = poison(book.path, copy, pinned)
    given = engine.recalculated(copy, cells)
    return {name: dict(zip(cells[name], _computed(cells[name], given[name]), strict=True)) for name in cells}


def _computed(cells: Formulas, given: Sequence[CellValue]) -> list[Any]:
    """Return an engine's answers, none where it handed back what the copy held: a wrong value, in a range nothing."""
    wrong = float(POISON)
    answers: list[Any] = [*given]
    if wrong in answers:
        answers = [NO_ANSWER if answer == wrong else answer for answer in answers]
    if cells.arrays:
        for index, cell in enumerate(cells):
            if answers[index] in (None, "") and cell in cells.arrays:
                answers[index] = NO_ANSWER
    return answers


def _is_in_doubt(
    book: Workbook, module: Any, first: Answers, some_are_near: bool, found: Sequence[Disagreement]
) -> bool:
    """Say whether cells may differ by what was computed before them, though their own formulas are right."""
    handed_on = [quirk for quirk in quirks_of(module, book.settings) if quirk.pinned]
    return (
        some_are_near
        or book.settings.iterates
        or any(NO_ANSWER in answers for answers in first.values())
        or any(quirk.starts(d) for d in found for quirk in handed_on)
    )


def _looked_again(book: Workbook, engine: Apart, first: Answers, found: Sequence[Disagreement]) -> Asked:
    second: dict[tuple[str, int, int], CellValue] = {}
    for group in groups(found, book.sheets, book.names):
        told = _pinned_answers(book, engine, {name: AllBut(group.get(name, set())) for name in book.sheets})
        second |= {(name, *cell): answer for name, answers in told.items() for cell, answer in answers.items()}
    places = {d[:3] for d in found}
    answers, from_file = {}, set()
    for name, cells in book.sheets.items():
        answers[name] = [*first[name]]
        for index, (cell, cached) in enumerate(zip(cells, cells.values, strict=True)):
            place = (name, *cell)
            if place in places and place in second:
                answers[name][index] = second[place]
                if _agrees(cached, second[place]):
                    from_file.add(place)
    return Asked(answers, from_file)


def _agrees(cached: CellValue, answer: CellValue) -> bool:
    if answer is NO_ANSWER:
        return False
    found = gap(cached, answer)
    return found is None or found[2]
