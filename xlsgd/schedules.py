"""Schedules: what the learning rate is at each step, each written once as plain arithmetic.

A schedule takes the rate in the header, how many steps were taken, and the knobs, and gives the rate of the next step,
or several values by name, the rate `lr` among them: each has a column, and one that is called like a knob of the rule
takes that knob's place. It runs on floats, arrays and expressions, as a rule does. To add one, write its knobs and its
rate, and enter them in `SCHEDULES`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from xlsgd.functions import Value, cos_pi, floor, if_above


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


class Cycle(NamedTuple):
    """One cycle's length in steps, the share of them that rise, the divisors at both ends, and the momentum at the top.

    Args:
        T: how many steps the cycle has.
        pct_start: the share of them in which the rate rises.
        div_factor: by what the rate is divided at the start.
        final_div: by what it is divided at the end.
        beta_top: what the momentum is where the rate is greatest; at both ends it is as in the header.
    """

    T: Value = 100.0
    pct_start: Value = 0.3
    div_factor: Value = 25.0
    final_div: Value = 25e4
    beta_top: Value = 0.85


def along_cosine(start: Value, end: Value, cosine_plus_1: Value) -> Value:
    """Return how far it is from `start` to `end` along half a cosine (fastai 1's `annealing_cos`).

    >>> along_cosine(1.0, 3.0, 2.0), along_cosine(1.0, 3.0, 1.0), along_cosine(1.0, 3.0, 0.0)
    (1.0, 2.0, 3.0)
    """
    return end + (start - end) / 2 * cosine_plus_1


def one_cycle(momentum: str) -> Schedule:
    """Return the schedule that warms up to `lr` and anneals, the momentum the other way (Smith 2018, as fastai 1).

    The rate rises from `lr/div_factor` in the first `pct_start` of the steps, then falls towards `lr/final_div`; the
    momentum goes from the header's to `beta_top` and back; all along half cosines.

    Args:
        momentum: the rule's knob that is its momentum: `beta`, or `beta1` of Adam.

    >>> from collections import namedtuple
    >>> knobs = namedtuple("Knobs", (*Cycle._fields, "beta"))(*Cycle(), 0.95)
    >>> rates = [one_cycle("beta").rate(1.0, step, knobs) for step in (0, 15, 30, 65, 100)]
    >>> [round(each["lr"], 4) for each in rates], [round(each["beta"], 4) for each in rates]
    ([0.04, 0.52, 1.0, 0.5, 0.0], [0.95, 0.9, 0.85, 0.9, 0.95])
    """

    def rate(lr: Value, step: Value, k: Any) -> dict[str, Value]:
        rise, ends = floor(k.T * k.pct_start), getattr(k, momentum)
        part = if_above(rise, step, step / rise, (step - rise) / (k.T - rise))
        cosine_plus_1 = cos_pi(part) + 1
        first = if_above(rise, step, lr / k.div_factor, lr)
        last = if_above(rise, step, lr, lr / k.final_div)
        up, down = along_cosine(ends, k.beta_top, cosine_plus_1), along_cosine(k.beta_top, ends, cosine_plus_1)
        columns = {"part": part, "cos+1": cosine_plus_1, "lr from": first, "lr to": last}
        return columns | {"lr": along_cosine(first, last, cosine_plus_1), momentum: if_above(rise, step, up, down)}

    return Schedule(rate, Cycle)


class RateSearch(NamedTuple):
    """The rate that a search ends with, and in how many steps."""

    lr_end: Value = 10.0
    T: Value = 100.0


def rising(lr: Value, step: Value, k: RateSearch) -> Value:
    """Return a rate that rises from `lr` to `lr_end` by equal ratios, both among the `T` steps (fastai 1's `lr_find`).

    >>> [round(rising(0.1, step, RateSearch(10.0, 3.0)), 12) for step in range(3)]
    [0.1, 1.0, 10.0]
    """
    return lr * (k.lr_end / lr) ** (step / (k.T - 1))


SCHEDULES: dict[str, Schedule] = {
    "cosine": Schedule(cosine, Period),
    "exponential": Schedule(exponential, Decay),
    "warm_up": Schedule(warm_up, WarmUp),
}
"""The schedules by name; a rate without one stays the same."""
