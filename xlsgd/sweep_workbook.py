"""A sweep as a workbook: the best settings on top, below them the map, coloured by value."""

from pathlib import Path
from typing import Any

import numpy as np
import xlsxwriter

from xlsgd.grid import GEOMETRIC, Axis
from xlsgd.sweep_results import Array, Map, Results, best, course_setting, map_of, thin
from xlsgd.writer import CREATED

MOST_COLUMNS, MOST_ROWS = 400, 1000
"""The most values of a knob on the map; of more, so many are shown, evenly chosen."""

MOST_BEST = 10
LOW, MIDDLE, HIGH = "#7FA8C9", "#F7F7F7", "#E69F00"
"""Blue over white to orange: apart for every common form of colour blindness, and light enough to read figures on."""

MISSING = {"font_color": "#595959", "bg_color": "#BFBFBF", "font_size": 8, "align": "right"}
FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "heading": {"bold": True, "align": "right"},
    "note": {"italic": True, "font_color": "#595959"},
    "rate": {"bold": True, "num_format": "0.00E+00"},
    "share": {"bold": True, "num_format": "0.000"},
    "value": {},
    "value framed": {"border": 2},
    "missing": MISSING,
    "missing framed": MISSING | {"border": 2},
}


def write_sweep_workbook(path: Path, results: Results) -> None:
    """Write the workbook: a sheet for the final loss and one for the epochs to 1 % of the answer.

    Colours go by the values' ranks, since losses spread over many powers of ten. The value nearest to the sheet's own
    setting is framed; where a run diverged it says so.
    """
    map_ = thin(map_of(results), MOST_COLUMNS, MOST_ROWS)
    diverged = np.isnan(map_.loss)
    with xlsxwriter.Workbook(str(path), {"tmpdir": str(path.parent)}) as book:
        book.set_properties({"title": f"Sweep of {results.training.name}", "created": CREATED})
        formats = {name: book.add_format(properties) for name, properties in FORMATS.items()}
        for name, values, otherwise in (("final loss", map_.loss, ""), ("epochs to 1 %", map_.epochs, "never")):
            sheet = book.add_worksheet(name)
            top = _write_best(sheet, results, formats)
            texts = np.where(diverged, "diverged", otherwise)
            _write_map(sheet, top, map_, values, texts, results, formats)


def _write_best(sheet: Any, results: Results, formats: dict[str, Any]) -> int:
    """Write what was swept and the best settings; return the row, from 0, that follows them and a gap."""
    runs = f"{len(results.loss):,} runs of {results.steps:,} epochs on {results.points:,} points"
    sheet.write_string(0, 0, f"{results.training.name}: {runs}", formats["title"])
    records = best(results, MOST_BEST)
    if not records:
        sheet.write_string(1, 0, "every run diverged", formats["note"])
        return 3
    sheet.write_string(
        1, 0, "the settings with the least final loss (root of the sum of squared errors)", formats["note"]
    )
    for column, name in enumerate(records[0]):
        sheet.write_string(2, column, name, formats["heading"])
        for row, record in enumerate(records, start=3):
            sheet.write(row, column, record[name])
    return len(records) + 4


def _write_map(
    sheet: Any, top: int, map_: Map, values: Array, texts: Array, results: Results, formats: dict[str, Any]
) -> None:
    across = f"{map_.x.knob} to the right" + (f", {map_.y.knob} downwards" if map_.y else "")
    over = f"; the best of every {' and '.join(map_.others)}" if map_.others else ""
    sheet.write_string(
        top,
        0,
        f"{sheet.get_name()}: {across}{over}; the framed cell is nearest to the sheet's own setting",
        formats["note"],
    )
    sheet.write_row(top + 1, 1, map_.x.values.tolist(), formats[_kind(map_.x)])
    if map_.y:
        sheet.write_column(top + 2, 0, map_.y.values.tolist(), formats[_kind(map_.y)])
    course = (_nearest(map_.y, results) if map_.y else 0, _nearest(map_.x, results))
    for (i, j), value in np.ndenumerate(values):
        framed = " framed" if (i, j) == course else ""
        if np.isnan(value):
            sheet.write_string(top + 2 + i, 1 + j, str(texts[i, j]), formats["missing" + framed])
        else:
            sheet.write_number(top + 2 + i, 1 + j, float(value), formats["value" + framed])
    last = (top + 1 + len(values), len(map_.x.values))
    sheet.conditional_format(top + 2, 1, *last, COLOUR_SCALE)
    sheet.set_column(0, len(map_.x.values), 10)
    sheet.freeze_panes(0, 1)


COLOUR_SCALE = {
    "type": "3_color_scale",
    "min_type": "percentile", "min_value": 5, "min_color": LOW,
    "mid_type": "percentile", "mid_value": 50, "mid_color": MIDDLE,
    "max_type": "percentile", "max_value": 95, "max_color": HIGH,
}  # fmt: skip


def _kind(axis: Axis) -> str:
    return "rate" if axis.knob in GEOMETRIC else "share"


def _nearest(axis: Axis, results: Results) -> int:
    distance = axis.values - course_setting(results.training, axis.knob)
    if axis.knob in GEOMETRIC and axis.values[0] > 0:
        distance = np.log(axis.values / max(course_setting(results.training, axis.knob), np.finfo(float).tiny))
    return int(np.argmin(abs(distance)))
