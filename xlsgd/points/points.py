"""The data points: columns of inputs and of targets, by name."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from operator import eq

from xlsgd.errors import InputError


class Points:
    """Data points, one row of a training sheet each.

    Args:
        columns: without names, the columns x and y.
        named: the columns by name, inputs and targets, all of one length.

    Raises:
        InputError: the columns are not of one length, or there are no points.

    >>> points = Points(x1=[1.0, 2.0], x2=[3.0, 4.0], y=[0.0, 1.0])
    >>> points.n, points["x2"], Points([1.0], [2.0]).y
    (2, [3.0, 4.0], [2.0])
    """

    def __init__(self, /, *columns: Sequence[float], **named: Sequence[float]) -> None:
        self._columns: dict[str, Sequence[float]] = dict(zip("xy", columns, strict=False)) | named
        if len(columns) not in (0, 2):
            raise InputError("points: give the columns x and y, or columns by name: Points(x1=..., x2=..., y=...)")
        lengths = {name: len(column) for name, column in self._columns.items()}
        if len(set(lengths.values())) != 1:
            told = ", ".join(f"{name} has {length:,}" for name, length in lengths.items()) or "there are none"
            raise InputError(f"points: the columns must have one length: {told}")
        if not self.n:
            raise InputError("points: give at least one")

    @property
    def columns(self) -> Mapping[str, Sequence[float]]:
        """The columns by name."""
        return self._columns

    @property
    def n(self) -> int:
        """How many points there are."""
        return len(next(iter(self._columns.values())))

    def __getitem__(self, name: str) -> Sequence[float]:
        return self._columns[name]

    def __getattr__(self, name: str) -> Sequence[float]:
        if name.startswith("_") or name not in self._columns:
            raise AttributeError(f"no column {name!r}")
        return self._columns[name]

    def __iter__(self) -> Iterator[Sequence[float]]:
        return iter(self._columns.values())

    def __len__(self) -> int:
        return len(self._columns)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Points) or list(self._columns) != list(other._columns) or self.n != other.n:
            return False
        return all(map(eq, chain(*self), chain(*other)))

    __hash__ = None  # type: ignore[assignment]  # its columns may be lists

    def __repr__(self) -> str:
        return f"Points of {self.n:,}: {', '.join(self._columns)}"

    def only(self, names: Sequence[str]) -> "Points":
        """Return the points with those columns alone, in that order.

        Raises:
            InputError: one of them is missing.
        """
        missing = [name for name in names if name not in self._columns]
        if missing:
            raise InputError(f"points: no column {missing[0]!r}; there are {', '.join(self._columns)}")
        return self if list(names) == list(self._columns) else Points(**{name: self[name] for name in names})


class StandardizedPoints(Points):
    """Points brought to mean 0 and deviation 1.

    Args:
        own: the points as they were.
        transforms: each column's mean and standard deviation.
    """

    def __init__(self, own: Points, transforms: Mapping[str, tuple[float, float]]) -> None:
        self.own, self.transforms = own, transforms
        columns = {
            name: [(value - mean) / deviation for value in own[name]] for name, (mean, deviation) in transforms.items()
        }
        super().__init__(**columns)


def plain_points(points: Points) -> Points:
    """Return the points as Python's numbers: NumPy's would be computed and spelled another way."""
    if not any(hasattr(column, "dtype") for column in points):
        return points
    return Points(**{name: list(map(float, column)) for name, column in points.columns.items()})


LESSON_X = (
    14, 86, 28, 51, 28, 29, 72, 62, 84, 15, 42, 62, 47, 35, 9,
    38, 44, 99, 13, 21, 28, 20, 8, 64, 99, 70, 27, 17, 8,
)  # fmt: skip
LESSON_POINTS = Points(LESSON_X, tuple(2 * x + 30 for x in LESSON_X))
"""The lesson's points, on the line y = 2x + 30 without noise (course sheets, A4:B32)."""
