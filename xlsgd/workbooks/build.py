"""Which sheets make which workbook, and where their numbers come from."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from xlsgd.excel.writer import write_workbook
from xlsgd.points.points import LESSON_POINTS, Points, plain_points
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.description import Filled
from xlsgd.sheets.entropy import ENTROPY, numbers
from xlsgd.sheets.layout.entropy import entropy_sheet
from xlsgd.sheets.layout.guide import data_sheet, guide_sheet
from xlsgd.sheets.layout.history import Run
from xlsgd.sheets.layout.stepping import stepping
from xlsgd.sheets.layout.training import training_sheet
from xlsgd.sheets.lesson import LESSON
from xlsgd.sheets.training import Training
from xlsgd.symbols.checked import NOT_AVAILABLE, Number
from xlsgd.workbooks.filled_history import checked_epochs, default_epochs, filled_race, filled_run, plan_run


class Recipe(NamedTuple):
    """A workbook that can be built: its file's name, its title, and its sheets from points, training sheets, epochs."""

    file: str
    title: str
    sheets: Callable[[Points, Mapping[str, Training], int], Iterator[Filled]]


def filled_training(training: Training, points: Points = LESSON_POINTS, run: Run | None = None) -> Filled:
    """Return a training sheet with its numbers, as it stands just after a reset.

    With the layout of its history it steps by a cell; without it, it holds constants where the course's does.
    """
    live = LiveSheet(training, points)
    sheet = training_sheet(training, len(points.x))
    values = live.values() | {"epoch": 0, "lr at reset": training.knobs.lr, "no error yet": NOT_AVAILABLE}
    return Filled(stepping(sheet, run) if run else sheet, values, live.tuples())


def filled_entropy(name: str) -> Filled:
    """Return an entropy sheet with its numbers."""
    filled = numbers(ENTROPY[name])
    values: dict[Hashable, Number] = {"stray sum": 25000 * 128 * 4 / 1000}
    for column, cells in filled.columns.items():
        values |= {(column, index): value for index, value in enumerate(cells)}
    for column, total in filled.totals.items():
        values[column] = total
    return Filled(entropy_sheet(name), values)


def filled_data() -> Filled:
    """Return the `data` sheet; its volatile x are shown as the lesson's points until they are recalculated."""
    values: dict[Hashable, Number] = {"b": 30.0, "a": 2.0}
    values |= {("x", i): x for i, x in enumerate(LESSON_POINTS.x)}
    values |= {("y", i): y for i, y in enumerate(LESSON_POINTS.y)}
    return Filled(data_sheet(), values)


def _graddesc(points: Points, trainings: Mapping[str, Training], epochs: int) -> Iterator[Filled]:
    if trainings.keys() >= LESSON.keys():
        yield Filled(guide_sheet(stepping=epochs > 0, own_points=points is not LESSON_POINTS))
        yield filled_data()
    if not epochs:
        yield from (filled_training(training, points) for training in trainings.values())
        return
    runs = [plan_run(training, len(points.x), epochs) for training in trainings.values()]
    histories = {run.name: filled_run(run, points, epochs) for run in runs}
    yield from (filled_training(run.training, points, run) for run in runs)
    yield filled_race(runs, histories, points)
    yield from histories.values()


def _entropy(points: Points, trainings: Mapping[str, Training], epochs: int) -> Iterator[Filled]:
    yield from map(filled_entropy, ENTROPY)


RECIPES: dict[str, Recipe] = {
    "graddesc": Recipe("graddesc.xlsx", "Gradient descent, one row at a time", _graddesc),
    "entropy": Recipe("entropy_example.xlsx", "Softmax and cross-entropy", _entropy),
}


def build(
    name: str,
    folder: Path,
    points: Points = LESSON_POINTS,
    trainings: Mapping[str, Training] = LESSON,
    epochs: int | None = None,
    progress: Callable[[int], None] = lambda rows: None,
    recipes: Mapping[str, Recipe] = RECIPES,
) -> Path:
    """Write a workbook into a folder and return its path.

    Args:
        name: which workbook of the recipes.
        folder: where to.
        points: the points on every training sheet.
        trainings: the training sheets by name, perhaps with other knobs; graddesc with but some of the lesson's sheets
            holds no guide and no data sheet either.
        epochs: how many epochs the training sheets step through; by default what `default_epochs` says.
        progress: is told of every some rows written.
        recipes: the lesson's workbooks, or the corrected ones with their own training sheets.

    Raises:
        InputError: the folder cannot be written, or so many epochs do not fit.
    """
    recipe = recipes[name]
    path = folder / recipe.file
    points = plain_points(points)
    n = len(points.x)
    epochs = default_epochs(n) if epochs is None else checked_epochs(n, epochs)
    write_workbook(path, recipe.sheets(points, trainings, epochs), recipe.title, progress)
    return path
