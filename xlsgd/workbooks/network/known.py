"""The trainings and tables of `network.xlsx` by their sheets' names, as a trace or a sweep asks for them."""

from collections.abc import Sequence

from xlsgd.points.points import Points
from xlsgd.sheets.description import Sheet
from xlsgd.sheets.table import Table
from xlsgd.sheets.training import Training
from xlsgd.workbooks.network.book import LESSONS
from xlsgd.workbooks.network.checks import check_points
from xlsgd.workbooks.network.fill import with_layout
from xlsgd.workbooks.network.fitting import fitted
from xlsgd.workbooks.network.lesson import Lesson
from xlsgd.workbooks.network.table_lesson import TableLesson


def network_trainings() -> dict[str, Training]:
    """Return the trainings: each sheet's own, then the other runs beside it."""
    found: dict[str, Training] = {}
    for name, lesson in LESSONS.items():
        if not isinstance(lesson, TableLesson):
            found |= {name: with_layout(lesson) if isinstance(lesson, Lesson) else lesson.training}
            found |= {other.name: other for other in (lesson.others if isinstance(lesson, Lesson) else ())}
    return found


def network_tables() -> dict[str, TableLesson]:
    """Return the sheets that hold a table and no training."""
    return {name: lesson for name, lesson in LESSONS.items() if isinstance(lesson, TableLesson)}


def lesson_of(name: str) -> str:
    """Return the name of the sheet that a training or a run beside it belongs to."""
    return max((lesson for lesson in LESSONS if name == lesson or name.startswith(f"{lesson}_")), key=len)


def columns_of(name: str) -> Sequence[str]:
    """Return the columns that a sheet's points have."""
    return LESSONS[lesson_of(name)].columns


def points_of(name: str, given: Points | None = None) -> Points:
    """Return the points of a sheet: those that are given, or its own.

    Raises:
        InputError: a column is missing, or holds what the sheet cannot use.
    """
    lesson = LESSONS[lesson_of(name)]
    if given is None:
        return lesson.points
    points = given.only(lesson.columns)
    check_points(lesson.name, points)
    return points


def training_of_sheet(name: str, points: Points) -> Training:
    """Return the training of a sheet, or of a run beside it, fitted to its points."""
    lesson = LESSONS[lesson_of(name)]
    assert not isinstance(lesson, TableLesson)
    return fitted(network_trainings()[name], lesson, points.n, lesson.epochs)


def table_of(name: str, points: Points | None = None) -> Table:
    """Return a sheet's table, of other points if there are any."""
    return network_tables()[name].filled(points)


def lessons() -> Sequence[str]:
    """Return the names of the workbook's sheets."""
    return list(LESSONS)


def sheet_of_table(table: Table) -> Sheet:
    """Return the sheet of a table, with its charts."""
    return network_tables()[table.name].shown(table)
