"""The oracle's answers for a trained network's workbook: `torch.nn.functional`, `torch.autograd`, `torch.optim`."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from xlsgd.verifying.oracle.opened_network import (
    BIAS_ROW,
    FIRST_ROW,
    KNOBS,
    WOBBLES,
    OpenedNetwork,
    forward,
    gradients,
    knobs_of,
    names,
    read_network,
    stepped,
)
from xlsgd.verifying.oracle.sheet import OracleSheet, answers

CLASSES = 12
"""The first class's row on the sheet `digit`."""

PICTURE = 8, 5
"""The column and the row of the picture's corner there; the hidden units stand a column behind it."""

SHARED: dict[str, Callable[[Mapping[str, float]], float]] = {
    "1-beta": lambda k: 1 - k["beta"],
    "1-beta1": lambda k: 1 - k["beta1"],
    "1-beta2": lambda k: 1 - k["beta2"],
    "beta*m": lambda k: k["beta"] * k["m"],
    "beta*v": lambda k: k["beta"] * k["v"],
    "beta1*m": lambda k: k["beta1"] * k["m"],
    "beta2*v": lambda k: k["beta2"] * k["v"],
    "1-beta1^(t+1)": lambda k: 1 - k["beta1"] ** (k["t"] + 1),
    "1-beta2^(t+1)": lambda k: 1 - k["beta2"] ** (k["t"] + 1),
    "lr*weight_decay": lambda k: k["lr"] * k["weight_decay"],
    "2*l2": lambda k: 2 * k["l2"],
}
"""What the sheet `digit` computes once for all weights, by its label there."""


def answer(sheet: OracleSheet) -> None:
    """Enter the answers for a sheet of a trained network's workbook."""
    kind, _, layer = sheet.name.partition("_")
    if kind in LAYERS and layer.isdigit():
        LAYERS[kind](sheet, read_network(sheet), int(layer) - 1)
    elif sheet.name in PAGES:
        PAGES[sheet.name](sheet, read_network(sheet))


def fill(sheet: OracleSheet, column: int, row: int, values: Tensor) -> None:
    """Enter answers for a block of cells from a corner on: (rows, columns, wobbles)."""
    letters, flat = names(column, values.shape[1]), answers(values.reshape(-1, values.shape[-1]))
    places = (f"{letter}{row + i}" for i in range(values.shape[0]) for letter in letters)
    sheet.answers |= dict(zip(places, flat, strict=True))


def all_wobbles(compute: Callable[[int], Tensor]) -> Tensor:
    """Return what is computed with each of the wobbled weights, in a dimension more."""
    return torch.stack([compute(k) for k in range(WOBBLES)], -1)


def exact(values: Tensor) -> Tensor:
    """Return numbers that are looked up, and wobble not, with that dimension."""
    return values.unsqueeze(-1).expand(*values.shape, WOBBLES)


def probabilities(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return each row's softmax, that of the label, and that of all others together, of (n, classes, wobbles)."""
    shares = torch.softmax(logits, 1)
    own = torch.nn.functional.one_hot(labels, logits.shape[1]).bool()
    return shares, shares[own], shares.masked_fill(own.unsqueeze(-1), 0).sum(1)


def digit(sheet: OracleSheet, network: OpenedNetwork) -> None:
    """The page of the chosen digit."""
    one = slice(network.chosen, network.chosen + 1)
    pixels, labels = network.pixels[one], network.labels[one]
    passed = [forward(network, k, pixels, labels) for k in range(WOBBLES)]
    logits = all_wobbles(lambda k: passed[k].sums[-1][0])
    errors, _ = gradients(network)
    shares, own, others = (each[0] for each in probabilities(logits.unsqueeze(0), labels))
    label, taken = int(labels), int(logits[:, 0].argmax())
    target = torch.zeros_like(logits)
    target[label] = 1
    sheet.answer({"B5": float(label), "B6": float(taken), "C6": float(taken == label), "B7": own, "B8": others})
    sheet.answer({"B9": all_wobbles(lambda k: passed[k].losses[0])})
    odds = (logits - logits.amax(0)).exp()
    fill(sheet, 2, CLASSES, torch.stack([logits, odds, shares, target, errors[-1]], 1))
    below = CLASSES + len(logits)
    sheet.answer({f"B{below}": logits.amax(0), f"C{below}": odds.sum(0)})
    side = round(pixels.shape[1] ** 0.5)
    fill(sheet, *PICTURE, exact(pixels.reshape(side, side)))
    if len(network.layers) > 1:
        sums = all_wobbles(lambda k: passed[k].sums[0][0])
        _hidden(sheet, PICTURE[0] + side + 1, torch.stack([sums, sums.relu(), errors[0]], 1))
    for layer in range(len(network.layers)):
        letter = names(2 + layer, 1)[0]
        knobs = knobs_of(sheet, layer)
        sheet.answer({f"{letter}{KNOBS + i}": SHARED[name](knobs) for i, name in enumerate(knobs) if name in SHARED})


def _hidden(sheet: OracleSheet, column: int, values: Tensor) -> None:
    """Answer for the hidden units, which stand in blocks side by side: number, then sum, output, error."""
    done = 0
    while done < len(values):
        height = sheet.count(names(column, 1)[0], PICTURE[1])
        fill(sheet, column + 1, PICTURE[1], values[done : done + height])
        done, column = done + height, column + 5


def weights(sheet: OracleSheet, network: OpenedNetwork, layer: int) -> None:
    """What comes into a layer, each unit's output or error, and what goes back."""
    one = slice(network.chosen, network.chosen + 1)
    passed = [forward(network, k, network.pixels[one], network.labels[one]) for k in range(WOBBLES)]
    fill(sheet, 2, FIRST_ROW, comes_in(network, layer).unsqueeze(1))
    errors, _ = gradients(network)
    is_last = layer == len(network.layers) - 1
    beside = errors[layer] if is_last else all_wobbles(lambda k: passed[k].outputs[layer][0])
    fill(sheet, 3, BIAS_ROW + 1, beside.unsqueeze(0))
    if layer:
        fill(sheet, 3 + len(beside), FIRST_ROW, errors[layer - 1].unsqueeze(1))


def comes_in(network: OpenedNetwork, layer: int) -> Tensor:
    """Return what comes into a layer of the chosen digit."""
    one = slice(network.chosen, network.chosen + 1)
    if not layer:
        return exact(network.pixels[network.chosen])
    return all_wobbles(lambda k: forward(network, k, network.pixels[one], network.labels[one]).outputs[layer - 1][0])


def gradient(sheet: OracleSheet, network: OpenedNetwork, layer: int) -> None:
    """The gradients of a layer's weights and biases."""
    errors, slopes = gradients(network)
    fill(sheet, 2, FIRST_ROW, comes_in(network, layer).unsqueeze(1))
    fill(sheet, 3, BIAS_ROW, errors[layer].unsqueeze(0))
    fill(sheet, 3, FIRST_ROW, slopes[layer].transpose(0, 1))


def step(sheet: OracleSheet, network: OpenedNetwork, layer: int) -> None:
    """A layer's weights and biases after one step."""
    errors, slopes = gradients(network)
    rule, knobs = str(sheet.other("digit").values.get("B25")), knobs_of(sheet, layer)
    weight, bias = (each[..., :1].expand(each.shape) for each in network.layers[layer])
    fill(sheet, 3, BIAS_ROW, stepped(rule, knobs, bias, errors[layer]).unsqueeze(0))
    fill(sheet, 3, FIRST_ROW, stepped(rule, knobs, weight, slopes[layer]).transpose(0, 1))


def units(sheet: OracleSheet, network: OpenedNetwork) -> None:
    """The first layer's weights, each unit's in a square below its number."""
    side = round(network.pixels.shape[1] ** 0.5)
    first = 1 if len(network.layers) > 1 else 0
    for address, text in sheet.values.items():
        if isinstance(text, str) and text.isdigit():
            letters = address.rstrip("0123456789")
            square = network.layers[0].weight[int(text) - first, :, 0].reshape(side, side)
            column = next(i for i, name in enumerate(names(1, 16384), start=1) if name == letters)
            fill(sheet, column, int(address[len(letters) :]) + 1, exact(square))


def outputs(sheet: OracleSheet, network: OpenedNetwork) -> None:
    """The hidden units' outputs for every digit."""
    made = all_wobbles(lambda k: forward(network, k, network.pixels, network.labels).outputs[0])
    fill(sheet, 2, FIRST_ROW, made.transpose(0, 1))


def digits(sheet: OracleSheet, network: OpenedNetwork) -> None:
    """The table of all digits."""
    passed = [forward(network, k, network.pixels, network.labels) for k in range(WOBBLES)]
    logits = all_wobbles(lambda k: passed[k].sums[-1])
    shares, own, others = probabilities(logits, network.labels)
    losses = all_wobbles(lambda k: passed[k].losses)
    taken = logits[..., 0].argmax(1)
    right = taken == network.labels
    facts = (exact(network.labels.double()), exact(taken.double()), shares.amax(1), own, others, losses)
    most = logits.amax(1)
    fill(sheet, 2, 5, torch.stack([*facts, exact(right.double()), most], 1))
    fill(sheet, 10, 5, (logits - most.unsqueeze(1)).exp())
    sheet.answer({"B2": float(right.double().mean()), "D2": losses.mean(0)})


LAYERS: dict[str, Callable[[OracleSheet, OpenedNetwork, int], None]] = {
    "weights": weights,
    "gradient": gradient,
    "step": step,
}
"""What answers for a layer's sheets, by their names without the number."""

PAGES: dict[str, Callable[[OracleSheet, OpenedNetwork], None]] = {
    "digit": digit,
    "units": units,
    "outputs": outputs,
    "digits": digits,
}
"""What answers for the other sheets."""
