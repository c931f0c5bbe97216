"""The course's training sheets with constants where the course has constants, in the state that its buttons leave.

Beside what they compute they carry the names that the course's sheets have and nothing uses.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from xlsgd.errors import InputError, choose
from xlsgd.excel.writer import write_workbook
from xlsgd.points.points import LESSON_POINTS, Points, plain_points
from xlsgd.run.press import LiveSheet, press
from xlsgd.sheets.description import GIVEN, Place, Rows, Sheet
from xlsgd.sheets.general_layout import layout_of
from xlsgd.sheets.guide import guide_sheet
from xlsgd.sheets.lesson import LESSON
from xlsgd.sheets.placer import training_sheet
from xlsgd.sheets.training import Training
from xlsgd.symbols.cells import addresses, area
from xlsgd.symbols.expression import Expression
from xlsgd.workbooks.build import filled_data
from xlsgd.workbooks.finished import finishing

TITLE = "Gradient descent, one row at a time, after some buttons"

UNUSED: dict[str, dict[str, str]] = {
    "basic": {"HistGrad": "K{0}:L{0}", "GradTarget": "K1:L1"},
    "momentum": {"HistGrad": "F{0}:G{0}", "pct_clipped": "M{0}", "max_clipped": "M{1}"},
    "rmsprop": {"HistGrad": "F{0}:G{0}", "max_clipped": "K{1}"},
    "adam": {"HistGrad": "F{0}:G{0}", "pct_clipped": "O{0}", "max_clipped": "O{1}"},
    "adam_ann": {"HistGrad": "F{0}:G{0}", "pct_clipped": "O{0}", "max_clipped": "O{1}"},
}
"""Of each sheet the names that the course's has and nothing refers to; 0 stands for the row below the points, 1 for the
next."""

Presses = Mapping[str, Sequence[str]]
"""What is pressed on a sheet after a reset, by the sheet's name: actions of `xlsgd.run.press.press`."""


def mirrored(training: Training, points: Points = LESSON_POINTS, actions: Sequence[str] = ()) -> Sheet:
    """Return a training sheet as some actions leave it, from just after a reset on.

    Raises:
        InputError: there is no such action or cell.
    """
    live = LiveSheet(training, points)
    for action in actions:
        press(live, action)
    sheet = training_sheet(training, layout_of(training), points.n, live.values(), live.tuples())
    entries = tuple(_entries(sheet, live.lists.get("rmses", ())))
    return sheet._replace(places=(*sheet.places, *entries), names={**sheet.names, **_unused(sheet)})


def _entries(sheet: Sheet, values: Sequence[float | str]) -> Iterator[Place]:
    """Yield the list of errors, an entry for each epoch since the last reset."""
    if values:
        first = int(addresses(sheet.names["rmses"]).partition(":")[0][1:])
        for i, value in enumerate(values):
            yield Place(f"C{first + i}", key=("rmse", i + 1), value=value, style=GIVEN)


def _unused(sheet: Sheet) -> dict[str, Expression]:
    assert isinstance(sheet.rows, Rows)
    below = sheet.rows.last + 1
    return {name: area(cells.format(below, below + 1)) for name, cells in UNUSED.get(sheet.name, {}).items()}


def presses_of(texts: Sequence[str]) -> dict[str, list[str]]:
    """Return what is pressed, from texts of a sheet's name and its actions.

    >>> presses_of(["adam reset run lr=0.1 run"])
    {'adam': ['reset', 'run', 'lr=0.1', 'run']}

    Raises:
        InputError: there is no such sheet, a text holds no action, or two are of one sheet.
    """
    found: dict[str, list[str]] = {}
    for text in texts:
        name, *actions = text.split() or [""]
        choose("training sheet", name, LESSON)
        if not actions:
            raise InputError(f"press {text!r}: give actions behind the sheet, such as {name} reset run")
        if name in found:
            raise InputError(f"press {text!r}: {name} is pressed already; give all of its actions at once")
        found[name] = actions
    return found


def write_pressed(
    path: Path,
    points: Points,
    trainings: Mapping[str, Training],
    presses: Presses,
    progress: Callable[[int], None] = lambda rows: None,
) -> Path:
    """Write the lesson's workbook in the state that buttons leave, without buttons, and return its path.

    Args:
        path: the file.
        points: the points on every training sheet.
        trainings: the lesson's training sheets by name, perhaps with other knobs.
        presses: what is pressed on which; the other sheets stand as just after a reset.
        progress: is told of every some rows written.

    Raises:
        InputError: as of `mirrored`, or the file cannot be written.
    """
    points = plain_points(points)
    sheets = [mirrored(trainings[name], points, presses.get(name, ())) for name in LESSON]
    write_workbook(path, _sheets(sheets, own_points=points is not LESSON_POINTS), TITLE, progress)
    return path


@finishing
def _sheets(sheets: Sequence[Sheet], own_points: bool) -> Iterator[Sheet]:
    yield guide_sheet(stepping=False, own_points=own_points)
    yield filled_data()
    yield from sheets
