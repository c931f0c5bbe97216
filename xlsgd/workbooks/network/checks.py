"""Whether points are what a sheet of `network.xlsx` can learn from."""

from collections.abc import Collection

from xlsgd.errors import InputError
from xlsgd.points.points import Points
from xlsgd.workbooks.network import embedding

TWO = (0.0, 1.0)
CLASSES: dict[str, tuple[float, ...]] = {
    "accuracy": TWO,
    "logistic": TWO,
    "softmax_regression": (0.0, 1.0, 2.0),
    "relu_network": TWO,
    "threes_sevens": TWO,
}
"""The classes that a sheet tells apart."""


def allowed_values(name: str) -> dict[str, tuple[float, ...]]:
    """Return the values that columns of a sheet's points may hold, where they may not hold any number."""
    if name == "embedding":
        counts = {"user": embedding.USERS, "film": embedding.FILMS}
        return {column: tuple(map(float, range(1, count + 1))) for column, count in counts.items()}
    return {"y": CLASSES[name]} if name in CLASSES else {}


def check_points(name: str, points: Points) -> None:
    """Raise an InputError if a sheet cannot use points."""
    if name in CLASSES:
        _check_classes(points, CLASSES[name])
    if name == "embedding":
        for column, values in allowed_values(name).items():
            _check_values(points, column, values, f"no {column}")
        _check_ratings(points)


def _check_classes(points: Points, classes: Collection[float]) -> None:
    _check_values(points, "y", classes, "no class")
    found = sorted(set(points["y"]))
    if len(found) < 2:
        raise InputError(f"points: column y: all are of class {found[0]:g}; give points of two classes at least")


def _check_ratings(points: Points) -> None:
    for row, value in enumerate(points["rating"], start=1):
        if not 0 <= value <= embedding.GREATEST:
            raise InputError(
                f"points: column rating, point {row}: {value:g}; the sheet predicts 0 to {embedding.GREATEST:g}, so "
                "bring the ratings into that range"
            )


def _check_values(points: Points, column: str, allowed: Collection[float], what: str) -> None:
    for row, value in enumerate(points[column], start=1):
        if value not in allowed:
            known = ", ".join(f"{each:g}" for each in allowed)
            raise InputError(f"points: column {column}, point {row}: {value:g} is {what}; there are {known}")
