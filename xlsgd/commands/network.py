"""Sheets of the workbook `network` on the command line: their points, and their trainings with the knobs of `--set`."""

from collections.abc import Iterable
from typing import Any

from xlsgd.commands.options import PointsOptions


def given_points(sheet: str, given: PointsOptions) -> Any:
    """Return a sheet's points: a user's, or its own without a file.

    Raises:
        InputError: they cannot be used.
    """
    from xlsgd.errors import InputError
    from xlsgd.workbooks.network.known import columns_of, points_of

    columns = tuple(columns_of(sheet))
    if given.standardize:
        raise InputError(f"{sheet}: `standardize` is for the lesson's line; leave it out")
    read = given.read(columns)
    return points_of(sheet, read if given.data is not None else None)


def set_training(sheet: str, settings: Iterable[str], given: PointsOptions) -> tuple[Any, Any]:
    """Return a training with the knobs that a user set, and its points."""
    from xlsgd.commands.settings import set_knobs
    from xlsgd.workbooks.network.known import training_of_sheet

    points = given_points(sheet, given)
    return set_knobs({sheet: training_of_sheet(sheet, points)}, settings)[sheet], points


def set_table(sheet: str, settings: Iterable[str], given: PointsOptions) -> Any:
    """Return a table with the knobs that a user set, of a user's points if there are any.

    Raises:
        InputError: there is no such knob, or the points cannot be used.
    """
    from xlsgd.commands.settings import setting_of
    from xlsgd.sheets.table import with_table_knobs
    from xlsgd.workbooks.network.known import table_of

    parted = [setting_of(setting) for setting in settings]
    named = {name.removeprefix(f"{sheet}."): value for name, value in parted}
    return with_table_knobs(table_of(sheet, given_points(sheet, given)), named)


def known_sheet(sheet: str, given: PointsOptions, settings: Iterable[str] = ()) -> tuple[Any, Any]:
    """Return a training and its points as of `known_training`, or a table of the workbook `network` and None.

    Both have the knobs that a user set.

    Raises:
        InputError: there is none of that name, or its points cannot be used.
    """
    from xlsgd.workbooks.network.known import network_tables

    if sheet in network_tables():
        return set_table(sheet, settings, given), None
    return known_training(sheet, given, settings)


def known_training(sheet: str, given: PointsOptions, settings: Iterable[str] = ()) -> tuple[Any, Any]:
    """Return a training by its name, of the lesson or of the workbook `network`, and its points.

    Raises:
        InputError: there is none of that name, or its points cannot be used.
    """
    from xlsgd.commands.settings import set_knobs
    from xlsgd.errors import choose
    from xlsgd.sheets.lesson import trainings
    from xlsgd.workbooks.network.known import network_tables, network_trainings

    known, lessons = trainings(), network_trainings()
    choose("training sheet", sheet, [*known, *lessons, *network_tables()])
    if sheet in lessons:
        return set_training(sheet, settings, given)
    return set_knobs({sheet: known[sheet]}, settings)[sheet], given.read()
