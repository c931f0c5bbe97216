"""Where training leaves the numbers: which sheets, when, why, and a rate that works."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from xlsgd.models import LINE
from xlsgd.points.points import Points
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.training import Training, with_knobs

SMALLER = 10.0
"""By how much a rate that is tried is smaller than the one before."""

TRIED = 40
"""How many rates are tried."""


class Divergence(NamedTuple):
    """A training sheet that leaves the numbers.

    Args:
        sheet: its name.
        epoch: the epoch, from 0, in which a parameter or the loss is no number any more.
        rate: a rate of some power of ten less, found by trying, with which the same epochs end with less loss than they
            began; None if none was found.
    """

    sheet: str
    epoch: int
    rate: float | None


def divergences(trainings: Iterable[Training], points: Points, epochs: int) -> list[Divergence]:
    """Return which training sheets leave the numbers within some epochs, in their order.

    Args:
        trainings: the training sheets.
        points: the points.
        epochs: how many passes over the points are made.
    """
    found = ((training, _first_without_numbers(training, points, epochs)) for training in trainings)
    return [
        Divergence(training.name, epoch, _working_rate(training, points, epochs))
        for training, epoch in found
        if epoch is not None
    ]


def explained(found: Sequence[Divergence], points: Points, epochs: int, remedy: str = "") -> str:
    """Return in one line which sheets leave the numbers, when, why, and what rates work.

    For plain SGD on the loss of a line, a step at a point `x` multiplies the prediction's error there by
    `1 - 2*lr*(1 + x^2)`, whose size exceeds 1 where the rate exceeds `1/(1 + x^2)`.

    Args:
        found: the sheets, at least one.
        points: the points.
        epochs: how many passes were made.
        remedy: what stands before a rate, such as an option.
    """
    where = ", ".join(f"{each.sheet} in epoch {each.epoch}" for each in found)
    rates = " ".join(f"{remedy}{each.sheet}.lr={each.rate:g}" for each in found if each.rate is not None)
    works = f"{rates} worked for {epochs:,} epochs; " if rates else ""
    return f"training leaves the numbers: {where}; {_reason(points)}; {works}"


def _reason(points: Points) -> str:
    if tuple(points.columns) != (*LINE.inputs, *LINE.targets):
        return "the steps are too long for these points"
    x = max(points.x, key=abs)
    most = 1 / (1 + min(abs(x), 1e150) ** 2)
    return f"a step of plain SGD overshoots where lr exceeds 1/(1 + x^2), which is {most:.2g} at x = {x:g}"


def _first_without_numbers(training: Training, points: Points, epochs: int) -> int | None:
    live = LiveSheet(training, points)
    for epoch in range(epochs):
        if not _are_numbers(live):
            return epoch
        live.step()
    return None


def _are_numbers(live: LiveSheet) -> bool:
    end = live.recalculated()
    return all(map(_is_finite, (end.loss, *end.last.values())))


def _is_finite(value: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    return all(isinstance(each, (int, float)) and math.isfinite(each) for each in values)


def _working_rate(training: Training, points: Points, epochs: int) -> float | None:
    for power in range(1, TRIED + 1):
        rate = float(f"{training.knobs.lr / SMALLER**power:.1g}")
        if _learns(with_knobs(training, lr=rate), points, epochs):
            return rate
    return None


def _learns(training: Training, points: Points, epochs: int) -> bool:
    live = LiveSheet(training, points)
    first = live.recalculated().loss
    for _ in range(epochs):
        if not _are_numbers(live):
            return False
        live.step()
    return bool(_are_numbers(live) and live.recalculated().loss < first)
