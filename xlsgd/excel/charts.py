"""Draws a sheet's charts into its worksheet."""

from typing import Any

import xlsxwriter

from xlsgd.sheets.description import COLOURS, Chart, Series
from xlsgd.symbols.checked import ExcelError
from xlsgd.symbols.to_excel import spell

SMALL = {"name": "Arial", "size": 8}
FONTS = {"name_font": SMALL | {"bold": False}, "num_font": SMALL}

MARKS = ("circle", "square", "triangle", "diamond")


def insert_chart(book: xlsxwriter.Workbook, worksheet: Any, chart: Chart, width: int, row_height: int) -> None:
    """Insert a chart over the cells that it is given.

    Args:
        book: the workbook being written.
        worksheet: the worksheet that shows it.
        chart: the chart.
        width: the width of its columns together, in pixels.
        row_height: the height of a row, in pixels.
    """
    drawn = book.add_chart({"type": chart.kind} | ({"subtype": "straight"} if chart.kind == "scatter" else {}))
    for index, series in enumerate(chart.series):
        ranges: dict[str, Any] = {"values": f"={spell(series.values)}"}
        if series.cached:
            ranges["values_data"] = [None if isinstance(value, ExcelError) else value for value in series.cached]
        if series.over is not None:
            ranges["categories"] = f"={spell(series.over)}"
        named = {"name": series.name} if series.name else {}
        drawn.add_series({**named, **ranges, **_look(series, index), "y2_axis": series.second})
    drawn.set_title({"name": chart.title, "name_font": {"name": "Arial", "size": 10}})
    across = {"label_position": "low", "max": chart.x_most} | _begins(chart.x_least) | _scale(chart.x_log)
    drawn.set_x_axis(_axis(chart.x) | across)
    drawn.set_y_axis(_axis(chart.y) | _scale(chart.log) | _span(chart.y_span))
    if chart.y_second:
        drawn.set_y2_axis({"name": chart.y_second, **FONTS})
    drawn.set_legend(_legend(chart))
    drawn.set_size({"width": width, "height": chart.rows_high * row_height})
    drawn.show_na_as_empty_cell()
    drawn.show_blanks_as("span")  # what says nothing, the usual gap, LibreOffice takes for 0
    worksheet.insert_chart(chart.top_left, drawn, {"description": chart.title})


def _legend(chart: Chart) -> dict[str, Any]:
    """Return the legend, without the series that another one speaks for."""
    hidden = [index for index, series in enumerate(chart.series) if series.like >= 0]
    if len(chart.series) - len(hidden) == 1:
        return {"none": True}
    return {"position": "bottom", "font": SMALL, "delete_series": hidden}


def _scale(log: bool) -> dict[str, Any]:
    return {"log_base": 10, "num_format": "0E+0"} if log else {}


def _begins(least: float | None) -> dict[str, Any]:
    return {} if least is None else {"min": least, "crossing": least}


def _span(span: tuple[float, float] | None) -> dict[str, Any]:
    return {} if span is None else {"min": span[0], "max": span[1], "crossing": span[0]}


def _axis(name: str) -> dict[str, Any]:
    gridlines = {"visible": True, "line": {"color": "#E3E3E3"}}
    return {"name": name, "major_gridlines": gridlines, **FONTS}


def _look(series: Series, index: int) -> dict[str, Any]:
    color = COLOURS[(index if series.like < 0 else series.like) % len(COLOURS)]
    if series.style == "point":
        return {"marker": {"type": "star", "size": 10, "border": {"color": "#000000"}}, "line": {"none": True}}
    if series.style == "dots":
        fill = {"border": {"color": color}, "fill": {"color": color}}
        return {"marker": {"type": MARKS[index % len(MARKS)], "size": 6, **fill}, "line": {"none": True}}
    if series.style == "dashed":
        return {"line": {"color": "#7F7F7F" if series.like < 0 else color, "dash_type": "dash", "width": 1.25}}
    return {"line": {"color": color, "width": 1.75}}
