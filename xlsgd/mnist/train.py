"""The training loop, flat and visible."""

import time
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from xlsgd.errors import InputError
from xlsgd.mnist import model, schedule
from xlsgd.mnist.checkpoint import Checkpoints, RunPosition
from xlsgd.mnist.data import Digits
from xlsgd.mnist.device import Processes
from xlsgd.mnist.engine import MODES, RuleEngine, mode_for
from xlsgd.mnist.feed import Feed
from xlsgd.mnist.numpy_engine import NumpyEngine
from xlsgd.mnist.recipe import TORCH_PREFIX, Recipe, checked
from xlsgd.mnist.torch_engine import TorchEngine

Engine = RuleEngine | NumpyEngine | TorchEngine
CPU = torch.device("cpu")
ALONE = Processes()
CHUNK = 64
"""Steps between two looks at the progress, where steps are not captured in a graph."""


CHUNK_OF_IMAGES = 1000
"""Validation images at once: a bound on the memory that a wide hidden layer takes."""


class Epoch(NamedTuple):
    """What an epoch came to: mean losses, the accuracy in [0, 1], and the seconds that its steps took."""

    epoch: int
    train_loss: float
    valid_loss: float
    accuracy: float
    seconds: float


class Run(NamedTuple):
    """What came of a run.

    Attributes:
        epochs: A line an epoch.
        losses: The loss of each step; with `l2`, the penalty is in it.
        rates: The last layer's learning rate at each step.
        momenta: The momentum at each step, or None where the schedule leaves it alone.
        weights: All parameters, flat, on the device.
        feed: The data, where they lie.
    """

    epochs: list[Epoch]
    losses: schedule.Curve
    rates: schedule.Curve
    momenta: schedule.Curve | None
    weights: Tensor
    feed: Feed


class Watcher:
    """Is told how a run goes; this one does nothing."""

    def steps(self, done: int, engine: Engine, before: list[float]) -> None:
        """Hear that `done` steps of the run are done; `before` holds the losses of those before this epoch."""

    def epoch(self, epoch: Epoch, losses: list[float]) -> None:
        """Hear what an epoch came to, and the loss of each of its steps."""


@torch.inference_mode()
def train(
    recipe: Recipe,
    digits: Digits,
    device: torch.device = CPU,
    team: Processes = ALONE,
    mode: str | None = None,
    checkpoints: Checkpoints | None = None,
    watcher: Watcher | None = None,
) -> Run:
    """Train a model.

    Args:
        recipe: What the run is made of.
        digits: The images.
        device: Where it takes place.
        team: The processes that share each batch; every one of them calls this.
        mode: One of `engine.MODES`; None takes what is soonest done there.
        checkpoints: Where the run is kept, and where it goes on from if there is a checkpoint already.
        watcher: Is told how it goes.

    Raises:
        InputError: The recipe cannot be run, there is no such mode, or the checkpoint cannot be used.
    """
    checked(recipe, len(digits.train.labels), team.size)
    steps = len(digits.train.labels) // recipe.batch_size * recipe.epochs
    mode = mode or mode_for(recipe, device, steps, team.size)
    if mode not in MODES:
        raise InputError(f"mode {mode!a}: not one of {', '.join(MODES)}")
    watcher = watcher or Watcher()
    feed = Feed(recipe, digits, device, team, tables=mode != "eager")
    engine = make_engine(recipe, feed, mode)
    at = checkpoints.load(engine, feed.steps, recipe.epochs) if checkpoints else None
    at = at or RunPosition(0, 0, 0.0, [], [])
    epochs, losses = [Epoch(*row) for row in at.epochs], at.losses
    for number in range(at.epoch, recipe.epochs):
        done, began = 0, time.perf_counter()
        engine.begin(number)
        if number == at.epoch:
            done, began = at.step, began - at.seconds
            engine.losses[:done] = torch.tensor(losses[number * feed.steps :], dtype=feed.dtype)
            del losses[number * feed.steps :]
        while done < feed.steps:
            count = feed.steps - done if mode.endswith("graph") else min(CHUNK, feed.steps - done)
            if checkpoints and checkpoints.every:
                count = min(count, checkpoints.every - (number * feed.steps + done) % checkpoints.every)
            engine.advance(done, count)
            done += count
            watcher.steps(number * feed.steps + done, engine, losses)
            if checkpoints and checkpoints.due(number * feed.steps + done) and done < feed.steps:
                so_far = losses + team.mean(engine.losses[:done].clone()).tolist()
                checkpoints.save(engine, RunPosition(number, done, time.perf_counter() - began, epochs, so_far))
        of_epoch = team.mean(engine.losses).tolist()  # read once an epoch: until here nothing waited for the device
        seconds = time.perf_counter() - began
        losses += of_epoch
        epochs.append(Epoch(number + 1, sum(of_epoch) / len(of_epoch), *evaluate(engine.weights(), feed), seconds))
        watcher.epoch(epochs[-1], of_epoch)
        if checkpoints:
            checkpoints.save(engine, RunPosition(number + 1, 0, 0.0, epochs, losses))
    factor, momenta = feed.schedule
    with torch.inference_mode(False):  # weights that others may go on with
        weights = engine.weights().clone()
    return Run(epochs, np.array(losses), factor * recipe.lr, momenta, weights, feed)


def make_engine(recipe: Recipe, feed: Feed, mode: str) -> Engine:
    """Return what runs the recipe's optimizer, from the weights that its seed draws."""
    start = model.draw(feed.sizes, recipe.seed, recipe.start).to(feed.dtype)
    if recipe.optimizer.startswith(TORCH_PREFIX):
        return TorchEngine(recipe, feed, start)
    if mode == "eager" and feed.device.type == "cpu":
        return NumpyEngine(recipe, feed, start)
    return RuleEngine(recipe, feed, start, mode)


def log_probabilities(weights: Tensor, feed: Feed) -> Tensor:
    """Return the logarithm of each class's probability for each validation image, (classes, n)."""
    layers = model.unpack(weights, feed.sizes)
    parts = feed.valid[0].split(CHUNK_OF_IMAGES)  # type: ignore[no-untyped-call]
    scaled = (part.to(feed.dtype) * feed.scale for part in parts)
    return torch.cat([model.log_probabilities(layers, part, feed.head) for part in scaled], 1)


def evaluate(weights: Tensor, feed: Feed) -> tuple[float, float]:
    """Return the mean loss and the accuracy over the validation set."""
    log_p, target = log_probabilities(weights, feed), feed.valid[1]
    right = (log_p.argmax(0) == target.argmax(0)).sum()
    return float(feed.head.lost(log_p, target)) / target.shape[1], int(right) / target.shape[1]
