"""Small data sets by a stated formula and seed, rounded to two decimals so that they can be read and typed."""

import math
import random
from collections.abc import Sequence

from xlsgd.points.points import Points


def clusters(centres: Sequence[tuple[float, float]], each: int, spread: float, seed: int) -> Points:
    """Return points around centres: x1 and x2 normally distributed around the centre, y the centre's number from 0.

    The classes take turns, so that no epoch ends with many points of one class.

    >>> clusters([(0, 0), (9, 9)], 1, 0.0, 1).y
    [0.0, 1.0]
    """
    source = random.Random(seed)
    rows = [
        (round(x + spread * source.gauss(0, 1), 2), round(y + spread * source.gauss(0, 1), 2), float(number))
        for _ in range(each)
        for number, (x, y) in enumerate(centres)
    ]
    return _columns(rows)


def moons(each: int, noise: float, seed: int) -> Points:
    """Return two half circles that reach into each other, the upper of class 0, the lower of class 1, taking turns.

    Point k of the upper one is (cos t, sin t), of the lower one (1 - cos t, 0.5 - sin t), at t = pi * k / (each - 1),
    with normally distributed noise.

    >>> moons(2, 0.0, 1).x1
    [1.0, 0.0, -1.0, 2.0]
    """
    source = random.Random(seed)
    rows = []
    for k in range(each):
        t = math.pi * k / (each - 1)
        for number, (x, y) in enumerate(((math.cos(t), math.sin(t)), (1 - math.cos(t), 0.5 - math.sin(t)))):
            x, y = (round(v + noise * source.gauss(0, 1), 2) + 0.0 for v in (x, y))
            rows.append((x, y, float(number)))
    return _columns(rows)


def _columns(rows: Sequence[tuple[float, float, float]]) -> Points:
    x1, x2, y = (list(column) for column in zip(*rows, strict=True))
    return Points(x1=x1, x2=x2, y=y)
