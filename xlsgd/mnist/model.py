"""The lesson's models and their gradient, written out by hand.

All parameters lie in one flat tensor, layer by layer, weight before bias: a rule runs once a step, on one tensor.
A layer's weight is (outputs, inputs), as PyTorch's `Linear` has it; images are rows.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor

Layer = tuple[Tensor, Tensor]

HAS_ONEDNN: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
ONEDNN = HAS_ONEDNN and hasattr(torch.ops.mkldnn, "_linear_pointwise")


def dense(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return `x @ weight.T + bias` for x of (n, inputs) and a weight of (outputs, inputs).

    On a CPU in float32 by oneDNN, as Torch's own compiler does: MKL takes a slower path on processors not Intel's.
    """
    if ONEDNN and x.device.type == "cpu" and x.dtype == torch.float32:
        return torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")  # type: ignore[no-any-return]
    return torch.nn.functional.linear(x, weight, bias)


def count(sizes: Sequence[int]) -> int:
    """Return how many parameters layers of these widths have."""
    return sum((inputs + 1) * outputs for inputs, outputs in pairwise(sizes))


def draw(sizes: Sequence[int], seed: int) -> Tensor:
    """Draw the first weights, flat and in float32: uniform within ±1/sqrt(inputs), PyTorch's `Linear` default."""
    generator = torch.Generator().manual_seed(seed)
    pieces = []
    for inputs, outputs in pairwise(sizes):
        bound = inputs**-0.5
        pieces.append(torch.empty((inputs + 1) * outputs).uniform_(-bound, bound, generator=generator))
    return torch.cat(pieces)


def unpack(flat: Tensor, sizes: Sequence[int]) -> list[Layer]:
    """Return each layer's (weight, bias) as views of the flat tensor."""
    shapes = list(pairwise(sizes))
    pieces = torch.split(flat, [n for inputs, outputs in shapes for n in (inputs * outputs, outputs)])
    return [(pieces[2 * n].view(outputs, inputs), pieces[2 * n + 1]) for n, (inputs, outputs) in enumerate(shapes)]


def logits(layers: Sequence[Layer], x: Tensor) -> Tensor:
    """Return the last layer's outputs (n, classes) for the images (n, pixels), with ReLU between layers."""
    for weight, bias in layers[:-1]:
        x = dense(x, weight, bias).relu_()
    return dense(x, *layers[-1])


def loss_and_gradient(layers: Sequence[Layer], x: Tensor, target: Tensor, frozen: int = 0) -> tuple[Tensor, Tensor]:
    """Return the mean cross-entropy and its gradient by the layers after the first `frozen`.

    Args:
        layers: Each layer's weight and bias.
        x: Images, (n, pixels).
        target: What they show, one-hot, (n, classes).
        frozen: How many layers, from the first, need no gradient.

    Returns:
        The loss, a number, and the gradient, flat as the parameters are.
    """
    inputs = [x]
    for weight, bias in layers[:-1]:
        inputs.append(dense(inputs[-1], weight, bias).relu_())
    log_p = dense(inputs[-1], *layers[-1]).log_softmax(1)
    loss = torch.dot(log_p.view(-1), target.view(-1)) / -len(x)
    dz = (log_p.exp_() - target).div_(len(x))
    pieces: list[Tensor] = []
    for n in reversed(range(frozen, len(layers))):
        pieces = [dense(dz.t(), inputs[n].t()).view(-1), dz.sum(0), *pieces]
        if n > frozen:
            dz = (dz @ layers[n][0]).mul_(inputs[n].sign())  # the slope of a ReLU is the sign of what it lets through
    return loss, torch.cat(pieces)
