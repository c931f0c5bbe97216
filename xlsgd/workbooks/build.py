"""Which sheets make which workbook, and where their numbers come from."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from xlsgd.excel.writer import write_workbook
from xlsgd.points.points import LESSON_POINTS, Points, StandardizedPoints, plain_points
from xlsgd.run.least_squares import least_squares
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.description import Sheet
from xlsgd.sheets.general_layout import layout_of, with_room
from xlsgd.sheets.guide import data_sheet, few_sheets_guide, guide_sheet
from xlsgd.sheets.lesson import LESSON
from xlsgd.sheets.placer import training_sheet
from xlsgd.sheets.standardize import looked_up, standardize_sheet
from xlsgd.sheets.stepping import stepping
from xlsgd.sheets.table import table_sheet
from xlsgd.sheets.table_books import BOOKS, table_book
from xlsgd.sheets.training import Training
from xlsgd.sheets.unrolled import Unrolled
from xlsgd.workbooks.filled_history import checked_epochs, default_epochs, epochs_of, filled_race, filled_run
from xlsgd.workbooks.finished import finishing
from xlsgd.workbooks.lengths import check_formulas
from xlsgd.workbooks.network import TITLE as NETWORK_TITLE


class BookRecipe(NamedTuple):
    """A workbook that can be built: its file's name, its title, and its sheets from points, training sheets, epochs."""

    file: str
    title: str
    sheets: Callable[[Points, Mapping[str, Training], int], Iterator[Sheet]]


def filled_training(
    training: Training, points: Points = LESSON_POINTS, where: Unrolled | None = None, epoch: int = 0
) -> Sheet:
    """Return a training sheet as it stands so many epochs after a reset.

    With the place of its epochs it steps by a cell; without it, it holds constants where the course's does.
    """
    live = LiveSheet(training, points)
    for _ in range(epoch):
        live.step()
    sheet = training_sheet(training, layout_of(training), points.n, live.values(), live.in_chunks())
    return stepping(sheet, where, epoch, tuple(live.lists.get("rmses", ()))) if where else sheet


def filled_data() -> Sheet:
    """Return the `data` sheet; its volatile x are shown as the lesson's points until they are recalculated."""
    return data_sheet(*LESSON_POINTS)


def filled_standardize(trainings: Sequence[Training], points: StandardizedPoints, with_race: bool) -> Sheet:
    """Return the sheet that holds a user's own points, and brings them to mean 0 and deviation 1."""
    answer = least_squares(points)._asdict() if with_race else {}
    return standardize_sheet(trainings, list(zip(*points, *points.own, strict=True)), points.transforms, answer)


@finishing
def _graddesc(points: Points, trainings: Mapping[str, Training], epochs: int) -> Iterator[Sheet]:
    if trainings.keys() >= LESSON.keys():
        own, standardized = points is not LESSON_POINTS, isinstance(points, StandardizedPoints)
        yield guide_sheet(stepping=epochs > 0, own_points=own, standardized=standardized)
        yield filled_data()
    else:
        yield few_sheets_guide({name: training.source for name, training in trainings.items()}, stepping=epochs > 0)
    if epochs:
        trainings = {name: with_room(training) for name, training in trainings.items()}
    if isinstance(points, StandardizedPoints):
        trainings = {name: looked_up(training) for name, training in trainings.items()}
        yield filled_standardize(list(trainings.values()), points, with_race=epochs > 0)
    if not epochs:
        yield from (filled_training(training, points) for training in trainings.values())
        return
    all_epochs = [epochs_of(training, points, epochs) for training in trainings.values()]
    unrolled = {each.where.name: filled_run(each, points) for each in all_epochs}
    yield from (filled_training(each.where.training, points, each.where) for each in all_epochs)
    yield filled_race(all_epochs, unrolled, points)
    yield from unrolled.values()


def _of_tables(name: str) -> BookRecipe:
    book = table_book(name)

    @finishing
    def sheets(points: Points, trainings: Mapping[str, Training], epochs: int) -> Iterator[Sheet]:
        if book.guide:
            yield book.guide
        yield from (table_sheet(table)._replace(source=book.source) for table in book.tables.values())

    return BookRecipe(book.file, book.title, sheets)


def _network(points: Points, trainings: Mapping[str, Training], epochs: int) -> Iterator[Sheet]:
    from xlsgd.workbooks.network.book import network_sheets  # dozens of modules, which the others need not import

    yield from network_sheets()


RECIPES: dict[str, BookRecipe] = {
    "graddesc": BookRecipe("graddesc.xlsx", "Gradient descent, one row at a time", _graddesc),
    **{name: _of_tables(name) for name in BOOKS},
    "network": BookRecipe("network.xlsx", NETWORK_TITLE, _network),
}


def build(
    name: str,
    folder: Path,
    points: Points = LESSON_POINTS,
    trainings: Mapping[str, Training] = LESSON,
    epochs: int | None = None,
    progress: Callable[[int], None] = lambda rows: None,
    recipes: Mapping[str, BookRecipe] = RECIPES,
    begun: Callable[[str], None] = lambda sheet: None,
) -> Path:
    """Write a workbook into a folder and return its path.

    Args:
        name: which workbook of the recipes.
        folder: where to.
        points: the points on every training sheet.
        trainings: the training sheets by name, perhaps with other knobs; graddesc with but some of the lesson's sheets
            has a shorter guide and no data sheet.
        epochs: how many epochs the training sheets step through; by default what `default_epochs` says.
        progress: is told of every some rows written.
        recipes: the lesson's workbooks, or the corrected ones with their own training sheets.
        begun: is told of every sheet before its rows are made.

    Raises:
        InputError: the folder cannot be written, or so many epochs do not fit.
    """
    recipe = recipes[name]
    return write_recipe(recipe, folder / recipe.file, points, trainings, epochs, progress, begun)


def write_recipe(
    recipe: BookRecipe,
    path: Path,
    points: Points,
    trainings: Mapping[str, Training],
    epochs: int | None,
    progress: Callable[[int], None],
    begun: Callable[[str], None] = lambda sheet: None,
) -> Path:
    """Write a recipe's workbook into a file and return its path; the rest as of `build`."""
    check_formulas(trainings)
    points = plain_points(points)
    n = points.n
    epochs = default_epochs(n) if epochs is None else checked_epochs(n, epochs)
    write_workbook(path, _told(recipe.sheets(points, trainings, epochs), begun), recipe.title, progress)
    return path


def _told(sheets: Iterable[Sheet], begun: Callable[[str], None]) -> Iterator[Sheet]:
    """Yield sheets, each of which is told of as its rows are about to be made."""
    for sheet in sheets:
        begun(sheet.name)
        yield sheet
