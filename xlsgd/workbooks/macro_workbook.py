"""The course's workbook with its buttons: `graddesc.xlsm`, constants where the course has constants."""

import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import xlsxwriter

from xlsgd.errors import InputError, needs
from xlsgd.excel.macros import MODULE, SheetButtons, macro_name, module_source
from xlsgd.excel.writer import write_workbook
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.sheets.description import Button, Filled
from xlsgd.sheets.layout.guide import guide_sheet
from xlsgd.sheets.layout.training import rate_address, training_sheet
from xlsgd.sheets.lesson import LESSON
from xlsgd.sheets.training import Training
from xlsgd.workbooks.build import filled_data, filled_training

FILE = "graddesc.xlsm"
TITLE = "Gradient descent, one row at a time, with buttons"


def build_macros(
    folder: Path,
    points: Points = LESSON_POINTS,
    trainings: Mapping[str, Training] = LESSON,
    progress: Callable[[int], None] = lambda rows: None,
) -> Path:
    """Write `graddesc.xlsm` into a folder and return its path.

    Args:
        folder: where to.
        points: the points on every training sheet.
        trainings: the training sheets by name, perhaps with other knobs.
        progress: is told of every some rows written.

    Raises:
        InputError: pyOpenVBA is not installed, or the folder cannot be written.
    """
    lesson = [trainings[name] for name in LESSON]
    source = module_source([_buttons(training, len(points.x)) for training in lesson])
    project = vba_project(source, sheets=2 + len(lesson))
    path = folder / FILE
    write_workbook(path, _sheets(lesson, points), TITLE, progress, project)
    return path


def _sheets(lesson: list[Training], points: Points) -> Iterator[Filled]:
    yield Filled(guide_sheet(stepping=False, buttons=True, own_points=points is not LESSON_POINTS))
    yield filled_data()
    for training in lesson:
        filled = filled_training(training, points)
        buttons = (
            Button("A1", "Reset", macro_name(training.name, "reset")),
            Button("A2", "Run", macro_name(training.name, "run")),
        )
        yield filled._replace(sheet=filled.sheet._replace(buttons=buttons))


def _buttons(training: Training, n: int) -> SheetButtons:
    return SheetButtons(training, {"lr": rate_address(training), **training_sheet(training, n).names})


def vba_project(source: str, sheets: int) -> bytes:
    """Return the `vbaProject.bin` of a workbook with so many sheets and one module, as MS-OVBA describes it.

    It holds no date and no random number, so it is the same to the byte every time.

    Raises:
        InputError: pyOpenVBA is not installed.
    """
    try:
        from pyopenvba import ExcelFile
    except ImportError as error:
        raise InputError(needs(f"writing {FILE}", "pyOpenVBA", "macros")) from error
    with tempfile.TemporaryDirectory(prefix="xlsgd-") as folder:
        path = Path(folder) / "empty.xlsm"
        with xlsxwriter.Workbook(path) as book:
            for _ in range(sheets):
                book.add_worksheet()
        with ExcelFile(path) as file:
            file.add_vba_project().add_module(MODULE, source.replace("\n", "\r\n"))
            file.save()
        with zipfile.ZipFile(path) as package:
            return package.read("xl/vbaProject.bin")
