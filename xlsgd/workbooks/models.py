"""A workbook of any model: its equations, the points, a training sheet for each rule, all epochs, and the race."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from xlsgd.errors import InputError
from xlsgd.excel.writer import write_workbook
from xlsgd.points.points import Points, plain_points
from xlsgd.sheets.description import Sheet
from xlsgd.sheets.general_layout import general_layout, room_for_charts
from xlsgd.sheets.guide import POINTS_SHEET, points_sheet
from xlsgd.sheets.race import NAME as RACE
from xlsgd.sheets.record import record
from xlsgd.sheets.training import Training
from xlsgd.workbooks.build import filled_training
from xlsgd.workbooks.filled_history import FEW_CELLS, checked_epochs, default_epochs, epochs_of, filled_race, filled_run
from xlsgd.workbooks.finished import finishing
from xlsgd.workbooks.lengths import check_formulas
from xlsgd.workbooks.model_guide import GUIDE, model_guide


def build_model(
    path: Path,
    trainings: Sequence[Training],
    points: Points,
    epochs: int | None = None,
    epoch: int = 0,
    progress: Callable[[int], None] = lambda rows: None,
) -> Path:
    """Write a workbook of training sheets of one model and return its path.

    Args:
        path: the file.
        trainings: the training sheets, of one model (see `xlsgd.sheets.trainings.training_of`).
        points: the data, with the model's inputs and targets as columns.
        epochs: how many epochs the sheets step through; by default 100, or fewer for many points or columns.
        epoch: the epoch that they show at first.
        progress: is told of every some rows written.

    Raises:
        InputError: two sheets have one name, a formula is too long, so many epochs do not fit, there are fewer than
            `epoch`, a column of the points is missing, or the file cannot be written.
    """
    points = plain_points(points.only(trainings[0].point))
    check_names(trainings)
    shown = model_epochs(trainings, points.n) if epochs is None else checked_epochs(points.n, epochs)
    if epoch and not 0 <= epoch <= shown:
        raise InputError(f"epoch {epoch}: the workbook has epochs 0 to {shown:,}")
    placed = placed_trainings(trainings, with_charts=shown > 0)
    write_workbook(path, _sheets(placed, points, shown, epoch), placed[0].model.name, progress)
    return path


def model_epochs(trainings: Sequence[Training], n: int) -> int:
    """Return how many epochs to unroll for `n` points when nobody says."""
    columns = max(len(record(training.key).values) for training in trainings)
    return min(default_epochs(n), FEW_CELLS // (n * columns))


def placed_trainings(trainings: Sequence[Training], with_charts: bool = False) -> list[Training]:
    """Return training sheets whose points are looked up from the sheet that holds them, perhaps with room for charts.

    Raises:
        InputError: two sheets of the workbook would have one name, or a formula is too long.
    """
    check_names(trainings)
    check_formulas({training.name: training for training in trainings})
    return [_placed(training, room_for_charts(training) if with_charts else 0) for training in trainings]


def _placed(training: Training, gap: int) -> Training:
    layout = general_layout(training, footer="mean", points_on=POINTS_SHEET, gap=gap)
    return training._replace(layout=layout)


def check_names(trainings: Sequence[Training]) -> None:
    """Raise an InputError if two sheets would have one name; a spreadsheet takes capitals for the same."""
    names = [GUIDE, POINTS_SHEET, RACE]
    for name in (name for training in trainings for name in (training.name, f"{training.name}_run")):
        if name.casefold() in names:
            raise InputError(f"sheet {name!r}: the workbook has one of that name already; give another name")
        names.append(name.casefold())


@finishing
def _sheets(trainings: Sequence[Training], points: Points, epochs: int, epoch: int) -> Iterator[Sheet]:
    yield model_guide(trainings, points.n, epochs)
    yield points_sheet(points.columns)
    if not epochs:
        yield from (filled_training(training, points) for training in trainings)
        return
    all_epochs = [epochs_of(training, points, epochs) for training in trainings]
    unrolled = {each.where.name: filled_run(each, points) for each in all_epochs}
    yield from (filled_training(each.where.training, points, each.where, epoch) for each in all_epochs)
    yield filled_race(all_epochs, unrolled, points)
    yield from unrolled.values()
