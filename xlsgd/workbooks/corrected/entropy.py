"""The corrected entropy sheets: softmax and cross-entropy as PyTorch computes them, for any input.

What the course's sheets hold stands where it stood; what is new stands beside or below.
"""

from xlsgd.functions import (
    Value,
    exp,
    greatest,
    if_equal,
    index,
    log,
    match_exactly,
    maximum,
    mean,
    minimum,
    total,
)
from xlsgd.sheets.description import FOUR_PLACES, THOUSANDS, Place
from xlsgd.sheets.entropy import (
    CLASSES,
    IMAGE_1,
    IMAGE_2,
    IMAGES,
    IS_CAT,
    LOG_ENTROPY,
    PREDS,
    headings,
    letters,
    notes,
)
from xlsgd.sheets.table import Contents, Grid, Inputs, Singles, Table
from xlsgd.symbols.expression import as_expression

IS_CAT_AND_SURE = (*IS_CAT, 0.0, 1.0, 1.0)
PREDS_AND_SURE = (*PREDS, 0.0, 1.0, 0.0)
"""The course's five predictions and three that are sure: two right ones and a wrong one."""

FLOOR = -100.0
"""The least natural logarithm of a probability, as in PyTorch's `binary_cross_entropy`."""


def sigmoid(x: Value) -> Value:
    """Return `1 / (1 + exp(-x))`, written so that no exponential overflows."""
    return exp(minimum(x, 0)) / (exp(minimum(x, 0)) + exp(minimum(-x, 0)))


def log_probability(p: Value, cells: Singles) -> Value:
    """Return the logarithm of a probability to the base in its cell, the natural one bounded by the floor."""
    return log(maximum(p, exp(cells["floor"]))) / log(cells["base"])


def softmax(inputs: Inputs, cells: Singles) -> Contents:
    """Return softmax with the maximum subtracted, its logarithm, the losses and their mean, and the sigmoid."""
    columns: dict[str, list[Value]] = {}
    totals: dict[str, Value] = {}
    for image in ("Image 1", "Image 2"):
        outputs = [*inputs[f"{image} output"]]
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
    return Contents(columns, totals)


def entropy(inputs: Inputs, cells: Singles) -> Contents:
    """Return the binary cross-entropy as a sum of both classes' terms and as a choice between them, and its mean."""
    is_cat, preds = [*inputs["isCat"]], [*inputs["Preds"]]
    rows = list(zip(is_cat, preds, strict=True))
    sums = [-y * log_probability(p, cells) - (1 - y) * log_probability(1 - p, cells) for y, p in rows]
    ifs = [-if_equal(y, 1, log_probability(p, cells), log_probability(1 - p, cells)) for y, p in rows]
    totals = {"sum form": mean(sums), "IF form": mean(ifs)}
    return Contents({"isCat": is_cat, "Preds": preds, "sum form": sums, "IF form": ifs}, totals)


def log_entropy(inputs: Inputs, cells: Singles) -> Contents:
    """Return the negative log-likelihood by a sum and by picking one of two logarithms, and its mean."""
    is_cat, preds = [*inputs["isCat"]], [*inputs["Preds"]]
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
    return Contents(columns, {"NLL": mean(nll)})


_LABELLED = {"isCat": IS_CAT_AND_SURE, "Preds": PREDS_AND_SURE}
_LOGARITHM = {"base": exp(as_expression(1)), "floor": FLOOR}
_SURE = notes(A7="sure and right", A8="sure and right", A9="sure and wrong")
_SOFTMAX = letters(
    "Image 1 output, Image 1 exp, Image 1 softmax, Image 1 log softmax, "
    "Image 2 output, Image 2 exp, Image 2 softmax, Image 2 log softmax, binary Image 1, binary Image 2",
    "BCDEGHIJKL",
)
_SOFTMAX_CELLS = {
    "Image 1 exp": "C8",
    "Image 1 softmax": "D8",
    "Image 1 max": "B9",
    "Image 1 target": "B10",
    "Image 1 loss": "B11",
    "Image 2 exp": "H8",
    "Image 2 softmax": "I8",
    "Image 2 max": "G9",
    "Image 2 target": "G10",
    "Image 2 loss": "G11",
    "mean loss": "B12",
}

CORRECTED_ENTROPY: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "softmax",
            {"Image 1 output": IMAGE_1, "Image 2 output": IMAGE_2},
            softmax,
            Grid(
                letters=_SOFTMAX,
                first_row=3,
                cells=_SOFTMAX_CELLS,
                formats=dict.fromkeys((*_SOFTMAX, "Image 1 max", "Image 2 max"), THOUSANDS)
                | dict.fromkeys(("Image 1 loss", "Image 2 loss", "mean loss"), FOUR_PLACES),
                texts=(
                    *IMAGES,
                    *headings(B2="output", C2="exp", D2="softmax", E2="log softmax", K2="Image 1", L2="Image 2"),
                    *headings(G2="output", H2="exp", I2="softmax", J2="log softmax"),
                    *(Place(f"A{row}", name) for row, name in enumerate(CLASSES, start=3)),
                    *(Place(f"F{row}", name, style="top indented") for row, name in enumerate(CLASSES, start=3)),
                    *notes(A8="sum", A9="max", A10="target, 1 to 5", A11="loss", A12="mean loss"),
                    *notes(F8="sum", F9="max", F10="target, 1 to 5", F11="loss"),
                ),
                freeze="A3",
            ),
            {"Image 1 target": 4.0, "Image 2 target": 4.0},
        ),
        Table(
            "entropy",
            _LABELLED,
            entropy,
            Grid(
                letters=letters("isCat, Preds, sum form, IF form", "BCDE"),
                first_row=2,
                cells={"base": "G2", "floor": "H2", "sum form": "D10", "IF form": "E10"},
                formats={"sum form": FOUR_PLACES, "IF form": FOUR_PLACES},
                texts=(
                    *headings(B1="isCat", C1="Preds", D1="sum form", E1="IF form", G1="base", H1="least LN"),
                    *_SURE,
                    *notes(A10="mean loss"),
                ),
                freeze="A2",
            ),
            _LOGARITHM,
        ),
        Table(
            "log_entropy",
            _LABELLED,
            log_entropy,
            Grid(
                letters=LOG_ENTROPY,
                first_row=2,
                cells={"base": "K2", "floor": "L2", "NLL": "G10"},
                formats=dict.fromkeys(("logPredCat", "logPredDog", "NLL", "idxPred"), FOUR_PLACES),
                texts=(
                    *headings(**{f"{letter}1": name for name, letter in LOG_ENTROPY.items()}),
                    *headings(K1="base", L1="least LN"),
                    *_SURE,
                    *notes(A10="mean loss"),
                ),
                freeze="A2",
            ),
            _LOGARITHM,
        ),
    )
}
"""The corrected entropy sheets, by name."""
