"""How the steps of a rule are run on a CPU, one after the other: in NumPy, whose operations cost the least there."""

from typing import Any

import numpy as np
import torch
from threadpoolctl import ThreadpoolController
from torch import Tensor

from xlsgd.mnist.feed import Feed
from xlsgd.mnist.heads import Matrix
from xlsgd.mnist.in_place import in_place
from xlsgd.mnist.numpy_gradient import NumpyGradient, places
from xlsgd.mnist.recipe import Recipe
from xlsgd.mnist.saved import check_state
from xlsgd.mnist.step import State, StepInputs, cold_start, make_step
from xlsgd.rules import RULES


class NumpyEngine:
    """Runs a rule of `RULES` over all parameters of a model; it has what `RuleEngine` has.

    NumPy's BLAS uses as many threads as Torch is told to use.

    Args:
        recipe: What the run is made of.
        feed: The data on the CPU, and the schedule.
        start: All parameters, flat, (n,), as they are drawn; copied.
    """

    def __init__(self, recipe: Recipe, feed: Feed, start: Tensor) -> None:
        self.feed = feed
        below, above = feed.sizes[: recipe.freeze + 1], feed.sizes[recipe.freeze :]
        self.below, self.above = places(below), places(above)
        drawn, cut = start.numpy(), len(self.below)
        rule = RULES[recipe.optimizer]
        self.state: State = cold_start(rule, drawn[cut:][self.above], np.zeros_like, 0)
        if not recipe.anew:  # else each step begins with the same zeros
            rule = in_place(rule, self.state, feed.spread is not None)
        self.frozen = drawn[:cut][self.below]
        self.gradient = NumpyGradient(feed, self.frozen, recipe.freeze)
        self.step = make_step(rule, recipe, self.gradient, self.state, self._mean if feed.team.size > 1 else None)
        self.losses = torch.zeros(feed.steps, dtype=feed.dtype)
        self.inputs: StepInputs | None = None
        self.libraries = ThreadpoolController()

    def _mean(self, gradient: Matrix) -> Matrix:
        return self.feed.team.mean(torch.from_numpy(gradient)).numpy()

    def begin(self, epoch: int) -> None:
        """Take the inputs of an epoch, counted from 0."""
        inputs = StepInputs(*(_as_array(value) for value in self.feed.epoch(epoch)))
        of_each_step = inputs.target.take(inputs.order, 1).swapaxes(0, 1)
        self.inputs = inputs._replace(target=np.ascontiguousarray(of_each_step))

    def advance(self, first: int, count: int) -> None:
        """Run `count` steps of the epoch from step `first`."""
        assert self.inputs is not None
        losses = self.losses.numpy()
        threads = self.libraries.limit(limits=torch.get_num_threads(), user_api="blas")
        with threads, np.errstate(all="ignore"):  # a run that diverges shows in its losses
            for i in range(first, first + count):
                self.state, losses[i] = self.step(self.inputs, self.state, i)

    def weights(self) -> Tensor:
        """Return all parameters, flat, those of frozen layers first."""
        return torch.cat([_as_drawn(self.frozen, self.below), _as_drawn(self.state.w, self.above)])

    def saved(self) -> dict[str, Any]:
        """Return the state as a checkpoint holds it, each layer's weight before its bias."""
        state = {name: _as_drawn(value, self.above) for name, value in self.state._asdict().items()}
        return state | {"frozen": _as_drawn(self.frozen, self.below)}

    def load(self, saved: dict[str, Any], steps: int) -> None:
        """Take up a state that `saved` gave after `steps` steps.

        Raises:
            ValueError: It is of another model or another optimizer.
        """
        check_state(saved, self.saved(), steps)
        self.frozen[:] = _inside(saved["frozen"], self.below)
        self.state = type(self.state)(*(_inside(saved[name], self.above) for name in self.state._fields))


def _as_array(value: Any) -> Any:
    return value.numpy() if isinstance(value, Tensor) else value


def _as_drawn(value: Any, places: Matrix) -> Any:
    """Return a number for each parameter in the order in which these are drawn; a counter as it is."""
    if isinstance(value, int):
        return value
    flat = np.empty_like(value)
    flat[places] = value
    return torch.from_numpy(flat)


def _inside(value: Any, places: Matrix) -> Any:
    """Return what `_as_drawn` was given."""
    return value.detach().numpy()[places] if isinstance(value, Tensor) else value
