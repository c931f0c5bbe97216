"""Draws a sheet's charts into its worksheet."""

from math import floor, log10
from typing import Any, NamedTuple

import xlsxwriter

from xlsgd.excel.widths import text_pixels
from xlsgd.sheets.description import COLOURS, Chart, Series
from xlsgd.symbols.checked import ExcelError
from xlsgd.symbols.to_excel import spell

SMALL = {"name": "Arial", "size": 8}
FONTS = {"name_font": SMALL | {"bold": False}, "num_font": SMALL}

TITLE_SIZE, SMALL_TITLE_SIZE, TITLE_SHARE = 10, 9, 0.7
"""A title's size, and that of one that would fill more than such a share of the chart's width."""

TITLE, TICKS, NAME, LINE, SIDE, EDGE = 34, 22, 16, 17, 66, 14
"""In pixels: the heights of a title, of an axis's labels, of its name and of a line of the legend; how wide the labels
and the name of an upright axis are; and what stays free where nothing stands."""

LABEL = 40
"""How many pixels of an axis a label has, so that none turns to have room."""

SAMPLE, LEGEND_SHARE = 75, 0.85
"""How wide a legend's sample of a line is, in pixels, and how wide its letters are beside those of a cell."""

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
    drawn.set_title({"name": chart.title, "name_font": {"name": "Arial", "size": _title_size(chart, width)}})
    across = {"label_position": "low", "max": chart.x_most} | _begins(chart.x_least) | _scale(chart.x_log)
    drawn.set_x_axis(_axis(chart.x) | across | _steps(chart, width - SIDE - _beside(chart)))
    drawn.set_y_axis(_axis(chart.y) | {"label_position": "low"} | _scale(chart.log) | _span(chart.y_span))
    if chart.y_second:
        drawn.set_y2_axis({"name": chart.y_second, **FONTS})
    drawn.set_legend(_legend(chart))
    size = Size(width, chart.rows_high * row_height)
    drawn.set_size(size._asdict())
    drawn.set_plotarea({"layout": _plot_area(chart, size)})
    drawn.show_na_as_empty_cell()
    drawn.show_blanks_as("span")  # what says nothing, the usual gap, LibreOffice takes for 0
    worksheet.insert_chart(chart.top_left, drawn, {"description": chart.title})


class Size(NamedTuple):
    """A chart's, in pixels."""

    width: int
    height: int


def _title_size(chart: Chart, width: int) -> int:
    return SMALL_TITLE_SIZE if text_pixels(chart.title) > TITLE_SHARE * width else TITLE_SIZE


def _plot_area(chart: Chart, size: Size) -> dict[str, float]:
    """Return where the lines are drawn, in shares of the chart: programs leave a small chart little room for them."""
    below = TICKS + (NAME if chart.x else 0) + LINE * _legend_lines(chart, size.width) + EDGE // 2
    return {
        "x": SIDE / size.width,
        "y": TITLE / size.height,
        "width": (size.width - SIDE - _beside(chart)) / size.width,
        "height": (size.height - TITLE - below) / size.height,
    }


def _beside(chart: Chart) -> int:
    return SIDE if chart.y_second else EDGE


def _steps(chart: Chart, room: int) -> dict[str, float]:
    """Return how far apart the labels of the axis below are, where it is known from where to where they go."""
    if chart.x_most is None or chart.x_least is None or chart.x_log:
        return {}
    least = (chart.x_most - chart.x_least) * LABEL / room
    if chart.x_most > 1:  # epochs or steps, of which there are no parts
        least = max(least, 1.0)
    power = 10.0 ** floor(log10(least))
    return {"major_unit": next(power * step for step in (1, 2, 5, 10) if power * step >= least)}


def _legend_lines(chart: Chart, width: int) -> int:
    """Return over how many lines the legend runs about."""
    named = [] if _legend(chart).get("none") else [series.name for series in chart.series if series.like < 0]
    each = [SAMPLE + int(LEGEND_SHARE * text_pixels(name)) for name in named]
    return -(-sum(each) // width)


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
