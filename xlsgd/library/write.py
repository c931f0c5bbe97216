"""`xlsgd.build`."""

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from xlsgd.errors import InputError, whole_number
from xlsgd.library.page import SUFFIX, page_of_model
from xlsgd.models import Model
from xlsgd.points.given import as_points, points_for
from xlsgd.schedules import Schedule
from xlsgd.sheets.chosen import GRADDESC, Rules, chosen_trainings
from xlsgd.workbooks.build import RECIPES
from xlsgd.workbooks.chosen import WITH_BUTTONS, file_of, write_chosen
from xlsgd.workbooks.network.book import write_lessons
from xlsgd.workbooks.network.known import columns_of, lessons, points_of


def build(
    what: Model | str = GRADDESC,
    path: str | PathLike[str] | None = None,
    points: Any = None,
    *,
    rules: Rules = None,
    schedule: str | Schedule | None = None,
    batch: int | None = None,
    differences: Sequence[str] = (),
    epochs: int | None = None,
    epoch: int = 0,
    progress: Callable[[int], None] = lambda rows: None,
    **knobs: float,
) -> Path:
    """Write a workbook with live formulas, each with its value beside it, and return its path.

    Args:
        what: a model; or the workbook `graddesc`, `entropy` or `network`, or one training sheet of `xlsgd.trace`; or
            one sheet of the workbook `network`.
        path: the file; one that ends in .xlsm has Reset and Run buttons, one that ends in .html is a page that trains
            in any browser. Or a folder, in which it has its usual name; the current one by default.
        points: a .csv or .xlsx file, a DataFrame or a mapping of columns, `Points`, or a pair of arrays of shapes
            (points, inputs) and (points, targets); the lesson's by default.
        rules: of a model one or several of `RULES` by name, or rules of your own; a mapping gives each its knobs.
            Of `graddesc` the sheets that are wanted.
        schedule: of a model, what gives each step its rate, by name one of `SCHEDULES`.
        batch: of a model, after how many rows its parameters change, by the mean of the gradients; after each if None.
        differences: of a model, the parameters beside whose gradient finite differences stand.
        epochs: how many epochs the sheets step through by their cell A2; 100, or fewer for many points, if None.
        epoch: the epoch that a model's sheets show at first.
        progress: is told of every some rows written.
        knobs: values for every rule that has such a knob, such as `lr=0.01`.

    Raises:
        InputError: something of this cannot be; the message says what, where, and what to do.
    """
    options = {"schedule": schedule, "batch": batch, "differences": differences}
    epochs, epoch = None if epochs is None else whole_number("epochs", epochs), whole_number("epoch", epoch, 0)
    if path is not None and Path(path).suffix.lower() == SUFFIX:
        if epochs is not None or epoch:
            raise InputError(f"{path}: a page goes through its epochs itself; leave out `epochs` and `epoch`")
        return page_of_model(what, path, points, rules, knobs, options)
    if isinstance(what, str) and what in lessons():
        return _sheet_of_network(what, path, points, epochs, [*knobs, *_used(rules=rules, epoch=epoch, **options)])
    is_whole = isinstance(what, str) and what in RECIPES and what != GRADDESC
    if is_whole and (points is not None or rules or knobs or epochs is not None or any(options.values())):
        raise InputError(f"{what}: has no points, rules, knobs or epochs; leave them out")
    trainings = chosen_trainings(GRADDESC if is_whole else what, rules, knobs, **options)
    model = next(iter(trainings.values())).model
    given = points_for(points, model.inputs, model.targets)
    return write_chosen(what, path, given, trainings, epochs, epoch, progress)


def _used(**options: Any) -> list[str]:
    return [option for option, value in options.items() if value]


def _sheet_of_network(
    name: str, path: str | PathLike[str] | None, points: Any, epochs: int | None, used: Sequence[str]
) -> Path:
    """Write one sheet of the workbook `network`, and those of its epochs."""
    if used:
        raise InputError(f"{name}: `{used[0]}` has a cell in the sheet, or is for a model of your own; leave it out")
    given = {} if points is None else {name: points_of(name, as_points(points, columns_of(name), ()))}
    file = file_of(name, path)
    if file.suffix.lower() == WITH_BUTTONS:
        raise InputError(f"{name}: has no buttons; give a file that ends in .xlsx")
    return write_lessons(file, [name], given, epochs)
