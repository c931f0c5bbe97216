"""Draws a sheet's charts into its worksheet."""

from typing import Any

import xlsxwriter

from xlsgd.sheets.description import COLOURS, Chart, Series
from xlsgd.symbols.checked import ExcelError
from xlsgd.symbols.to_excel import spell

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
        drawn.add_series({"name": series.name, **ranges, **_look(series, index)})
    drawn.set_title({"name": chart.title, "name_font": {"size": 12}})
    across = {"label_position": "low", "max": chart.x_most} | _begins(chart.x_least) | _scale(chart.x_log)
    drawn.set_x_axis(_axis(chart.x) | across)
    drawn.set_y_axis(_axis(chart.y) | _scale(chart.log) | _span(chart.y_span))
    drawn.set_legend({"none": True} if len(chart.series) == 1 else {"position": "bottom"})
    drawn.set_size({"width": width, "height": chart.rows_high * row_height})
    drawn.show_na_as_empty_cell()
    worksheet.insert_chart(chart.top_left, drawn, {"description": chart.title})


def _scale(log: bool) -> dict[str, Any]:
    return {"log_base": 10, "num_format": "0E+0"} if log else {}


def _begins(least: float | None) -> dict[str, Any]:
    return {} if least is None else {"min": least, "crossing": least}


def _span(span: tuple[float, float] | None) -> dict[str, Any]:
    return {} if span is None else {"min": span[0], "max": span[1], "crossing": span[0]}


def _axis(name: str) -> dict[str, Any]:
    gridlines = {"visible": True, "line": {"color": "#E3E3E3"}}
    return {"name": name, "name_font": {"bold": False}, "major_gridlines": gridlines}


def _look(series: Series, index: int) -> dict[str, Any]:
    color = COLOURS[index % len(COLOURS)]
    if series.style == "point":
        return {"marker": {"type": "star", "size": 10, "border": {"color": "#000000"}}, "line": {"none": True}}
    if series.style == "dots":
        fill = {"border": {"color": color}, "fill": {"color": color}}
        return {"marker": {"type": MARKS[index % len(MARKS)], "size": 6, **fill}, "line": {"none": True}}
    if series.style == "dashed":
        return {"line": {"color": "#7F7F7F", "dash_type": "dash", "width": 1.25}}
    return {"line": {"color": color, "width": 1.75}}
