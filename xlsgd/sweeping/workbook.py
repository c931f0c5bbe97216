"""A sweep as a workbook: the best settings on the first sheet, and maps of small cells, coloured by value."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import xlsxwriter

from xlsgd.excel.paper import A4, FOOTER
from xlsgd.excel.styles import FONT
from xlsgd.excel.writer import CREATED
from xlsgd.sheets.description import UNSEEN
from xlsgd.sweeping.floats import Array
from xlsgd.sweeping.goal import loss_in_words
from xlsgd.sweeping.grid import GEOMETRIC, Axis
from xlsgd.sweeping.results import Map, Results, best, course_setting, describe, describe_others, map_of

MOST_COLUMNS, MOST_ROWS = 250, 250
"""The most values of a knob on the map; of more, so many are shown, evenly chosen."""

MOST_BEST = 10
LOW, MIDDLE, HIGH = "#7FA8C9", "#F7F7F7", "#E69F00"
"""Blue over white to orange: apart for every common form of colour blindness, and light enough to read figures on."""

VALUE = "[<0.01]0.00E+00;[>=100000]0.00E+00;0.00"
SETTING = "[<0.001]0.000E+00;[>=100000]0.000E+00;0.0000"
TURNED = {"rotation": 90, "valign": "bottom"}
FRAME = {"border": 5, "border_color": "#000000"}
DIVERGED, NEVER = {"bg_color": "#404040"}, {"bg_color": "#BFBFBF"}
FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "heading": {"bold": True, "align": "right"},
    "note": {"italic": True, "font_color": "#595959"},
    "link": {"font_color": "#0563C1", "underline": 1},
    "rate": {"bold": True, "num_format": "0.00E+00"},
    "share": {"bold": True, "num_format": "0.000"},
    "rate turned": {"bold": True, "num_format": "0.00E+00"} | TURNED,
    "share turned": {"bold": True, "num_format": "0.000"} | TURNED,
    "setting": {"num_format": SETTING},
    "count": {},
    "loss": {"num_format": VALUE},
    "value": {"num_format": UNSEEN},
    "value framed": {"num_format": UNSEEN} | FRAME,
    "diverged": {"num_format": UNSEEN} | DIVERGED,
    "diverged framed": {"num_format": UNSEEN} | DIVERGED | FRAME,
    "never": {"num_format": UNSEEN} | NEVER,
    "never framed": {"num_format": UNSEEN} | NEVER | FRAME,
}
"""A number on a map is not seen, only its colour; the cell holds it."""

TOP = 3
"""A map's first row, from 0: above it stand the title, a link, and the first knob's values."""

GUIDE = "best"
TURNED_PIXELS = 70
"""How high the row of the first knob's values is, which are turned."""

WIDTH, SIDE, CELL, CELL_PIXELS = 13, 10, 2.5, 22
"""The widths of the table's columns and of a map's first and others, in digits; the height of its rows, in pixels."""

COLOUR_SCALE = {
    "type": "3_color_scale",
    "min_type": "percentile", "min_value": 5, "min_color": LOW,
    "mid_type": "percentile", "mid_value": 50, "mid_color": MIDDLE,
    "max_type": "percentile", "max_value": 95, "max_color": HIGH,
}  # fmt: skip


def write_sweep_workbook(path: Path, results: Results) -> None:
    """Write the workbook: the best settings, a map of the final loss, and one of the epochs to the goal.

    Colours go by the values' ranks, since losses spread over many powers of ten. The value nearest to the sheet's own
    setting is framed; where a run diverged, or never came to the goal, the cell is dark or grey.
    """
    map_ = map_of(results, MOST_COLUMNS, MOST_ROWS)
    diverged = np.isnan(map_.loss)
    with xlsxwriter.Workbook(str(path), {"tmpdir": str(path.parent), "default_format_properties": dict(FONT)}) as book:
        book.set_properties({"title": f"Sweep of {results.training.name}", "created": CREATED})
        formats = {name: book.add_format(properties) for name, properties in FORMATS.items()}
        _write_best(book.add_worksheet(GUIDE), results, formats)
        loss = _MapSheet(book.add_worksheet("final loss"), results, map_, formats)
        loss.write(map_.loss, np.where(diverged, "diverged", ""))
        epochs = _MapSheet(book.add_worksheet(results.goal.name), results, map_, formats)
        epochs.write(map_.epochs, np.where(diverged, "diverged", "never"))


def _write_best(sheet: Any, results: Results, formats: dict[str, Any]) -> None:
    """Write what was swept, the best settings, and what the maps show."""
    records = best(results, MOST_BEST)
    note = f"the settings with the least final loss ({loss_in_words(results.training)})"
    sheet.write_string(0, 0, describe(results), formats["title"])
    sheet.write_string(1, 0, note if records else "every run diverged", formats["note"])
    for column, name in enumerate(records[0] if records else ()):
        sheet.write_string(2, column, name, formats["heading"])
        format = formats[{results.goal.name: "count", "loss": "loss"}.get(name, "setting")]
        for row, record in enumerate(records, start=3):
            sheet.write(row, column, record[name], format)
    sheet.set_column(0, max(len(results.axes) + 1, 3), WIDTH)
    below = len(records) + 4
    for row, (name, words) in enumerate(_maps(results), start=below):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", formats["link"], name)
        sheet.write_string(row, 2, words, formats["note"])
    _set_up_page(sheet)


def _maps(results: Results) -> tuple[tuple[str, str], ...]:
    """Return the maps' sheets, and what they show."""
    cell = "blue: less, orange: more, dark: diverged, framed: nearest to the sheet's setting; a cell holds its number"
    return ("final loss", cell), (results.goal.name, "the same of the epochs; grey: never")


def _set_up_page(sheet: Any) -> None:
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 1)
    sheet.set_footer(FOOTER)


class _MapSheet(NamedTuple):
    """A worksheet with a map."""

    sheet: Any
    results: Results
    map: Map
    formats: dict[str, Any]

    def write(self, values: Array, texts: Array) -> None:
        """Write everything; where a value is NaN its text tells why."""
        x, y = self.map.x, self.map.y
        downwards = f", {y.knob} downwards" if y else ""
        what = f"{x.knob} to the right{downwards}{describe_others(self.map)}"
        self.sheet.write_string(0, 0, f"{self.sheet.get_name()}: {what}", self.formats["title"])
        self.sheet.write_url(1, 0, f"internal:'{GUIDE}'!A1", self.formats["link"], f"to {GUIDE}")
        self.sheet.set_row_pixels(TOP - 1, TURNED_PIXELS)
        for column, value in enumerate(x.values.tolist(), start=1):
            self.sheet.write_number(TOP - 1, column, value, self.formats[f"{_kind(x)} turned"])
        self._write_cells(values, texts)
        last = (TOP - 1 + len(values), len(x.values))
        self.sheet.conditional_format(TOP, 1, *last, COLOUR_SCALE)
        self.sheet.set_column(0, 0, SIDE)
        self.sheet.set_column(1, len(x.values), CELL)
        self.sheet.freeze_panes(TOP, 1)
        _set_up_page(self.sheet)

    def _write_cells(self, values: Array, texts: Array) -> None:
        x, y = self.map.x, self.map.y
        own = (_nearest(y, self.results) if y else 0, _nearest(x, self.results))
        if y:
            self.sheet.write_column(TOP, 0, y.values.tolist(), self.formats[_kind(y)])
        for row in range(len(values)):
            self.sheet.set_row_pixels(TOP + row, CELL_PIXELS)
        for (i, j), value in np.ndenumerate(values):
            framed = " framed" if (i, j) == own else ""
            if np.isnan(value):
                text = str(texts[i, j])
                self.sheet.write_string(TOP + i, 1 + j, text, self.formats[text + framed])
            else:
                self.sheet.write_number(TOP + i, 1 + j, float(value), self.formats["value" + framed])


def _kind(axis: Axis) -> str:
    return "rate" if axis.knob in GEOMETRIC else "share"


def _nearest(axis: Axis, results: Results) -> int:
    distance = axis.values - course_setting(results.training, axis.knob)
    if axis.knob in GEOMETRIC and axis.values[0] > 0:
        distance = np.log(axis.values / max(course_setting(results.training, axis.knob), np.finfo(float).tiny))
    return int(np.argmin(abs(distance)))
