"""One step of training, as one function of tensors: run as it is, compiled, or captured in a CUDA graph.

It reads only what lies on the device and a table of the schedule, changes nothing in place, and calls the rule of
`RULES` on the flat tensor of the parameters. All but the gradient is plain arithmetic, and so the step of NumPy's
arrays, too.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from xlsgd.mnist.heads import HEADS
from xlsgd.mnist.model import Layer, loss_and_gradient, product_for, unpack
from xlsgd.mnist.recipe import Recipe, knobs_of
from xlsgd.rules import Rule

State = Any
Index = int | Tensor
Step = Callable[["StepInputs", State, Index], tuple[State, Any]]
LossAndGradient = Callable[["StepInputs", Any, Index], tuple[Any, Any]]
"""Of the inputs, the parameters that learn and the step's index: the mean loss of its images, and its gradient."""


class StepInputs(NamedTuple):
    """What a step reads, by its index `i` in the epoch.

    Attributes:
        images: All training images, (n, pixels), uint8 or floating.
        target: What they show, one-hot, (classes, n).
        order: The images of each step, (steps, batch).
        lr: The rate at each step: numbers of the host for a step run as it is, a tensor for one compiled or captured.
        momentum: The momentum at each step, likewise; None where the schedule leaves it alone.
        spread: Each parameter's own factor of the rate, of the kind of the parameters; None where all have one rate.
    """

    images: Any
    target: Any
    order: Any
    lr: Sequence[float] | Tensor
    momentum: Sequence[float] | Tensor | None
    spread: Any


def at(table: Any, i: Index) -> Any:
    """Return row `i` of a table; for an `i` of one element on the device, without reading it back."""
    return table.index_select(0, i)[0] if isinstance(i, Tensor) else table[i]


def momentum_knob(rule: Rule) -> str | None:
    """Name the knob that a schedule of the momentum sets: Adam's first beta, or the beta of a rule that keeps `m`."""
    knobs, state = rule.knobs()._fields, rule.state(0.0)._fields
    if "beta1" in knobs:
        return "beta1"
    return "beta" if "beta" in knobs and "m" in state else None


def cold_start(rule: Rule, w: Any, zeros: Callable[[Any], Any], counter: Any) -> State:
    """Return the state of a rule that has seen nothing yet.

    Args:
        rule: The rule.
        w: The parameters, flat.
        zeros: Makes a zero for each of them.
        counter: What counts steps, where the rule does.
    """
    state = rule.state(w)
    rest = zip(state._fields[1:], state[1:], strict=True)
    return state._replace(**{name: counter if type(value) is int else zeros(w) for name, value in rest})


def of_tensors(
    recipe: Recipe, frozen: Sequence[Layer], sizes: Sequence[int], scale: float, device: torch.device
) -> LossAndGradient:
    """Return what gives the loss and the gradient of a step by Torch.

    Args:
        recipe: What the run is made of.
        frozen: The layers that do not learn.
        sizes: The widths of those that do.
        scale: What a pixel is multiplied by.
        device: Where the tensors are.
    """
    dtype, head = getattr(torch, recipe.dtype), HEADS[recipe.task]
    first_product = product_for(device, dtype)

    def of_step(inputs: StepInputs, w: Tensor, i: Index) -> tuple[Tensor, Tensor]:
        rows = at(inputs.order, i)
        x = inputs.images.index_select(0, rows).to(dtype).mul_(scale)
        target = inputs.target.index_select(1, rows)
        return loss_and_gradient([*frozen, *unpack(w, sizes)], x, target, len(frozen), first_product, head)

    return of_step


def make_step(
    rule: Rule,
    recipe: Recipe,
    of_step: LossAndGradient,
    fresh: State,
    reduce: Callable[[Any], Any] | None = None,
) -> Step:
    """Return the step of a recipe.

    Args:
        rule: The rule with its state and knobs.
        recipe: What the run is made of.
        of_step: Gives the loss and the gradient.
        fresh: A state that has seen nothing yet, for an optimizer made anew.
        reduce: Averages the gradient over processes.

    Returns:
        A function of the inputs, the state and the step's index in the epoch, that gives the next state and the loss.
    """
    usual, momentum = knobs_of(rule, recipe), momentum_knob(rule)
    decays_itself = "weight_decay" in usual._fields

    def step(inputs: StepInputs, state: State, i: Index) -> tuple[State, Any]:
        loss, gradient = of_step(inputs, state.w, i)
        if reduce:
            gradient = reduce(gradient)
        if recipe.l2:
            loss = loss + recipe.l2 * (state.w @ state.w)
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
