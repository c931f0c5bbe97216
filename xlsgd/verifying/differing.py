"""Differing cells with all that a report says of them: the formula, the file's value, every answer."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path

from xlsgd.reading.contents import formulas_at, values_at
from xlsgd.reading.grammar import areas
from xlsgd.symbols.references import relative
from xlsgd.verifying.engines import as_value
from xlsgd.verifying.formula_cells import Formulas
from xlsgd.verifying.judging import Answers, Unequal
from xlsgd.verifying.quirks import Names, without_names
from xlsgd.verifying.report import Disagreement

MOST = 4096
"""Of how many cells of an area the values are looked up."""


def differing(
    path: Path,
    name: str,
    far: Sequence[Unequal],
    sheets: Mapping[str, Formulas],
    answers: Mapping[str, Answers],
    names: Names,
) -> list[Disagreement]:
    """Return the cells for which the source `name` is far from the file's value."""
    found = []
    for sheet in dict.fromkeys(cell.sheet for cell in far):
        cells, here = sheets[sheet], [cell.at for cell in far if cell.sheet == sheet]
        spelled = formulas_at(path, sheet, {(cells.rows[i], cells.columns[i]) for i in here})
        for i in here:
            place = cells.rows[i], cells.columns[i]
            said = {source: as_value(given[sheet][i]) for source, given in answers.items()}
            answer = said.pop(name)
            found.append(Disagreement(sheet, *place, spelled.get(place, ""), cells.values[i], answer, said))
    return _with_inputs(path, found, names)


def _with_inputs(path: Path, found: list[Disagreement], names: Names) -> list[Disagreement]:
    """Return the differing cells, those for which a quirk may turn on it with what they were computed from."""
    used = {d[:3]: set(_used(d, names)) for d in found if _is_zero_alone(d) or "SUMX" in d.text}
    wanted: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for sheet, row, column in {place for places in used.values() for place in places}:
        wanted[sheet].add((row, column))
    values = values_at(path, wanted) if wanted else {}
    return [d._replace(inputs=[values.get(place) for place in used.get(d[:3], ())]) for d in found]


def _is_zero_alone(d: Disagreement) -> bool:
    return d.answer == 0 and isinstance(d.cached, float) and d.cached != 0 and not isinstance(d.answer, bool)


def _used(d: Disagreement, names: Names) -> Iterator[tuple[str, int, int]]:
    """Yield the cells to which a formula refers, of large areas the first."""
    text = without_names(d.text, d.sheet, names)
    for area in areas(relative(text, d.row, d.column), d.row, d.column):
        rows = range(area.top, min(area.bottom, area.top + MOST) + 1)
        columns = range(area.left, min(area.right, area.left + MOST // len(rows)) + 1)
        for row, column in product(rows, columns):
            yield area.sheet or d.sheet.upper(), row, column
