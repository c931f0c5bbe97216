"""Points brought to mean 0 and deviation 1, against NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.errors import InputError
from xlsgd.points.points import Points
from xlsgd.run.standardized import standardized


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


def test_columns_that_a_model_has_beside_are_brought_there_too():
    points = standardized(Points(x1=[0.0, 2.0], x2=[1.0, 5.0], y=[10.0, 30.0]))
    assert list(points.columns) == ["x1", "x2", "y"] and points.x2 == points.y == [-1.0, 1.0]
    assert points.transforms == {"x1": (1.0, 1.0), "x2": (3.0, 2.0), "y": (20.0, 10.0)}


def test_what_differs_only_below_rounding_has_no_deviation():
    """The mean of three 0.1 is another float than 0.1, so that a deviation is left where there is none."""
    with pytest.raises(InputError, match=r"column y: all its values are 0\.1, which has no deviation to bring to 1"):
        standardized(Points([1.0, 2.0, 3.0], [0.1, 0.1, 0.1]))


def test_a_column_of_a_file_is_called_what_the_file_calls_it():
    with pytest.raises(InputError, match=r"^a\.csv: column area: all its values are 2, which has no deviation"):
        standardized(Points([2.0, 2.0], [1.0, 3.0]), {"x": "a.csv: column area"})
