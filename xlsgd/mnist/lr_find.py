"""The learning-rate finder: raise the rate from step to step, and see where the loss falls fastest (Smith 2015)."""

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
"""Points at the start and at the end that the suggestion leaves out: noise, and the divergence (as fastai 1)."""


class Finding(NamedTuple):
    """The rate, the loss and the smoothed loss of each step tried, and the rate suggested, or None."""

    rates: schedule.Curve
    losses: schedule.Curve
    smoothed: schedule.Curve
    suggestion: float | None


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
    smooth_losses = schedule.smoothed(losses)
    tried = rates[: len(losses)]
    return Finding(tried, np.array(losses), smooth_losses, suggest(tried, smooth_losses))


def suggest(rates: schedule.Curve, losses: schedule.Curve) -> float | None:
    """Return the rate at which the loss falls fastest by the logarithm of the rate; None where it never falls.

    A fall after the least loss does not count: it is a dip on the way to divergence.
    """
    first, last = SKIPPED if len(losses) > 2 * sum(SKIPPED) else (0, 0)
    least = int(np.nanargmin(losses)) if np.isfinite(losses).any() else 0
    part = slice(first, min(least + 1, len(losses) - last))
    if len(losses[part]) < 2:
        return None
    slopes = np.gradient(losses[part], np.log(rates[part]))
    steepest = int(np.nanargmin(slopes)) if np.isfinite(slopes).any() else 0
    return float(rates[part][steepest]) if slopes[steepest] < 0 else None
