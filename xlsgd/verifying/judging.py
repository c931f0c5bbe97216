"""Where answers are not the file's values: how far apart they are, and what that comes to for each column."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any, NamedTuple

from xlsgd.reading.cells import CellValue
from xlsgd.symbols.references import column_letters
from xlsgd.verifying.engines import NO_ANSWER
from xlsgd.verifying.formula_cells import Formulas
from xlsgd.verifying.report import Tally
from xlsgd.verifying.rounded import Rounded

TOLERANCE = 1e-12
"""Relative difference up to which two numbers agree: LibreOffice sums with compensation, and logarithms differ."""

Answers = Mapping[str, Sequence[Any]]
"""For each sheet an answer for each of its formula cells, in their order."""

Positions = Set[tuple[str, int, int]]
"""Cells by sheet, row and column, from 1."""


class Unequal(NamedTuple):
    """A formula cell of a sheet, by its place in the list, for which an answer is not the file's value to the bit."""

    sheet: str
    at: int
    ulp: float
    relative: float
    excused: bool


def unequal(sheets: Mapping[str, Formulas], answers: Answers) -> Iterator[Unequal]:
    """Yield the cells for which there is an answer and it is not the file's value to the bit."""
    for name, cells in sheets.items():
        if _are_same_floats(cells.values, answers[name]):
            continue
        for index, (cached, answer) in enumerate(zip(cells.values, answers[name], strict=True)):
            if answer is not NO_ANSWER and (found := gap(cached, answer)):
                yield Unequal(name, index, *found)


def _are_same_floats(values: Sequence[CellValue], answers: Sequence[CellValue]) -> bool:
    """Say at once what nearly every sheet comes to; TRUE equals 1, so the types are asked for, too."""
    return values == answers and set(map(type, values)) == set(map(type, answers)) == {float}


def gap(cached: CellValue, answer: CellValue) -> tuple[float, float, bool] | None:
    """Return how far an answer is from the file's value, and whether that is near enough; None if it is that value."""
    if cached == answer and isinstance(cached, bool) == isinstance(answer, bool):  # TRUE is not 1
        return None
    ulp, relative = distance(cached, answer)
    return ulp, relative, relative <= TOLERANCE or (isinstance(answer, Rounded) and answer.holds(cached))


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


class Judged(NamedTuple):
    """How some cells came out, beside by how much they differ.

    Args:
        known: cells that differ by a known quirk.
        unable: cells that the source could not compute.
        from_file: cells that agree once they are computed from the file's own values.
    """

    known: Positions
    unable: Positions
    from_file: Positions


def tallies(
    sheets: Mapping[str, Formulas], answers: Answers, apart: Sequence[Unequal], judged: Judged
) -> dict[tuple[str, str], Tally]:
    """Return a tally for each column; the cells known to differ have no part in its worst difference."""
    by_column: dict[tuple[str, int], list[Unequal]] = defaultdict(list)
    for cell in apart:
        position = cell.sheet, *sheets[cell.sheet][cell.at]
        if position not in judged.unable:
            by_column[cell.sheet, position[2]].append(cell)
    lacking = Counter((sheet, column) for sheet, _, column in judged.unable)
    again = Counter((sheet, column) for sheet, _, column in judged.from_file)
    found = {}
    for name, cells in sheets.items():
        missing = _missing(cells, answers[name])
        for column, formulas in sorted(Counter(cells.columns).items()):
            answered = formulas - missing[column] - lacking[name, column]
            counted = Tally(formulas, answered, from_file=again[name, column])
            found[name, column_letters(column)] = _tally(cells, by_column[name, column], judged.known, counted)
    return found


def _missing(cells: Formulas, answers: Sequence[Any]) -> Counter[int]:
    """Return for each column how many cells have no answer."""
    if NO_ANSWER not in answers:
        return Counter()
    return Counter(c for c, answer in zip(cells.columns, answers, strict=True) if answer is NO_ANSWER)


def _tally(cells: Formulas, apart: Sequence[Unequal], known: Positions, counted: Tally) -> Tally:
    told = [cell for cell in apart if (cell.sheet, *cells[cell.at]) not in known]
    worst = max(told, key=lambda cell: cell.relative, default=None)
    return counted._replace(
        equal=counted.answered - len(apart),
        worst_ulp=max((cell.ulp for cell in told), default=0.0),
        worst=worst.relative if worst else 0.0,
        worst_at=f"{worst.sheet}!{_letters(cells, worst)}{cells.rows[worst.at]}" if worst else "",
        magnified=sum(cell.excused and cell.relative > TOLERANCE for cell in apart),
    )


def _letters(cells: Formulas, cell: Unequal) -> str:
    return column_letters(cells.columns[cell.at])
