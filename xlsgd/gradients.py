"""The loss of one row, and its gradient by formula and by finite differences.

The loss is the squared error `(y - pred)^2` of the line `pred = b + a*x` (course sheet `basic`). Everything here runs
on floats, arrays, tensors and cells alike.
"""

from collections.abc import Callable

from xlsgd.functions import Value

H = 0.01
"""The course's step for finite differences."""


def squared_error(pred: Value, y: Value) -> Value:
    """Return the loss `(y - pred)^2`."""
    return (y - pred) ** 2


def error_gradient(pred: Value, y: Value) -> Value:
    """Return the loss's derivative by the prediction, which is that by the intercept: `2(pred - y)`."""
    return 2 * (pred - y)


def forward_difference(loss_ahead: Value, loss: Value, h: Value = H) -> Value:
    """Return the slope from here to a step of `h` ahead; its error grows with `h` times the second derivative."""
    return (loss_ahead - loss) / h


def central_difference(loss_ahead: Value, loss_behind: Value, h: Value = H) -> Value:
    """Return the slope from `h` behind to `h` ahead; exact for a parabola but for rounding."""
    return (loss_ahead - loss_behind) / (2 * h)


def finite_difference(loss: Callable[[Value], Value], w: Value, h: Value = H, *, central: bool = False) -> Value:
    """Estimate the derivative of `loss` at `w`.

    Args:
        loss: a function of one parameter.
        w: where to estimate.
        h: the step, 0.01 in the course.
        central: take the difference around `w` in place of that ahead of it.
    """
    if central:
        return central_difference(loss(w + h), loss(w - h), h)
    return forward_difference(loss(w + h), loss(w), h)
