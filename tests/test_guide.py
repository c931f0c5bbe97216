"""The first sheet in plain words, and the sheets of points."""

import pytest
from openpyxl.utils import get_column_letter

from xlsgd.points.points import LESSON_POINTS
from xlsgd.sheets.guide import data_sheet, guide_sheet, points_sheet
from xlsgd.sheets.lesson import LESSON
from xlsgd.symbols.to_excel import spell

WAYS = {
    "by a cell": {"stepping": True},
    "by buttons": {"stepping": False, "buttons": True},
    "by hand": {"stepping": False},
}


def told(**options):
    return {place.address: place.text for place in guide_sheet(**options).places}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("own", [True, False])
def test_no_two_texts_stand_in_one_cell_and_all_sheets_are_named(way, own):
    sheet = guide_sheet(**way, own_points=own)
    addresses = [place.address for place in sheet.places]
    assert len(set(addresses)) == len(addresses)
    assert {*LESSON, "data"} <= {place.text for place in sheet.places}


def test_each_way_to_step_is_told_where_there_is_one():
    by_cell, by_button, by_hand = (told(**way)["B14"] for way in WAYS.values())
    assert "Type an epoch into A2" in by_cell and "Reset goes back" in by_button and "copy the values" in by_hand
    assert "race" in told(stepping=True).values() and "race" not in told(stepping=False).values()


def test_own_points_have_no_answer_that_is_known():
    assert "b should find 30 and a should find 2" in told(stepping=True)["B3"]
    assert "line of least squares" in told(stepping=True, own_points=True)["B3"]


def test_the_lessons_data_are_made_by_formulas_that_give_the_values_shown():
    sheet = data_sheet(*LESSON_POINTS)
    cells = {place.address: place for place in sheet.places}
    assert spell(cells["B5"].formula) == "RANDBETWEEN(1,100)" and spell(cells["C33"].formula) == "$C$1+B33*$C$2"
    assert cells["C1"].value == 30 and cells["C2"].value == 2
    for row in range(5, 34):
        assert cells[f"C{row}"].value == 30 + cells[f"B{row}"].value * 2


@pytest.mark.parametrize("width", [1, 3, 30])
def test_points_stand_from_b5_on_under_their_names(width):
    columns = {f"x{i}": [float(i), float(-i)] for i in range(width)}
    sheet = points_sheet(columns)
    headings = {place.address: place.text for place in sheet.places if place.style == "heading"}
    assert headings == {f"{get_column_letter(i + 2)}4": f"x{i}" for i in range(width)}
    assert (sheet.rows.first, sheet.rows.n, sheet.freeze) == (5, 2, "B5")
    assert list(sheet.rows.values) == [tuple(map(float, range(width))), tuple(-float(i) for i in range(width))]
    assert [column.letter for column in sheet.rows.columns] == [get_column_letter(i + 2) for i in range(width)]
