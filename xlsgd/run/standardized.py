"""Points brought to mean 0 and deviation 1, as a user's sheet computes it."""

import math
from collections.abc import Mapping
from typing import Any

from xlsgd.errors import InputError
from xlsgd.points.points import Points, StandardizedPoints
from xlsgd.sheets.standardize import transform
from xlsgd.symbols.checked import Checked, plain
from xlsgd.symbols.expression import symbol
from xlsgd.symbols.operations import evaluate_all

COLUMN = symbol("column")
TRANSFORM = transform(COLUMN)


def standardized(points: Points, called: Mapping[str, str] = {}) -> StandardizedPoints:
    """Return points with every column brought to mean 0 and standard deviation 1.

    The deviation is that of all values, divided by their number. A workbook of the lesson's sheets made from such
    points holds the transform in cells, and tells the answer in the points' own units, too.

    Args:
        points: the points.
        called: what messages call a column, by its name, where it came from a file.

    Raises:
        InputError: the values of a column are all the same, or too large to be squared.
    """
    transforms = {
        name: _transform(called.get(name, f"column {name}"), column) for name, column in points.columns.items()
    }
    return StandardizedPoints(points, transforms)


def _transform(name: str, column: Any) -> tuple[float, float]:
    known = {COLUMN: list(map(Checked, column))}
    mean, deviation = (plain(value) for value in evaluate_all(TRANSFORM, known, Checked))
    if not isinstance(mean, float) or not isinstance(deviation, float) or not math.isfinite(deviation):
        raise InputError(f"{name}: its values are too large to be squared; give them in other units")
    if not deviation or min(column) == max(column):
        raise InputError(f"{name}: all its values are {column[0]:g}, which has no deviation to bring to 1")
    return mean, deviation
