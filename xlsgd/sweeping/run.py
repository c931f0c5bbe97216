"""Every combination of a grid of knobs, each a run of a training sheet, in slices that run in lock step."""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from xlsgd.errors import InputError, needs
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.press import LiveSheet, check_batch
from xlsgd.sheets.training import Training, with_knobs
from xlsgd.sweeping.floats import Array, Floats
from xlsgd.sweeping.goal import Goal, goal_of
from xlsgd.sweeping.grid import Axis
from xlsgd.sweeping.lockstep import OnRuns
from xlsgd.sweeping.results import Results

RUNS_AT_ONCE = {"cpu": 20_000, "cuda": 1 << 20}
"""Runs in one slice: on a processor as many as keep their arrays in its cache, on a GPU enough to fill it."""


MACHINE_CODE_PAYS = 10_000_000
"""From so many rows on, of all runs together, machine code saves more time than it takes to make."""


class Slice(NamedTuple):
    """What a slice of the grid's combinations came to, in arrays of shape (runs,).

    Args:
        knobs: the values of the knobs, by name.
        loss: the loss of the pass after the last epoch; NaN where the run diverged.
        epochs: after how many epochs the goal was first reached (see `goal_of`); 0 if never.
    """

    knobs: dict[str, Array]
    loss: Array
    epochs: Array


def sweep(
    training: Training,
    axes: Sequence[Axis],
    epochs: int,
    points: Points = LESSON_POINTS,
    device: str = "cpu",
    runs_at_once: int | None = None,
    progress: Callable[[int], None] = lambda runs: None,
    within: tuple[int, int] | None = None,
) -> Iterator[Slice]:
    """Run every combination of the axes' values, slice by slice; the last axis changes fastest.

    On a processor every number is to the bit that of the single run (`LiveSheet`), but where a rule of one's own makes
    an infinity and forgets it within the row, which stops a single run. On a GPU it is but for rounding, which a
    chaotic run makes visible.

    Args:
        training: the sheet; a knob without an axis keeps its value.
        axes: the knobs' values.
        epochs: how many steps each run takes from the reset.
        points: the data.
        device: `cpu` for NumPy, or a device that Torch knows, such as `cuda`.
        runs_at_once: how many combinations run in lock step, which bounds the memory; None for what suits the device.
        progress: is told of every epoch how many runs took it.
        within: the first of the combinations to run, and the first not to, counted from 0; None for all.

    Raises:
        InputError: Torch or the device is not there, a batch cannot have so many rows, or the points have no best line.
    """
    for axis in axes:
        for batch in axis.values if axis.knob == "batch" else ():
            check_batch(training, float(batch), points.n)
    goal = goal_of(training, points)
    counts = [len(axis.values) for axis in axes]
    first, end = within or (0, combinations(axes))
    bounds = np.linspace(first, end, -(-(end - first) // (runs_at_once or RUNS_AT_ONCE[device])) + 1).astype(np.int64)
    pays = (end - first) * epochs * points.n >= MACHINE_CODE_PAYS
    for start, stop in pairwise(bounds):
        places = np.unravel_index(np.arange(start, stop), counts)
        knobs = {axis.knob: axis.values[place] for axis, place in zip(axes, places, strict=True)}
        with np.errstate(all="ignore"):
            loss, reached = run(lock_step(training, points, knobs, device, pays), epochs, goal, progress)
        yield Slice(knobs, loss, reached)


def combinations(axes: Sequence[Axis]) -> int:
    """Return how many combinations the axes' values have."""
    return math.prod(len(axis.values) for axis in axes)


def swept(
    training: Training,
    axes: Sequence[Axis],
    epochs: int,
    points: Points = LESSON_POINTS,
    device: str = "cpu",
    progress: Callable[[int], None] = lambda runs: None,
) -> Results:
    """Return what a whole sweep came to; the rest as of `sweep`."""
    slices = list(sweep(training, axes, epochs, points, device, progress=progress))
    loss, reached = (np.concatenate(parts) for parts in zip(*((s.loss, s.epochs) for s in slices), strict=True))
    return Results(training, tuple(axes), epochs, points.n, loss, reached, goal_of(training, points))


def lock_step(
    training: Training, points: Points, knobs: dict[str, Array], device: str = "cpu", machine_code: bool = False
) -> LiveSheet:
    """Return a sheet whose knobs are arrays, to be pressed for all runs at once; see `OnRuns` and `sweep`."""
    runs = len(next(iter(knobs.values())))
    module, zeros, arrays = (_on_processor if device == "cpu" else _on_device)(runs, knobs, device)
    swept = with_knobs(training, **arrays)
    return LiveSheet(swept, points, OnRuns(swept, points, module, zeros, machine_code))


def _on_processor(runs: int, knobs: dict[str, Array], device: str) -> tuple[Any, Any, dict[str, Any]]:
    return np, np.zeros(runs).view(Floats), {name: values.view(Floats) for name, values in knobs.items()}


def _on_device(runs: int, knobs: dict[str, Array], device: str) -> tuple[Any, Any, dict[str, Any]]:
    torch = torch_on(device)
    zeros = torch.zeros(runs, dtype=torch.float64, device=device)
    return torch, zeros, {name: torch.as_tensor(values, device=device) for name, values in knobs.items()}


def torch_on(device: str) -> Any:
    """Return Torch.

    Raises:
        InputError: it is not installed, or does not have the device.
    """
    try:
        import torch
    except ImportError:
        raise InputError(needs(f"`device` {device}", "torch", "train", ", or use `device` cpu")) from None
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise InputError(f"`device` {device}: PyTorch finds no CUDA device here; use `device` cpu")
    return torch


def run(sheet: LiveSheet, epochs: int, goal: Goal, progress: Callable[[int], None]) -> tuple[Array, Array]:
    """Take all runs of a sheet through its epochs; return their losses and when they reached the goal.

    See `Slice` for both, `lock_step` for the sheet, and `sweep` for the other arguments.
    """
    runs = sheet.arithmetic
    assert isinstance(runs, OnRuns)
    reached, is_there = runs.zeros + 0, goal.watch(sheet)
    for epoch in range(1, epochs + 1):
        sheet.step()
        first = is_there() & (reached == 0)
        reached = runs.module.where(first, epoch + runs.zeros, reached)
        progress(len(runs.zeros))
    loss = runs.loss(sheet)
    loss = runs.module.where(runs.module.isfinite(loss), loss, math.nan * (runs.zeros + 1))
    return _array(loss), _array(reached).astype(np.int32)


def _array(values: Any) -> Array:
    return np.asarray(values.cpu() if hasattr(values, "cpu") else values)
