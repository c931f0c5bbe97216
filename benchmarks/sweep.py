"""Time `xlsgd sweep adam` (20,000 runs of 100 epochs) against a loop of single runs.

    python benchmarks/sweep.py [SHEET] [--runs-at-once N]

The loop is sampled: so many runs of the same grid, drawn at random, as take a few seconds; its time is theirs times
20,000 over their number. Both are timed in turn, three times each, and the best of each counts. So are the single runs'
compiled rows without the sheet around them, a stricter peer than anybody would write. With llvmlite the sweep is
machine code, on every core; NumPy alone is timed, too.
"""

import argparse
import math
import platform
import time
from contextlib import suppress
from unittest.mock import patch

import numpy as np

from xlsgd.points.points import LESSON_POINTS
from xlsgd.run.compiled import compiled
from xlsgd.run.machine import binding
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.lesson import trainings
from xlsgd.sheets.training import with_knobs
from xlsgd.sweeping.grid import grid
from xlsgd.sweeping.pieces import processors
from xlsgd.sweeping.run import sweep

EPOCHS, SAMPLE, REPEATS = 100, 150, 3

BAR = 250
"""How many times as fast as the loop of single runs a sweep shall be."""

MILLION = {"lr": "1e-4:1:10000", "beta": "0:0.9:100"}
GPU_BAR = 20
"""How many times as fast as the processors a GPU shall do these runs of adam."""


def time_sweep(training, axes, runs_at_once, by_numpy=False, device="cpu"):
    if by_numpy:
        with patch("xlsgd.sweeping.run.MACHINE_CODE_PAYS", math.inf):
            return time_sweep(training, axes, runs_at_once)
    start = time.perf_counter()
    parts = sweep(training, axes, EPOCHS, device=device, runs_at_once=runs_at_once)
    losses = np.concatenate([part.loss for part in parts])
    return time.perf_counter() - start, losses


def knobs_at(axes, place):
    where = np.unravel_index(place, [len(axis.values) for axis in axes])
    return {axis.knob: float(axis.values[i]) for axis, i in zip(axes, where, strict=True)}


def time_loop(training, axes, places):
    start = time.perf_counter()
    losses = []
    for place in places:
        sheet = LiveSheet(with_knobs(training, **knobs_at(axes, place)))
        for _ in range(EPOCHS):
            sheet.step()
        losses.append(sheet.state()["loss"])
    return time.perf_counter() - start, losses


def time_rows(training, axes, places):
    """The single runs' compiled rows alone, again and again from where the run ended: the least a loop could take."""
    program, seconds = compiled(training.key), 0.0
    pairs = list(zip(*LESSON_POINTS, strict=True))
    for place in places:
        sheet = LiveSheet(with_knobs(training, **knobs_at(axes, place)))
        given = sheet.states()
        states, knobs = tuple(given[name] for name in training.states), sheet.knobs()
        start = time.perf_counter()
        with suppress(ArithmeticError, ValueError):
            for _ in range(EPOCHS):
                states, _, _ = program.last(pairs, states, knobs)
        seconds += time.perf_counter() - start
    return seconds


def time_gpu(training):
    """A million runs of adam on a GPU against the same on the processors; the first sweep of each warms up."""
    import torch

    if not torch.cuda.is_available():
        print("GPU: not measured, there is no CUDA device on this machine.")
        return
    axes = grid(training, MILLION)
    seconds = {device: min(time_sweep(training, axes, None, device=device)[0] for _ in range(2))
               for device in ("cpu", "cuda")}  # fmt: skip
    ratio = seconds["cpu"] / seconds["cuda"]
    outcome = "met" if ratio >= GPU_BAR else "not met"
    print(f"{torch.cuda.get_device_name()}: {math.prod(len(axis.values) for axis in axes):,} runs in")
    print(f"{seconds['cuda']:.2f} s, {ratio:.1f} times as fast as here  (bar: at least {GPU_BAR}, {outcome})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sheet", nargs="?", default="adam")
    parser.add_argument("--runs-at-once", type=int)
    options = parser.parse_args()
    training = trainings()[options.sheet]
    axes = grid(training, {})
    rng = np.random.default_rng(0)
    at_once, by_numpy, looped, bare = [], [], [], []
    for _ in range(REPEATS):
        seconds, losses = time_sweep(training, axes, options.runs_at_once)
        places = rng.choice(len(losses), min(SAMPLE, len(losses)), replace=False)
        loop_seconds, singles = time_loop(training, axes, places)
        for place, single in zip(places, singles, strict=True):
            assert losses[place] == single or (isinstance(single, str) and np.isnan(losses[place])), "the runs differ"
        at_once.append(seconds)
        by_numpy.append(time_sweep(training, axes, options.runs_at_once, by_numpy=True)[0])
        looped.append(loop_seconds * len(losses) / len(places))
        bare.append(time_rows(training, axes, places) * len(losses) / len(places))
    fast, slow = min(at_once), min(looped)
    way = f"machine code, {processors()} processors" if binding() else "NumPy; llvmlite is not there"
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}")
    print(f"{options.sheet}: {len(losses):,} runs of {EPOCHS} epochs, {len(training.targets)} moments")
    print(f"loop of single runs  {slow:8.1f} s  (from {len(places)} runs, drawn at random)")
    print(f"sweep                {fast:8.2f} s  ({way})")
    print(f"... by NumPy         {min(by_numpy):8.2f} s")
    outcome = "met" if slow / fast >= BAR else "not met"
    print(f"ratio                {slow / fast:8.0f}  (bar: at least {BAR}, {outcome})")
    print(f"... of their rows    {min(bare) / fast:8.0f}  (without what the buttons do, {min(bare):.1f} s; no bar)")
    print(
        "What bounds it: the rows, four fifths of the processors' time, of which three fifths go to the one square in"
    )
    print("forty that is asked of the C library, to be that of floats to the bit; then what the buttons do to arrays.")
    time_gpu(trainings()["adam"])


if __name__ == "__main__":
    main()
