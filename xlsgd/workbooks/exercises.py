"""Exercises: a sheet without some of its formulas, which are judged beside as they are typed.

What is right is computed on a hidden sheet from the exercise's own inputs, so that a changed rate changes both. There
are no macros: the judgement is a formula, and who wants to look shows the hidden sheet.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from xlsgd.errors import choose
from xlsgd.excel.writer import write_workbook
from xlsgd.functions import count_equal, if_at_most, if_equal
from xlsgd.sheets.description import Place, Sheet
from xlsgd.sheets.legend import with_legend
from xlsgd.symbols.cells import Reference, RowOf, area, at, refer
from xlsgd.symbols.checked import Number
from xlsgd.symbols.expression import Expression, in_order, replaced, text
from xlsgd.symbols.references import column_letters, column_number, letters_and_row
from xlsgd.workbooks.exercise_levels import LEVELS, Level
from xlsgd.workbooks.finished import finishing
from xlsgd.workbooks.network.values import BookValues

ANSWERS = "answers"
TOLERANCE = 1e-9
"""Relative difference up to which what is typed is right: another right formula may round otherwise."""

OFF = '[Red]"off by +"General;[Red]"off by -"General;[Color10]"right"'
"""Shows 0 as right, any other difference as what it is."""

USE = """
The tinted cells of the sheet {name} are empty: their formulas are yours to find. Type one into the first row below
its heading, and the column of the same name on the right says at once whether its number is right, or by how much it
is off. Then copy it down.

Point at a heading to get a hint. Cells that depend on empty ones show other numbers, or errors, until these are filled.

Change a rate or a point, and what is right changes with it; so does a formula, but a number that was copied does not.
The answers stand on a hidden sheet: right-click a sheet's tab, and choose to show it.
"""


def exercise_file(level: str) -> str:
    """Return the name of an exercise's file.

    Raises:
        InputError: there is no such exercise.
    """
    return f"exercise-{choose('exercise', level, LEVELS)}.xlsx"


def build_exercise(level: str, folder: Path) -> Path:
    """Write an exercise's workbook into a folder and return its path.

    Args:
        level: which of `LEVELS`.
        folder: where to.

    Raises:
        InputError: there is no such exercise, or the folder cannot be written.
    """
    path = folder / exercise_file(level)
    write_workbook(path, exercise_sheets(LEVELS[level]), LEVELS[level].title)
    return path


@finishing
def exercise_sheets(level: Level) -> Iterator[Sheet]:
    """Yield an exercise's sheets: the guide, the exercise, and the answers, which are hidden."""
    whole = spread(level.sheet())
    left_out = [place for place in whole.places if isinstance(place.key, tuple) and level.hint(place.key[0])]
    values = BookValues([])
    shown = values.filled(whole.name, _without(whole.places, left_out))  # an empty cell is 0 for what refers to it
    answers = values.filled(ANSWERS, _answers(whole))
    places = [_hinted(place, level) for place in _without(shown, left_out, empty="")]
    yield _guide(level, whole.name)
    yield whole._replace(places=(*places, *_judged(whole, left_out)), names={}, charts=(), shades=())
    yield Sheet(ANSWERS, answers, hidden=True)


def spread(sheet: Sheet) -> Sheet:
    """Return a sheet whose rows are cells like all others, each with its formula and by its heading and its index."""
    rows = sheet.rows
    if rows is None:
        return sheet
    places, headings = [*sheet.places], {place.address: place.text for place in sheet.places}
    for index, numbers in enumerate(rows.values):
        row = rows.first + index
        for column, number in zip(rows.columns, numbers, strict=True):
            above = (headings.get(f"{column.letter}{rows.first - up}", "") for up in (1, 2))
            key = next(filter(None, above), ""), index
            formula = column.first if not index and column.first is not None else column.formula
            placed = None if formula is None else _in_row(formula, row)
            look = column.look if formula is None else column.style
            places.append(Place(f"{column.letter}{row}", "", key, number, placed, column.format, look))
    return sheet._replace(places=tuple(places), rows=None)


def _in_row(formula: Expression, row: int) -> Expression:
    """Return a formula whose references count from their own row as it is in a row."""
    own = (part for part in in_order([formula]) if part.op == "reference" and part.args[0].row_of is RowOf.HERE)
    return replaced(formula, {part: refer(_from_top(part.args[0], row)) for part in own})


def _from_top(reference: Reference, row: int) -> Reference:
    return reference._replace(row=row + reference.row, row_of=RowOf.SHEET)


def _without(places: Iterable[Place], left_out: Iterable[Place], empty: Number | str = 0.0) -> list[Place]:
    """Return cells of which some are empty."""
    cells = {place.address for place in left_out}
    return [
        place._replace(value=empty, formula=None, style="input") if place.address in cells else place
        for place in places
    ]


def _answers(whole: Sheet) -> list[Place]:
    """Return the same cells with all formulas, where each constant is that of the exercise."""
    return [
        place._replace(style="") if place.text else place._replace(formula=_constant(place, whole.name), hint="")
        for place in whole.places
    ]


def _constant(place: Place, name: str) -> Expression:
    return at(place.address, name) if place.formula is None else place.formula


def _hinted(place: Place, level: Level) -> Place:
    return place._replace(hint=level.hint(place.text)) if place.text and place.style != "title" else place


def _judged(whole: Sheet, left_out: Sequence[Place]) -> Iterator[Place]:
    """Yield the judgements: a column for each that is left out, to the right of all, and how many cells are right."""
    columns: dict[str, list[Place]] = {}
    for place in left_out:
        columns.setdefault(letters_and_row(place.address)[0], []).append(place)
    left = 2 + max(column_number(letters_and_row(place.address)[0]) for place in whole.places)
    right = left + len(columns) - 1
    for index, cells in enumerate(columns.values(), start=left):
        top, letter = _row(cells[0]), column_letters(index)
        heading = cells[0].key[0]  # type: ignore[index]
        hint = f"Whether what is typed below {heading} is right, or by how much it is off."
        yield Place(f"{letter}{top - 1}", heading, style="heading", hint=hint)
        yield from (_judgement(cell.address, f"{letter}{_row(cell)}") for cell in cells)
    first, last = min(map(_row, left_out)), max(map(_row, left_out))
    judged = area(f"{column_letters(left)}{first}:{column_letters(right)}{last}")
    yield Place(f"{column_letters(left)}1", "right", style="heading")
    yield Place(f"{column_letters(left)}2", key="right", value=0.0, formula=count_equal(judged, 0))
    yield Place(f"{column_letters(left + 1)}1", "of", style="heading")
    yield Place(f"{column_letters(left + 1)}2", key="of", value=float(len(left_out)), style="given")


def _judgement(cell: str, beside: str) -> Place:
    """Return the cell that says how far what is typed is off: nothing while there is nothing, 0 where it is right."""
    typed, answer = at(cell), at(cell, ANSWERS)
    off = if_at_most(abs(typed - answer), TOLERANCE * abs(answer), 0, typed - answer)
    return Place(beside, value="", formula=if_equal(typed, text(""), text(""), off), format=OFF)


def _row(place: Place) -> int:
    return letters_and_row(place.address)[1]


def _guide(level: Level, name: str) -> Sheet:
    lines = [("A1", "title", level.title), ("B2", "wrap", level.task)]
    lines += [
        (f"B{row}", "wrap", " ".join(words.split()))
        for row, words in enumerate(USE.format(name=name).split("\n\n"), start=4)
    ]
    places = [Place(cell, words, style=style) for cell, style, words in lines]
    places.insert(1, Place("A2", name, style="link", link=name))
    return Sheet("guide", with_legend(places), widths={"A": 22, "B": 100})
