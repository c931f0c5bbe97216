"""Optimizers and losses once more, from Torch and in float64: what the oracle computes with.

Gradients come from `torch.autograd`, steps from `torch.optim`, losses from `torch.nn.functional`:

- `momentum` is `SGD(lr, momentum=beta, dampening=beta)`: its buffer is then the sheet's moving average, and the sheet's
  seeds go in as the buffer. (`SGD(lr * (1 - beta), momentum=beta)` with the seeds divided by `1 - beta` is the same
  path; it loses digits as `beta` nears 1.)
- `adam` is `Adam(eps=0)` that believes it has taken a billion steps, after which both bias corrections are exactly 1.
- `rmsprop`, which divides by the row before's mean square, is in no library: `RMSpropRowBefore`.

Where a spreadsheet shows an error (an overflow, a division by zero), the answer is NaN, there and in every cell that
depends on it; only where a product overflows inside a formula, and its quotient would not, can Torch still have a
number. A row takes one `autograd.grad` and one `step`: measured, 8 to 13 s for 100,000 rows on one core.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor
from torch.nn import functional

from xlsgd.verifying.oracle.sheet import OracleSheet, float64

AGES = 1e9
"""Steps after which Adam's bias corrections are exactly 1, for any beta up to 0.9999999."""

Makes = Callable[[list[Tensor], float], torch.optim.Optimizer]


class WeightPath(NamedTuple):
    """A pass over the rows: tensors of shape (rows, 2, ...), intercept and slope, for the starts of shape (...)."""

    before: Tensor
    after: Tensor
    state: dict[str, Tensor]


class RMSpropRowBefore(torch.optim.Optimizer):
    """RMSProp that divides a gradient by the root of the mean square without it, and has no epsilon.

    Args:
        params: the parameters that it changes.
        lr: the learning rate.
        alpha: the share of the mean square that is kept at each step.
    """

    def __init__(self, params: Iterable[Tensor], lr: float, alpha: float) -> None:
        super().__init__(params, {"lr": lr, "alpha": alpha})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Step against each parameter's gradient, then take it into the mean square."""
        for group in self.param_groups:
            for p in group["params"]:
                square_avg = self.state[p]["square_avg"]
                p.addcdiv_(p.grad, square_avg.sqrt(), value=-group["lr"])
                square_avg.mul_(group["alpha"]).addcmul_(p.grad, p.grad, value=1 - group["alpha"])


def squared_error(x: Tensor, y: Tensor, b: Tensor, a: Tensor) -> Tensor:
    """Return (b + ax - y)^2, elementwise."""
    return (b + a * x - y) ** 2


def rounded_error(sheet: OracleSheet, x: Tensor, y: Tensor, b: Tensor, a: Tensor) -> Tensor:
    """Return (b + ax - y)^2 with a rounding of its own, which a difference of two of them magnifies."""
    return sheet.rounded(squared_error(x, y, sheet.rounded(b), sheet.rounded(a)))


def gradients(x: Tensor, y: Tensor, b: Tensor, a: Tensor) -> tuple[Tensor, Tensor]:
    """Return each row's derivatives of the squared error by `b` and by `a`, from autograd.

    Args:
        x: each row's input.
        y: each row's target.
        b: the intercept at each row.
        a: the slope at each row.
    """
    b, a = b.detach().requires_grad_(), a.detach().requires_grad_()
    by_b, by_a = torch.autograd.grad(squared_error(x, y, b, a).sum(), (b, a))
    return by_b, by_a


def descend(
    x: Tensor,
    y: Tensor,
    start: Sequence[Tensor],
    lr: float | Sequence[float],
    make: Makes,
    seeds: Mapping[str, Sequence[Tensor]],
) -> WeightPath:
    """Take one optimizer step for each row, on that row's squared error, for many starts at once.

    Args:
        x: each row's input, of shape (rows, ...), where the rest goes with the shape of the starts.
        y: each row's target, of that shape.
        start: intercept and slope before the first row, each of shape (...).
        lr: the learning rate, or one for each row; NaN makes every weight NaN.
        make: makes the optimizer from the list of both parameters and a rate.
        seeds: the optimizer's state before the first row by its name in `torch.optim`, each for intercept and slope.
    """
    weights = [w.clone().requires_grad_() for w in start]
    rates = [lr] * len(x) if isinstance(lr, float) else lr
    optimizer = make(weights, 0.0 if math.isnan(rates[0]) else rates[0])
    for i, w in enumerate(weights):
        optimizer.state[w].update({name: both[i].clone() for name, both in seeds.items()})
    after = torch.empty(len(x), 2, *start[0].shape, dtype=torch.float64)
    state = {name: torch.empty_like(after) for name in seeds if name != "step"}
    for row, (x_row, y_row, rate) in enumerate(zip(x.unbind(), y.unbind(), rates, strict=True)):
        optimizer.param_groups[0]["lr"] = rate
        loss = squared_error(x_row, y_row, *weights).sum()
        weights[0].grad, weights[1].grad = torch.autograd.grad(loss, weights)
        optimizer.step()
        if "momentum_buffer" in state and not optimizer.param_groups[0]["momentum"]:
            # without momentum SGD leaves its buffer alone, which a sheet fills with the gradient
            for w in weights:
                optimizer.state[w]["momentum_buffer"].copy_(w.grad)
        spoil(optimizer, weights)
        for i, w in enumerate(weights):
            after[row, i] = w.detach()
            for name, rows in state.items():
                rows[row, i] = optimizer.state[w][name]
    before = torch.cat((torch.stack(list(start)).unsqueeze(0), after[:-1]))
    return WeightPath(before, after, state)


def spoil(optimizer: torch.optim.Optimizer, weights: list[Tensor]) -> None:
    """Make NaN of an infinity and of a parameter that was computed with it: an error in a sheet stays one."""
    states = [[value for name, value in optimizer.state[w].items() if name != "step"] for w in weights]
    gradients = [cast(Tensor, w.grad) for w in weights]
    everything = [*(w.detach() for w in weights), *gradients, *(value for state in states for value in state)]
    if math.isfinite(torch.stack(everything).sum().item()):
        return
    for w, gradient, state in zip(weights, gradients, states, strict=True):
        used = [w.detach(), gradient, *([] if isinstance(optimizer, RMSpropRowBefore) else state)]
        w.data[~torch.stack(used).isfinite().all(0)] = math.nan
        for value in state:
            value[~value.isfinite()] = math.nan


def sgd(x: Tensor, y: Tensor, start: Sequence[Tensor], lr: float) -> WeightPath:
    """Return the path of stochastic gradient descent over the rows (sheet `basic`)."""
    return descend(x, y, start, lr, lambda weights, lr: torch.optim.SGD(weights, lr, foreach=False), {})


def momentum(
    x: Tensor, y: Tensor, start: Sequence[Tensor], lr: float, beta: float, seeds: Sequence[Tensor]
) -> WeightPath:
    """Return the path along a moving average of the gradients, `momentum_buffer` (sheet `momentum`)."""

    def make(weights: list[Tensor], lr: float) -> torch.optim.Optimizer:
        return torch.optim.SGD(weights, lr, momentum=beta, dampening=beta, foreach=False)

    return descend(x, y, start, lr, make, {"momentum_buffer": seeds})


def rmsprop(
    x: Tensor, y: Tensor, start: Sequence[Tensor], lr: float, beta: float, seeds: Sequence[Tensor]
) -> WeightPath:
    """Return the path with the row before's mean square, `square_avg` (sheet `rmsprop`)."""
    return descend(x, y, start, lr, lambda weights, lr: RMSpropRowBefore(weights, lr, beta), {"square_avg": seeds})


def adam(
    x: Tensor,
    y: Tensor,
    start: Sequence[Tensor],
    lr: float,
    betas: tuple[float, float],
    means: Sequence[Tensor],
    mean_squares: Sequence[Tensor],
) -> WeightPath:
    """Return the path of Adam without correction and epsilon, `exp_avg` and `exp_avg_sq` (`adam`, `adam_ann`)."""

    def make(weights: list[Tensor], lr: float) -> torch.optim.Optimizer:
        return torch.optim.Adam(weights, lr, betas=betas, eps=0.0, foreach=False)

    ages = float64(AGES)
    return descend(x, y, start, lr, make, {"exp_avg": means, "exp_avg_sq": mean_squares, "step": (ages, ages)})


TEXTBOOK: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "sgd": torch.optim.SGD,
    "momentum": torch.optim.SGD,
    "rmsprop": torch.optim.RMSprop,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
}


def textbook(name: str, start: float, slopes: Sequence[float], **options: Any) -> list[float]:
    """Return a parameter after each step of an optimizer of `torch.optim`, as it is, given the gradients.

    Args:
        name: one of `TEXTBOOK`.
        start: the parameter before the first step.
        slopes: the gradient at each step.
        options: the optimizer's own, such as `lr`.
    """
    w = float64(start).requires_grad_()
    optimizer = TEXTBOOK[name]([w], **options)
    path = []
    for slope in slopes:
        w.grad = float64(slope)
        optimizer.step()
        path.append(w.item())
    return path


def cross_entropy(outputs: Sequence[float], target: int, base: float = math.e) -> tuple[float, list[float]]:
    """Return the cross-entropy of a softmax over `outputs`, and its gradient by each output.

    Args:
        outputs: a network's outputs for one example, one for each class.
        target: the index of the true class.
        base: of the logarithm; the course's sheets have 10, PyTorch has e.
    """
    logits = float64(list(outputs)).requires_grad_()
    loss = functional.cross_entropy(logits, torch.tensor(target)) / math.log(base)
    (slopes,) = torch.autograd.grad(loss, logits)
    return loss.item(), slopes.tolist()
