"""A worksheet's charts, as XlsxWriter and openpyxl write them."""

import openpyxl
import pytest
import xlsxwriter
from openpyxl.chart import BarChart, LineChart, Reference, ScatterChart, Series

from xlsgd.errors import InputError
from xlsgd.reading import charts as charts_module
from xlsgd.reading.charts import ReadChart, read_charts
from xlsgd.reading.package import open_package, sheet_parts


def charts_of(path):
    """The charts of a workbook's first sheet."""
    with open_package(path) as archive:
        return read_charts(archive, next(iter(sheet_parts(archive).values())))


def test_charts_of_xlsxwriter(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("my basic")
        line = book.add_chart({"type": "line"})
        line.add_series({"values": "='my basic'!$C$38:$C$62", "name": "the errors"})
        line.set_title({"name": "Error by epoch"})
        sheet.insert_chart("E36", line)
        column = book.add_chart({"type": "column"})
        column.add_series({"values": "='my basic'!$B$1:$B$5", "categories": "='my basic'!$A$1:$A$5"})
        column.set_title({"name": "='my basic'!$A$1"})
        column.combine(_lines(book))
        sheet.insert_chart("B2", column)
    assert charts_of(path) == [
        ReadChart("E36", ("line",), "Error by epoch", ('name="the errors" y=(MY BASIC!R38C3:R62C3)',)),
        ReadChart(
            "B2",
            ("bar (col)", "line"),
            "=MY BASIC!R1C1",
            ("x=(MY BASIC!R1C1:R5C1) y=(MY BASIC!R1C2:R5C2)", "y=(MY BASIC!R1C3:R5C3)"),
        ),
    ]


def _lines(book):
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "='my basic'!$C$1:$C$5"})
    return chart


def test_charts_of_openpyxl(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in range(5):
        sheet.append([row, row**2, row**3])
    bar, scatter = BarChart(), ScatterChart()
    bar.type, bar.title = "bar", "Squares"
    bar.add_data(Reference(sheet, min_col=2, min_row=1, max_row=5))
    x = Reference(sheet, min_col=1, min_row=1, max_row=5)
    scatter.series.append(Series(Reference(sheet, min_col=3, min_row=1, max_row=5), x))
    sheet.add_chart(bar, "D7")
    sheet.add_chart(scatter, "A9")
    book.save(tmp_path / "a.xlsx")
    assert charts_of(tmp_path / "a.xlsx") == [
        ReadChart("D7", ("bar (bar)",), "Squares", ("y=(SHEET!R1C2:R5C2)",)),
        ReadChart("A9", ("scatter",), "", ("x=(SHEET!R1C1:R5C1) y=(SHEET!R1C3:R5C3)",)),
    ]


def test_too_many_charts_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(charts_module, "MAX_CHARTS", 1)
    book = openpyxl.Workbook()
    for cell in ("A1", "A20"):
        chart = LineChart()
        chart.add_data(Reference(book.active, min_col=1, min_row=1, max_row=2))
        book.active.add_chart(chart, cell)
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(InputError, match="charts"):
        charts_of(tmp_path / "a.xlsx")


def test_a_sheet_without_a_drawing_has_none(tmp_path):
    book = openpyxl.Workbook()
    book.save(tmp_path / "a.xlsx")
    assert charts_of(tmp_path / "a.xlsx") == []


def test_a_title_of_several_runs_is_one_text(tmp_path):
    book = openpyxl.Workbook()
    chart = LineChart()
    chart.title = "Loss\nby epoch"
    chart.add_data(Reference(book.active, min_col=1, min_row=1, max_row=2))
    book.active.add_chart(chart, "C3")
    book.save(tmp_path / "a.xlsx")
    (found,) = charts_of(tmp_path / "a.xlsx")
    assert found.title.replace("\n", "") == "Lossby epoch" and found.anchor == "C3"
