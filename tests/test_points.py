"""Points by name, and points as a caller of the library has them."""

import numpy as np
import pandas as pd
import pytest

from xlsgd.errors import InputError
from xlsgd.points.given import as_points
from xlsgd.points.points import LESSON_POINTS, Points, plain_points

X1, X2, Y = [1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [0.0, 1.0, 0.0]
POINTS = Points(x1=X1, x2=X2, y=Y)


def test_columns_are_had_by_name_and_in_order():
    assert POINTS.n == 3 and list(POINTS.columns) == ["x1", "x2", "y"]
    assert (POINTS.x2, POINTS["y"]) == (X2, Y)
    assert list(zip(*POINTS, strict=True))[1] == (2.0, 5.0, 1.0)
    assert repr(POINTS) == "Points of 3: x1, x2, y"


def test_two_columns_without_names_are_x_and_y():
    assert Points(X1, Y) == Points(x=X1, y=Y) != Points(x=X1, y=X2)


def test_only_some_columns():
    assert POINTS.only(["x2", "y"]) == Points(x2=X2, y=Y)
    assert POINTS.only(["x1", "x2", "y"]) is POINTS
    with pytest.raises(InputError, match="no column 'z'; there are x1, x2, y"):
        POINTS.only(["z"])
    with pytest.raises(AttributeError, match="no column 'z'"):
        _ = POINTS.z


@pytest.mark.parametrize(
    ("columns", "named", "says"),
    [
        ((X1,), {}, "give the columns x and y, or columns by name"),
        ((), {}, "must have one length: there are none"),
        ((X1, Y[:2]), {}, "must have one length: x has 3, y has 2"),
        (([], []), {}, "give at least one"),
    ],
)
def test_columns_that_make_no_points(columns, named, says):
    with pytest.raises(InputError, match=says):
        Points(*columns, **named)


def test_numpys_numbers_become_pythons():
    plain = plain_points(Points(np.array(X1), np.array(Y)))
    assert [type(value) for value in plain.x] == [float] * 3
    assert plain_points(LESSON_POINTS) is LESSON_POINTS


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
