"""The workbook that whoever calls the library asks for: which it is, and where it goes."""

from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path

from xlsgd.errors import InputError
from xlsgd.models import Model
from xlsgd.points.points import Points
from xlsgd.sheets.training import Training
from xlsgd.workbooks.build import RECIPES, write_recipe
from xlsgd.workbooks.macro_workbook import write_macros
from xlsgd.workbooks.model_macros import build_model_macros
from xlsgd.workbooks.models import build_model

WITH_BUTTONS, WITHOUT = ".xlsm", ".xlsx"


def write_chosen(
    what: Model | str,
    path: str | PathLike[str] | None,
    points: Points,
    trainings: Mapping[str, Training],
    epochs: int | None,
    epoch: int,
    progress: Callable[[int], None],
) -> Path:
    """Write a workbook and return its path.

    Args:
        what: a model, the name of a workbook, or of a training sheet.
        path: the file; one that ends in .xlsm has buttons. Or a folder, in which the file has its usual name.
        points: the points on the training sheets.
        trainings: the training sheets by name; a workbook without any takes none.
        epochs: how many epochs the sheets step through; by default as many as the workbook's kind says.
        epoch: the epoch that a model's sheets show at first.
        progress: is told of every some rows written.

    Raises:
        InputError: the name ends in neither, the workbook has no epochs, or as of what writes it.
    """
    path = file_of(what, path)
    buttons = path.suffix.lower() == WITH_BUTTONS
    if epoch and not isinstance(what, Model):
        raise InputError(f"{what}: `epoch` is for a model of your own")
    if buttons and what in RECIPES and what != "graddesc":
        raise InputError(f"{what}: has no buttons; give a file that ends in .xlsx")
    if buttons and (epochs is not None or epoch):
        raise InputError(f"{path}: a workbook with buttons steps by them; leave out `epochs` and `epoch`")
    if isinstance(what, Model) and buttons:
        return build_model_macros(path, list(trainings.values()), points, progress)
    if isinstance(what, Model):
        return build_model(path, list(trainings.values()), points, epochs, epoch, progress)
    if buttons:
        return write_macros(path, points, trainings, progress)
    recipe = RECIPES[what if what in RECIPES else "graddesc"]
    return write_recipe(recipe, path, points, trainings, epochs, progress)


def file_of(what: Model | str, path: str | PathLike[str] | None) -> Path:
    """Return the file to write, as of `write_chosen`.

    Raises:
        InputError: its name ends in neither.
    """
    name = what.name if isinstance(what, Model) else what
    usual = RECIPES[name].file if name in RECIPES else f"{name}{WITHOUT}"
    given = Path(path or ".")
    if given.is_dir() or not given.suffix:
        return given / usual
    if given.suffix.lower() not in (WITHOUT, WITH_BUTTONS):
        raise InputError(f"{given}: give a file that ends in .xlsx, or in .xlsm for a workbook with buttons")
    return given
