"""The sheet that standardizes points by formulas and tells the answer in their own units: NumPy, Torch, IronCalc."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import xlsgd
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.least_squares import least_squares
from xlsgd.run.standardized import standardized
from xlsgd.sheets.lesson import LESSON
from xlsgd.sheets.standardize import looked_up, transform
from xlsgd.symbols.cells import area
from xlsgd.symbols.to_excel import spell
from xlsgd.testing import assert_verified, sheet_values
from xlsgd.workbooks.build import filled_standardize

HOUSES = Points([1180.0, 2570.0, 770.0, 1960.0, 1680.0], [221900.0, 538000.0, 180000.0, 604000.0, 510000.0])


def test_the_transform_is_spelled_as_anybody_would():
    mean, deviation = transform(area("D4:D8"))
    assert spell(mean) == "SUM(D4:D8)/COUNT(D4:D8)"
    assert spell(deviation).startswith("SQRT(SUMPRODUCT(")
    assert transform([1.0, 3.0]) == (2.0, 1.0), "of all values, not of a sample"


def cells_of(points, with_race=True):
    return {place.address: place for place in filled_standardize([LESSON["adam"]], points, with_race).places}


def test_points_stand_in_their_own_units_beside_the_standardized_ones():
    sheet = filled_standardize([LESSON["adam"]], standardized(HOUSES), with_race=True)
    assert next(iter(sheet.rows.values))[2:] == (1180.0, 221900.0) and (sheet.rows.first, sheet.rows.n) == (4, 5)
    assert [column.letter for column in sheet.rows.columns] == ["B", "C", "D", "E"]
    cells = {place.address: place for place in sheet.places}
    assert [cells[a].value for a in ("D1", "E1", "D2", "E2")] == pytest.approx(
        [np.mean(HOUSES.x), np.mean(HOUSES.y), np.std(HOUSES.x), np.std(HOUSES.y)], rel=1e-14
    )
    assert spell(cells["D2"].formula).count("D1") == 2, "the mean is not spelled out again"


def test_without_a_race_there_is_no_least_squares():
    assert cells_of(standardized(HOUSES))["H1"].text == "least squares"
    assert cells_of(standardized(HOUSES), with_race=False)["H1"].text == "adam"


@given(
    st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=3, max_size=9, unique_by=lambda p: p[0])
)
def test_the_line_through_standardized_points_is_that_through_the_own_ones(pairs):
    """To 1e-6 of the points' size: both are roundings of one line, magnified by how near the x lie."""
    own = Points(*map(list, zip(*pairs, strict=True)))
    assume(np.std(own.x) > 1 and np.std(own.y) > 1e-3)
    cells, line = cells_of(standardized(own)), least_squares(own)
    assert (cells["H2"].value, cells["H3"].value) == pytest.approx((line.b, line.a), rel=1e-6, abs=1e-6)


def test_a_training_sheet_looks_its_points_up_there():
    layout = looked_up(LESSON["adam"]).layout
    assert (layout.points_on, layout.points_row) == ("standardize", 4)
    assert LESSON["adam"].layout.points_on == ""


@pytest.mark.parametrize("rules", [None, ["adam", "adamw"]])
def test_the_workbook_tells_the_answer_in_the_points_own_units(rules, tmp_path):
    path = xlsgd.build("graddesc", tmp_path / "a.xlsx", xlsgd.standardized(HOUSES), rules=rules, epochs=5)
    report = assert_verified(path, oracles=() if rules else "torch")  # Torch does not know adamw
    assert all(verdict.total.answered == report.formulas for verdict in report.verdicts)
    sheet = sheet_values(path, "standardize")
    slope, intercept = np.polyfit(HOUSES.x, HOUSES.y, 1)
    # polyfit's error grows with the condition of x, here about 1e3
    assert (sheet["H"][2], sheet["H"][3]) == pytest.approx((intercept, slope), rel=1e-10)
    sheets = rules or ["basic", "momentum", "rmsprop", "adam", "adam_ann"]
    assert list(sheet.loc[1, "H":].dropna()) == ["least squares", *sheets, "to guide" if rules else "to Sheet1"]
    x = pd.to_numeric(sheet_values(path, "adam", headings=3)["x"], errors="coerce").dropna()  # a label stands below
    assert x.iloc[-1] == pytest.approx((1680 - np.mean(HOUSES.x)) / np.std(HOUSES.x), rel=1e-12)


def test_a_changed_transform_moves_every_sheet(tmp_path, engine):
    path = xlsgd.build("graddesc", tmp_path / "a.xlsx", xlsgd.standardized(LESSON_POINTS), rules=["basic"], epochs=2)
    book = engine(path)
    before = book.get("C5", "basic_run")
    book.type("D2", "1", "standardize")
    book.evaluate()
    assert book.get("A4", "basic") == LESSON_POINTS.x[0] - book.get("D1", "standardize")
    assert book.get("C5", "basic_run") != before
