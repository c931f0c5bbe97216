"""Points brought to mean 0 and deviation 1, and the sheet that does so: against NumPy, Torch and IronCalc."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import xlsgd
from xlsgd.errors import InputError
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.standardized import standardized
from xlsgd.testing import assert_verified, sheet_values

HOUSES = Points([1180.0, 2570.0, 770.0, 1960.0, 1680.0], [221900.0, 538000.0, 180000.0, 604000.0, 510000.0])


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20).filter(lambda values: np.std(values) > 1e-3))
def test_mean_and_deviation_are_numpys(values):
    points = standardized(Points(values, values[::-1]))
    assert points.transforms["x"] == pytest.approx((np.mean(values), np.std(values)), rel=1e-12, abs=1e-9)
    # the mean is exact to some units of the greatest value's last place, the deviation is at least 1e-9 of that
    assert np.mean(points.x) == pytest.approx(0, abs=1e-5) and np.std(points.x) == pytest.approx(1, rel=1e-9)
    assert points.own.x == values


@pytest.mark.parametrize(
    ("x", "says"),
    [([2.0, 2.0, 2.0], "column x: all its values are 2"), ([1e200, 2e200, 0.0], "column x: its values are too large")],
)
def test_what_has_no_deviation(x, says):
    with pytest.raises(InputError, match=says):
        standardized(Points(x, [1.0, 2.0, 3.0]))


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
    assert list(sheet.loc[1, "H":]) == ["least squares", *sheets]
    assert sheet_values(path, "adam", headings=3)["x"].dropna().iloc[-1] == pytest.approx(
        (1680 - np.mean(HOUSES.x)) / np.std(HOUSES.x), rel=1e-12
    )


def test_a_changed_transform_moves_every_sheet(tmp_path, engine):
    path = xlsgd.build("graddesc", tmp_path / "a.xlsx", xlsgd.standardized(LESSON_POINTS), rules=["basic"], epochs=2)
    book = engine(path)
    before = book.get("C5", "basic_run")
    book.type("D2", "1", "standardize")
    book.evaluate()
    assert book.get("A4", "basic") == LESSON_POINTS.x[0] - book.get("D1", "standardize")
    assert book.get("C5", "basic_run") != before
