"""What the learning rate and the momentum are at each step."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Curve = npt.NDArray[np.float64]


class StepFactors(NamedTuple):
    """The rate at each step as a factor of the recipe's, and the momentum, or None to leave it alone."""

    factor: Curve
    momentum: Curve | None


def cosine(start: float, end: float, part: float) -> float:
    """Go from `start` to `end` along half a cosine, `part` of the way (fastai 1's `annealing_cos`)."""
    return end + (start - end) / 2 * (math.cos(math.pi * part) + 1)


def constant(steps: int) -> StepFactors:
    """Keep the rate."""
    return StepFactors(np.ones(steps), None)


def one_cycle(
    steps: int,
    div_factor: float = 25.0,
    final_div: float = 25e4,
    pct_start: float = 0.3,
    momenta: tuple[float, float] = (0.95, 0.85),
) -> StepFactors:
    """Warm up to the greatest rate and anneal, the momentum the other way (Smith 2018, as fastai 1 has it).

    The rate rises from 1/div_factor over the first `pct_start` of the steps and falls towards 1/final_div; the momentum
    goes from 0.95 to 0.85 and back; all along half cosines.
    """
    rise = int(steps * pct_start)
    factor, momentum = np.empty(steps), np.empty(steps)
    for step in range(steps):
        if step < rise:
            factor[step] = cosine(1 / div_factor, 1.0, step / rise)
            momentum[step] = cosine(momenta[0], momenta[1], step / rise)
        else:
            factor[step] = cosine(1.0, 1 / final_div, (step - rise) / (steps - rise))
            momentum[step] = cosine(momenta[1], momenta[0], (step - rise) / (steps - rise))
    return StepFactors(factor, momentum)


def exponential(start: float, end: float, steps: int) -> Curve:
    """Go from `start` to `end` by equal ratios, both among the `steps` values."""
    return start * (end / start) ** (np.arange(steps) / (steps - 1))


class Smoother:
    """The bias-corrected exponential average of the losses so far (fastai 1's `SmoothenValue`).

    Args:
        beta: The share of the average that is kept with each loss.
    """

    def __init__(self, beta: float = 0.98) -> None:
        self.beta, self.average, self.count = beta, 0.0, 0

    def add(self, loss: float) -> float:
        """Return the average after one more loss."""
        self.count += 1
        self.average = self.beta * self.average + (1 - self.beta) * loss
        return self.average / (1 - self.beta**self.count)


def smoothed(losses: npt.ArrayLike) -> Curve:
    """Return the smoothed loss after each of the losses."""
    smoother = Smoother()
    return np.array([smoother.add(loss) for loss in np.asarray(losses, dtype=np.float64).tolist()])
