"""The update rules, each written once.

A rule takes the state of one parameter, its gradient and the knobs, and gives the next state. It is plain
arithmetic, an equation a line, so the same lines run on floats, on NumPy arrays (many runs at once), on Torch
tensors (a network's weights) and on cells that spell Excel formulas. The order of the operations is the order in
the sheet's formula: `m * beta` and `beta * m` are one number, but not one formula.

The names that start with `course_` are the rules of fast.ai's lesson 5 sheets; the others are the textbook's, in
PyTorch's conventions. To add an optimizer, write its state, its knobs and its rule, and enter them in `RULES`.

In every state `w` is the parameter. A state's defaults are a cold start, a knob's defaults are the usual values.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from xlsgd.functions import Value, sqrt


class Rule(NamedTuple):
    """An update rule with the types of its state and of its knobs."""

    update: Callable[[Any, Value, Any], Any]
    state: Callable[..., Any]
    knobs: Callable[..., Any]


class Weight(NamedTuple):
    """A parameter that carries no state beside itself."""

    w: Value


class Momentum(NamedTuple):
    """A parameter and its moving average of gradients."""

    w: Value
    m: Value = 0.0


class MeanSquare(NamedTuple):
    """A parameter and its moving average of squared gradients."""

    w: Value
    v: Value = 0.0


class Moments(NamedTuple):
    """A parameter with moving averages of its gradients and of their squares."""

    w: Value
    m: Value = 0.0
    v: Value = 0.0


class CountedMoments(NamedTuple):
    """As `Moments`, with the number of steps taken, for the bias correction."""

    w: Value
    m: Value = 0.0
    v: Value = 0.0
    t: Value = 0


class Rate(NamedTuple):
    """The learning rate alone."""

    lr: Value = 1e-3


class MomentumKnobs(NamedTuple):
    """Learning rate and momentum."""

    lr: Value = 1e-3
    beta: Value = 0.9


class CourseMeanSquareKnobs(NamedTuple):
    """Learning rate and the decay of the mean square, without epsilon."""

    lr: Value = 0.02
    beta: Value = 0.9


class MeanSquareKnobs(NamedTuple):
    """Learning rate, the decay of the mean square, and epsilon (PyTorch's defaults)."""

    lr: Value = 1e-2
    beta: Value = 0.99
    eps: Value = 1e-8


class CourseAdamKnobs(NamedTuple):
    """Learning rate and the decays of both moments, without epsilon."""

    lr: Value = 1.0
    beta1: Value = 0.9
    beta2: Value = 0.9


class AdamKnobs(NamedTuple):
    """Learning rate, the decays of both moments, and epsilon (PyTorch's defaults)."""

    lr: Value = 1e-3
    beta1: Value = 0.9
    beta2: Value = 0.999
    eps: Value = 1e-8


class AdamWKnobs(NamedTuple):
    """As `AdamKnobs`, with the decoupled weight decay (PyTorch's defaults)."""

    lr: Value = 1e-3
    beta1: Value = 0.9
    beta2: Value = 0.999
    eps: Value = 1e-8
    weight_decay: Value = 1e-2


def sgd(s: Weight, g: Value, k: Rate) -> Weight:
    """Step against the gradient (course sheet `basic`; PyTorch's `SGD`).

    >>> sgd(Weight(1.0), 0.5, Rate(lr=0.5))
    Weight(w=0.75)
    """
    w = s.w - g * k.lr
    return Weight(w)


def course_momentum(s: Momentum, g: Value, k: MomentumKnobs) -> Momentum:
    """Step along an exponential moving average of the gradients (course sheet `momentum`).

    PyTorch's `SGD(momentum=beta)` takes the same path at the rate `lr * (1 - beta)`.

    >>> course_momentum(Momentum(1.0, 2.0), 4.0, MomentumKnobs(lr=0.25, beta=0.5))
    Momentum(w=0.25, m=3.0)
    """
    m = s.m * k.beta + (1 - k.beta) * g
    w = s.w - m * k.lr
    return Momentum(w, m)


def course_rmsprop(s: MeanSquare, g: Value, k: CourseMeanSquareKnobs) -> MeanSquare:
    """Divide the gradient by the root of the mean square of the row *before* (course sheet `rmsprop`).

    >>> course_rmsprop(MeanSquare(1.0, 4.0), 2.0, CourseMeanSquareKnobs(lr=0.5, beta=0.5))
    MeanSquare(w=0.5, v=4.0)
    """
    w = s.w - g * k.lr / sqrt(s.v)
    v = s.v * k.beta + (1 - k.beta) * g**2
    return MeanSquare(w, v)


def course_adam(s: Moments, g: Value, k: CourseAdamKnobs) -> Moments:
    """Momentum divided by the root of the mean square, without epsilon or bias correction (course sheet `adam`).

    >>> course_adam(Moments(1.0, 0.0, 4.0), 2.0, CourseAdamKnobs(lr=0.5, beta1=0.5, beta2=0.5))
    Moments(w=0.75, m=1.0, v=4.0)
    """
    m = s.m * k.beta1 + (1 - k.beta1) * g
    v = s.v * k.beta2 + (1 - k.beta2) * g**2
    w = s.w - m * k.lr / sqrt(v)
    return Moments(w, m, v)


def momentum(s: Momentum, g: Value, k: MomentumKnobs) -> Momentum:
    """Heavy-ball momentum without dampening (Polyak 1964, in the form of PyTorch's `SGD(momentum=beta)`).

    >>> momentum(Momentum(1.0, 2.0), 4.0, MomentumKnobs(lr=0.125, beta=0.5))
    Momentum(w=0.375, m=5.0)
    """
    m = k.beta * s.m + g
    w = s.w - k.lr * m
    return Momentum(w, m)


def rmsprop(s: MeanSquare, g: Value, k: MeanSquareKnobs) -> MeanSquare:
    """Divide the gradient by the root of its mean square (Tieleman and Hinton 2012; PyTorch's `RMSprop`).

    >>> rmsprop(MeanSquare(1.0, 4.0), 2.0, MeanSquareKnobs(lr=0.5, beta=0.5, eps=0.0))
    MeanSquare(w=0.5, v=4.0)
    """
    v = k.beta * s.v + (1 - k.beta) * g**2
    w = s.w - k.lr * g / (sqrt(v) + k.eps)
    return MeanSquare(w, v)


def adam(s: CountedMoments, g: Value, k: AdamKnobs) -> CountedMoments:
    """Adam with bias correction and epsilon (Kingma and Ba 2015, algorithm 1; PyTorch's `Adam`).

    >>> adam(CountedMoments(1.0), 2.0, AdamKnobs(lr=0.5, beta1=0.5, beta2=0.5, eps=0.0))
    CountedMoments(w=0.5, m=1.0, v=2.0, t=1)
    """
    t = s.t + 1
    m = k.beta1 * s.m + (1 - k.beta1) * g
    v = k.beta2 * s.v + (1 - k.beta2) * g**2
    m_hat = m / (1 - k.beta1**t)
    v_hat = v / (1 - k.beta2**t)
    w = s.w - k.lr * m_hat / (sqrt(v_hat) + k.eps)
    return CountedMoments(w, m, v, t)


def adamw(s: CountedMoments, g: Value, k: AdamWKnobs) -> CountedMoments:
    """Adam after a decay of the weight itself (Loshchilov and Hutter 2019, algorithm 2; PyTorch's `AdamW`).

    >>> adamw(CountedMoments(1.0), 2.0, AdamWKnobs(lr=0.5, beta1=0.5, beta2=0.5, eps=0.0, weight_decay=0.5))
    CountedMoments(w=0.25, m=1.0, v=2.0, t=1)
    """
    t = s.t + 1
    m = k.beta1 * s.m + (1 - k.beta1) * g
    v = k.beta2 * s.v + (1 - k.beta2) * g**2
    m_hat = m / (1 - k.beta1**t)
    v_hat = v / (1 - k.beta2**t)
    decayed = s.w - k.lr * k.weight_decay * s.w
    w = decayed - k.lr * m_hat / (sqrt(v_hat) + k.eps)
    return CountedMoments(w, m, v, t)


RULES: dict[str, Rule] = {
    "sgd": Rule(sgd, Weight, Rate),
    "course_momentum": Rule(course_momentum, Momentum, MomentumKnobs),
    "course_rmsprop": Rule(course_rmsprop, MeanSquare, CourseMeanSquareKnobs),
    "course_adam": Rule(course_adam, Moments, CourseAdamKnobs),
    "momentum": Rule(momentum, Momentum, MomentumKnobs),
    "rmsprop": Rule(rmsprop, MeanSquare, MeanSquareKnobs),
    "adam": Rule(adam, CountedMoments, AdamKnobs),
    "adamw": Rule(adamw, CountedMoments, AdamWKnobs),
}
"""The rules by name; those of the course's sheets begin with `course_`."""
