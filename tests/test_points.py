"""Points: columns by name."""

import numpy as np
import pytest

from xlsgd.errors import InputError
from xlsgd.points.points import LESSON_POINTS, Points, StandardizedPoints, plain_points

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


def test_the_lessons_points_lie_on_its_line():
    assert LESSON_POINTS.n == 29 and len(LESSON_POINTS) == 2
    assert all(y == 2 * x + 30 for x, y in zip(*LESSON_POINTS, strict=True))


def test_standardized_points_keep_the_own_ones():
    points = StandardizedPoints(Points([1.0, 3.0], [10.0, 30.0]), {"x": (2.0, 1.0), "y": (20.0, 10.0)})
    assert points == Points([-1.0, 1.0], [-1.0, 1.0]) and points.own == Points([1.0, 3.0], [10.0, 30.0])


def test_points_are_equal_by_their_columns_in_order():
    assert Points(x=X1, y=Y) != Points(y=Y, x=X1)
    assert Points(x=X1, y=Y) != Points(x=X1[:2], y=Y[:2])
    assert Points(x=X1, y=Y) == Points(x=np.array(X1), y=tuple(Y)) and Points(x=X1, y=Y) != [X1, Y]
    with pytest.raises(TypeError, match="unhashable"):
        hash(POINTS)
