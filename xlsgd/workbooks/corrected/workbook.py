"""Which sheets make the corrected workbooks, and where their numbers come from."""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice

from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.description import Sheet
from xlsgd.sheets.entropy_guide import CORRECTED as CORRECTED_LINES
from xlsgd.sheets.entropy_guide import entropy_guide
from xlsgd.sheets.placer import training_sheet
from xlsgd.sheets.table import table_sheet
from xlsgd.sheets.training import Training
from xlsgd.workbooks import build as workbook
from xlsgd.workbooks.build import BookRecipe
from xlsgd.workbooks.corrected.entropy import CORRECTED_ENTROPY
from xlsgd.workbooks.corrected.entropy_quirks import entropy_quirks
from xlsgd.workbooks.corrected.graddesc_quirks import graddesc_quirks
from xlsgd.workbooks.corrected.guide import guide_sheet
from xlsgd.workbooks.corrected.layout import CHARTED, corrected_layout, data_sheet
from xlsgd.workbooks.corrected.training import CORRECTED
from xlsgd.workbooks.finished import finishing

SOURCE = "As torch.nn.functional has it."


def filled_training(live: LiveSheet) -> Sheet:
    """Return a corrected training sheet as it stands now."""
    training, n = live.training, live.points.n
    sheet = training_sheet(training, corrected_layout(training), n, live.values(), live.tuples())
    drawn = list(islice(live.rows(), CHARTED))
    charts = (
        chart._replace(series=tuple(s._replace(cached=tuple(row[s.name] for row in drawn)) for s in chart.series))
        for chart in sheet.charts
    )
    return sheet._replace(charts=tuple(charts))


def filled_data(points: Points = LESSON_POINTS) -> Sheet:
    """Return the `data` sheet with the points."""
    return data_sheet(points.x, points.y, lesson=points is LESSON_POINTS)


@finishing
def _graddesc(points: Points, trainings: Mapping[str, Training], epochs: int) -> Iterator[Sheet]:
    yield guide_sheet()
    yield filled_data(points)
    sheets = {name: LiveSheet(trainings[name], points) for name in CORRECTED}
    yield from map(filled_training, sheets.values())
    yield graddesc_quirks(sheets)


@finishing
def _entropy(points: Points, trainings: Mapping[str, Training], epochs: int) -> Iterator[Sheet]:
    yield entropy_guide(CORRECTED_LINES)
    yield from (table_sheet(table)._replace(source=SOURCE) for table in CORRECTED_ENTROPY.values())
    yield entropy_quirks()


RECIPES: dict[str, BookRecipe] = {
    "graddesc": BookRecipe("graddesc_corrected.xlsx", "Gradient descent, its quirks mended", _graddesc),
    "entropy": BookRecipe("entropy_corrected.xlsx", "Softmax and cross-entropy, their quirks mended", _entropy),
}

build = partial(workbook.build, trainings=CORRECTED, recipes=RECIPES)
"""Writes one of the corrected workbooks; see `xlsgd.workbooks.build.build`."""
