"""The loss over one or two of a model's parameters, the others fixed."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xlsgd.errors import InputError, choose
from xlsgd.models import LINE
from xlsgd.points.points import Points
from xlsgd.run.least_squares import Answer, best_line
from xlsgd.sheets.forward_columns import ForwardColumns
from xlsgd.sheets.training import ROOT_OF_SUMMED_LOSSES, Training

Mesh = NDArray[np.float64]

LABELS = {"b": "b (intercept, in units of y)", "a": "a (slope, in units of y per unit of x)"}
"""What the line's parameters are called on an axis."""

MOST_EVALUATED = 20_000_000
"""How many losses of single points are computed at most for a picture; of more points, so many are taken evenly."""


class Surface(NamedTuple):
    """The loss over parameters.

    Args:
        parameters: the one or two parameters.
        labels: what they are called on an axis.
        start: where training starts.
        answer: where the loss is least, if anybody knows.
        loss: the loss at values of the parameters, arrays of one shape.
        words: what the loss is.
        alone: whether the model has no other parameters.
    """

    parameters: tuple[str, ...]
    labels: tuple[str, ...]
    start: tuple[float, ...]
    answer: tuple[float, ...] | None
    loss: Callable[..., Mesh]
    words: str
    alone: bool = True


def surface_of(training: Training, points: Points, chosen: Sequence[str], others: Mapping[str, float]) -> Surface:
    """Return the loss of a sheet's model on points.

    Args:
        training: the sheet.
        points: the data.
        chosen: the parameters to show, one or two; the first two if none is given.
        others: the values of all parameters, of which those are taken that are not shown.

    Raises:
        InputError: there is no such parameter, there are more than two, or the model is the line and has no best one.
    """
    model = training.model
    shown = tuple(choose("parameter", name, model.start, f"{model.name}: ") for name in chosen or [*model.start][:2])
    if len(shown) > 2 or len(set(shown)) < len(shown):
        raise InputError(f"`parameters` {', '.join(shown)}: give one or two different ones")
    start = tuple(model.start[name] for name in shown)
    if model is not LINE:
        rest = {name: others[name] for name in model.start if name not in shown}
        knobs = {name: getattr(training.knobs, name) for name in model.knobs}
        loss = _mean_loss(training, points, shown, rest | knobs)
        return Surface(shown, shown, start, None, loss, training.loss_name, not rest)
    answer, labels = best_line(points), tuple(LABELS[name] for name in shown)
    best = tuple(answer._asdict()[name] for name in shown)
    if training.loss_name == ROOT_OF_SUMMED_LOSSES and shown == ("b", "a"):
        words = "loss (root of the sum of squared errors, in units of y)"
        return Surface(shown, labels, start, best, lambda b, a: line_loss(points, answer, b, a), words)
    rest = {name: value for name, value in answer._asdict().items() if name not in shown}
    return Surface(shown, labels, start, best, _mean_loss(training, points, shown, rest), training.loss_name)


def line_loss(points: Points, answer: Answer, b: Mesh, a: Mesh) -> Mesh:
    """Return the loss of the lines `b + a*x` with weights fixed: the root of the sum of squared errors.

    Around the least-squares line the sum is a parabola exactly, so a million points cost no more than two.
    """
    x, y = np.array(points.x, float), np.array(points.y, float)
    least = ((y - answer.b - answer.a * x) ** 2).sum()
    db, da = b - answer.b, a - answer.a
    return np.asarray(np.sqrt(least + len(x) * db**2 + 2 * x.sum() * db * da + (x**2).sum() * da**2))


def _mean_loss(
    training: Training, points: Points, shown: Sequence[str], rest: Mapping[str, float]
) -> Callable[..., Mesh]:
    """Return what gives the mean of the points' losses with the parameters fixed."""
    forward = ForwardColumns(training.model)

    def loss(*values: Mesh) -> Mesh:
        entries = dict(zip(shown, values, strict=True)) | dict(rest)
        most = max(1, MOST_EVALUATED // values[0].size)
        taken = np.linspace(0, points.n - 1, min(points.n, most)).round().astype(int)
        total = np.zeros(values[0].shape)
        with np.errstate(all="ignore"):
            for index in taken:
                total = total + forward.loss(entries, {name: points[name][index] for name in training.point})
        return np.asarray(total / len(taken))

    return loss
