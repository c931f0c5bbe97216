"""Where training leaves the numbers, or is on its way: which sheets, when, why, and a rate that works."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from xlsgd.models import LINE
from xlsgd.points.points import Points
from xlsgd.rules import sgd
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.training import Training, with_knobs

SMALLER = 10.0
"""By how much a rate that is tried is smaller than the one before."""

TRIED = 40
"""How many rates are tried."""

GROWN = 1e6
"""How many times its first loss a training's last one exceeds where it diverges.

Of the lesson's sheets and those of the network that learn, none is ever above 4 times its first.
"""


class Divergence(NamedTuple):
    """A training sheet that leaves the numbers, or is on its way.

    Args:
        training: the sheet.
        epoch: the epoch, from 0, in which a parameter or the loss is no number any more; or the last.
        rate: a rate of some power of ten less, found by trying, with which the same epochs end with less loss than they
            began; None if none was found, or a knob has a value that its rule has no use for.
        grown: how many times the first loss the last one is, where it still is a number.
    """

    training: Training
    epoch: int
    rate: float | None
    grown: float | None = None

    def __str__(self) -> str:
        name = self.training.name
        if self.grown is None:
            return f"{name} in epoch {self.epoch}"
        return f"the loss of {name} in epoch {self.epoch} is {self.grown:.2g} times its first"


def divergences(trainings: Iterable[Training], points: Points, epochs: int) -> list[Divergence]:
    """Return which training sheets leave the numbers within some epochs or are on their way, in their order.

    Args:
        trainings: the training sheets.
        points: the points.
        epochs: how many passes over the points are made.
    """
    found = ((training, _gone(training, points, epochs)) for training in trainings)
    return [
        Divergence(training, gone[0], _working_rate(training, points, epochs), gone[1])
        for training, gone in found
        if gone
    ]


def explained(found: Sequence[Divergence], points: Points, epochs: int, remedy: str = "", advice: str = "") -> str:
    """Return in one line which sheets leave the numbers, when, why, and what rates work.

    For plain SGD on the loss of a line, a step at a point `x` multiplies the prediction's error there by
    `1 - 2*lr*(1 + x^2)`, whose size exceeds 1 where the rate exceeds `1/(1 + x^2)`.

    Args:
        found: the sheets, at least one.
        points: the points.
        epochs: how many passes were made.
        remedy: what stands before a rate, such as an option.
        advice: what else helps, unless a knob's value is the reason.
    """
    what = "leaves the numbers" if any(each.grown is None for each in found) else "diverges"
    parts = [f"training {what}: {', '.join(map(str, found))}"]
    parts += [wrong for each in found for wrong in _wrong_knobs(each.training)]
    others = [each for each in found if not _wrong_knobs(each.training)]
    if others:
        parts.append(_reason(others, points))
        rates = " ".join(f"{remedy}{each.training.name}.lr={each.rate:g}" for each in others if each.rate is not None)
        parts += [f"{rates} worked for {epochs:,} epochs", f"or {advice}"] if rates else [advice]
    return "; ".join(parts)


def _wrong_knobs(training: Training) -> list[str]:
    """Return the knobs whose values no rule has a use for: below 0, or a decay of 1 or more."""
    decays = {name for name in training.knobs._fields if name.startswith("beta")}
    return [
        f"{training.name}.{name}={value:g}: give 0 or more{' and less than 1' if name in decays else ''}"
        for name, value in training.knobs._asdict().items()
        if value < 0 or (name in decays and value >= 1)
    ]


def _reason(found: Iterable[Divergence], points: Points) -> str:
    is_line = tuple(points.columns) == (*LINE.inputs, *LINE.targets)
    if not is_line or all(each.training.rule.update is not sgd for each in found):
        return "the steps are too long for these points"
    x = max(points.x, key=abs)
    most = 1 / (1 + min(abs(x), 1e150) ** 2)
    return f"a step of plain SGD overshoots where lr exceeds 1/(1 + x^2), which is {most:.2g} at x = {x:g}"


def _gone(training: Training, points: Points, epochs: int) -> tuple[int, float | None] | None:
    """Return the epoch and the growth of a `Divergence`, or None if it is none."""
    live = LiveSheet(training, points)
    first = last = live.recalculated().loss
    for epoch in range(epochs):
        if not _are_numbers(live):
            return epoch, None
        last = live.recalculated().loss
        live.step()
    return (epochs - 1, last / first) if 0 < first * GROWN < last else None


def _are_numbers(live: LiveSheet) -> bool:
    end = live.recalculated()
    return all(map(_is_finite, (end.loss, *end.last.values())))


def _is_finite(value: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    return all(isinstance(each, (int, float)) and math.isfinite(each) for each in values)


def _working_rate(training: Training, points: Points, epochs: int) -> float | None:
    if _wrong_knobs(training):
        return None
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
