"""An epoch of MNIST by the trainer and by its peers, in one run, from one start and in one order.

    python benchmarks/mnist.py [--data PATH] [--rounds N]

CPU, one thread: the network 784-50-10 at batch 64, for SGD and for Adam. The rounds interleave, so that a busy machine
disturbs all alike; the best round of each counts, and the ratio of the best. GPU, where there is one: an epoch of the
one-cycle run captured in a graph against the loop that runs step by step, and the accuracy over five seeds.
"""

import argparse
import dataclasses
import platform
import time

import torch
from torch.utils.data import DataLoader, TensorDataset

from xlsgd.mnist import data, model
from xlsgd.mnist.device import Processes
from xlsgd.mnist.feed import Feed, order_of_epoch
from xlsgd.mnist.recipe import LESSONS, Recipe
from xlsgd.mnist.train import evaluate, train

BATCH = 64
RATES = {"sgd": 0.1, "adam": 1e-3}
CPU_GOAL, GPU_GOAL, GPU_SECONDS, GPU_ACCURACY = 2.5, 10.0, 0.020, 0.955


def network(flat):
    net = torch.nn.Sequential(torch.nn.Linear(784, 50), torch.nn.ReLU(), torch.nn.Linear(50, 10))
    torch.nn.utils.vector_to_parameters(flat.clone(), net.parameters())
    return net


def optimizer_of(name, net):
    return {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[name](net.parameters(), lr=RATES[name])


def by_loader(name, start, images, labels):
    """A `DataLoader` over a `TensorDataset`, autograd and `torch.optim`: the loop of every tutorial."""
    net, order = network(start), order_of_epoch(len(labels), 0, 0).tolist()
    optimizer = optimizer_of(name, net)
    loader = DataLoader(TensorDataset(images, labels), batch_size=BATCH, sampler=order, drop_last=True)
    began = time.perf_counter()
    for x, y in loader:
        loss = torch.nn.functional.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return time.perf_counter() - began, net


def by_tensors(name, start, images, labels):
    """The same without the loader: the images in one tensor, a batch gathered at each step."""
    net, order = network(start), order_of_epoch(len(labels), 0, 0)
    optimizer = optimizer_of(name, net)
    began = time.perf_counter()
    for rows in order[: len(order) // BATCH * BATCH].view(-1, BATCH):
        loss = torch.nn.functional.cross_entropy(net(images[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return time.perf_counter() - began, net


def weights_of(net):
    return torch.nn.utils.parameters_to_vector(net.parameters()).detach()


def cpu(digits, rounds):
    images = torch.tensor(digits.train.images).float() * digits.scale
    labels = torch.tensor(digits.train.labels)
    start = model.draw([784, 50, 10], 0)
    for name in RATES:
        recipe = Recipe(optimizer=name, lr=RATES[name], batch_size=BATCH)
        feed = Feed(recipe, digits, torch.device("cpu"), Processes(), tables=False)
        ways = {"DataLoader + torch.optim": by_loader, "resident tensors + torch.optim": by_tensors}
        seconds = {way: [] for way in [*ways, "xlsgd"]}
        ends = {}
        for _ in range(rounds):
            for way, run in ways.items():
                took, net = run(name, start, images, labels)
                seconds[way].append(took)
                ends[way] = weights_of(net)
            run = train(recipe, digits)
            seconds["xlsgd"].append(run.epochs[0].seconds)
            ends["xlsgd"] = run.weights
        print(f"\nCPU, one thread, {name}, an epoch of {feed.steps} steps, best of {rounds} rounds:")
        ours = min(seconds["xlsgd"])
        for way, took in seconds.items():
            loss, accuracy = evaluate(ends[way], feed)
            ratio = f"xlsgd is {min(took) / ours:.2f} times as fast" if way != "xlsgd" else ""
            print(f"  {way:<31} {min(took):7.3f} s   valid loss {loss:.4f}   accuracy {accuracy:.4f}   {ratio}")
        verdict(f"CPU {name}", min(seconds["DataLoader + torch.optim"]) / ours, CPU_GOAL)


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
