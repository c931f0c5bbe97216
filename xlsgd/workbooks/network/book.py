"""Which sheets make `network.xlsx`, in which order, and what its first sheet says."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from xlsgd.errors import InputError
from xlsgd.excel.writer import write_workbook
from xlsgd.points.points import Points
from xlsgd.sheets.description import Place, Sheet
from xlsgd.sheets.legend import with_legend
from xlsgd.workbooks.finished import finishing
from xlsgd.workbooks.network import TITLE
from xlsgd.workbooks.network.accuracy import ACCURACY
from xlsgd.workbooks.network.batches import BATCHES
from xlsgd.workbooks.network.conventions import CONVENTIONS_SHEET
from xlsgd.workbooks.network.embedding import EMBEDDING
from xlsgd.workbooks.network.fill import lesson_sheets
from xlsgd.workbooks.network.lesson import Lesson, paragraphs
from xlsgd.workbooks.network.logistic import LOGISTIC
from xlsgd.workbooks.network.lr_find import LR_FIND
from xlsgd.workbooks.network.matrix_lesson import MatrixLesson
from xlsgd.workbooks.network.moving_average import MOVING_AVERAGE
from xlsgd.workbooks.network.one_cycle import ONE_CYCLE
from xlsgd.workbooks.network.relu_network import RELU_NETWORK
from xlsgd.workbooks.network.softmax_regression import SOFTMAX_REGRESSION
from xlsgd.workbooks.network.table_lesson import TableLesson
from xlsgd.workbooks.network.threes_sevens import THREES_SEVENS
from xlsgd.workbooks.network.weight_decay import WEIGHT_DECAY

FILE = "network.xlsx"

AnyLesson = Lesson | TableLesson | MatrixLesson

LESSONS: dict[str, AnyLesson] = {
    lesson.name: lesson
    for lesson in (
        BATCHES,
        ACCURACY,
        LOGISTIC,
        SOFTMAX_REGRESSION,
        RELU_NETWORK,
        THREES_SEVENS,
        EMBEDDING,
        WEIGHT_DECAY,
        MOVING_AVERAGE,
        ONE_CYCLE,
        LR_FIND,
        CONVENTIONS_SHEET,
    )
}
"""The sheets by name, in the workbook's order."""

USE = """
Each sheet shows one idea. Where it has a cell below the word epoch, type a number there, and it shows the training
after so many epochs. The tinted cells below the other headings of that row are knobs: change one, and every row,
every epoch and every chart follows.

The sheets that end in _run hold all epochs, row by row, as plain formulas. The points stand in the first columns of
each sheet's rows; type others over them.
"""


@finishing
def network_sheets(
    lessons: Iterable[str] = (), points: Mapping[str, Points] = {}, epochs: int | None = None
) -> Iterator[Sheet]:
    """Yield the workbook's sheets.

    Args:
        lessons: which of `LESSONS`; all if there is none.
        points: points in place of a lesson's own, by its name.
        epochs: how many epochs the sheets step through, in place of as many as each lesson says.
    """
    chosen = [LESSONS[name] for name in lessons or LESSONS]
    yield _guide(chosen)
    runs: list[Sheet] = []
    for lesson in chosen:
        sheet, *own = sheets_of(lesson, points.get(lesson.name), epochs)
        yield sheet
        runs += own
    yield from runs


def build_lessons(
    folder: Path, lessons: Sequence[str], points: Mapping[str, Points], epochs: int | None = None
) -> Path:
    """Write `network.xlsx` with some of its sheets into a folder; the rest as of `write_lessons`."""
    return write_lessons(folder / FILE, lessons, points, epochs)


def write_lessons(path: Path, lessons: Sequence[str], points: Mapping[str, Points], epochs: int | None = None) -> Path:
    """Write some of the workbook's sheets into a file and return its path; the rest as of `network_sheets`.

    Raises:
        InputError: so many epochs do not fit, or there are none, or the file cannot be written.
    """
    if epochs is not None and not any(LESSONS[name].epochs for name in lessons):
        raise InputError(f"{', '.join(lessons)}: no training by epochs; leave out `epochs`")
    write_workbook(path, network_sheets(lessons, points, epochs), TITLE)
    return path


def sheets_of(lesson: AnyLesson, points: Points | None = None, epochs: int | None = None) -> Iterator[Sheet]:
    """Yield a lesson's sheet, and those of its epochs if it has any; the rest as of `lesson_sheets`."""
    return lesson_sheets(lesson, points, epochs) if isinstance(lesson, Lesson) else lesson.sheets(points, epochs)


def _guide(lessons: Sequence[AnyLesson]) -> Sheet:
    lines = [(TITLE, ""), *(("", words) for words in paragraphs(USE)), ("", ""), ("The sheets", "")]
    lines += [
        (lesson.name, f"{lesson.title}{'' if lesson.title.endswith('?') else '.'} {lesson.first}") for lesson in lessons
    ]
    lines += [("", ""), ("All epochs, row by row", ""), *((f"{run}_run", told) for run, told in _runs(lessons))]
    places = []
    for row, (left, right) in enumerate(lines, start=1):
        if left:
            places.append(
                Place(f"A{row}", left, style="top link bold" if right else "title", link=left if right else "")
            )
        places += [Place(f"B{row}", right, style="wrap")] if right else []
    return Sheet("guide", with_legend(places), widths={"A": 26, "B": 100})


def _runs(lessons: Iterable[AnyLesson]) -> Iterator[tuple[str, str]]:
    """Yield the trainings of which the workbook has a sheet of all epochs, with the sheet that shows them."""
    for lesson in lessons:
        if not isinstance(lesson, TableLesson):
            yield lesson.name, f"The epochs that {lesson.name} steps through."
            others = lesson.others if isinstance(lesson, Lesson) else ()
            yield from ((other.name, f"Those of a run that {lesson.name} has beside its own.") for other in others)
