"""The course's workbook with its buttons: `graddesc.xlsm`, constants where the course has constants."""

import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import xlsxwriter

from xlsgd.atomic_files import temporary_folder
from xlsgd.errors import InputError, needs
from xlsgd.excel.macros import MODULE, SheetButtons, macro_name, module_source
from xlsgd.excel.writer import write_workbook
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.sheets.description import Button, Sheet
from xlsgd.sheets.general_layout import layout_of
from xlsgd.sheets.guide import guide_sheet
from xlsgd.sheets.lesson import LESSON
from xlsgd.sheets.training import Training
from xlsgd.symbols.cells import addresses
from xlsgd.workbooks.build import filled_data
from xlsgd.workbooks.finished import finishing
from xlsgd.workbooks.mirror import Presses, mirrored

FILE = "graddesc.xlsm"
TITLE = "Gradient descent, one row at a time, with buttons"


def build_macros(
    folder: Path,
    points: Points = LESSON_POINTS,
    trainings: Mapping[str, Training] = LESSON,
    progress: Callable[[int], None] = lambda rows: None,
    presses: Presses = MappingProxyType({}),
) -> Path:
    """Write `graddesc.xlsm` into a folder and return its path; see `write_macros`."""
    return write_macros(folder / FILE, points, trainings, progress, presses)


def write_macros(
    path: Path,
    points: Points = LESSON_POINTS,
    trainings: Mapping[str, Training] = LESSON,
    progress: Callable[[int], None] = lambda rows: None,
    presses: Presses = MappingProxyType({}),
) -> Path:
    """Write the lesson's workbook with buttons into a file and return its path.

    Args:
        path: the file.
        points: the points on every training sheet.
        trainings: the lesson's training sheets by name, perhaps with other knobs.
        progress: is told of every some rows written.
        presses: the buttons that are pressed beforehand, by sheet.

    Raises:
        InputError: pyOpenVBA is not installed, a sheet of the lesson is missing, or the file cannot be written.
    """
    if trainings.keys() != LESSON.keys():
        raise InputError(f"{path}: the lesson's workbook with buttons holds all of its sheets: {', '.join(LESSON)}")
    lesson = [trainings[name] for name in LESSON]
    sheets = [mirrored(training, points, presses.get(training.name, ())) for training in lesson]
    source = module_source([_buttons(training, sheet) for training, sheet in zip(lesson, sheets, strict=True)])
    project = vba_project(source, sheets=2 + len(lesson))
    write_workbook(path, _with_buttons(sheets, points), TITLE, progress, project)
    return path


@finishing
def _with_buttons(sheets: list[Sheet], points: Points) -> Iterator[Sheet]:
    yield guide_sheet(stepping=False, buttons=True, own_points=points is not LESSON_POINTS)
    yield filled_data()
    yield from with_buttons(sheets)


def with_buttons(sheets: Iterable[Sheet]) -> Iterator[Sheet]:
    """Yield training sheets with Reset and Run in their corners."""
    for sheet in sheets:
        buttons = (
            Button("A1", "Reset", macro_name(sheet.name, "reset")),
            Button("A2", "Run", macro_name(sheet.name, "run")),
        )
        yield sheet._replace(buttons=buttons)


def _buttons(training: Training, sheet: Sheet) -> SheetButtons:
    names = {name: addresses(cells) for name, cells in sheet.names.items()}
    return SheetButtons(training, {"lr": layout_of(training).cells["lr"], **names})


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
    with temporary_folder() as folder:
        path = folder / "empty.xlsm"
        with xlsxwriter.Workbook(path) as book:
            for _ in range(sheets):
                book.add_worksheet()
        with ExcelFile(path) as file:
            file.add_vba_project().add_module(MODULE, source.replace("\n", "\r\n"))
            file.save()
        with zipfile.ZipFile(path) as package:
            return package.read("xl/vbaProject.bin")
