"""A workbook of any model with buttons: constants where a step pastes, and macros that paste them."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from xlsgd.excel.macros import SheetButtons, module_source
from xlsgd.excel.writer import write_workbook
from xlsgd.points.points import Points, plain_points
from xlsgd.sheets.buttons import Paste
from xlsgd.sheets.description import Sheet
from xlsgd.sheets.general_layout import button_cells
from xlsgd.sheets.guide import points_sheet
from xlsgd.sheets.training import Training
from xlsgd.workbooks.build import filled_training
from xlsgd.workbooks.finished import finishing
from xlsgd.workbooks.macro_workbook import vba_project, with_buttons
from xlsgd.workbooks.model_guide import model_guide
from xlsgd.workbooks.models import placed_trainings

ONE_PASTE = (Paste((("last", "start"),)),)
"""What a step does: all that goes on to the next epoch stands side by side, in the last row and in the starting row."""


def build_model_macros(
    path: Path,
    trainings: Sequence[Training],
    points: Points,
    progress: Callable[[int], None] = lambda rows: None,
) -> Path:
    """Write a workbook of training sheets of one model, with Reset and Run buttons, and return its path.

    Args:
        path: the file.
        trainings: the training sheets, of one model.
        points: the data, with the model's inputs and targets as columns.
        progress: is told of every some rows written.

    Raises:
        InputError: pyOpenVBA is not installed, two sheets have one name, a column of the points is missing, or the file
            cannot be written.
    """
    points = plain_points(points.only(trainings[0].point))
    placed = placed_trainings(trainings)
    buttons = [_buttons(training, points.n) for training in placed]
    project = vba_project(module_source(buttons), sheets=2 + len(placed))
    write_workbook(path, _sheets(placed, points), placed[0].model.name, progress, project)
    return path


def _buttons(training: Training, n: int) -> SheetButtons:
    step = training.buttons._replace(step=ONE_PASTE)
    return SheetButtons(training._replace(buttons=step), button_cells(training, n))


@finishing
def _sheets(trainings: Sequence[Training], points: Points) -> Iterator[Sheet]:
    yield model_guide(trainings, points.n, epochs=0, buttons=True)
    yield points_sheet(points.columns)
    yield from with_buttons(filled_training(training, points) for training in trainings)
