"""How the steps of a rule are run: one after the other, compiled, or many captured in one CUDA graph."""

import importlib.util
from typing import Any

import torch
from torch import Tensor

from xlsgd.mnist import model
from xlsgd.mnist.feed import Feed
from xlsgd.mnist.recipe import TORCH_PREFIX, Recipe
from xlsgd.mnist.saved import check_state, like, on_cpu
from xlsgd.mnist.step import State, StepInputs, cold_start, make_step, of_tensors
from xlsgd.rules import RULES

MODES = ("eager", "compiled", "graph", "compiled-graph")
"""Steps one after the other, compiled, captured in a CUDA graph as they are, or compiled and captured."""

GRAPH_LENGTHS = (32, 128)
"""The least and the most steps that one graph captures."""

STEPS_WORTH_COMPILING = 100_000
"""Compiling takes some ten seconds: a run of a few epochs is over sooner without."""


def mode_for(recipe: Recipe, device: torch.device, steps: int, processes: int) -> str:
    """Return how `steps` steps are run soonest: captured on a GPU by one process, else one after the other."""
    if device.type != "cuda" or processes > 1 or recipe.optimizer.startswith(TORCH_PREFIX):
        return "eager"
    compiler = importlib.util.find_spec("triton") is not None
    return "compiled-graph" if compiler and steps >= STEPS_WORTH_COMPILING else "graph"


def graph_length(steps: int) -> int:
    """Return how many steps of an epoch of `steps` to capture, so that the fewest are left over at its end."""
    shortest, longest = (min(length, steps) for length in GRAPH_LENGTHS)
    return min(range(longest, shortest - 1, -1), key=lambda length: steps % length)


class RuleEngine:
    """Runs a rule of `RULES` over the flat tensor of a model's parameters.

    Args:
        recipe: What the run is made of.
        feed: The data on their device, and the schedule.
        start: All parameters, flat, (n,), as they are drawn; copied.
        mode: One of `MODES`.

    Attributes:
        losses: The loss of each step of the epoch, on the device until somebody reads it.
    """

    def __init__(self, recipe: Recipe, feed: Feed, start: Tensor, mode: str) -> None:
        self.feed, self.mode, self.cut = feed, mode, model.count(feed.sizes[: recipe.freeze + 1])
        self.frozen = start[: self.cut].to(feed.device)
        self.sizes = feed.sizes[recipe.freeze :]
        rule = RULES[recipe.optimizer]
        frozen = model.unpack(self.frozen, feed.sizes[: recipe.freeze + 1]) if recipe.freeze else []
        of_step = of_tensors(recipe, frozen, self.sizes, feed.scale, feed.device)
        w = start[self.cut :].to(feed.device, copy=True)
        counter = 0 if mode == "eager" else torch.zeros((), dtype=torch.float64, device=feed.device)
        self.state: State = cold_start(rule, w, torch.zeros_like, counter)
        step = make_step(rule, recipe, of_step, self.state, feed.team.mean if feed.team.size > 1 else None)
        self.step: Any = torch.compile(step, fullgraph=True) if mode.startswith("compiled") else step
        self.losses = torch.zeros(feed.steps, dtype=feed.dtype, device=feed.device)
        self.inputs: StepInputs | None = None
        self.graph: Graph | None = None

    def begin(self, epoch: int) -> None:
        """Take the inputs of an epoch, counted from 0."""
        new = self.feed.epoch(epoch)
        if self.graph is not None and self.inputs is not None:
            _copy_into(self.inputs, new)
        else:
            self.inputs = new

    def advance(self, first: int, count: int) -> None:
        """Run `count` steps of the epoch from step `first`, and read nothing back."""
        assert self.inputs is not None
        if self.mode.endswith("graph"):
            first, count = self._replay(self.inputs, first, count)
        losses = []
        for i in range(first, first + count):
            index: Any = i if self.mode == "eager" else torch.tensor([i], device=self.feed.device)
            self.state, loss = self.step(self.inputs, self.state, index)
            losses.append(loss)
        if losses:
            self.losses[first : first + count] = torch.stack(losses)

    def _replay(self, inputs: StepInputs, first: int, count: int) -> tuple[int, int]:
        """Run whole graphs of steps; return where they stopped and how many steps are left."""
        if self.graph is None:
            self.graph = Graph(self.step, inputs, self.state, self.losses, graph_length(self.feed.steps))
        graphs = count // self.graph.length
        if graphs:
            self.state = self.graph.replay(self.state, first, graphs)
        done = graphs * self.graph.length
        return first + done, count - done

    def weights(self) -> Tensor:
        """Return all parameters, flat, those of frozen layers first."""
        return torch.cat([self.frozen, self.state.w])

    def saved(self) -> dict[str, Any]:
        """Return the state as a checkpoint holds it."""
        return {name: on_cpu(value) for name, value in self.state._asdict().items()} | {"frozen": on_cpu(self.frozen)}

    def load(self, saved: dict[str, Any], steps: int) -> None:
        """Take up a state that `saved` gave after `steps` steps.

        Raises:
            ValueError: It is of another model or another optimizer.
        """
        check_state(saved, self.saved(), steps)
        self.frozen.copy_(saved["frozen"])
        self.state = type(self.state)(
            **{name: like(value, saved[name]) for name, value in self.state._asdict().items()}
        )


class Graph:
    """Many steps captured in one CUDA graph; the tensors that it reads and writes stay where they are.

    Args:
        step: One step: of the inputs, the state and the step's index in the epoch, to the next state and the loss.
        inputs: What the steps read.
        state: The optimizer's state, of which the graph keeps a copy of its own.
        losses: Where each step writes its loss, (steps,).
        length: How many steps to capture.
    """

    def __init__(self, step: Any, inputs: StepInputs, state: State, losses: Tensor, length: int) -> None:
        self.length = length
        self.state = type(state)(*(value.clone() for value in state))
        self.first = torch.zeros(1, dtype=torch.long, device=losses.device)
        side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):  # compilation and the libraries' first calls must not be captured
            for _ in range(3):
                step(inputs, self.state, self.first)
        torch.cuda.current_stream().wait_stream(side)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph, stream=side):
            new, i = self.state, self.first
            for _ in range(length):
                new, loss = step(inputs, new, i)
                losses.index_copy_(0, i, loss.view(1))
                i = i + 1
            for old, value in zip(self.state, new, strict=True):
                old.copy_(value)
            self.first.copy_(i)

    def replay(self, state: State, first: int, times: int) -> State:
        """Run the graph `times` times from step `first`, and return the new state."""
        for own, value in zip(self.state, state, strict=True):
            own.copy_(value)
        self.first.fill_(first)
        for _ in range(times):
            self.graph.replay()
        return type(state)(*(value.clone() for value in self.state))


def _copy_into(old: StepInputs, new: StepInputs) -> None:
    for field in ("order", "lr", "momentum"):
        if isinstance(getattr(old, field), Tensor):
            getattr(old, field).copy_(getattr(new, field))
