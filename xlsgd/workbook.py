"""Which sheets make which workbook, and where their numbers come from."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from xlsgd.checked import Number
from xlsgd.data import LESSON_POINTS, Points
from xlsgd.entropy import ENTROPY, numbers
from xlsgd.layout.entropy import entropy_sheet
from xlsgd.layout.guide import data_sheet, guide_sheet
from xlsgd.layout.training import training_sheet
from xlsgd.lesson import LESSON, Training
from xlsgd.live import LiveSheet
from xlsgd.writer import Filled, write_workbook


class Recipe(NamedTuple):
    """A workbook that can be built: its file's name, its title, and its sheets from points and training sheets."""

    file: str
    title: str
    sheets: Callable[[Points, Mapping[str, Training]], Iterator[Filled]]


def filled_training(training: Training, points: Points = LESSON_POINTS) -> Filled:
    """Return a training sheet with its numbers, as it stands just after a reset."""
    live = LiveSheet(training, points)
    rows = ((x, y, *row.values()) for x, y, row in zip(points.x, points.y, live.rows(), strict=True))
    return Filled(training_sheet(training, len(points.x)), live.values(), rows)


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


def _graddesc(points: Points, trainings: Mapping[str, Training]) -> Iterator[Filled]:
    yield Filled(guide_sheet())
    yield filled_data()
    yield from (filled_training(trainings[name], points) for name in LESSON)


def _entropy(points: Points, trainings: Mapping[str, Training]) -> Iterator[Filled]:
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
    progress: Callable[[int], None] = lambda rows: None,
) -> Path:
    """Write one of the workbooks of `RECIPES` into a folder and return its path.

    Args:
        name: which.
        folder: where to.
        points: the points on every training sheet.
        trainings: the training sheets by name, perhaps with other knobs.
        progress: is told of every some rows written.

    Raises:
        InputError: the folder cannot be written.
    """
    recipe = RECIPES[name]
    path = folder / recipe.file
    write_workbook(path, recipe.sheets(points, trainings), recipe.title, progress)
    return path
