"""Points as a caller of the library has them: a file, a DataFrame, a mapping, arrays."""

import numpy as np
import pandas as pd
import pytest

from xlsgd.errors import InputError
from xlsgd.points.given import as_points, points_for
from xlsgd.points.points import LESSON_POINTS, Points

X1, X2, Y = [1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [0.0, 1.0, 0.0]
POINTS = Points(x1=X1, x2=X2, y=Y)


@pytest.mark.parametrize(
    "data",
    [
        POINTS,
        {"x1": X1, "x2": np.array(X2), "y": tuple(Y), "other": ["a", "b", "c"]},
        pd.DataFrame({"y": Y, "x2": X2, "x1": X1}),
        (np.array([X1, X2]).T, np.array(Y)),
        (list(zip(X1, X2, strict=True)), np.array([Y]).T),
    ],
    ids=["points", "mapping", "frame", "arrays", "lists"],
)
def test_points_however_they_come(data):
    assert as_points(data, ("x1", "x2"), ("y",)) == POINTS


def test_points_from_a_file(tmp_path):
    pd.DataFrame({"y": Y, "x2": X2, "x1": X1}).to_csv(tmp_path / "points.csv", index=False)
    for path in (tmp_path / "points.csv", str(tmp_path / "points.csv")):
        assert as_points(path, ("x1", "x2"), ("y",)) == POINTS
    with pytest.raises(
        InputError, match=r"no column 'z' in the first row \(y, x2, x1\); give one column z and one column y"
    ):
        as_points(tmp_path / "points.csv", ("z",), ("y",))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"x1": X1, "y": Y}, "no column 'x2'; there are x1, y"),
        ((np.ones((3, 3)), Y), "inputs of 3 columns; the model has 2: x1, x2"),
        ((np.ones((3, 2)), np.ones((3, 2))), "targets of 2 columns; the model has 1: y"),
        ({"x1": X1, "x2": [1.0, "two", 3.0], "y": Y}, "column x2, point 2: 'two' is no finite number"),
        ({"x1": X1, "x2": X2, "y": [0.0, float("nan"), 1.0]}, "column y, point 2: nan is no finite number"),
        (7, "int holds no points; give a file, a DataFrame, or a pair of arrays"),
        ((np.ones((0, 2)), []), "no column 'x1'; there are none"),
    ],
)
def test_data_that_make_no_points(data, says):
    with pytest.raises(InputError, match=says):
        as_points(data, ("x1", "x2"), ("y",))


def test_a_path_is_read_only_if_it_is_one():
    with pytest.raises(InputError, match=r"nosuch\.csv: cannot be read"):
        as_points("nosuch.csv", ("x",), ("y",))


def test_points_with_more_columns_lose_them():
    assert as_points(POINTS, ("x2",), ("y",)) == Points(x2=X2, y=Y)
    with pytest.raises(InputError, match="no column 'z'"):
        as_points(POINTS, ("z",), ("y",))


def test_a_column_of_every_point_counts_from_one():
    with pytest.raises(InputError, match="column y, point 1: None is no finite number"):
        as_points({"x": [1.0], "y": [None]}, ("x",), ("y",))
    with pytest.raises(InputError, match="column x, point 2: inf is no finite number"):
        as_points({"x": [1, np.inf], "y": [1, 2]}, ("x",), ("y",))


def test_the_lessons_points_stand_in_where_they_fit():
    assert points_for(None, ("x",), ("y",)) is LESSON_POINTS
    assert points_for(POINTS, ("x1", "x2"), ("y",)) == POINTS
    for inputs, targets in ((("x1", "x2"), ("y",)), (("y",), ("x",)), (("x", "y"), ())):
        if (*inputs, *targets) == ("x", "y"):
            continue
        with pytest.raises(InputError, match=f"points: give columns {', '.join((*inputs, *targets))}, as a file"):
            points_for(None, inputs, targets)
