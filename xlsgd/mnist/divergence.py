"""A run whose loss is no number any more, or far above a guess's: where it became so, and what to try."""

import math
from collections.abc import Sequence

from xlsgd.mnist.data import CLASSES
from xlsgd.mnist.recipe import Recipe, usual_rate
from xlsgd.mnist.train import Epoch

GUESS = math.log(CLASSES)
"""What who guesses loses: the cross-entropy of equal probabilities."""

FAR = 10
"""A validation loss of so many times that is far above it."""


def diverged(epoch: Epoch) -> bool:
    """Tell whether a loss of an epoch is infinite or not a number, or far above a guess's.

    The latter does not count where twice as many images are told right as by a guess: such a network has learnt, and is
    only far too sure of itself.
    """
    worse = epoch.valid_loss > FAR * GUESS and epoch.accuracy < 2 / CLASSES
    return worse or not (math.isfinite(epoch.train_loss) and math.isfinite(epoch.valid_loss))


def where_diverged(epoch: Epoch, losses: Sequence[float]) -> str:
    """Say at which step of an epoch that diverged the loss was first no number, or what it came to.

    Args:
        epoch: What the epoch came to.
        losses: The loss of each of its steps.
    """
    for step, loss in enumerate(losses, start=1):
        if not math.isfinite(loss):
            return f"the loss became {loss} at step {step} of epoch {epoch.epoch}"
    return f"the validation loss became {epoch.valid_loss:.3g} in epoch {epoch.epoch}, where a guess loses {GUESS:.2g}"


def advice(recipe: Recipe, lesson: str | None) -> str:
    """Say what to try in place of a recipe that diverged, perhaps a lesson's.

    That is a tenth of its rate or the usual one, but less decay where it alone takes all of a weight off in a step.
    """
    usual = usual_rate(recipe.optimizer)
    rate = min(recipe.lr, usual)
    for option, weight, taken in (("`wd`", recipe.wd, rate * recipe.wd), ("`l2`", recipe.l2, 2 * rate * recipe.l2)):
        if taken >= 1:
            return f"{option} {weight:g} takes all of a weight off in a step: try a smaller one"
    rates = [rate for rate in (recipe.lr_first, recipe.lr) if rate is not None]
    less = max(10.0, recipe.lr / usual)
    now, lower = (":".join(f"{rate / by:.3g}" for rate in rates) for by in (1, less))
    without = " without `lesson`" if lesson else ""
    return f"the rate {now} is probably too high: try `lr` {lower}{without}, or look for one by xlsgd lr-find"
