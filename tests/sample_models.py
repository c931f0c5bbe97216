"""Models as a user writes them, each with points that it can learn from, and random small ones."""

import math
import random

from xlsgd import (
    Model,
    Points,
    binary_cross_entropy,
    cross_entropy,
    dot,
    huber,
    named,
    sigmoid,
    sin,
    squared_error,
    tanh,
)

RULES = ("sgd", "momentum", "rmsprop", "adam")


def rounded(generator, *shape):
    if not shape:
        return round(generator.uniform(-0.5, 0.5), 2)
    return [rounded(generator, *shape[1:]) for _ in range(shape[0])]


def points(names, target, n=12, seed=1):
    """Points of so many inputs at random within 2 of 0, and what a function makes of them."""
    generator = random.Random(seed)
    inputs = [[round(generator.uniform(-2, 2), 2) for _ in names[:-1]] for _ in range(n)]
    rows = [[*each, target(*each)] for each in inputs]
    return Points(**dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def parabola(p, x):
    return p.c + p.b * x + p.a * x**2


def logistic(p, x1, x2):
    return sigmoid(p.b + dot(p.w, [x1, x2]))


def softmax_regression(p, x1, x2):
    return named("z", [b + dot(w, [x1, x2]) for w, b in zip(p.w, p.b, strict=True)])


def network(p, x1, x2):
    h = named("h", [tanh(dot(w, [x1, x2]) + b) for w, b in zip(p.w1, p.b1, strict=True)])
    return dot(p.w2, h) + p.b2


def wave(p, x):
    return p.a * sin(p.b * x + p.c)


WEIGHTS = random.Random(3)
NETWORK = {"w1": rounded(WEIGHTS, 4, 2), "b1": rounded(WEIGHTS, 4), "w2": rounded(WEIGHTS, 4), "b2": 0}

SAMPLES = {
    model.name: (model, data)
    for model, data in (
        (
            Model("parabola", "x", {"c": 0, "b": 0, "a": 0}, parabola, squared_error),
            points(("x", "y"), lambda x: round(1 - x + 2 * x * x, 3)),
        ),
        (
            Model("logistic", ("x1", "x2"), {"b": 0, "w": [0, 0]}, logistic, binary_cross_entropy),
            points(("x1", "x2", "y"), lambda u, v: float(u + v > 0)),
        ),
        (
            Model("softmax", ("x1", "x2"), {"b": [0] * 3, "w": [[0, 0]] * 3}, softmax_regression, cross_entropy),
            points(("x1", "x2", "y"), lambda u, v: 0.0 if u > v else 1.0 + (v > 0.5)),
        ),
        (
            Model("network", ("x1", "x2"), NETWORK, network, squared_error),
            points(("x1", "x2", "y"), lambda u, v: round(u * v, 4), n=6),
        ),
        (
            Model("wave", "x", {"a": 1, "b": 1, "c": 0}, wave, huber),
            points(("x", "y"), lambda x: round(2 * math.sin(1.5 * x + 0.3), 4)),
        ),
    )
}
"""A model and its points by the model's name."""
