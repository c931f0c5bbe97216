"""The line of least squares, against NumPy's, and where there is none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.least_squares import least_squares
from xlsgd.verifying.check import verify
from xlsgd.workbooks.build import build

HUNDREDS = st.floats(-100, 100).map(lambda x: round(x, 3))


def test_the_lessons_points_lie_on_their_line():
    assert least_squares(LESSON_POINTS)[:2] == (30.0, 2.0)


@given(st.lists(st.tuples(HUNDREDS, HUNDREDS), min_size=3, max_size=30, unique_by=lambda point: point[0]))
def test_it_is_the_line_that_numpy_finds(points):
    x, y = map(list, zip(*points, strict=True))
    line = least_squares(Points(x, y))
    a, b = np.polyfit(x, y, 1)
    # polyfit solves by singular values: its error grows with the condition of x, here up to 1e5
    assert (line.b, line.a) == pytest.approx((b, a), rel=1e-8, abs=1e-8)


@pytest.mark.parametrize(
    ("x", "y", "b", "a"),
    [
        ([14.0, 86.0, 28.0, 51.0, 28.5], [0.1] * 5, 0.1, 0.0),  # rounding would leave a slope of about 1e-18
        ([1.0, 2.0, 4.0], [0.3, 0.6, 1.2], 0.0, 0.3),
        ([0.1] * 3, [1.0, 2.0, 3.0], "#N/A", "#N/A"),
        ([1e308, -1e308], [1.0, 2.0], "#NUM!", "#NUM!"),
        ([5.0], [7.0], "#N/A", "#N/A"),
    ],
)
def test_points_without_a_slope_and_without_a_line(x, y, b, a, tmp_path):
    line = least_squares(Points(x, y))
    for found, expected in ((line.b, b), (line.a, a)):
        # two roundings, of a sum and of a quotient, may stand between 0.3 and its neighbour
        assert found == (pytest.approx(expected, rel=4e-16, abs=0) if isinstance(expected, float) else expected)
    if b != "#NUM!":  # IronCalc lets an infinity live on inside one formula
        assert verify(build("graddesc", tmp_path, Points(x, y), epochs=2)).agrees


HOUSES = [(1180, 221900), (2570, 538000), (770, 180000), (1960, 604000), (1680, 510000)]
"""Living areas in square feet and prices, on which plain SGD at the lesson's rate leaves the numbers."""


@pytest.mark.parametrize("scale", [1.0, 1e100, 1e-100])
def test_engines_agree_about_points_of_any_size(scale, tmp_path):
    # IronCalc takes what is less than 2.2e-16 apart for equal, and AND stops there at the first that is false
    x, y = ([value * scale for value in column] for column in zip(*HOUSES, strict=True))
    report = verify(build("graddesc", tmp_path, Points(x, y), epochs=30), oracles=("torch",))
    assert report.agrees and all(verdict.total.answered == report.formulas for verdict in report.verdicts)
