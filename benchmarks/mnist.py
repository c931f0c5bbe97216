"""An epoch of MNIST by the trainer and by its peers, in one run, from one start and in one order.

    python benchmarks/mnist.py [--data PATH] [--rounds N]

CPU, one thread: the network 784-50-10 at batch 64, for SGD and for Adam, by the processor's seconds. The rounds
interleave, and of each stretch of 64 steps the best round counts: an epoch's time is the sum of these, so that a busy
machine disturbs a long epoch as little as a short one. Below stand the parts of xlsgd's step and its dense products
alone (`mnist_parts.py`). GPU, where there is one: an epoch of the one-cycle run captured in a graph against the loop
that runs step by step, and the accuracy over five seeds.
"""

import argparse
import dataclasses
import platform
import textwrap
import time

import mnist_parts
import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset

from xlsgd.mnist import data, model
from xlsgd.mnist.device import Processes
from xlsgd.mnist.feed import Feed, order_of_epoch
from xlsgd.mnist.recipe import LESSONS, Recipe
from xlsgd.mnist.train import CHUNK, evaluate, make_engine, train

BATCH, STEPS = 64, 50_000 // 64
RATES = {"sgd": 0.1, "adam": 1e-3}
CPU_GOALS = {"sgd": 4.0, "adam": 3.5}
GPU_GOAL, GPU_SECONDS, GPU_ACCURACY = 10.0, 0.020, 0.955


class Marks:
    """The processor's seconds at the begin of an epoch, after each `CHUNK` of its steps, and at its end."""

    def __init__(self):
        self.seconds = [time.process_time()]

    def step(self, done):
        if done % CHUNK == 0 or done == STEPS:
            self.seconds.append(time.process_time())


def loop(name, start, batches, marks):
    """The loop of every tutorial: autograd and `torch.optim`. It returns all weights, flat."""
    net = torch.nn.Sequential(torch.nn.Linear(784, 50), torch.nn.ReLU(), torch.nn.Linear(50, 10))
    torch.nn.utils.vector_to_parameters(start.clone(), net.parameters())
    optimizer = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[name](net.parameters(), lr=RATES[name])
    for done, (x, y) in enumerate(batches, start=1):
        loss = torch.nn.functional.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        marks.step(done)
    return torch.nn.utils.parameters_to_vector(net.parameters()).detach()


def by_loader(recipe, start, images, labels, digits):
    """A `DataLoader` over a `TensorDataset`."""
    marks = Marks()
    order = order_of_epoch(len(labels), 0, 0).tolist()
    loader = DataLoader(TensorDataset(images, labels), batch_size=BATCH, sampler=order, drop_last=True)
    return loop(recipe.optimizer, start, loader, marks), marks.seconds


def by_tensors(recipe, start, images, labels, digits):
    """The same without the loader: the images in one tensor, a batch gathered at each step."""
    marks = Marks()
    order = order_of_epoch(len(labels), 0, 0)[: STEPS * BATCH].view(-1, BATCH)
    return loop(recipe.optimizer, start, ((images[rows], labels[rows]) for rows in order), marks), marks.seconds


@torch.inference_mode()
def by_xlsgd(recipe, start, images, labels, digits):
    """What `train` does in an epoch."""
    feed = Feed(recipe, digits, torch.device("cpu"), Processes(), tables=False)
    engine = make_engine(recipe, feed, "eager")
    marks = Marks()
    engine.begin(0)
    for done in range(0, STEPS, CHUNK):
        engine.advance(done, min(CHUNK, STEPS - done))
        marks.step(min(done + CHUNK, STEPS))
    return engine.weights(), marks.seconds


LOADER = "DataLoader + torch.optim"
WAYS = {LOADER: by_loader, "resident tensors + torch.optim": by_tensors, "xlsgd": by_xlsgd}


def cpu(digits, rounds):
    images = torch.tensor(digits.train.images).float() * digits.scale
    given = model.draw([784, 50, 10], 0), images, torch.tensor(digits.train.labels), digits
    for name, goal in CPU_GOALS.items():
        recipe = Recipe(optimizer=name, lr=RATES[name], batch_size=BATCH)
        feed = Feed(recipe, digits, torch.device("cpu"), Processes(), tables=False)
        stretches, ends = {way: [] for way in WAYS}, {}
        for _ in range(rounds):
            for way, run in WAYS.items():
                ends[way], marks = run(recipe, *given)
                stretches[way].append(np.diff(marks))
        seconds = {way: np.min(found, 0).sum() for way, found in stretches.items()}
        print(f"\nCPU, one thread, {name}, an epoch of {STEPS} steps, each {CHUNK} the best of {rounds} rounds:")
        for way, took in seconds.items():
            loss, accuracy = evaluate(ends[way], feed)
            ratio = f"xlsgd is {took / seconds['xlsgd']:.2f} times as fast" if way != "xlsgd" else ""
            print(f"  {way:<31} {took:7.3f} s   valid loss {loss:.4f}   accuracy {accuracy:.4f}   {ratio}")
        parts, bound = mnist_parts.told(recipe, digits)
        alone = f"with nothing else xlsgd were {seconds[LOADER] / bound:.2f} times as fast"
        print(f"  {'its dense products alone':<31} {bound:7.3f} s   {alone}")
        print(textwrap.indent("\n".join(parts), "  "))
        verdict(f"CPU {name}", seconds[LOADER] / seconds["xlsgd"], goal)


def verdict(what, ratio, goal):
    print(f"  {what}: {ratio:.2f} times, {goal} wanted: {'met' if ratio >= goal else 'NOT MET'}")


def gpu(digits):
    if not torch.cuda.is_available():
        print("\nGPU: not measured, there is no CUDA device on this machine.")
        return
    cuda = torch.device("cuda")
    recipe = dataclasses.replace(LESSONS["one-cycle"], epochs=4)
    seconds = {
        mode: min(epoch.seconds for epoch in train(recipe, digits, cuda, mode=mode).epochs[1:])
        for mode in ("eager", "graph", "compiled-graph")
    }
    print(f"\nGPU, {torch.cuda.get_device_name()}, one-cycle, an epoch of 781 steps, after the first:")
    for mode, took in seconds.items():
        print(f"  {mode:<14} {took * 1e3:8.1f} ms")
    best = min(seconds["graph"], seconds["compiled-graph"])
    verdict("GPU, captured against eager", seconds["eager"] / best, GPU_GOAL)
    print(f"  an epoch in at most {GPU_SECONDS * 1e3:.0f} ms: {'met' if best <= GPU_SECONDS else 'NOT MET'}")
    ends = [train(dataclasses.replace(LESSONS["one-cycle"], seed=seed), digits, cuda).epochs[-1] for seed in range(5)]
    worst = min(end.accuracy for end in ends)
    print(f"  accuracy over five seeds, worst: {worst:.4f}: {'met' if worst >= GPU_ACCURACY else 'NOT MET'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="mnist.pkl.gz or the folder of IDX files; else $XLSGD_MNIST")
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    digits = data.load(arguments.data)
    if digits.pixels != 784:
        parser.error("real MNIST is needed: give --data or set XLSGD_MNIST")
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, {platform.machine()}, {len(digits.train.labels):,} images")
    cpu(digits, arguments.rounds)
    gpu(digits)


if __name__ == "__main__":
    main()
