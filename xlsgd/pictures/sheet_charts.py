"""The charts of a sheet as a picture, drawn from its cells."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlsgd.atomic_files import replacing
from xlsgd.pictures.picture import COLOURS, STYLE, form_of, matplotlib, rendered
from xlsgd.sheets.description import Chart, Sheet
from xlsgd.sheets.table import cells_of
from xlsgd.symbols.cells import addresses
from xlsgd.symbols.expression import Expression

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOOKS: Mapping[str, Mapping[str, Any]] = {
    "line": {"lw": 1.5},
    "dashed": {"ls": "--", "lw": 1.2},
    "point": {"ls": "none", "marker": "D", "ms": 8},
    "dots": {"ls": "none", "marker": "o", "ms": 4},
}
"""How the styles of a series are drawn."""


def write_charts(path: Path, sheet: Sheet) -> None:
    """Draw a sheet's charts into a PNG or SVG file; one that is there is replaced when the new one is whole.

    Args:
        path: the file, whose ending tells the form.
        sheet: the sheet; its charts are of cells outside the rows.

    Raises:
        InputError: the name ends in neither, the file cannot be written, or matplotlib is missing.
    """
    form = form_of(path)
    matplotlib()
    with replacing(path) as beside:
        beside.write_bytes(draw_charts(sheet, form))


def draw_charts(sheet: Sheet, form: str) -> bytes:
    """Return the picture of a sheet's charts, side by side, as a `png` or `svg` file.

    Raises:
        InputError: matplotlib is missing.
    """
    numbers = {place.address: place.value for place in sheet.places if not place.text}
    with matplotlib().rc_context(STYLE):
        from matplotlib.figure import Figure

        figure = Figure(figsize=(8.5 * len(sheet.charts), 5), layout="constrained")
        for panel, chart in zip(figure.subplots(1, len(sheet.charts), squeeze=False)[0], sheet.charts, strict=True):
            _draw(panel, chart, numbers)
        return rendered(figure, form)


def _draw(panel: "Axes", chart: Chart, numbers: Mapping[str, Any]) -> None:
    panel.set(xscale="log" if chart.x_log else "linear", yscale="log" if chart.log else "linear")
    for colour, series in zip(COLOURS, chart.series, strict=False):
        values = _values(series.values, numbers)
        over = range(1, len(values) + 1) if series.over is None else _values(series.over, numbers)
        panel.plot(over, values, label=series.name, color=colour, **LOOKS[series.style])
    panel.set(title=chart.title, xlabel=chart.x, ylabel=chart.y)
    if chart.x_least is not None or chart.x_most is not None:
        panel.set_xlim(chart.x_least, chart.x_most)
    panel.legend(frameon=False)


def _values(cells: Expression, numbers: Mapping[str, Any]) -> list[float]:
    """Return the numbers of a cell or of a range; what shows an error is left out of a line."""
    found = [numbers[address] for address in ([addresses(cells)] if cells.op == "reference" else cells_of(cells))]
    return [value if isinstance(value, (int, float)) else math.nan for value in found]
