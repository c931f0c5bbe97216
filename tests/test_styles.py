"""How cells look: each format made once, as openpyxl reads it back."""

import openpyxl
import pytest
import xlsxwriter

from xlsgd.excel.styles import STYLES, Formats
from xlsgd.excel.writer import write_workbook
from xlsgd.sheets.description import Place, Sheet


def test_each_format_is_made_once(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet()
        formats = Formats(book)
        assert formats.get("") is None and formats.index("") == 0
        assert formats.get("0.00") is formats.get("0.00") is not formats.get("0.00", "bold")
        assert formats.get("", "bold") is not formats.get("", "note")
        assert formats.index("0.00") == formats.index("0.00") != formats.index("0.0") > 0


@pytest.mark.parametrize("style", STYLES)
def test_a_style_looks_as_it_says_and_keeps_the_number_format(tmp_path, style):
    place = Place("A1", value=1.0, format="0.00", style=style)
    write_workbook(tmp_path / "a.xlsx", [Sheet("s", (place,), widths={"A": 20})], "t")
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx")["s"]["A1"]
    assert cell.number_format == "0.00"
    words = style.split()
    assert bool(cell.font.b) is bool({"bold", "heading", "title", "entry"} & {*words})
    assert bool(cell.font.i) is ("note" in words)
    assert (cell.font.u == "single") is ("link" in words)
    assert bool(cell.alignment.wrap_text) is style.startswith("wrap")
    assert (cell.alignment.indent == 1) is bool({"indented", "over"} & {*words})
    assert (cell.alignment.horizontal == "right") is bool({"heading", "right", "shown"} & {*words})
    assert (cell.alignment.vertical == "top") is bool({"top", "wrap"} & {*words})
    assert (cell.font.color.rgb == "FF1F4E9E") is (style == "given")
    tinted = style in ("", "entry", "input")  # a number of which nothing is said is one that may be changed
    assert (cell.fill.fgColor.rgb == "FFFFF2CC") is tinted
    assert (cell.fill.fgColor.rgb == "FFDDEBF7") is (style == "blank")
    assert (cell.border.left.style == "thin") is (tinted or style == "blank")
