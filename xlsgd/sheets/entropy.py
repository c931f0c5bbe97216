"""The three entropy sheets: softmax, and cross-entropy of two classes written in three ways.

Each function takes the sheet's inputs, column by column, and gives its columns and totals by name. They run on
numbers and on cells alike. Logarithms are to base 10, as in the course, so a loss is 1/ln(10) of PyTorch's.

Source: fast.ai's 2019 course, lesson 5, `entropy_example.xlsx`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from xlsgd.functions import Value, exp, if_equal, log10, match, pick, total
from xlsgd.symbols.checked import Checked, plain

Column = list[Value]


class Entropy(NamedTuple):
    """An entropy sheet's columns, left to right, and what stands below them, both by name."""

    columns: dict[str, Column]
    totals: dict[str, Value]


CLASSES = ("cat", "dog", "plane", "fish", "building")
IMAGE_1 = (0.021789294543326676, -2.488055919486013, -1.7505557283129267, 2.070409245987718, 1.2502573466234175)
IMAGE_2 = (-1.4210496434287527, -3.9308948574580924, -3.1933946662850063, 0.6275703080156385, -0.19258159134866187)
IS_CAT = (1.0, 1.0, 0.0, 0.0, 1.0)
PREDS = (0.5, 0.98, 0.9, 0.5, 0.9)


def softmax(inputs: Mapping[str, Column]) -> Entropy:
    """Return `exp(o) / sum(exp(o))` for both images' outputs, and `exp(o) / (1 + exp(o))` as if for one class."""
    columns: dict[str, Column] = {}
    totals: dict[str, Value] = {}
    for image in ("Image 1", "Image 2"):
        outputs = inputs[f"{image} output"]
        exps = [exp(output) for output in outputs]
        sum_of_exps = total(exps)
        probabilities = [e / sum_of_exps for e in exps]
        columns |= {f"{image} output": outputs, f"{image} exp": exps, f"{image} softmax": probabilities}
        totals |= {f"{image} exp": sum_of_exps, f"{image} softmax": total(probabilities)}
    columns["binary Image 1"] = [e / (1 + e) for e in columns["Image 1 exp"]]
    columns["binary Image 2"] = [e / (1 + e) for e in columns["Image 2 exp"]]
    return Entropy(columns, totals)


def entropy(inputs: Mapping[str, Column]) -> Entropy:
    """Return the binary cross-entropy as a sum of both classes' terms, and as a choice between them."""
    rows = list(zip(inputs["isCat"], inputs["Preds"], strict=True))
    columns = {
        **inputs,
        "sum form": [-y * log10(p) - (1 - y) * log10(1 - p) for y, p in rows],
        "IF form": [-if_equal(y, 1, log10(p), log10(1 - p)) for y, p in rows],
    }
    return Entropy(columns, {})


def log_entropy(inputs: Mapping[str, Column]) -> Entropy:
    """Return the negative log-likelihood from logarithms of both classes, by a sum and by picking one of them."""
    is_cat, preds = inputs["isCat"], inputs["Preds"]
    is_dog = [1 - y for y in is_cat]
    log_cat = [log10(p) for p in preds]
    log_dog = [log10(1 - p) for p in preds]
    rows = zip(is_cat, is_dog, log_cat, log_dog, strict=True)
    nll = [-cat * log_p_cat - dog * log_p_dog for cat, dog, log_p_cat, log_p_dog in rows]
    idx = [match(1, pair) for pair in zip(is_cat, is_dog, strict=True)]
    columns = {
        "isCat": is_cat,
        "isDog": is_dog,
        "Preds": preds,
        "logPredCat": log_cat,
        "logPredDog": log_dog,
        "NLL": nll,
        "idx": idx,
        "idxPred": [pick(cells, i) for *cells, i in zip(preds, log_cat, log_dog, idx, strict=True)],
    }
    return Entropy(columns, {})


class EntropySheet(NamedTuple):
    """An entropy sheet: its inputs by column, and the function that fills it."""

    inputs: Mapping[str, Sequence[float]]
    fill: Callable[[Mapping[str, Column]], Entropy]


ENTROPY: dict[str, EntropySheet] = {
    "softmax": EntropySheet({"Image 1 output": IMAGE_1, "Image 2 output": IMAGE_2}, softmax),
    "entropy": EntropySheet({"isCat": IS_CAT, "Preds": PREDS}, entropy),
    "log_entropy": EntropySheet({"isCat": IS_CAT, "Preds": PREDS}, log_entropy),
}


def numbers(sheet: EntropySheet) -> Entropy:
    """Return the sheet's columns and totals as numbers, or error values where a spreadsheet shows one."""
    checked = {name: [Checked(value) for value in column] for name, column in sheet.inputs.items()}
    filled = sheet.fill(checked)
    columns = {name: [plain(value) for value in column] for name, column in filled.columns.items()}
    return Entropy(columns, {name: plain(value) for name, value in filled.totals.items()})
