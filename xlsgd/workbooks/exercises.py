"""Exercises: a sheet without some of its formulas, which are judged beside as they are typed.

What is right is computed on a hidden sheet from what stands in the exercise's other cells: a changed rate changes both,
and a cell is judged by itself, whatever is still missing or wrong elsewhere. There are no macros: the judgement is a
formula, and who wants to look shows the hidden sheet.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from xlsgd.errors import choose
from xlsgd.excel.writer import write_workbook
from xlsgd.sheets.description import Place, Sheet
from xlsgd.sheets.legend import with_legend
from xlsgd.symbols.cells import Reference, RowOf, refer
from xlsgd.symbols.checked import Number
from xlsgd.symbols.expression import Expression, in_order, replaced
from xlsgd.workbooks.exercise_levels import LEVELS, Level
from xlsgd.workbooks.finished import finishing
from xlsgd.workbooks.judgements import ANSWERS, WIDTH, headings, judged_columns, judgements, verdicts
from xlsgd.workbooks.network.values import BookValues

USE = """
The blue cells of the sheet {name} are empty: their formulas are yours to find. Type one into the topmost blue cell of a
column. It turns green if its number is right, and red if it is off; the column of the same name on the far right says
by how much. Then copy it down.

Point at a heading to get a hint. Each cell is judged by itself, on what stands in the cells that it should read, so
begin with any column; where these are still empty they count as 0.

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
    answers = values.filled(ANSWERS, [_answer(place, whole.name) for place in left_out])
    places = [_hinted(_untold(place, left_out), level) for place in _without(shown, left_out, empty="")]
    columns = judged_columns(whole, left_out)
    yield _guide(level, whole.name)
    yield whole._replace(
        places=(*places, *judgements(whole, columns)),
        names={},
        charts=(),
        shades=(),
        source="",
        verdicts=tuple(verdicts(columns)),
        widths=dict(whole.widths) | dict.fromkeys(columns, WIDTH),
    )
    yield Sheet(ANSWERS, (*headings(whole, columns), *answers), hidden=True)


def spread(sheet: Sheet) -> Sheet:
    """Return a sheet whose rows are cells like all others, each with its formula and by its heading and its index."""
    rows = sheet.rows
    if rows is None:
        return sheet
    places, texts = [*sheet.places], {place.address: place.text for place in sheet.places}
    for index, numbers in enumerate(rows.values):
        row = rows.first + index
        for column, number in zip(rows.columns, numbers, strict=True):
            above = (texts.get(f"{column.letter}{rows.first - up}", "") for up in (1, 2))
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
        place._replace(value=empty, formula=None, style="blank") if place.address in cells else place
        for place in places
    ]


def _answer(place: Place, name: str) -> Place:
    """Return a cell's formula as it stands on another sheet and reads this one."""
    assert place.formula is not None
    read = {
        part: refer(part.args[0]._replace(sheet=name)) for part in in_order([place.formula]) if part.op == "reference"
    }
    return place._replace(style="", formula=replaced(place.formula, read), hint="")


def _untold(place: Place, left_out: Iterable[Place]) -> Place:
    """Return a text without the equation of a column that is left out, if it tells one."""
    name, is_equal, _ = place.text.partition("=")
    told = is_equal and any(name == cell.key[0] for cell in left_out)  # type: ignore[index]
    return place._replace(text=f"{name}=?") if told else place


def _hinted(place: Place, level: Level) -> Place:
    return place._replace(hint=level.hint(place.text)) if place.text and place.style != "title" else place


def _guide(level: Level, name: str) -> Sheet:
    lines = [("A1", "title", level.title), ("B2", "wrap", level.task)]
    lines += [
        (f"B{row}", "wrap", " ".join(words.split()))
        for row, words in enumerate(USE.format(name=name).split("\n\n"), start=4)
    ]
    places = [Place(cell, words, style=style) for cell, style, words in lines]
    places[1:1] = Place("A2", name, style="link", link=name), Place("A4", value="", style="blank")
    return Sheet("guide", with_legend(places), widths={"A": 22, "B": 100})
