"""One step of training, as one function of tensors: run as it is, compiled, or captured in a CUDA graph.

It reads only what lies on the device and a table of the schedule, changes nothing in place, and calls the rule of
`RULES` on the flat tensor of the parameters.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from xlsgd.mnist.heads import HEADS
from xlsgd.mnist.model import Layer, loss_and_gradient, product_for, unpack
from xlsgd.mnist.recipe import Recipe, knobs_of
from xlsgd.rules import Rule

State = Any
Index = int | Tensor
Step = Callable[["StepInputs", State, Index], tuple[State, Tensor]]


class StepInputs(NamedTuple):
    """What a step reads, by its index `i` in the epoch.

    Attributes:
        images: All training images, (n, pixels), uint8 or floating.
        target: What they show, one-hot, (classes, n).
        order: The images of each step, (steps, batch).
        lr: The rate at each step: numbers of the host for a step run as it is, a tensor for one compiled or captured.
        momentum: The momentum at each step, likewise; None where the schedule leaves it alone.
        spread: Each parameter's own factor of the rate; None where all have one rate.
    """

    images: Tensor
    target: Tensor
    order: Tensor
    lr: Sequence[float] | Tensor
    momentum: Sequence[float] | Tensor | None
    spread: Tensor | None


def at(table: Any, i: Index) -> Any:
    """Return row `i` of a table; for an `i` of one element on the device, without reading it back."""
    return table.index_select(0, i)[0] if isinstance(i, Tensor) else table[i]


def momentum_knob(rule: Rule) -> str | None:
    """Name the knob that a schedule of the momentum sets: Adam's first beta, or the beta of a rule that keeps `m`."""
    knobs, state = rule.knobs()._fields, rule.state(0.0)._fields
    if "beta1" in knobs:
        return "beta1"
    return "beta" if "beta" in knobs and "m" in state else None


def make_step(
    rule: Rule,
    recipe: Recipe,
    frozen: Sequence[Layer],
    sizes: Sequence[int],
    scale: float,
    fresh: State,
    reduce: Callable[[Tensor], Tensor] | None = None,
) -> Step:
    """Return the step of a recipe.

    Args:
        rule: The rule with its state and knobs.
        recipe: What the run is made of.
        frozen: The layers that do not learn.
        sizes: The widths of those that do.
        scale: What a pixel is multiplied by.
        fresh: A state that has seen nothing yet, for an optimizer made anew.
        reduce: Averages the gradient over processes.

    Returns:
        A function of the inputs, the state and the step's index in the epoch, that gives the next state and the loss.
    """
    dtype = getattr(torch, recipe.dtype)
    usual, momentum = knobs_of(rule, recipe), momentum_knob(rule)
    first_product = product_for(fresh.w.device, dtype)
    head = HEADS[recipe.task]
    decays_itself = "weight_decay" in usual._fields

    def step(inputs: StepInputs, state: State, i: Index) -> tuple[State, Tensor]:
        rows = at(inputs.order, i)
        x = inputs.images.index_select(0, rows).to(dtype).mul_(scale)
        target = inputs.target.index_select(1, rows)
        layers = [*frozen, *unpack(state.w, sizes)]
        loss, gradient = loss_and_gradient(layers, x, target, len(frozen), first_product, head)
        if reduce:
            gradient = reduce(gradient)
        if recipe.l2:
            loss = loss + recipe.l2 * torch.dot(state.w, state.w)
            gradient = gradient + 2 * recipe.l2 * state.w
        lr = at(inputs.lr, i)
        if inputs.spread is not None:
            lr = lr * inputs.spread
        knobs = usual._replace(lr=lr)
        if momentum and inputs.momentum is not None:
            knobs = knobs._replace(**{momentum: at(inputs.momentum, i)})
        if recipe.anew:
            state = fresh._replace(w=state.w)
        if recipe.wd and not decays_itself:
            state = state._replace(w=state.w - lr * recipe.wd * state.w)
        return rule.update(state, gradient, knobs), loss

    return step


def on_numpy(rule: Rule) -> Rule:
    """Return the rule, run on NumPy's views of CPU tensors: the same lines at less cost for each small operation."""

    def update(state: State, gradient: Any, knobs: Any) -> State:
        old = type(state)(*[value.numpy() if isinstance(value, Tensor) else value for value in state])
        if isinstance(knobs.lr, Tensor):
            knobs = knobs._replace(lr=knobs.lr.numpy())
        new = rule.update(old, gradient.numpy(), knobs)
        return type(state)(*[torch.from_numpy(value) if isinstance(value, np.ndarray) else value for value in new])

    return rule._replace(update=update)
