"""The same optimizers as Keras and the papers write them, beside the course's and PyTorch's in `xlsgd.rules`.

Sources: Keras 3's `SGD`, `RMSprop`, `Adam` and `AdamW`, as its documentation and their `update_step` have them; Polyak
1964; Tieleman and Hinton 2012 (lecture 6e); Kingma and Ba 2015; Loshchilov and Hutter 2019.
"""

from typing import NamedTuple

from xlsgd.functions import Value, sqrt
from xlsgd.rules import (
    AdamKnobs,
    AdamWKnobs,
    CountedMoments,
    CourseMeanSquareKnobs,
    MeanSquare,
    MeanSquareKnobs,
    Momentum,
    MomentumKnobs,
)


class HeavyBall(NamedTuple):
    """A parameter and what it was a step before."""

    w: Value
    before: Value


class MultipliedKnobs(NamedTuple):
    """As `AdamWKnobs`, with the schedule's multiplier `times` apart from the rate."""

    lr: Value = 1e-3
    beta1: Value = 0.9
    beta2: Value = 0.999
    eps: Value = 1e-8
    weight_decay: Value = 0.0
    times: Value = 1.0


def keras_momentum(s: Momentum, g: Value, k: MomentumKnobs) -> Momentum:
    """Move by a velocity that each step's rate has gone into (Keras' `SGD(momentum=)`).

    >>> keras_momentum(Momentum(1.0, 0.5), 4.0, MomentumKnobs(lr=0.25, beta=0.5))
    Momentum(w=0.25, m=-0.75)
    """
    m = k.beta * s.m - k.lr * g
    w = s.w + m
    return Momentum(w, m)


def polyak_momentum(s: HeavyBall, g: Value, k: MomentumKnobs) -> HeavyBall:
    """Go on by a share of the last move (Polyak 1964, equation 9).

    >>> polyak_momentum(HeavyBall(1.0, 0.5), 4.0, MomentumKnobs(lr=0.25, beta=0.5))
    HeavyBall(w=0.25, before=1.0)
    """
    w = s.w - k.lr * g + k.beta * (s.w - s.before)
    return HeavyBall(w, s.w)


def keras_rmsprop(s: MeanSquare, g: Value, k: MeanSquareKnobs) -> MeanSquare:
    """Divide by the root of the mean square, epsilon within the root (Keras' `RMSprop`).

    >>> keras_rmsprop(MeanSquare(1.0, 4.0), 2.0, MeanSquareKnobs(lr=0.5, beta=0.5, eps=0.0))
    MeanSquare(w=0.5, v=4.0)
    """
    v = k.beta * s.v + (1 - k.beta) * g**2
    w = s.w - k.lr * g / sqrt(v + k.eps)
    return MeanSquare(w, v)


def hinton_rmsprop(s: MeanSquare, g: Value, k: CourseMeanSquareKnobs) -> MeanSquare:
    """Divide by the root of the mean square, without epsilon (Tieleman and Hinton 2012).

    >>> hinton_rmsprop(MeanSquare(1.0, 4.0), 2.0, CourseMeanSquareKnobs(lr=0.5, beta=0.5))
    MeanSquare(w=0.5, v=4.0)
    """
    v = k.beta * s.v + (1 - k.beta) * g**2
    w = s.w - k.lr * g / sqrt(v)
    return MeanSquare(w, v)


def keras_adam(s: CountedMoments, g: Value, k: AdamKnobs) -> CountedMoments:
    """Adam with the correction in the rate, so that epsilon is not corrected (Keras' `Adam`; the paper, section 2).

    >>> keras_adam(CountedMoments(1.0), 2.0, AdamKnobs(lr=0.5, beta1=0.5, beta2=0.75, eps=0.0))
    CountedMoments(w=0.5, m=1.0, v=1.0, t=1)
    """
    t = s.t + 1
    alpha = k.lr * sqrt(1 - k.beta2**t) / (1 - k.beta1**t)
    m = s.m + (g - s.m) * (1 - k.beta1)
    v = s.v + (g**2 - s.v) * (1 - k.beta2)
    w = s.w - m * alpha / (sqrt(v) + k.eps)
    return CountedMoments(w, m, v, t)


def keras_adamw(s: CountedMoments, g: Value, k: AdamWKnobs) -> CountedMoments:
    """Take a share of the weight, then step as `keras_adam` (Keras' `AdamW`).

    >>> keras_adamw(CountedMoments(1.0), 2.0, AdamWKnobs(lr=0.5, beta1=0.5, beta2=0.75, eps=0.0, weight_decay=0.5))
    CountedMoments(w=0.25, m=1.0, v=1.0, t=1)
    """
    decayed = s.w - s.w * k.weight_decay * k.lr
    return keras_adam(s._replace(w=decayed), g, AdamKnobs(k.lr, k.beta1, k.beta2, k.eps))


def paper_adamw(s: CountedMoments, g: Value, k: MultipliedKnobs) -> CountedMoments:
    """Decay by the schedule's multiplier, not by the rate (Loshchilov and Hutter 2019, algorithm 2).

    >>> knobs = MultipliedKnobs(lr=0.5, beta1=0.5, beta2=0.5, eps=0.0, weight_decay=0.25, times=0.5)
    >>> paper_adamw(CountedMoments(1.0), 2.0, knobs)
    CountedMoments(w=0.625, m=1.0, v=2.0, t=1)
    """
    t = s.t + 1
    m = k.beta1 * s.m + (1 - k.beta1) * g
    v = k.beta2 * s.v + (1 - k.beta2) * g**2
    m_hat = m / (1 - k.beta1**t)
    v_hat = v / (1 - k.beta2**t)
    w = s.w - k.times * (k.lr * m_hat / (sqrt(v_hat) + k.eps) + k.weight_decay * s.w)
    return CountedMoments(w, m, v, t)
