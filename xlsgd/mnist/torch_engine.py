"""The same run with one of PyTorch's own optimizers, to lay beside the rule of the same name."""

import copy
from typing import Any

import torch
from torch import Tensor

from xlsgd.mnist import model
from xlsgd.mnist.feed import Feed
from xlsgd.mnist.recipe import ONE_CYCLE_BETA2, TORCH_OPTIMIZERS, TORCH_PREFIX, Recipe
from xlsgd.mnist.saved import EMPTY, MOST_STEPS, OF_ANOTHER, alike
from xlsgd.mnist.step import StepInputs

MOST = {"mu_product": 1}
"""What a number that an optimizer keeps is at most, where that is less than a counter's most: NAdam's of momenta."""


class TorchEngine:
    """Runs an optimizer of `torch.optim`; it has what `RuleEngine` has.

    The schedule's rate and momentum are set before each step, and decay is taken off by AdamW itself or, for the
    others, off the weight before the step.

    Args:
        recipe: What the run is made of.
        feed: The data on their device, and the schedule.
        start: All parameters, flat, (n,), as they are drawn; copied.
    """

    def __init__(self, recipe: Recipe, feed: Feed, start: Tensor) -> None:
        self.recipe, self.feed = recipe, feed
        self.flat = start.to(feed.device, copy=True)
        self.layers = model.unpack(self.flat, feed.sizes)
        self.trained = self.layers[recipe.freeze :]
        sizes = feed.sizes[recipe.freeze :]
        self.gradient = torch.zeros(model.count(sizes), dtype=feed.dtype, device=feed.device)
        for layer, gradients in zip(self.trained, model.unpack(self.gradient, sizes), strict=True):
            for parameter, gradient in zip(layer, gradients, strict=True):
                parameter.grad = gradient
        self.first_product = model.product_for(feed.device, feed.dtype)
        self.optimizer = self._made()
        self.begins_without_state = not self.optimizer.state
        self.losses = torch.zeros(feed.steps, dtype=feed.dtype, device=feed.device)
        self.inputs: StepInputs | None = None

    def _made(self) -> torch.optim.Optimizer:
        name = self.recipe.optimizer.removeprefix(TORCH_PREFIX)
        kind, options = TORCH_OPTIMIZERS[name]
        if name == "adamw":
            options = options | {"weight_decay": self.recipe.wd}
        if self.recipe.schedule == "one-cycle" and name in ("adam", "adamw", "adamax", "nadam", "radam"):
            options = options | {"betas": (0.9, ONE_CYCLE_BETA2)}
        rates = self.feed.rates[self.recipe.freeze :]
        groups = [{"params": list(layer), "lr": rate} for layer, rate in zip(self.trained, rates, strict=True)]
        optimizer: torch.optim.Optimizer = getattr(torch.optim, kind)(groups, **options)
        return optimizer

    def begin(self, epoch: int) -> None:
        """Take the inputs of an epoch, counted from 0."""
        self.inputs = self.feed.epoch(epoch)

    def advance(self, first: int, count: int) -> None:
        """Run `count` steps of the epoch from step `first`."""
        for i in range(first, first + count):
            self._step(i)

    def _step(self, i: int) -> None:
        assert self.inputs is not None
        x = self.feed.images.index_select(0, self.inputs.order[i]).to(self.feed.dtype) * self.feed.scale
        target = self.feed.target.index_select(1, self.inputs.order[i])
        loss, gradient = model.loss_and_gradient(
            self.layers, x, target, self.recipe.freeze, self.first_product, self.feed.head
        )
        self.gradient.copy_(self.feed.team.mean(gradient))
        if self.recipe.l2:
            trained = self.flat[-len(self.gradient) :]
            loss = loss + self.recipe.l2 * torch.dot(trained, trained)
            self.gradient.add_(trained, alpha=2 * self.recipe.l2)
        self._schedule(float(self.inputs.lr[i]), None if self.inputs.momentum is None else self.inputs.momentum[i])
        if self.recipe.anew:
            self.optimizer.state.clear()
        self.optimizer.step()
        self.losses[i] = loss

    def _schedule(self, lr: float, momentum: Any) -> None:
        rates = self.feed.rates[self.recipe.freeze :]
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = lr * (rate / self.recipe.lr)
            if momentum is not None and "betas" in group:
                group["betas"] = (momentum, group["betas"][1])
            elif momentum is not None and group.get("momentum"):
                group["momentum"] = momentum
            if self.recipe.wd and not isinstance(self.optimizer, torch.optim.AdamW):
                for parameter in group["params"]:
                    parameter.mul_(1 - group["lr"] * self.recipe.wd)

    def weights(self) -> Tensor:
        """Return all parameters, flat."""
        return self.flat.clone()

    def saved(self) -> dict[str, Any]:
        """Return the state as a checkpoint holds it."""
        return {"weights": self.flat.cpu().clone(), "optimizer": copy.deepcopy(self.optimizer.state_dict())}

    def load(self, saved: dict[str, Any], steps: int) -> None:
        """Take up a state that `saved` gave after `steps` steps.

        Raises:
            ValueError: It is of another model or another optimizer.
        """
        if set(saved) != {"weights", "optimizer"} or not alike(saved["weights"], self.flat):
            raise ValueError(OF_ANOTHER)
        optimizer = saved["optimizer"]  # of which the recipe and the schedule decide all but the state
        state = optimizer.get("state", {}) if type(optimizer) is dict else None
        if type(state) is not dict:
            raise ValueError(OF_ANOTHER)
        self._load_state(state, steps)
        self.flat.copy_(saved["weights"])

    def _load_state(self, saved: dict[int, dict[str, Tensor]], steps: int) -> None:
        """Fill the optimizer's own tensors, which most make at their first step, if those saved are like them."""
        if not (saved or steps) and self.begins_without_state:
            self.optimizer.state.clear()
            return
        self.gradient.zero_()
        self.optimizer.step()
        states = dict(enumerate(self.optimizer.state.values()))
        if states and not any(saved.values()):
            raise ValueError(EMPTY)
        if set(saved) != set(states):
            raise ValueError(OF_ANOTHER)
        for number, state in states.items():
            if set(saved[number]) != set(state):
                raise ValueError(OF_ANOTHER)
            for name, now in state.items():
                if not alike(saved[number][name], now):
                    raise ValueError(f"{name} is not what {type(self.optimizer).__name__} keeps")
                if not now.dim() and not 0 <= float(saved[number][name]) <= MOST.get(name, MOST_STEPS):
                    raise ValueError(f"{name} is not a number that {type(self.optimizer).__name__} comes to")
                now.copy_(saved[number][name])
