"""Which sheets make the corrected workbooks, and where their numbers come from."""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice

from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.description import Filled
from xlsgd.sheets.training import Training
from xlsgd.workbooks import build as workbook
from xlsgd.workbooks.build import Recipe
from xlsgd.workbooks.corrected.entropy import CORRECTED_ENTROPY, entropy_values
from xlsgd.workbooks.corrected.entropy_layout import entropy_sheet
from xlsgd.workbooks.corrected.entropy_quirks import entropy_quirks
from xlsgd.workbooks.corrected.graddesc_quirks import graddesc_quirks
from xlsgd.workbooks.corrected.guide import guide_sheet
from xlsgd.workbooks.corrected.layout import CHARTED, data_sheet, training_sheet
from xlsgd.workbooks.corrected.training import CORRECTED


def filled_training(live: LiveSheet) -> Filled:
    """Return a corrected training sheet with its numbers, as it stands now."""
    points = live.points
    sheet = training_sheet(live.training, len(points.x))
    cached = tuple(row["err^2"] for row in islice(live.rows(), CHARTED))
    (chart,) = sheet.charts
    drawn = chart._replace(series=tuple(series._replace(cached=cached) for series in chart.series))
    rows = ((x, y, *row.values()) for x, y, row in zip(points.x, points.y, live.rows(), strict=True))
    return Filled(sheet._replace(charts=(drawn,)), live.values(), rows)


def filled_data(points: Points = LESSON_POINTS) -> Filled:
    """Return the `data` sheet with the points."""
    return Filled(data_sheet(points), {"b": 30.0, "a": 2.0}, zip(points.x, points.y, strict=True))


def filled_entropy(name: str) -> Filled:
    """Return a corrected entropy sheet with its numbers."""
    return Filled(entropy_sheet(name), entropy_values(name))


def _graddesc(points: Points, trainings: Mapping[str, Training], epochs: int) -> Iterator[Filled]:
    yield Filled(guide_sheet())
    yield filled_data(points)
    sheets = {name: LiveSheet(trainings[name], points) for name in CORRECTED}
    yield from map(filled_training, sheets.values())
    yield graddesc_quirks(sheets)


def _entropy(points: Points, trainings: Mapping[str, Training], epochs: int) -> Iterator[Filled]:
    yield from map(filled_entropy, CORRECTED_ENTROPY)
    yield entropy_quirks()


RECIPES: dict[str, Recipe] = {
    "graddesc": Recipe("graddesc_corrected.xlsx", "Gradient descent, its quirks mended", _graddesc),
    "entropy": Recipe("entropy_corrected.xlsx", "Softmax and cross-entropy, their quirks mended", _entropy),
}

build = partial(workbook.build, trainings=CORRECTED, recipes=RECIPES)
"""Writes one of the corrected workbooks; see `xlsgd.workbooks.build.build`."""
