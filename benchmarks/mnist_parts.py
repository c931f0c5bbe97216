"""Where a step of the trainer on a CPU spends its time, and what its dense products alone take.

    python benchmarks/mnist_parts.py [--data PATH]

The products are timed in each layout of either matrix, by NumPy's BLAS and by `torch.mm`; the fastest of each counts.
They depend on the kernels that BLAS has for the processor: OpenBLAS's for AVX2 (`OPENBLAS_CORETYPE=Haswell`) take 97 us
a step where those for AVX-512 take 60.
Of a part the time is that which one step in twenty stays below, so that a busy machine disturbs little.
"""

import argparse
import dataclasses
import time
from itertools import pairwise
from unittest import mock

import numpy as np
import torch
from threadpoolctl import threadpool_info, threadpool_limits

from xlsgd.mnist import data, model, numpy_engine
from xlsgd.mnist.device import Processes
from xlsgd.mnist.feed import Feed
from xlsgd.mnist.recipe import Recipe

UNDISTURBED = 0.05
PARTS = {
    "gather": "images brought together, as floats",
    "forward": "products forward, ReLU",
    "head": "softmax, loss, slope",
    "backward": "products backward",
    "update": "the rule",
}


def products(sizes, batch):
    """The rows, inner length and columns of each product of a step, a layer's bias as one more input."""
    layers = list(pairwise(sizes))
    forward = [(batch, inputs + 1, outputs) for inputs, outputs in layers]
    gradient = [(inputs + 1, batch, outputs) for inputs, outputs in layers]
    back = [(batch, outputs, inputs) for inputs, outputs in layers[1:]]
    return forward + gradient + back


def layouts(rows, inner, columns, random):
    """Two matrices and what takes their product, each of the two lying by rows or by columns."""
    for a_turned in (False, True):
        for b_turned in (False, True):
            a = random.random((inner, rows) if a_turned else (rows, inner), dtype=np.float32)
            b = random.random((columns, inner) if b_turned else (inner, columns), dtype=np.float32)
            yield a.T if a_turned else a, b.T if b_turned else b, np.empty((rows, columns), np.float32)


def calls(shape, random):
    """Each way of multiplying, by who does it."""
    found = {"NumPy": [], "torch.mm": []}
    for a, b, out in layouts(*shape, random):
        tensors = [torch.from_numpy(matrix) for matrix in (a, b, out)]
        found["NumPy"].append(lambda a=a, b=b, out=out: np.dot(a, b, out))
        found["torch.mm"].append(lambda a=tensors[0], b=tensors[1], out=tensors[2]: torch.mm(a, b, out=out))
    return found


@torch.inference_mode()
def dense_bound(sizes, batch, rounds=100, repeated=10):
    """The seconds that the products of a step take at least, one thread, by who does them."""
    random = np.random.default_rng(0)
    ways = [(by, i, call) for i, shape in enumerate(products(sizes, batch))
            for by, found in calls(shape, random).items() for call in found]  # fmt: skip
    best = {(by, i): np.inf for by, i, _ in ways}
    with threadpool_limits(1, "blas"):
        for _ in range(rounds):
            for by, i, call in ways:
                call()
                began = time.perf_counter()
                for _ in range(repeated):
                    call()
                best[by, i] = min(best[by, i], (time.perf_counter() - began) / repeated)
    return {by: sum(seconds for (who, _), seconds in best.items() if who == by) for by in ("NumPy", "torch.mm")}


def kernels():
    """NumPy's BLAS and the processor that its kernels are for, as far as it tells."""
    for library in threadpool_info():
        if library["user_api"] == "blas":
            return f"{library['internal_api']} {library['version']} {library.get('architecture', '')}".strip()
    return "unknown"


def timed(call, taken):
    def run(*given):
        began = time.perf_counter()
        found = call(*given)
        taken.append(time.perf_counter() - began)
        return found

    return run


@torch.inference_mode()
def profile(recipe, digits, epochs=3):
    """The microseconds of each part of a step, and of the whole."""
    feed = Feed(dataclasses.replace(recipe, epochs=epochs), digits, torch.device("cpu"), Processes(), tables=False)
    taken = {part: [] for part in [*PARTS, "step"]}

    compiled = numpy_engine.in_place

    def in_place(*given):
        rule = compiled(*given)
        return rule._replace(update=timed(rule.update, taken["update"]))

    with mock.patch.object(numpy_engine, "in_place", in_place):
        engine = numpy_engine.NumpyEngine(recipe, feed, model.draw(feed.sizes, recipe.seed))
    for part in ("gather", "forward", "head", "backward"):
        setattr(engine.gradient, part, timed(getattr(engine.gradient, part), taken[part]))
    engine.step = timed(engine.step, taken["step"])
    for epoch in range(epochs):
        engine.begin(epoch)
        engine.advance(0, feed.steps)
    return {part: 1e6 * np.quantile(seconds, UNDISTURBED) for part, seconds in taken.items()}


def told(recipe, digits):
    """The parts of a step and the bound as lines; and the bound of an epoch, in seconds."""
    parts = profile(recipe, digits)
    whole = parts.pop("step")
    bounds = dense_bound(recipe.sizes(digits.pixels, len(digits.shows)), recipe.batch_size)
    bound = min(bounds.values())
    rest = {"what holds them together": whole - sum(parts.values())}
    shares = {PARTS[part]: taken for part, taken in parts.items()} | rest
    lines = [f"a step, undisturbed: {whole:.1f} us, of which"]
    lines += [f"  {what:<36} {taken:6.1f} us   {taken / whole:4.0%}" for what, taken in shares.items()]
    by = ", ".join(f"{who} {1e6 * seconds:.1f} us" for who, seconds in bounds.items())
    lines.append(f"its dense products alone, each in its fastest layout: {by} ({kernels()});")
    lines.append(f"they are {1e6 * bound / whole:.0%} of the step")
    return lines, bound * (len(digits.train.labels) // recipe.batch_size)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="mnist.pkl.gz or the folder of IDX files; else $XLSGD_MNIST")
    digits = data.load(parser.parse_args().data)
    torch.set_num_threads(1)
    for optimizer in ("sgd", "adam"):
        print(optimizer, *told(Recipe(optimizer=optimizer), digits)[0], sep="\n")


if __name__ == "__main__":
    main()
