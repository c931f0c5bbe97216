"""A model's loss and gradient on a CPU: NumPy arrays that stay where they are, so that no step makes large new ones.

A small operation costs NumPy less than Torch. A layer is one matrix here, (inputs + 1, outputs): its weight transposed,
and below it the bias, by which the one is multiplied that each image ends in. So BLAS turns neither matrix of the first
product, which takes a quarter longer where it has to, and no bias is added after it.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from xlsgd.mnist.feed import Feed
from xlsgd.mnist.heads import Matrix
from xlsgd.mnist.step import StepInputs


def places(sizes: Sequence[int]) -> Matrix:
    """Return where in the flat tensor of `model.unpack` each element of the matrices lies, one matrix after another."""
    found, first = [np.empty(0, np.int64)], 0
    for inputs, outputs in pairwise(sizes):
        weight = first + np.arange(inputs * outputs).reshape(outputs, inputs)
        first += (inputs + 1) * outputs
        found += [weight.T.ravel(), np.arange(first - outputs, first)]
    return np.concatenate(found)


def matrices(flat: Matrix, sizes: Sequence[int]) -> list[Matrix]:
    """Return each layer's matrix, (inputs + 1, outputs), as a view of what lies in the order of `places`."""
    found, first = [], 0
    for inputs, outputs in pairwise(sizes):
        last = first + (inputs + 1) * outputs
        found.append(flat[first:last].reshape(inputs + 1, outputs))
        first = last
    return found


class NumpyGradient:
    """The loss of a step's images and its gradient, with the arrays that it takes.

    Pixels are multiplied by the scale after the first product, where there are fewer numbers than images have pixels.

    Args:
        feed: The data, on the CPU.
        frozen: The parameters of the layers that do not learn, in the order of `places`; not copied.
        count: How many layers those are.
    """

    def __init__(self, feed: Feed, frozen: Matrix, count: int) -> None:
        dtype, batch = frozen.dtype, feed.recipe.batch_size // feed.team.size
        self.scale, self.head = feed.scale, feed.head.of_arrays
        self.sizes, self.frozen = feed.sizes[count:], matrices(frozen, feed.sizes[: count + 1])
        self.pixels = np.empty((batch, feed.sizes[0]), feed.images.numpy().dtype)
        self.inputs = [np.ones((batch, width + 1), dtype) for width in feed.sizes[:-1]]
        self.inputs[0][:, -1] = 1 / feed.scale
        self.sums = [np.empty((batch, width), dtype) for width in feed.sizes[1:-1]]
        self.lets_through = [np.empty((batch, width), bool) for width in feed.sizes[1:-1]]
        self.last = np.empty((feed.sizes[-1], batch), dtype)
        self.gradient = np.empty(sum((inputs + 1) * outputs for inputs, outputs in pairwise(self.sizes)), dtype)
        self.gradients = matrices(self.gradient, self.sizes)

    def __call__(self, inputs: StepInputs, w: Matrix, i: Any) -> tuple[Any, Matrix]:
        """Return the loss of step `i` and its gradient, whose array the next step writes over.

        Of the inputs, which are arrays, the target is that of each step, (steps, classes, batch).
        """
        layers = [*self.frozen, *matrices(w, self.sizes)]
        self.gather(inputs.images, inputs.order[i])
        loss, slope = self.head(self.forward(layers), inputs.target[i])
        self.backward(layers, slope)
        return loss, self.gradient

    def gather(self, images: Matrix, rows: Matrix) -> None:
        """Bring some images to where the first product takes them."""
        images.take(rows, 0, self.pixels, "clip")  # all rows are in bounds; NumPy would copy to be sure of it
        np.copyto(self.inputs[0][:, :-1], self.pixels)

    def forward(self, layers: Sequence[Matrix]) -> Matrix:
        """Return what comes out of the last layer, (classes, batch), before the head."""
        scale = self.scale
        for n, sums in enumerate(self.sums):
            np.dot(self.inputs[n], layers[n], sums)
            if n == 0:
                np.multiply(sums, scale, sums)
            np.greater(sums, 0, self.lets_through[n])
            np.maximum(sums, 0, out=self.inputs[n + 1][:, :-1])
        np.dot(layers[-1].T, self.inputs[-1].T, self.last)
        return self.last if self.sums else np.multiply(self.last, scale, self.last)

    def backward(self, layers: Sequence[Matrix], slope: Matrix) -> None:
        """Write the gradient of all layers that learn, from the loss's slope by the last layer's numbers."""
        slope, frozen = slope.T, len(self.frozen)
        for n in reversed(range(frozen, len(layers))):
            if n == 0:
                slope = np.multiply(slope, self.scale)
            np.dot(self.inputs[n].T, slope, self.gradients[n - frozen])
            if n > frozen:
                slope = np.dot(slope, layers[n][:-1].T)
                np.multiply(slope, self.lets_through[n - 1], slope)
