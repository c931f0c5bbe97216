"""The corrected entropy sheets: softmax and cross-entropy as PyTorch computes them, for any input.

Each function takes its sheet's columns and single cells by name, and gives its columns and totals by name; it runs on
numbers and on cells alike, as in `xlsgd.sheets.entropy`.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import NamedTuple

from xlsgd.functions import Value, exp, greatest, if_equal, index, log, match_exactly, maximum, mean, minimum, total
from xlsgd.sheets.entropy import IMAGE_1, IMAGE_2, IS_CAT, PREDS, Column, Entropy
from xlsgd.symbols.checked import Checked, Number, plain

IS_CAT_AND_SURE = (*IS_CAT, 0.0, 1.0, 1.0)
PREDS_AND_SURE = (*PREDS, 0.0, 1.0, 0.0)
"""The course's five predictions and three that are sure: two right ones and a wrong one."""

FLOOR = -100.0
"""The least natural logarithm of a probability, as in PyTorch's `binary_cross_entropy`."""

Inputs = Mapping[str, Column]
Cells = Mapping[str, Value]


def sigmoid(x: Value) -> Value:
    """Return `1 / (1 + exp(-x))`, written so that no exponential overflows."""
    return exp(minimum(x, 0)) / (exp(minimum(x, 0)) + exp(minimum(-x, 0)))


def log_probability(p: Value, cells: Cells) -> Value:
    """Return the logarithm of a probability to the base in its cell, the natural one bounded by the floor."""
    return log(maximum(p, exp(cells["floor"]))) / log(cells["base"])


def softmax(inputs: Inputs, cells: Cells) -> Entropy:
    """Return softmax with the maximum subtracted, its logarithm, the losses and their mean, and the sigmoid."""
    columns: dict[str, Column] = {}
    totals: dict[str, Value] = {}
    for image in ("Image 1", "Image 2"):
        outputs = inputs[f"{image} output"]
        largest = greatest(outputs)
        exps = [exp(output - largest) for output in outputs]
        sum_of_exps = total(exps)
        probabilities = [e / sum_of_exps for e in exps]
        logs = [output - largest - log(sum_of_exps) for output in outputs]
        columns |= {f"{image} output": outputs, f"{image} exp": exps}
        columns |= {f"{image} softmax": probabilities, f"{image} log softmax": logs}
        columns[f"binary {image}"] = [sigmoid(output) for output in outputs]
        totals |= {f"{image} exp": sum_of_exps, f"{image} softmax": total(probabilities), f"{image} max": largest}
        totals[f"{image} loss"] = -index(logs, cells[f"{image} target"])
    totals["mean loss"] = (totals["Image 1 loss"] + totals["Image 2 loss"]) / 2
    return Entropy(columns, totals)


def entropy(inputs: Inputs, cells: Cells) -> Entropy:
    """Return the binary cross-entropy as a sum of both classes' terms and as a choice between them, and its mean."""
    rows = list(zip(inputs["isCat"], inputs["Preds"], strict=True))
    sums = [-y * log_probability(p, cells) - (1 - y) * log_probability(1 - p, cells) for y, p in rows]
    ifs = [-if_equal(y, 1, log_probability(p, cells), log_probability(1 - p, cells)) for y, p in rows]
    totals = {"sum form": mean(sums), "IF form": mean(ifs)}
    return Entropy({**inputs, "sum form": sums, "IF form": ifs}, totals)


def log_entropy(inputs: Inputs, cells: Cells) -> Entropy:
    """Return the negative log-likelihood by a sum and by picking one of two logarithms, and its mean."""
    is_cat, preds = inputs["isCat"], inputs["Preds"]
    is_dog = [1 - y for y in is_cat]
    log_cat = [log_probability(p, cells) for p in preds]
    log_dog = [log_probability(1 - p, cells) for p in preds]
    rows = zip(is_cat, is_dog, log_cat, log_dog, strict=True)
    nll = [-cat * log_p_cat - dog * log_p_dog for cat, dog, log_p_cat, log_p_dog in rows]
    idx = [match_exactly(1, pair) for pair in zip(is_cat, is_dog, strict=True)]
    columns = {
        "isCat": is_cat,
        "isDog": is_dog,
        "Preds": preds,
        "logPredCat": log_cat,
        "logPredDog": log_dog,
        "NLL": nll,
        "idx": idx,
        "idxPred": [index(logs, i) for *logs, i in zip(log_cat, log_dog, idx, strict=True)],
    }
    return Entropy(columns, {"NLL": mean(nll)})


class EntropySheet(NamedTuple):
    """A corrected entropy sheet: its inputs by column, its single inputs, and the function that fills it."""

    inputs: Mapping[str, Sequence[float]]
    cells: Mapping[str, float]
    fill: Callable[[Inputs, Cells], Entropy]


_LABELLED = {"isCat": IS_CAT_AND_SURE, "Preds": PREDS_AND_SURE}
_LOGARITHM = {"base": exp(1.0), "floor": FLOOR}

CORRECTED_ENTROPY: dict[str, EntropySheet] = {
    "softmax": EntropySheet(
        {"Image 1 output": IMAGE_1, "Image 2 output": IMAGE_2},
        {"Image 1 target": 4.0, "Image 2 target": 4.0},
        softmax,
    ),
    "entropy": EntropySheet(_LABELLED, _LOGARITHM, entropy),
    "log_entropy": EntropySheet(_LABELLED, _LOGARITHM, log_entropy),
}


def entropy_values(name: str) -> dict[Hashable, Number]:
    """Return every number of a sheet: of its columns by name and index, from 0, of its other cells by name."""
    sheet = CORRECTED_ENTROPY[name]
    inputs = {column: [Checked(value) for value in values] for column, values in sheet.inputs.items()}
    filled = sheet.fill(inputs, {key: Checked(value) for key, value in sheet.cells.items()})
    values: dict[Hashable, Number] = dict(sheet.cells.items())
    for key, cell in by_key(filled).items():
        values[key] = plain(cell + 0.0)  # a minus zero becomes a plain one, as a spreadsheet shows it
    return values


def by_key(filled: Entropy) -> dict[Hashable, Value]:
    """Return a sheet's values: of its columns by name and index, from 0, of its totals by name."""
    values: dict[Hashable, Value] = dict(filled.totals.items())
    for column, cells in filled.columns.items():
        values |= {(column, i): cell for i, cell in enumerate(cells)}
    return values
