"""A trained network's workbook read back for Torch: the layers, the digits, the rule; and what Torch makes of them."""

import math
from collections.abc import Mapping
from itertools import count, islice, product
from string import ascii_uppercase
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from xlsgd.verifying.oracle.sheet import OracleSheet, Values, float64

NAMES_ROW, BIAS_ROW, FIRST_ROW = 3, 4, 6
"""Where a layer's sheets name the units, hold their biases, and begin with the weights, one column a unit from C on."""

NUMBER_ROW, LABEL_ROW = 4, 5
"""Where the sheet of the pixels has the digits' numbers and labels, one column a digit from B on."""

KNOBS = 27
"""The first row of what a step takes, on the sheet `digit`: names in A, the layers' values from B on."""

WOBBLES = 5
"""The number itself, and wobbled ones, as `OracleSheet` has them last."""


def is_opened(book: Mapping[str, Values]) -> bool:
    """Return whether a workbook is a trained network's."""
    return {"digit", "digits", "pixels", "weights_1", "gradient_1", "step_1"} <= set(book)


def names(first: int, how_many: int) -> list[str]:
    """Return the names of columns, counted from 1."""
    every = ("".join(letters) for length in count(1) for letters in product(ascii_uppercase, repeat=length))
    return list(islice(every, first - 1, first - 1 + how_many))


def across(sheet: OracleSheet, row: int, first: int) -> list[float]:
    """Return the numbers of a row from a column on to the first that has none."""
    found: list[float] = []
    while isinstance(value := sheet.values.get(f"{names(first + len(found), 1)[0]}{row}"), float):
        found.append(value)
    return found


class LayerTensors(NamedTuple):
    """A layer's weight, (units, inputs), and bias, (units,), each with the wobbled ones in a dimension more."""

    weight: Tensor
    bias: Tensor


class OpenedNetwork(NamedTuple):
    """A trained network and the digits beside it.

    Args:
        layers: its layers.
        pixels: the digits, (n, pixels).
        labels: what they show.
        chosen: which of them the page shows, from 0.
    """

    layers: list[LayerTensors]
    pixels: Tensor
    labels: Tensor
    chosen: int


def read_network(sheet: OracleSheet) -> OpenedNetwork:
    """Read the network and the digits from any sheet's workbook; pixels are exact and wobble not.

    Raises:
        ValueError: What stands there is no network, or there is no such digit.
    """
    layers: list[LayerTensors] = []
    while f"weights_{len(layers) + 1}" in sheet.book:
        own = sheet.other(f"weights_{len(layers) + 1}")
        biases = across(own, BIAS_ROW, 3)
        columns = [own.numbers(letter, FIRST_ROW) for letter in names(3, len(biases))]
        layers.append(LayerTensors(own.wobbled(float64(columns)), own.wobbled(float64(biases))))
    digits = sheet.other("pixels")
    numbers = across(digits, NUMBER_ROW, 2)
    columns = [digits.numbers(letter, FIRST_ROW) for letter in names(2, len(numbers))]
    labels = torch.tensor(across(digits, LABEL_ROW, 2)).long()
    chosen = int(sheet.other("digit").number("B4")) - 1
    if not 0 <= chosen < len(numbers):
        raise ValueError(f"there is no digit {chosen + 1}")
    widths = [len(columns[0]), *(len(layer.bias) for layer in layers)]
    if any(layer.weight.shape[1] != width for layer, width in zip(layers, widths, strict=False)):
        raise ValueError("the layers do not fit together")
    if len(labels) != len(numbers) or not bool(((labels >= 0) & (labels < widths[-1])).all()):
        raise ValueError("a label is no class")
    return OpenedNetwork(layers, float64(columns), labels, chosen)


class Passed(NamedTuple):
    """What a network makes of digits: each layer's sums, (n, units), the outputs between, and each digit's loss."""

    sums: list[Tensor]
    outputs: list[Tensor]
    losses: Tensor


def forward(network: OpenedNetwork, k: int, pixels: Tensor, labels: Tensor) -> Passed:
    """Return what the network with the k-th wobbled weights makes of digits."""
    comes_in, sums, outputs = pixels, list[Tensor](), list[Tensor]()
    for weight, bias in network.layers:
        if sums:
            outputs.append(functional.relu(sums[-1]))
            comes_in = outputs[-1]
        sums.append(functional.linear(comes_in, weight[..., k], bias[..., k]))
    return Passed(sums, outputs, cross_entropy(sums[-1], labels))


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the cross-entropy of each row, to the last digits where it is near 0, as `log_softmax` has it not."""
    own = functional.one_hot(labels, logits.shape[1]).bool()
    ahead = (logits - logits[own].unsqueeze(1)).masked_fill(own, -math.inf)
    return torch.log1p(ahead.exp().sum(1))


def gradients(network: OpenedNetwork) -> tuple[list[Tensor], list[Tensor]]:
    """Return of the chosen digit's loss the gradients by each layer's sums, (units,), and weights, (units, inputs)."""
    errors, slopes = [], []
    one = slice(network.chosen, network.chosen + 1)
    for k in range(WOBBLES):
        leaves = [layer.weight[..., k].clone().requires_grad_() for layer in network.layers]
        weights = [
            LayerTensors(leaf.unsqueeze(-1), layer.bias[..., k : k + 1])
            for leaf, layer in zip(leaves, network.layers, strict=True)
        ]
        passed = forward(network._replace(layers=weights), 0, network.pixels[one], network.labels[one])
        found = torch.autograd.grad(passed.losses.sum(), [*passed.sums, *leaves])
        errors.append([error[0] for error in found[: len(leaves)]])
        slopes.append(found[len(leaves) :])
    return ([torch.stack(each, -1) for each in zip(*of_all, strict=True)] for of_all in (errors, slopes))  # type: ignore[return-value]


def knobs_of(sheet: OracleSheet, layer: int) -> dict[str, float]:
    """Return by name what a step of a layer, counted from 0, takes, from the sheet `digit`."""
    page, found = sheet.other("digit"), dict[str, float]()
    letter = names(2 + layer, 1)[0]
    for row in count(KNOBS):
        name = page.values.get(f"A{row}")
        if not isinstance(name, str):
            return found
        found[name] = page.number(f"{letter}{row}")
    raise AssertionError("count ends not")


def stepped(rule: str, knobs: Mapping[str, float], parameter: Tensor, gradient: Tensor) -> Tensor:
    """Return a parameter after one step of one of `torch.optim`'s, from what it remembers before.

    Raises:
        ValueError: Torch refuses a knob, or there is no such rule.
    """
    gradient = gradient + 2 * knobs.get("l2", 0.0) * parameter
    own = parameter.clone()
    lr, memory = knobs["lr"], {name: torch.full_like(own, knobs[name]) for name in ("m", "v") if name in knobs}
    if "weight_decay" in knobs and rule != "adamw":
        own -= lr * knobs["weight_decay"] * own
    optimizer = _optimizer(rule, own, knobs)
    if rule == "momentum":
        optimizer.state[own] = {"momentum_buffer": memory["m"]}
    elif rule == "rmsprop":
        optimizer.state[own] = {"step": torch.tensor(0.0), "square_avg": memory["v"]}
    elif rule in ("adam", "adamw"):
        before = torch.tensor(knobs["t"])
        optimizer.state[own] = {"step": before, "exp_avg": memory["m"], "exp_avg_sq": memory["v"]}
    own.grad = gradient
    optimizer.step()
    return own


def _optimizer(rule: str, parameter: Tensor, knobs: Mapping[str, float]) -> torch.optim.Optimizer:
    lr = knobs["lr"]
    match rule:
        case "sgd":
            return torch.optim.SGD([parameter], lr=lr)
        case "momentum":
            return torch.optim.SGD([parameter], lr=lr, momentum=knobs["beta"])
        case "rmsprop":
            return torch.optim.RMSprop([parameter], lr=lr, alpha=knobs["beta"], eps=knobs["eps"])
        case "adam":
            return torch.optim.Adam([parameter], lr=lr, betas=(knobs["beta1"], knobs["beta2"]), eps=knobs["eps"])
        case "adamw":
            betas, decay = (knobs["beta1"], knobs["beta2"]), knobs["weight_decay"]
            return torch.optim.AdamW([parameter], lr=lr, betas=betas, eps=knobs["eps"], weight_decay=decay)
    raise ValueError(f"there is no rule {rule!a}")
