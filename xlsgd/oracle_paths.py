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
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

AGES = 1e9
"""Steps after which Adam's bias corrections are exactly 1, for any beta up to 0.9999999."""

Makes = Callable[[list[Tensor]], torch.optim.Optimizer]


class Path(NamedTuple):
    """A pass over the rows: tensors of shape (rows, 2), intercept and slope."""

    before: Tensor
    after: Tensor
    state: dict[str, Tensor]


class RMSpropRowBefore(torch.optim.Optimizer):
    """RMSProp that divides a gradient by the root of the mean square without it, and has no epsilon."""

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


def float64(values: float | Sequence[float] | Sequence[Sequence[float]]) -> Tensor:
    """Return `values` as a float64 tensor of their shape."""
    return torch.tensor(values, dtype=torch.float64)


def squared_error(x: Tensor, y: Tensor, b: Tensor, a: Tensor) -> Tensor:
    """Return (b + ax - y)^2, elementwise."""
    return (b + a * x - y) ** 2


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


def descend(x: Tensor, y: Tensor, start: Sequence[float], make: Makes, seeds: Mapping[str, Sequence[float]]) -> Path:
    """Take one optimizer step for each row, on that row's squared error.

    Args:
        x: each row's input.
        y: each row's target.
        start: intercept and slope before the first row.
        make: makes the optimizer from the list of both parameters.
        seeds: the optimizer's state before the first row by its name in `torch.optim`, each for intercept and slope.
    """
    weights = [float64(w).requires_grad_() for w in start]
    optimizer = make(weights)
    for i, w in enumerate(weights):
        optimizer.state[w].update({name: float64(both[i]) for name, both in seeds.items()})
    after = []
    state: dict[str, list[list[float]]] = {name: [] for name in seeds}
    for x_row, y_row in zip(x.unbind(), y.unbind(), strict=True):
        weights[0].grad, weights[1].grad = torch.autograd.grad(squared_error(x_row, y_row, *weights), weights)
        optimizer.step()
        spoil(optimizer, weights)
        for name, rows in state.items():
            rows.append([optimizer.state[w][name].item() for w in weights])
        after.append([w.item() for w in weights])
    before = [list(start), *after[:-1]]
    return Path(float64(before), float64(after), {name: float64(rows) for name, rows in state.items()})


def spoil(optimizer: torch.optim.Optimizer, weights: list[Tensor]) -> None:
    """Make NaN of an infinity and of a parameter that was computed with it: an error in a sheet stays one."""
    for w in weights:
        state = list(optimizer.state[w].values())
        used = [w, w.grad] if isinstance(optimizer, RMSpropRowBefore) else [w, w.grad, *state]
        if any(infinite(value) for value in used):
            w.data.fill_(math.nan)
        for value in filter(infinite, state):
            value.fill_(math.nan)


def infinite(value: Tensor | None) -> bool:
    """Tell whether a scalar is infinite or NaN."""
    return value is not None and not math.isfinite(value.item())


def sgd(x: Tensor, y: Tensor, start: Sequence[float], lr: float) -> Path:
    """Return the path of stochastic gradient descent over the rows (sheet `basic`)."""
    return descend(x, y, start, lambda weights: torch.optim.SGD(weights, lr, foreach=False), {})


def momentum(x: Tensor, y: Tensor, start: Sequence[float], lr: float, beta: float, seeds: Sequence[float]) -> Path:
    """Return the path along a moving average of the gradients, `momentum_buffer` (sheet `momentum`)."""

    def make(weights: list[Tensor]) -> torch.optim.Optimizer:
        return torch.optim.SGD(weights, lr, momentum=beta, dampening=beta, foreach=False)

    return descend(x, y, start, make, {"momentum_buffer": seeds})


def rmsprop(x: Tensor, y: Tensor, start: Sequence[float], lr: float, beta: float, seeds: Sequence[float]) -> Path:
    """Return the path with the row before's mean square, `square_avg` (sheet `rmsprop`)."""
    return descend(x, y, start, lambda weights: RMSpropRowBefore(weights, lr, beta), {"square_avg": seeds})


def adam(
    x: Tensor,
    y: Tensor,
    start: Sequence[float],
    lr: float,
    betas: tuple[float, float],
    means: Sequence[float],
    mean_squares: Sequence[float],
) -> Path:
    """Return the path of Adam without correction and epsilon, `exp_avg` and `exp_avg_sq` (`adam`, `adam_ann`)."""

    def make(weights: list[Tensor]) -> torch.optim.Optimizer:
        return torch.optim.Adam(weights, lr, betas=betas, eps=0.0, foreach=False)

    return descend(x, y, start, make, {"exp_avg": means, "exp_avg_sq": mean_squares, "step": [AGES, AGES]})


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
    logits = float64(outputs).requires_grad_()
    loss = functional.cross_entropy(logits, torch.tensor(target)) / math.log(base)
    (slopes,) = torch.autograd.grad(loss, logits)
    return loss.item(), slopes.tolist()
