"""Fills a lesson's sheet and those of its runs' epochs, each formula with its value."""

from collections.abc import Iterator, Mapping

from xlsgd.functions import count_equal, if_equal, index, match_exactly
from xlsgd.points.points import Points, plain_points
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.answer import least_squares as least_squares_of
from xlsgd.sheets.description import SCIENTIFIC, Place, Sheet
from xlsgd.sheets.general_layout import general_layout
from xlsgd.sheets.layout import Layout
from xlsgd.sheets.placer import place_row, training_sheet
from xlsgd.sheets.record import record
from xlsgd.sheets.stepping import stepping
from xlsgd.sheets.training import Training
from xlsgd.sheets.unrolled import Unrolled
from xlsgd.symbols.cells import at
from xlsgd.symbols.expression import Expression, placed, text
from xlsgd.symbols.references import column_letters
from xlsgd.workbooks.filled_history import FEW_CELLS, checked_epochs, epochs_of, filled_run
from xlsgd.workbooks.network.fitting import fitted_lesson
from xlsgd.workbooks.network.lesson import FREE_BELOW, TABLE_BELOW, Lesson, LessonCells
from xlsgd.workbooks.network.values import BookValues

RUN_COLUMNS = ("run", "model", "rule")
"""The first headings of the table of runs; the knobs follow, then what each run came to."""

RESULTS = ("loss at start", "loss at end")


def lesson_sheets(lesson: Lesson, points: Points | None = None, epochs: int | None = None) -> Iterator[Sheet]:
    """Yield a lesson's sheet, then the sheets of all epochs of its runs.

    Args:
        lesson: the lesson.
        points: the data in place of the lesson's own.
        epochs: how many epochs it steps through, in place of as many as the lesson says.
    """
    points = plain_points((points or lesson.points).only(lesson.training.point))
    shown = usual_epochs(lesson, points.n) if epochs is None else checked_epochs(points.n, epochs)
    lesson = fitted_lesson(lesson, points.n, shown)
    own = with_layout(lesson)
    runs = [own, *(_hosted(lesson, own, row, other) for row, other in enumerate(lesson.others, start=1))]
    steps = [epochs_of(run, points, shown, lesson.answered) for run in runs]
    at_rows = _placed(lesson, own, points, {each.where.training.name: each.where for each in steps})
    cells = _answer_cells(at_rows)
    answers = {name: at(cells[name], lesson.training.name, fixed=True) for name in ("b", "a")}
    unrolled = [_kept(filled_run(each, points, answers)) for each in steps]
    epoch = min(lesson.epoch, at_rows.own.epochs)
    sheet = stepping(_at_epoch(own, points, epoch), at_rows.own, epoch, drawn=tuple(lesson.charts(at_rows)))
    values = BookValues([sheet, *unrolled])
    further = [*_table(lesson, own, at_rows), *_answer(lesson, at_rows), *lesson.places(at_rows)]
    places = (*_on_top(lesson), *sheet.places, *values.filled(sheet.name, further))
    yield sheet._replace(
        places=places,
        shades=tuple(lesson.shades(at_rows)),
        widths={"A": 14} | dict(lesson.widths),
        hide_missing=lesson.hidden(at_rows),
    )
    yield from unrolled


def usual_epochs(lesson: Lesson, n: int) -> int:
    """Return how many epochs a lesson steps through when nobody says: its own number, fewer for many points.

    Raises:
        InputError: a sheet has no room for a single one.
    """
    columns = len(record(lesson.training.key).values)
    return checked_epochs(n, max(1, min(lesson.epochs, FEW_CELLS // (n * columns))))


def _at_epoch(training: Training, points: Points, epoch: int) -> Sheet:
    live = LiveSheet(training, points)
    for _ in range(epoch):
        live.step()
    assert training.layout
    return _kept(training_sheet(training, training.layout, points.n, live.values(), live.tuples()))


def _kept(sheet: Sheet) -> Sheet:
    """Return a sheet whose rows' values may be had more than once."""
    assert sheet.rows
    return sheet._replace(rows=sheet.rows._replace(values=list(sheet.rows.values)))


def _on_top(lesson: Lesson) -> Iterator[Place]:
    yield Place("A1", lesson.title, style="title")
    for row, line in enumerate(lesson.lines, start=2):
        yield Place(f"A{row}", line)


def with_layout(lesson: Lesson) -> Training:
    """Return a lesson's training with the places of its cells."""
    layout = general_layout(lesson.training, lesson.formats, lesson.format, "mean", top=lesson.top, gap=lesson.gap)
    return lesson.training._replace(layout=layout)


def _hosted(lesson: Lesson, own: Training, index: int, other: Training) -> Training:
    """Return another run's training, whose points stand on the lesson's sheet, and its knobs in the table of runs."""
    assert own.layout
    row, letters = lesson.top + TABLE_BELOW + index, _knob_letters(lesson)
    head = tuple(Place(f"{letters[name]}{row}", key=name) for name in other.knobs._fields)
    layout = Layout(head, own.layout.first_row, own.layout.headings, "", {}, host=own.name)
    return other._replace(layout=layout)


def _knobs(lesson: Lesson) -> list[str]:
    """Return the knobs of all runs."""
    return [*dict.fromkeys(name for run in (lesson.training, *lesson.others) for name in run.knobs._fields)]


def _knob_letters(lesson: Lesson) -> dict[str, str]:
    return {name: column_letters(i) for i, name in enumerate(_knobs(lesson), start=len(RUN_COLUMNS) + 1)}


def _placed(lesson: Lesson, own: Training, points: Points, runs: Mapping[str, Unrolled]) -> LessonCells:
    layout = own.layout
    assert layout
    table, free = lesson.top + TABLE_BELOW, lesson.top + FREE_BELOW
    after = table + len(runs) + 1
    knobs = {name: layout.cells[name] for name in own.knobs._fields}
    letters = place_row(own, layout).letters
    return LessonCells(own.name, letters, layout.first_row, points, knobs, runs, table, free, after)


def _answer_cells(at_rows: LessonCells) -> dict[str, str]:
    """Return where the line of least squares and what it is made of stand: right of the knobs, two rows high."""
    after = max(2 + len(at_rows.knobs), 2) + 2
    row = at_rows.free - 2
    names = ("b", "a", "slope", "mean_x", "mean_y", "size_x", "size_y")
    return {name: f"{column_letters(after + i)}{row}" for i, name in enumerate(names)}


def _answer(lesson: Lesson, at_rows: LessonCells) -> Iterator[Place]:
    """Yield the answer that the line looks for, where the lesson wants it."""
    if not lesson.answered:
        return
    cells = _answer_cells(at_rows)
    made_of = least_squares_of(at_rows.column("x"), at_rows.column("y"))._asdict()
    places = {value: at(cells[name]) for name, value in made_of.items()}
    for name, value in made_of.items():
        row = int(cells[name].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        heading = f"answer {name}" if name in ("b", "a") else name
        yield Place(f"{cells[name].rstrip('0123456789')}{row - 1}", heading, style="heading")
        yield Place(cells[name], key=f"answer {name}", formula=placed(value, places))


def _table(lesson: Lesson, own: Training, at_rows: LessonCells) -> Iterator[Place]:
    """Yield the table of runs: a line for each with its knobs, and how far and how fast it gets."""
    if not lesson.others:
        return
    letters, top = _knob_letters(lesson), at_rows.table - 1
    headings = [*RUN_COLUMNS, *letters, *RESULTS, f"epochs to {'1 %' if lesson.answered else 'half'}"]
    for i, heading in enumerate(headings, start=1):
        yield Place(f"{column_letters(i)}{top}", heading, style="bold" if i == 1 else "heading")
    for row, run in enumerate((own, *lesson.others), start=at_rows.table):
        for i, words in enumerate((run.name, run.model.name, run.rule_name), start=1):
            yield Place(f"{column_letters(i)}{row}", words, style="shown" if i > 1 else "")
        for name, value in run.knobs._asdict().items():
            formula = _knob_formula(lesson, own, at_rows, run, name)
            yield Place(f"{letters[name]}{row}", "", (run.name, name), value, formula)
        yield from _results(at_rows.runs[run.name], row, len(headings) - 2)


def _knob_formula(lesson: Lesson, own: Training, at_rows: LessonCells, run: Training, name: str) -> Expression | None:
    """Return what a run's knob follows from: another cell, or the sheet's own knob where both are the same."""
    if (run.name, name) in lesson.linked:
        return lesson.linked[run.name, name](at_rows)
    shared = run is own or getattr(own.knobs, name, None) == getattr(run.knobs, name)
    return at_rows.knob(name) if shared else None


def _results(where: Unrolled, row: int, column: int) -> Iterator[Place]:
    goal, losses = where.line(where.goal, fixed=False), where.line("loss", fixed=False)
    reached = if_equal(count_equal(goal, 1), 0, text("not yet"), match_exactly(1, goal) - 1)
    # In this order, since LibreOffice counts stale cells in a range that it has to compute row by row beforehand.
    cells = ((index(losses, 1), SCIENTIFIC), (index(losses, where.epochs + 1), SCIENTIFIC), (reached, ""))
    for i, (formula, format) in enumerate(cells, start=column):
        yield Place(f"{column_letters(i)}{row}", "", formula=formula, format=format, style="shown")
