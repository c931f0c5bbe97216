"""Pages of the sheets that somebody asks for: what each is told of, and which points it takes."""

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from xlsgd.errors import InputError
from xlsgd.library.known import table_given, trainings_and_points
from xlsgd.models import Model
from xlsgd.page.html import write_page
from xlsgd.page.tables import page_of_table
from xlsgd.page.trainings import About, PageSheet, page_of_training
from xlsgd.points.points import Points, plain_points
from xlsgd.sheets.chosen import Rules
from xlsgd.sheets.general_layout import general_layout
from xlsgd.sheets.table import Table
from xlsgd.sheets.table_books import BOOKS, table_book, tables
from xlsgd.sheets.training import Training
from xlsgd.workbooks.lengths import check_next
from xlsgd.workbooks.network.book import LESSONS
from xlsgd.workbooks.network.checks import allowed_values
from xlsgd.workbooks.network.known import lesson_of, network_tables, network_trainings, points_of, table_of
from xlsgd.workbooks.network.lesson import Lesson, paragraphs

SUFFIX = ".html"
NETWORK = "network"


def page_of_model(
    what: Model | str,
    path: str | PathLike[str],
    points: Any,
    rules: Rules,
    knobs: Mapping[str, float],
    options: Mapping[str, Any],
) -> Path:
    """Write a page of a model, or of sheets of the lesson, and return its path; the arguments are `xlsgd.build`'s.

    Raises:
        InputError: something of this cannot be, or JavaScript cannot say what a model or a rule does.
    """
    title = what.name if isinstance(what, Model) else what
    table = table_given(what, points, knobs, rules=rules, **options)
    if table:
        return page_of_sheets([table_sheet(table)], path, title)
    if isinstance(what, str) and what in (*BOOKS, *tables(), NETWORK):
        used = [
            each for each, value in (("points", points), ("rules", rules), *knobs.items(), *options.items()) if value
        ]
        if used:
            raise InputError(f"{what}: has no points, rules or knobs; leave out `{used[0]}`")
        return page_of_sheets(_workbook(what), path, title)
    trainings, given = trainings_and_points(what, points, rules, knobs, **options)
    return page_of_sheets([training_sheet(training, given) for training in trainings.values()], path, title)


def page_of_sheets(sheets: Sequence[PageSheet], path: str | PathLike[str], title: str) -> Path:
    """Write a page and return its path.

    Raises:
        InputError: the file cannot be written, or a sheet is asked for twice.
    """
    from xlsgd import __version__

    return write_page(Path(path), sheets, title, __version__)


def training_sheet(training: Training, points: Points) -> PageSheet:
    """Return a training sheet for a page, one of the workbook `network` with its text.

    Raises:
        InputError: JavaScript cannot say what it does, or its rule does not compute the next parameters.
    """
    check_next(training)
    if training.name not in network_trainings() or training.model is not network_trainings()[training.name].model:
        return page_of_training(training, plain_points(points))
    lesson = LESSONS[lesson_of(training.name)]
    if isinstance(lesson, Lesson):
        training = training._replace(layout=general_layout(training, lesson.formats, lesson.format))
    return page_of_training(training, plain_points(points), _about(training.name))


def table_named(name: str) -> PageSheet:
    """Return a table by its sheet's name."""
    return table_sheet(table_of(name) if name in network_tables() else tables()[name])


def table_sheet(table: Table) -> PageSheet:
    """Return a table for a page, one of the workbook `network` with its text.

    Raises:
        InputError: JavaScript cannot say what it does; the message names the operation.
    """
    return page_of_table(table, _about(table.name)) if table.name in network_tables() else page_of_table(table)


def _workbook(name: str) -> list[PageSheet]:
    """Return the sheets of a workbook without knobs, or a single table."""
    if name == NETWORK:
        trainings = network_trainings()
        return [
            training_sheet(trainings[lesson], points_of(lesson)) if lesson in trainings else table_named(lesson)
            for lesson in LESSONS
        ]
    return [table_named(table) for table in (table_book(name).tables if name in BOOKS else [name])]


def _about(name: str) -> About:
    """Return what is told of a sheet of the workbook `network`; a run beside one has its own name for a title."""
    lesson = LESSONS[lesson_of(name)]
    title = lesson.title if lesson.name == name else name
    return About(title, paragraphs(lesson.text.strip()), allowed_values(lesson.name))
