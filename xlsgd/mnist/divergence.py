"""A run whose loss is no number any more: where it became so, and what to try."""

import math
from collections.abc import Sequence

from xlsgd.mnist.recipe import Recipe, usual_rate
from xlsgd.mnist.train import Epoch


def diverged(epoch: Epoch) -> bool:
    """Tell whether a loss of an epoch is infinite or not a number."""
    return not (math.isfinite(epoch.train_loss) and math.isfinite(epoch.valid_loss))


def where_diverged(epoch: Epoch, losses: Sequence[float]) -> str:
    """Say at which step of an epoch that diverged the loss was first no number.

    Args:
        epoch: What the epoch came to.
        losses: The loss of each of its steps.
    """
    for step, loss in enumerate(losses, start=1):
        if not math.isfinite(loss):
            return f"the loss became {loss} at step {step} of epoch {epoch.epoch}"
    return f"the validation loss became {epoch.valid_loss} in epoch {epoch.epoch}"


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
