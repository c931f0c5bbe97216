"""Schedules: what the learning rate is at each step, each written once as plain arithmetic.

A schedule takes the rate in the header, how many steps were taken, and the knobs, and gives the rate of the next step,
or several values by name, the rate `lr` among them: each has a column, and one that is called like a knob of the rule
takes that knob's place. It runs on floats, arrays and expressions, as a rule does. To add one, write its knobs and its
rate, and enter them in `SCHEDULES`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from xlsgd.functions import Value, cos_pi, if_above


class Schedule(NamedTuple):
    """A schedule with the type of its knobs, whose defaults are the usual values."""

    rate: Callable[[Value, Value, Any], Value | Mapping[str, Value]]
    knobs: Callable[..., Any]


class LayerRates(NamedTuple):
    """Layer groups: which parameters share a rate, and the rates.

    Args:
        groups: the names of the parameters of each group, the first layer's first.
        rates: gives each group's rate, from the rate in the header and the knobs.
        knobs: the type of the knobs, whose defaults are the usual values.
    """

    groups: tuple[tuple[str, ...], ...]
    rates: Callable[[Value, Any], Sequence[Value]]
    knobs: Callable[..., Any]

    def group_of(self, entry: str) -> int:
        """Return the index of the group that a parameter's entry belongs to, such as `w_1_2` to that of `w`."""
        owns = [any(entry == name or entry.startswith(f"{name}_") for name in group) for group in self.groups]
        return owns.index(True)


class Period(NamedTuple):
    """The number of steps in which the rate falls to 0."""

    T: Value = 100.0


class Decay(NamedTuple):
    """What the rate is multiplied by at each step."""

    gamma: Value = 0.99


class WarmUp(NamedTuple):
    """The number of steps in which the rate rises to its full value."""

    warm: Value = 10.0


def cosine(lr: Value, step: Value, k: Period) -> Value:
    """Return the rate of cosine annealing from `lr` to 0 in `T` steps.

    Beyond `T` the rate rises again, as in PyTorch's `CosineAnnealingLR` (`T_max = T`, `eta_min = 0`; Loshchilov and
    Hutter 2017, equation 5).

    >>> cosine(0.5, 0, Period(10)), round(cosine(0.5, 5, Period(10)), 12), cosine(0.5, 10, Period(10))
    (0.5, 0.25, 0.0)
    """
    return lr * (1 + cos_pi(step / k.T)) / 2


def exponential(lr: Value, step: Value, k: Decay) -> Value:
    """Return the rate multiplied by `gamma` at each step (PyTorch's `ExponentialLR`).

    >>> exponential(0.5, 2, Decay(0.5))
    0.125
    """
    return lr * k.gamma**step


def warm_up(lr: Value, step: Value, k: WarmUp) -> Value:
    """Return a rate that rises from `lr / warm` to `lr` in equal steps and stays there (PyTorch's `LinearLR`).

    >>> warm_up(1.0, 0, WarmUp(4.0)), warm_up(1.0, 3, WarmUp(4.0)), warm_up(1.0, 9, WarmUp(4.0))
    (0.25, 1.0, 1.0)
    """
    return if_above(k.warm, step + 1, lr * (step + 1) / k.warm, lr)


SCHEDULES: dict[str, Schedule] = {
    "cosine": Schedule(cosine, Period),
    "exponential": Schedule(exponential, Decay),
    "warm_up": Schedule(warm_up, WarmUp),
}
"""The schedules by name; a rate without one stays the same."""
