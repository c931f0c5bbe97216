"""The rule of the corrected sheets that is not in `xlsgd.rules`: Adam with a switch."""

from typing import NamedTuple

from xlsgd.functions import Value, sqrt
from xlsgd.rules import CountedMoments


class SwitchedAdamKnobs(NamedTuple):
    """As `rules.AdamKnobs`, with a switch for the bias correction: 1 is on, 0 is off."""

    lr: Value = 1e-3
    beta1: Value = 0.9
    beta2: Value = 0.999
    eps: Value = 1e-8
    correction: Value = 1.0


def switched_adam(s: CountedMoments, g: Value, k: SwitchedAdamKnobs) -> CountedMoments:
    """Adam (Kingma and Ba 2015, algorithm 1), whose bias correction can be switched off.

    >>> switched_adam(CountedMoments(1.0), 2.0, SwitchedAdamKnobs(lr=0.5, beta1=0.5, beta2=0.5, eps=0.0))
    CountedMoments(w=0.5, m=1.0, v=2.0, t=1)
    >>> switched_adam(CountedMoments(1.0, v=6.0), 2.0, SwitchedAdamKnobs(1.0, 0.5, 0.75, 0.0, correction=0.0)).v
    5.5
    """
    t = s.t + 1
    m = k.beta1 * s.m + (1 - k.beta1) * g
    v = k.beta2 * s.v + (1 - k.beta2) * g**2
    m_hat = m / (1 - k.correction * k.beta1**t)
    v_hat = v / (1 - k.correction * k.beta2**t)
    w = s.w - k.lr * m_hat / (sqrt(v_hat) + k.eps)
    return CountedMoments(w, m, v, t)
