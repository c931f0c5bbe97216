"""Points as whoever calls the library has them: a file, a DataFrame, arrays, or columns by name."""

import math
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from xlsgd.errors import InputError
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.points.read import read_points


def points_for(data: Any, inputs: Sequence[str], targets: Sequence[str]) -> Points:
    """Return points for a model, the lesson's where none are given and they fit; the rest as of `as_points`."""
    names = (*inputs, *targets)
    if data is None and names != tuple(LESSON_POINTS.columns):
        raise InputError(f"points: give columns {', '.join(names)}, as a file, a DataFrame, a mapping or arrays")
    return LESSON_POINTS if data is None else as_points(data, inputs, targets)


def as_points(data: Any, inputs: Sequence[str], targets: Sequence[str]) -> Points:
    """Return points with a model's inputs and targets as their columns.

    Args:
        data: a path of a .csv or .xlsx file; a DataFrame or a mapping with those columns; `Points`; or a pair of
            arrays, the inputs of shape (points, inputs) and the targets of shape (points, targets), where the second
            dimension may be left out if it is 1.
        inputs: the names of the inputs.
        targets: the names of the targets.

    Raises:
        InputError: a column is missing, the shapes do not fit, or a value is no finite number.
    """
    names = [*inputs, *targets]
    if isinstance(data, (str, PathLike)):
        return read_points(Path(data), names)
    if isinstance(data, Points):
        return data.only(names)
    columns = _columns(data, inputs, targets)
    missing = [name for name in names if name not in columns]
    if missing:
        raise InputError(f"points: no column {missing[0]!r}; there are {', '.join(map(str, columns)) or 'none'}")
    return Points(**{name: _numbers(name, columns[name]) for name in names})


def _columns(data: Any, inputs: Sequence[str], targets: Sequence[str]) -> Mapping[str, Any]:
    if isinstance(data, Mapping):
        return data
    if hasattr(data, "columns"):
        return {name: data[name] for name in data.columns}
    if isinstance(data, (tuple, list)) and len(data) == 2:
        return _of_array("inputs", data[0], inputs) | _of_array("targets", data[1], targets)
    raise InputError(f"points: {type(data).__name__} holds no points; give a file, a DataFrame, or a pair of arrays")


def _of_array(what: str, array: Any, names: Sequence[str]) -> dict[str, Sequence[Any]]:
    """Return an array's columns by name."""
    rows = [list(row) if hasattr(row, "__len__") else [row] for row in array]
    widths = {len(row) for row in rows}
    if widths - {len(names)}:
        raise InputError(f"points: {what} of {max(widths)} columns; the model has {len(names)}: {', '.join(names)}")
    return dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}


def _numbers(name: str, column: Any) -> list[float]:
    numbers = []
    for row, value in enumerate(column, start=1):
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            raise InputError(f"points: column {name}, point {row}: {value!r} is no finite number")
        numbers.append(number)
    return numbers
