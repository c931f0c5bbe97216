"""Cells as pictures: shades and heights in the file, as openpyxl reads them back."""

import openpyxl
import pytest

from xlsgd.excel.writer import write_workbook
from xlsgd.sheets.description import Place, Shade, Sheet


@pytest.fixture
def written(tmp_path):
    def made(**options):
        write_workbook(tmp_path / "a.xlsx", [Sheet("s", (Place("A1", value=1.0),), **options)], "t")
        return openpyxl.load_workbook(tmp_path / "a.xlsx")["s"]

    return made


def scale(sheet):
    (found,) = [(cells, rule) for cells in sheet.conditional_formatting for rule in cells.rules if rule.colorScale]
    cells, rule = found
    return str(cells.sqref), rule.colorScale


def test_two_colours_from_the_least_to_the_greatest(written):
    cells, found = scale(written(shades=(Shade("A1:C3", ("#FFFFFF", "#112233")),)))
    assert cells == "A1:C3" and [colour.rgb for colour in found.color] == ["FFFFFFFF", "FF112233"]
    assert [end.type for end in found.cfvo] == ["min", "max"]


def test_three_colours_with_bounds_and_a_middle_of_their_own(written):
    shade = Shade("A1:C3", ("#0000FF", "#FFFFFF", "#FF0000"), bounds=(-2.0, 4.0), middle=0.5)
    _, found = scale(written(shades=(shade,)))
    assert [(end.type, end.val) for end in found.cfvo] == [("num", -2), ("num", 0.5), ("num", 4)]
    assert [colour.rgb[2:] for colour in found.color] == ["0000FF", "FFFFFF", "FF0000"]


def test_heights_in_pixels_are_points_of_three_quarters(written):
    sheet = written(heights={0: 12, 3: 40})
    assert sheet.row_dimensions[3].height == 30 and sheet.sheet_format.defaultRowHeight == 9
    assert sheet.row_dimensions[2].height is None
    assert written(heights={2: 40}).sheet_format.defaultRowHeight == 15, "Excel's own"
