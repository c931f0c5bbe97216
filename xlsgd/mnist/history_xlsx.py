"""`history.xlsx`: a run's curves as a workbook with charts."""

import datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from xlsgd.mnist.files import write_beside
from xlsgd.mnist.history import STEP_COLUMNS, step_rows
from xlsgd.mnist.train import Epoch, Run

MAX_ROWS = 20_000
"""The most steps that the workbook lists; of longer runs it lists every so many, and `history.csv` all."""

SHOWN = "[>=1000]#,##0.00;[<0.001]0.00E+00;0.0000"
"""How numbers are shown that are not whole: losses, accuracies, rates and seconds, none of them negative."""

A4, PRINTED_ROWS, PRINTED_COLUMNS = 9, 50, 17

SMALL = {"name": "Arial", "size": 8}
PALE = {"visible": True, "line": {"color": "#E3E3E3"}}
COLOURS = ("#0072B2", "#D55E00")
"""Of a chart's lines; with the small letters and the pale grid, the charts look as those of the sheets."""

LEAST_WIDTH = 10
"""Of a column, in digits; bold headings take up to a fifth more, each, than so many digits."""


def write_xlsx(path: Path, run: Run) -> None:
    """Write the sheets `epochs` and `steps`, each with its charts."""

    def write(beside: Path) -> None:
        try:
            _write(beside, run)
        except FileCreateError as error:
            raise error.args[0] from error  # the OSError

    write_beside(path, write)


def _write(path: Path, run: Run) -> None:
    options = {"nan_inf_to_errors": True, "default_format_properties": {"font_name": "Arial", "font_size": 10}}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        workbook.set_properties({"created": datetime.datetime(2019, 1, 1)})
        epochs = _table(workbook, "epochs", Epoch._fields, [tuple(epoch) for epoch in run.epochs])
        last = len(run.epochs)
        _chart(workbook, epochs, "H2", "Loss by epoch", [("epochs", column, last) for column in (1, 2)])
        _chart(workbook, epochs, "H18", "Accuracy by epoch", [("epochs", 3, last)])
        rows = step_rows(run)
        rows = rows[:: -(-len(rows) // MAX_ROWS)]
        steps = _table(workbook, "steps", STEP_COLUMNS, rows)
        _chart(workbook, steps, "I2", "Loss by step", [("steps", column, len(rows)) for column in (4, 5)])
        _chart(workbook, steps, "I18", "Rate by step", [("steps", 2, len(rows))])
        if run.momenta is not None:
            _chart(workbook, steps, "I34", "Momentum by step", [("steps", 3, len(rows))])


def _table(workbook: Any, name: str, header: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Any:
    sheet = workbook.add_worksheet(name)
    header = tuple(name.replace("_", " ") for name in header)
    sheet.write_row(0, 0, header, workbook.add_format({"bold": True, "align": "right"}))
    for column, heading in enumerate(header):
        sheet.set_column(column, column, max(LEAST_WIDTH, 1.2 * len(heading) + 2))
    sheet.freeze_panes(1, 0)
    _set_up_page(sheet)
    shown = workbook.add_format({"num_format": SHOWN, "font_color": "#1F4E9E"})
    whole = workbook.add_format({"font_color": "#1F4E9E"})
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            sheet.write(number, column, value, whole if isinstance(value, int) else shown)
    return sheet


def _set_up_page(sheet: Any) -> None:
    """Have the sheet printed on one page: the charts, and as many rows as stand beside them."""
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_footer("&L&8&F, sheet &A&R&8page &P of &N")
    sheet.print_area(0, 0, PRINTED_ROWS, PRINTED_COLUMNS)
    sheet.fit_to_pages(1, 1)


def _chart(workbook: Any, sheet: Any, place: str, title: str, series: list[tuple[str, int, int]]) -> None:
    chart = workbook.add_chart({"type": "scatter", "subtype": "straight"})
    for (name, column, last), colour in zip(series, cycle(COLOURS), strict=False):
        chart.add_series(
            {
                "name": [name, 0, column],
                "categories": [name, 1, 0, last, 0],
                "values": [name, 1, column, last, column],
                "line": {"width": 1.25, "color": colour},
                "marker": {"type": "circle", "size": 5} if last < 2 else {"type": "none"},
            }
        )
    chart.set_title({"name": title, "name_font": {"name": "Arial", "size": 10}})
    fonts = {"name_font": SMALL | {"bold": False}, "num_font": SMALL, "major_gridlines": PALE}
    chart.set_x_axis({"name": name.removesuffix("s")} | fonts)
    chart.set_y_axis({"name": title.partition(" by ")[0].lower()} | fonts)
    chart.set_legend({"position": "bottom", "font": SMALL} if len(series) > 1 else {"none": True})
    sheet.insert_chart(place, chart)
