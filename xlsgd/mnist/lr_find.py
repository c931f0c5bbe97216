"""The learning-rate finder: raise the rate from step to step, and see where the loss falls (Smith 2015).

Two rates are read off it, as fastai reads them: where the loss falls fastest, and a tenth of that with the least loss.
"""

import dataclasses
import math
from typing import NamedTuple

import numpy as np
import torch

from xlsgd.mnist import schedule
from xlsgd.mnist.data import Digits
from xlsgd.mnist.device import Processes
from xlsgd.mnist.feed import Feed
from xlsgd.mnist.recipe import Recipe, checked
from xlsgd.mnist.train import CPU, Engine, make_engine

DIVERGED = 4
"""The search stops where the smoothed loss exceeds so many times its best."""

SKIPPED = (10, 5)
"""Points at the start and at the end that are left out of both: noise, and the divergence (as fastai 1)."""


LESS = 10
"""The rate of the least loss stands at the edge of divergence: so many times less is one that trains (fastai)."""


class Finding(NamedTuple):
    """What came of a search.

    Attributes:
        rates: The rate of each step tried.
        losses: The loss of each.
        smoothed: Those, smoothed.
        steepest: The rate at which the smoothed loss falls fastest; None where it never falls.
        under_minimum: A tenth of the rate at which it is least; None where it never falls.
    """

    rates: schedule.Curve
    losses: schedule.Curve
    smoothed: schedule.Curve
    steepest: float | None
    under_minimum: float | None

    @property
    def suggestion(self) -> float | None:
        """The safer of the two, which is the lesser."""
        return min((rate for rate in (self.steepest, self.under_minimum) if rate is not None), default=None)


def find(
    recipe: Recipe,
    digits: Digits,
    device: torch.device = CPU,
    start: float = 1e-7,
    end: float = 10.0,
    batches: int = 100,
) -> Finding:
    """Try rates from `start` to `end` on a model fresh from the recipe's seed.

    Raises:
        InputError: The recipe cannot be run.
    """
    recipe = dataclasses.replace(recipe, schedule="constant", lr_first=None, epochs=1)
    checked(recipe, len(digits.train.labels))
    feed = Feed(recipe, digits, device, Processes(), tables=False)
    return search(make_engine(recipe, feed, "eager"), feed, start, end, batches)


@torch.no_grad()
def search(engine: Engine, feed: Feed, start: float = 1e-7, end: float = 10.0, batches: int = 100) -> Finding:
    """Try rates from `start` to `end`, by equal ratios, a batch each; the engine is left as it was.

    Stops early where the smoothed loss exceeds four times its best, or is not a number.
    """
    before = engine.saved()
    rates = schedule.exponential(start, end, batches)
    losses: list[float] = []
    best, smoother = math.inf, schedule.Smoother()
    for n in range(batches):
        epoch, i = divmod(n, feed.steps)
        if i == 0:
            engine.begin(epoch)
            assert engine.inputs is not None
            engine.inputs = engine.inputs._replace(lr=rates[n : n + feed.steps].tolist())
        engine.advance(i, 1)
        losses.append(float(engine.losses[i]))
        smooth = smoother.add(losses[-1])
        best = min(best, smooth)
        if not smooth <= DIVERGED * best:
            break
    engine.load(before, steps=0)
    tried, smooth_losses = rates[: len(losses)], schedule.smoothed(losses)
    fastest = steepest(tried, smooth_losses)
    under = None if fastest is None else under_minimum(tried, smooth_losses)
    return Finding(tried, np.array(losses), smooth_losses, fastest, under)


def steepest(rates: schedule.Curve, losses: schedule.Curve) -> float | None:
    """Return the rate at which the loss falls fastest by the logarithm of the rate; None where it never falls.

    A fall after the least loss does not count: it is a dip on the way to divergence.
    """
    first, last = _skipped(losses)
    least = int(np.nanargmin(losses)) if np.isfinite(losses).any() else 0
    part = slice(first, min(least + 1, len(losses) - last))
    if len(losses[part]) < 2:
        return None
    slopes = np.gradient(losses[part], np.log(rates[part]))
    fastest = int(np.nanargmin(slopes)) if np.isfinite(slopes).any() else 0
    return float(rates[part][fastest]) if slopes[fastest] < 0 else None


def under_minimum(rates: schedule.Curve, losses: schedule.Curve) -> float | None:
    """Return a tenth of the rate at which the loss is least; None where none of the losses is a number."""
    first, last = _skipped(losses)
    part = slice(first, len(losses) - last)
    if not np.isfinite(losses[part]).any():
        return None
    return float(rates[part][np.nanargmin(losses[part])]) / LESS


def readings(finding: Finding) -> dict[str, float]:
    """Return the rates that were read off, by what they are in words."""
    both = {"minimum over 10": finding.under_minimum, "steepest": finding.steepest}
    return {what: rate for what, rate in both.items() if rate is not None}


def _skipped(losses: schedule.Curve) -> tuple[int, int]:
    """Return how many points at the start and at the end are left out; none of a search that ended early."""
    return SKIPPED if len(losses) > 2 * sum(SKIPPED) else (0, 0)
