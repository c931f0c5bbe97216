"""The line of least squares as numbers: to the bit as a sheet computes it, and where there is none."""

import math

import numpy as np
import pytest

from xlsgd.errors import InputError
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run import least_squares as computed
from xlsgd.run.least_squares import best_line, least_squares


def test_what_the_line_is_made_of():
    line = least_squares(Points([1.0, 2.0, 6.0], [-8.0, 0.0, 2.0]))
    assert (line.mean_x, line.mean_y, line.size_x, line.size_y) == (3.0, -2.0, 6.0, 8.0)
    assert line.slope == line.a == (2 * 6 + -1 * 2 + 3 * 4) / (4 + 1 + 9) and line.b == -2.0 - line.a * 3.0


def test_the_best_line_is_numpys():
    points = Points([1.0, 2.0, 4.0, 7.0], [1.0, 0.0, 5.0, 4.0])
    a, b = np.polyfit(points.x, points.y, 1)
    assert best_line(points) == pytest.approx((b, a), rel=1e-12)
    assert best_line(LESSON_POINTS) == (30.0, 2.0) and best_line(LESSON_POINTS).a == 2.0


def test_a_mean_that_is_nothing_beside_the_points_is_0():
    """Only rounding is left of it: 0.1 + 0.2 - 0.3 is 5.6e-17."""
    line = least_squares(Points([0.1, 0.2, -0.3], [1.0, 2.0, 3.0]))
    assert line.mean_x == 0.0 and sum([0.1, 0.2, -0.3]) != 0.0


@pytest.mark.parametrize(
    ("points", "says"),
    [
        (Points([2.0, 2.0], [1.0, 3.0]), "the points' x are all the same, so no line is the best; give points with"),
        (Points([7.0], [1.0]), "the points' x are all the same"),
        (Points([1e200, -1e200], [1.0, 2.0]), "too large, or too near to each other, to be squared; give them in"),
        (Points([1e-200, 2e-200], [1.0, 2.0]), "too large, or too near to each other, to be squared"),
        (Points([1.0, 2.0], [1e308, 1e308]), "too large, or too near to each other, to be squared"),
        (Points([0.25, 1.25], [1.6e308, 1.9e307]), "too large, or too near to each other, to be squared"),
    ],
)
def test_where_no_line_can_be_given(points, says):
    with pytest.raises(InputError, match=says):
        best_line(points)


def test_an_infinity_on_the_way_is_an_error_though_the_end_would_be_finite():
    """A spreadsheet checks every operation: 1/(a sum that overflows) is no 0 there."""
    assert least_squares(Points([1e160, -1e160, 0.0], [1.0, -1.0, 0.0])).a == "#NUM!"


def test_a_slope_that_is_a_number_may_belong_to_an_intercept_that_is_none():
    line = least_squares(Points([0.25, 1.25], [1.6e308, 1.9e307]))
    assert math.isfinite(line.a) and line.b == "#NUM!"


def test_where_floats_do_nothing_is_checked_operation_by_operation(monkeypatch):
    """Which would take a million points a hundred times as long."""
    monkeypatch.setattr(computed, "Checked", None)
    assert least_squares(LESSON_POINTS).a == 2.0
