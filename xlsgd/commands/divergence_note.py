"""What a command says where training leaves the numbers."""

from collections.abc import Iterable
from typing import Any

from xlsgd.commands.options import PointsOptions


def tell_of_divergence(
    trainings: Iterable[Any], points: Any, epochs: int, given: PointsOptions, remedy: str = "--set "
) -> None:
    """Say in one line on standard error which sheets leave the numbers, when, why, and what works; or nothing.

    Args:
        trainings: the training sheets.
        points: the points.
        epochs: how many passes over them were made.
        given: what the user said of points.
        remedy: what stands before a rate that works.
    """
    from xlsgd.commands.terminal import say
    from xlsgd.run.divergence import divergences, explained

    found = divergences(trainings, points, epochs)
    if found:
        advice = "try a smaller lr" if given.standardize else "bring x and y to mean 0 and deviation 1: --standardize"
        say(explained(found, points, epochs, remedy, advice), err=True)
