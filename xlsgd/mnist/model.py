"""The lesson's models and their gradient, written out by hand.

All parameters lie in one flat tensor, layer by layer, weight before bias: a rule runs once a step, on one tensor.
A layer's weight is (outputs, inputs), as PyTorch's `Linear` has it.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor

from xlsgd.mnist.heads import DIGITS, Head

Layer = tuple[Tensor, Tensor]
Product = Callable[[Tensor, Tensor], Tensor]

HAS_ONEDNN: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
ONEDNN = HAS_ONEDNN and hasattr(torch.ops.mkldnn, "_linear_pointwise")


def product_for(device: torch.device, dtype: torch.dtype) -> Product:
    """Return what multiplies the images with the first layer's weights, the only big product of these models.

    On a CPU in float32 that is oneDNN, as in what Torch's own compiler writes: `torch.mm` calls MKL, which takes a
    slower path on processors not Intel's.
    """
    return _by_onednn if ONEDNN and device.type == "cpu" and dtype == torch.float32 else torch.mm


def _by_onednn(a: Tensor, b: Tensor) -> Tensor:
    return torch.ops.mkldnn._linear_pointwise.default(a, b.t(), None, "none", [], "")  # type: ignore[no-any-return]


def count(sizes: Sequence[int]) -> int:
    """Return how many parameters layers of these widths have."""
    return sum((inputs + 1) * outputs for inputs, outputs in pairwise(sizes))


def draw(sizes: Sequence[int], seed: int, start: str = "linear") -> Tensor:
    """Draw the first weights, flat and in float32.

    Args:
        sizes: The widths of the layers.
        seed: Decides what is drawn.
        start: `linear`: uniform within ±1/sqrt(inputs), PyTorch's `Linear` default; `randn`: normal, of variance 1.
    """
    generator = torch.Generator().manual_seed(seed)
    if start == "randn":
        return torch.randn(count(sizes), generator=generator)
    pieces = []
    for inputs, outputs in pairwise(sizes):
        bound = inputs**-0.5
        pieces.append(torch.empty((inputs + 1) * outputs).uniform_(-bound, bound, generator=generator))
    return torch.cat(pieces)


def unpack(flat: Tensor, sizes: Sequence[int]) -> list[Layer]:
    """Return each layer's (weight, bias) as views of the flat tensor."""
    shapes = list(pairwise(sizes))
    pieces = torch.split_with_sizes(flat, [n for inputs, outputs in shapes for n in (inputs * outputs, outputs)])
    return [(pieces[2 * n].view(outputs, inputs), pieces[2 * n + 1]) for n, (inputs, outputs) in enumerate(shapes)]


def log_probabilities(layers: Sequence[Layer], x: Tensor, head: Head = DIGITS) -> Tensor:
    """Return the logarithm of each class's probability, (classes, n), for images (n, pixels); ReLU between layers."""
    return head.log_probabilities(_forward(layers, x)[1])


def _forward(layers: Sequence[Layer], x: Tensor, first_product: Product = torch.mm) -> tuple[list[Tensor], Tensor]:
    """Return what each layer takes in, and what comes out, before the head; inside the model an image is a column."""
    inputs, product = [x.t()], first_product
    for weight, bias in layers[:-1]:
        inputs.append(product(weight, inputs[-1]).add_(bias.unsqueeze(1)).relu_())
        product = torch.mm
    weight, bias = layers[-1]
    return inputs, product(weight, inputs[-1]).add_(bias.unsqueeze(1))


def loss_and_gradient(
    layers: Sequence[Layer],
    x: Tensor,
    target: Tensor,
    frozen: int = 0,
    first_product: Product = torch.mm,
    head: Head = DIGITS,
) -> tuple[Tensor, Tensor]:
    """Return the mean loss and its gradient by the layers after the first `frozen`.

    Args:
        layers: Each layer's weight and bias.
        x: Images, (n, pixels).
        target: What they show, one-hot, (classes, n).
        frozen: How many layers, from the first, need no gradient.
        first_product: What multiplies matrices in the first layer.
        head: What the last layer's numbers mean.

    Returns:
        The loss, a number, and the gradient, flat as the parameters are.
    """
    inputs, z = _forward(layers, x, first_product)
    loss, dz = head.loss_and_slope(z, target)
    pieces: list[Tensor] = []
    for n in reversed(range(frozen, len(layers))):
        product = torch.mm if n else first_product
        pieces = [product(dz, inputs[n].t()).view(-1), dz.sum(1), *pieces]
        if n > frozen:
            slope = inputs[n].sign()  # of a ReLU: 1 where it lets a number through, else 0
            dz = torch.mm(layers[n][0].t(), dz).mul_(slope)
    return loss, torch.cat(pieces)
