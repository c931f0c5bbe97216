"""What the steps read: the images on the device, the order of each epoch, and the schedule's tables."""

import numpy as np
import torch
from torch import Tensor

from xlsgd.mnist import model, schedule
from xlsgd.mnist.data import Digits, Split
from xlsgd.mnist.device import Processes
from xlsgd.mnist.heads import HEADS
from xlsgd.mnist.recipe import Recipe
from xlsgd.mnist.step import StepInputs


def order_of_epoch(images: int, seed: int, epoch: int) -> Tensor:
    """Draw the order of an epoch on the CPU, from the seed and the epoch's number alone: (images,)."""
    return torch.from_numpy(np.random.default_rng([seed, epoch]).permutation(images))


class Feed:
    """The data of a run on its device, and the inputs of each epoch.

    Attributes:
        steps: Steps in an epoch: the last short batch is dropped.
        scale: What a pixel is multiplied by.
        schedule: The schedule of the whole run, one entry a step.
        shows: The digit that each class stands for.
        head: What the last layer's numbers mean.
        rates: Each layer's learning rate, before the schedule's factor.
    """

    def __init__(self, recipe: Recipe, digits: Digits, device: torch.device, team: Processes, tables: bool) -> None:
        """Put the data on the device; `tables`: the schedule too, for steps that are compiled or captured."""
        self.recipe, self.device, self.team, self.tables = recipe, device, team, tables
        self.shows, self.head = digits.shows, HEADS[recipe.task]
        self.sizes = recipe.sizes(digits.pixels, len(digits.shows))
        self.dtype = getattr(torch, recipe.dtype)
        self.scale = digits.scale
        self.steps = len(digits.train.labels) // recipe.batch_size
        total = self.steps * recipe.epochs
        self.schedule = schedule.one_cycle(total) if recipe.schedule == "one-cycle" else schedule.constant(total)
        self.rates = recipe.rates()
        self.images, self.target = self._on_device(digits.train)
        self.valid = self._on_device(digits.valid)
        self.spread = self._spread()

    def _on_device(self, split: Split) -> tuple[Tensor, Tensor]:
        images = torch.tensor(split.images, device=self.device)
        one_hot = torch.eye(len(self.shows), dtype=self.dtype)[torch.from_numpy(split.labels)]
        return images, one_hot.t().contiguous().to(self.device)

    def _spread(self) -> Tensor | None:
        if len(set(self.rates)) == 1:
            return None
        pieces = [
            torch.full((model.count(self.sizes[layer : layer + 2]),), rate / self.recipe.lr, dtype=self.dtype)
            for layer, rate in enumerate(self.rates)
        ]
        return torch.cat(pieces[self.recipe.freeze :]).to(self.device)

    def epoch(self, number: int) -> StepInputs:
        """Return the inputs of an epoch, counted from 0: this process's part of each batch."""
        order = order_of_epoch(len(self.images), self.recipe.seed, number)
        batches = order[: self.steps * self.recipe.batch_size].view(self.steps, self.recipe.batch_size)
        own = batches[:, self.team.rank :: self.team.size].contiguous().to(self.device)
        part = slice(number * self.steps, (number + 1) * self.steps)
        factor, momentum = self.schedule
        return StepInputs(
            self.images,
            self.target,
            own,
            self._table(factor[part] * self.recipe.lr),
            None if momentum is None else self._table(momentum[part]),
            self.spread,
        )

    def _table(self, series: schedule.Curve) -> list[float] | Tensor:
        return torch.from_numpy(series).to(self.device) if self.tables else series.tolist()
