"""Losses: what a prediction loses against its targets; and gradients by finite differences.

Everything here runs on floats, arrays, tensors and expressions alike. A sheet's loss is that of one row; an epoch's is
the mean of its rows' (on the lesson's sheets the root of their sum).
"""

from collections.abc import Callable, Sequence

from xlsgd.functions import Value, exp, if_above, if_equal, log, maximum, stop_gradient, summed

H = 0.01
"""The course's step for finite differences."""


def squared_error(pred: Value, y: Value) -> Value:
    """Return the loss `(y - pred)^2` (course sheet `basic`)."""
    return (y - pred) ** 2


def error_gradient(pred: Value, y: Value) -> Value:
    """Return the squared error's derivative by the prediction, which is that by a line's intercept: `2(pred - y)`."""
    return 2 * (pred - y)


def huber(pred: Value, y: Value, delta: float = 1.0) -> Value:
    """Return the squared error's half up to an error of `delta`, beyond it a line (Huber 1964; PyTorch's `huber_loss`).

    >>> huber(1.5, 1.0), huber(4.0, 1.0)
    (0.125, 2.5)
    """
    error = abs(y - pred)
    return if_above(error, delta, delta * (error - delta / 2), error**2 / 2)


def binary_cross_entropy(p: Value, y: Value) -> Value:
    """Return `-(y*log(p) + (1-y)*log(1-p))` of a probability and a target of 0 or 1 (PyTorch's `binary_cross_entropy`).

    Raises:
        ValueError: `p` is a float that is not above 0 and below 1; arrays and tensors give NaN or infinity there.
    """
    return -(y * log(p) + (1 - y) * log(1 - p))


def binary_cross_entropy_with_logits(z: Value, y: Value) -> Value:
    """Return the binary cross-entropy of `sigmoid(z)`, for any `z` (PyTorch's function of that name).

    >>> round(binary_cross_entropy_with_logits(0.0, 1.0), 12), binary_cross_entropy_with_logits(-1000.0, 0.0)
    (0.69314718056, 0.0)
    """
    return maximum(z, 0) - z * y + log(1 + exp(-abs(z)))


def softmax(logits: Sequence[Value]) -> list[Value]:
    """Return `exp(z_k) / sum(exp(z_j))` of each logit, the greatest subtracted first (PyTorch's `softmax`).

    >>> [round(p, 6) for p in softmax([1000.0, 1000.0])]
    [0.5, 0.5]
    """
    exps = _shifted_exps(logits)[1]
    all_exps = summed(exps)
    return [e / all_exps for e in exps]


def cross_entropy(logits: Sequence[Value], y: Value) -> Value:
    """Return the cross-entropy of the softmax of logits with the class `y`, from 0 (PyTorch's `cross_entropy`).

    >>> round(cross_entropy([0.0, 0.0], 1), 12)
    0.69314718056
    """
    largest, exps = _shifted_exps(logits)
    chosen = summed([if_equal(y, k, z, 0) for k, z in enumerate(logits)])
    return log(summed(exps)) + largest - chosen


def _shifted_exps(logits: Sequence[Value]) -> tuple[Value, list[Value]]:
    """Return the greatest logit, which no derivative goes through, and the exponentials of what is left."""
    largest = logits[0]
    for z in logits[1:]:
        largest = maximum(largest, z)
    largest = stop_gradient(largest)
    return largest, [exp(z - largest) for z in logits]


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
