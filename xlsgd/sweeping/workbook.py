"""A sweep as a workbook: the best settings on top, below them the map, coloured by value."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import xlsxwriter

from xlsgd.excel.writer import CREATED
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
MISSING = {"font_color": "#595959", "bg_color": "#BFBFBF", "font_size": 8, "align": "right"}
FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "heading": {"bold": True, "align": "right"},
    "note": {"italic": True, "font_color": "#595959"},
    "rate": {"bold": True, "num_format": "0.00E+00"},
    "share": {"bold": True, "num_format": "0.000"},
    "setting": {"num_format": SETTING},
    "count": {},
    "count framed": {"border": 2},
    "loss": {"num_format": VALUE},
    "loss framed": {"num_format": VALUE, "border": 2},
    "missing": MISSING,
    "missing framed": MISSING | {"border": 2},
}


WIDTH = 13
"""Of every column, in digits: what the longest heading takes."""

COLOUR_SCALE = {
    "type": "3_color_scale",
    "min_type": "percentile", "min_value": 5, "min_color": LOW,
    "mid_type": "percentile", "mid_value": 50, "mid_color": MIDDLE,
    "max_type": "percentile", "max_value": 95, "max_color": HIGH,
}  # fmt: skip


def write_sweep_workbook(path: Path, results: Results) -> None:
    """Write the workbook: a sheet for the final loss and one for the epochs to the goal.

    Colours go by the values' ranks, since losses spread over many powers of ten. The value nearest to the sheet's own
    setting is framed; where a run diverged it says so.
    """
    map_ = map_of(results, MOST_COLUMNS, MOST_ROWS)
    diverged = np.isnan(map_.loss)
    with xlsxwriter.Workbook(str(path), {"tmpdir": str(path.parent)}) as book:
        book.set_properties({"title": f"Sweep of {results.training.name}", "created": CREATED})
        formats = {name: book.add_format(properties) for name, properties in FORMATS.items()}
        loss = _MapSheet(book.add_worksheet("final loss"), results, map_, formats)
        loss.write(map_.loss, np.where(diverged, "diverged", ""), "loss")
        epochs = _MapSheet(book.add_worksheet(results.goal.name), results, map_, formats)
        epochs.write(map_.epochs, np.where(diverged, "diverged", "never"), "count")


class _MapSheet(NamedTuple):
    """A worksheet with a map."""

    sheet: Any
    results: Results
    map: Map
    formats: dict[str, Any]

    def write(self, values: Array, texts: Array, kind: str) -> None:
        """Write everything; where a value is NaN its text is shown."""
        top = self._write_best()
        self._write_headings(top)
        self._write_cells(top + 2, values, texts, kind)
        last = (top + 1 + len(values), len(self.map.x.values))
        self.sheet.conditional_format(top + 2, 1, *last, COLOUR_SCALE)
        self.sheet.set_column(0, len(self.map.x.values), WIDTH)
        self.sheet.freeze_panes(0, 1)

    def _write_best(self) -> int:
        """Write what was swept and the best settings; return the row, from 0, that follows them and a gap."""
        records = best(self.results, MOST_BEST)
        note = f"the settings with the least final loss ({loss_in_words(self.results.training)})"
        self.sheet.write_string(0, 0, describe(self.results), self.formats["title"])
        self.sheet.write_string(1, 0, note if records else "every run diverged", self.formats["note"])
        for column, name in enumerate(records[0] if records else ()):
            self.sheet.set_column(column, column, WIDTH)  # the map may have fewer columns
            self.sheet.write_string(2, column, name, self.formats["heading"])
            format = self.formats["count" if name == self.results.goal.name else "setting"]
            for row, record in enumerate(records, start=3):
                self.sheet.write(row, column, record[name], format)
        return len(records) + 4

    def _write_headings(self, top: int) -> None:
        x, y = self.map.x, self.map.y
        downwards = f", {y.knob} downwards" if y else ""
        what = (
            f"{x.knob} to the right{downwards}{describe_others(self.map)}; framed: nearest to the sheet's own setting"
        )
        self.sheet.write_string(top, 0, f"{self.sheet.get_name()}: {what}", self.formats["note"])
        self.sheet.write_row(top + 1, 1, x.values.tolist(), self.formats[_kind(x)])
        if y:
            self.sheet.write_column(top + 2, 0, y.values.tolist(), self.formats[_kind(y)])

    def _write_cells(self, top: int, values: Array, texts: Array, kind: str) -> None:
        x, y = self.map.x, self.map.y
        course = (_nearest(y, self.results) if y else 0, _nearest(x, self.results))
        for (i, j), value in np.ndenumerate(values):
            framed = " framed" if (i, j) == course else ""
            if np.isnan(value):
                self.sheet.write_string(top + i, 1 + j, str(texts[i, j]), self.formats["missing" + framed])
            else:
                self.sheet.write_number(top + i, 1 + j, float(value), self.formats[kind + framed])


def _kind(axis: Axis) -> str:
    return "rate" if axis.knob in GEOMETRIC else "share"


def _nearest(axis: Axis, results: Results) -> int:
    distance = axis.values - course_setting(results.training, axis.knob)
    if axis.knob in GEOMETRIC and axis.values[0] > 0:
        distance = np.log(axis.values / max(course_setting(results.training, axis.knob), np.finfo(float).tiny))
    return int(np.argmin(abs(distance)))
