"""Beside an exercise: what is typed is right, or off by how much, and how many cells are right."""

from collections.abc import Iterator, Mapping, Sequence

from xlsgd.functions import count_equal, if_at_most, if_equal
from xlsgd.sheets.description import Place, Sheet
from xlsgd.sheets.verdicts import Verdicts
from xlsgd.symbols.cells import area, at
from xlsgd.symbols.expression import text
from xlsgd.symbols.references import column_letters, column_number, letters_and_row

ANSWERS = "answers"
"""The name of the sheet that has the answers, in the cells of the same addresses."""

TOLERANCE = 1e-9
"""Relative difference up to which what is typed is right: another right formula may round otherwise."""

OFF = '"off by +"0.0#####;"off by -"0.0#####;"right"'
"""Shows 0 as right, any other difference as what it is."""

TO_DO = "to do"
"""What is said of a cell without a formula."""

WIDTH = 18
"""Of a column of judgements, in characters."""


def judged_columns(whole: Sheet, left_out: Sequence[Place]) -> dict[str, list[Place]]:
    """Return the cells that are left out, by the column of their judgements, to the right of all."""
    columns: dict[str, list[Place]] = {}
    for place in left_out:
        columns.setdefault(letters_and_row(place.address)[0], []).append(place)
    left = 2 + max(column_number(letters_and_row(place.address)[0]) for place in whole.places)
    return {column_letters(left + index): cells for index, cells in enumerate(columns.values())}


def judgements(whole: Sheet, columns: Mapping[str, Sequence[Place]]) -> Iterator[Place]:
    """Yield the judgements, a column for each that is left out, and how many cells are right."""
    for (letter, cells), heading in zip(columns.items(), headings(whole, columns), strict=True):
        hint = f"Whether what is typed below {heading.text} is right, or by how much it is off."
        row = letters_and_row(heading.address)[1]
        yield Place(f"{letter}{row}", cells[0].key[0], style="heading", hint=hint)  # type: ignore[index]
        yield from (_judgement(cell.address, f"{letter}{_row(cell)}") for cell in cells)
    left_out = [cell for cells in columns.values() for cell in cells]
    first, last = min(map(_row, left_out)), max(map(_row, left_out))
    letters = [*columns]
    judged = area(f"{letters[0]}{first}:{letters[-1]}{last}")
    counted, of = (column_letters(column_number(letters[-1]) + further) for further in (2, 3))
    yield Place(f"{counted}1", "right", style="heading")
    yield Place(f"{counted}2", key="right", value=0.0, formula=count_equal(judged, 0))
    yield Place(f"{of}1", "of", style="heading")
    yield Place(f"{of}2", key="of", value=float(len(left_out)), style="given")


def headings(whole: Sheet, columns: Mapping[str, Sequence[Place]]) -> Iterator[Place]:
    """Yield the headings of the columns that are left out: in each the last text above its cells."""
    for cells in columns.values():
        letter, top = letters_and_row(cells[0].address)
        texts = {place.address: place for place in whole.places if place.text}
        found = next(each for row in range(top - 1, 0, -1) if (each := texts.get(f"{letter}{row}")))
        yield Place(found.address, found.text, style="heading")


def verdicts(columns: Mapping[str, Sequence[Place]]) -> Iterator[Verdicts]:
    """Yield what turns green or red: what is typed, and what is said of it."""
    for letter, cells in columns.items():
        said = [f"{letter}{_row(cell)}" for cell in (cells[0], cells[-1])]
        yield Verdicts(f"{cells[0].address}:{cells[-1].address}", said[0])
        yield Verdicts(":".join(said), said[0])


def _judgement(cell: str, beside: str) -> Place:
    """Return the cell that says how far what is typed is off: 0 where it is right."""
    typed, answer = at(cell), at(cell, ANSWERS)
    off = if_at_most(abs(typed - answer), TOLERANCE * abs(answer), 0, typed - answer)
    return Place(
        beside, value=TO_DO, formula=if_equal(typed, text(""), text(TO_DO), off), format=OFF, style="note shown"
    )


def _row(place: Place) -> int:
    return letters_and_row(place.address)[1]
