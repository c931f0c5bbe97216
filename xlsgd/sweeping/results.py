"""What a sweep came to: the best settings, and the map over two knobs that pictures and workbooks show."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from xlsgd.sheets.training import Training
from xlsgd.sweeping.floats import Array
from xlsgd.sweeping.goal import Goal
from xlsgd.sweeping.grid import Axis


class Results(NamedTuple):
    """A whole sweep.

    Args:
        training: the sheet that was swept.
        axes: the knobs' values.
        steps: how many epochs each run took.
        points: how many data points there were.
        loss: as in `xlsgd.sweeping.run.Slice`, for every combination; the last axis changes fastest.
        epochs: likewise.
        goal: what the epochs are counted to.
    """

    training: Training
    axes: tuple[Axis, ...]
    steps: int
    points: int
    loss: Array
    epochs: Array
    goal: Goal


class Map(NamedTuple):
    """A sweep over at most two knobs.

    Args:
        x: the first swept knob.
        y: the second, or None.
        others: the knobs beside these, of whose values the one with the least loss is shown.
        loss: shape (values of y or 1, values of x); NaN where the run diverged.
        epochs: the same shape; NaN where a run never reached the goal.
    """

    x: Axis
    y: Axis | None
    others: tuple[str, ...]
    loss: Array
    epochs: Array


def map_of(results: Results, most_x: int, most_y: int) -> Map:
    """Return the map over the first two swept knobs; of further ones the best run is taken.

    Args:
        results: the sweep.
        most_x: how many values of the first knob are shown at most, evenly chosen, the first and the last among them.
        most_y: likewise of the second.
    """
    swept = [axis for axis in results.axes if len(axis.values) > 1] or list(results.axes[:1])
    shape = [len(axis.values) for axis in swept[:2]]
    chosen = [_evenly(count, most) for count, most in zip(shape, (most_x, most_y), strict=False)]
    loss, epochs = (each.reshape(*shape, -1)[np.ix_(*chosen)] for each in (results.loss, results.epochs))
    best = np.argmin(np.where(np.isnan(loss), np.inf, loss), axis=-1)[..., np.newaxis]
    loss, epochs = (np.take_along_axis(each, best, -1)[..., 0] for each in (loss, epochs))
    rows = [np.atleast_2d(each.T) for each in (loss, np.where(epochs == 0, np.nan, epochs))]
    shown = [axis._replace(values=axis.values[places]) for axis, places in zip(swept, chosen, strict=False)]
    return Map(shown[0], shown[1] if len(shown) > 1 else None, tuple(axis.knob for axis in swept[2:]), *rows)


def best(results: Results, most: int) -> list[dict[str, Any]]:
    """Return the settings with the least final loss, best first; diverged runs are not among them."""
    order = np.argsort(results.loss, kind="stable")[:most]
    counts = [len(axis.values) for axis in results.axes]
    return [_record(results, place, np.unravel_index(place, counts)) for place in order if results.loss[place] >= 0]


def describe(results: Results) -> str:
    """Return what was swept, in one line."""
    runs, epochs, points = len(results.loss), results.steps, results.points
    ran = f"{_counted(runs, 'run')} of {_counted(epochs, 'epoch')} on {_counted(points, 'point')}"
    return f"{results.training.name}: {ran}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def describe_others(map_: Map) -> str:
    """Return what a map shows of the knobs beside its own, to go behind a title."""
    return f"; each cell with its best {' and '.join(map_.others)}" if map_.others else ""


def course_setting(training: Training, knob: str) -> float:
    """Return the value that the sheet gives a knob."""
    return float(getattr(training.knobs, knob))


def _record(results: Results, place: int, where: Sequence[Any]) -> dict[str, Any]:
    knobs = {axis.knob: float(axis.values[i]) for axis, i in zip(results.axes, where, strict=True)}
    return knobs | {"loss": float(results.loss[place]), results.goal.name: int(results.epochs[place]) or ""}


def _evenly(count: int, most: int) -> Array:
    return np.linspace(0, count - 1, min(count, most)).round().astype(int)
