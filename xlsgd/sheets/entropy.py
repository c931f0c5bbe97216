"""The three entropy sheets: softmax, and cross-entropy of two classes written in three ways.

Logarithms are to base 10, as in the course, so a loss is 1/ln(10) of PyTorch's.

Source: fast.ai's 2019 course, lesson 5, `entropy_example.xlsx`.
"""

from xlsgd.functions import Value, exp, if_equal, log10, match, pick, total
from xlsgd.sheets.description import THOUSANDS, Place
from xlsgd.sheets.entropy_guide import COURSE, entropy_guide
from xlsgd.sheets.table import Contents, Grid, Inputs, Singles, Table, TableBook
from xlsgd.symbols.expression import as_expression

CLASSES = ("cat", "dog", "plane", "fish", "building")
IMAGE_1 = (0.021789294543326676, -2.488055919486013, -1.7505557283129267, 2.070409245987718, 1.2502573466234175)
IMAGE_2 = (-1.4210496434287527, -3.9308948574580924, -3.1933946662850063, 0.6275703080156385, -0.19258159134866187)
IS_CAT = (1.0, 1.0, 0.0, 0.0, 1.0)
PREDS = (0.5, 0.98, 0.9, 0.5, 0.9)


def softmax(inputs: Inputs, singles: Singles) -> Contents:
    """Return `exp(o) / sum(exp(o))` for both images' outputs, and `exp(o) / (1 + exp(o))` as if for one class."""
    columns: dict[str, list[Value]] = {}
    totals: dict[str, Value] = {}
    for image in ("Image 1", "Image 2"):
        outputs = [*inputs[f"{image} output"]]
        exps = [exp(output) for output in outputs]
        sum_of_exps = total(exps)
        probabilities = [e / sum_of_exps for e in exps]
        columns |= {f"{image} output": outputs, f"{image} exp": exps, f"{image} softmax": probabilities}
        totals |= {f"{image} exp": sum_of_exps, f"{image} softmax": total(probabilities)}
    columns["binary Image 1"] = [e / (1 + e) for e in columns["Image 1 exp"]]
    columns["binary Image 2"] = [e / (1 + e) for e in columns["Image 2 exp"]]
    return Contents(columns, totals)


def entropy(inputs: Inputs, singles: Singles) -> Contents:
    """Return the binary cross-entropy as a sum of both classes' terms, and as a choice between them."""
    rows = list(zip(inputs["isCat"], inputs["Preds"], strict=True))
    columns = {
        "isCat": [*inputs["isCat"]],
        "Preds": [*inputs["Preds"]],
        "sum form": [-y * log10(p) - (1 - y) * log10(1 - p) for y, p in rows],
        "IF form": [-if_equal(y, 1, log10(p), log10(1 - p)) for y, p in rows],
    }
    return Contents(columns, {})


def log_entropy(inputs: Inputs, singles: Singles) -> Contents:
    """Return the negative log-likelihood from logarithms of both classes, by a sum and by picking one of them."""
    is_cat, preds = [*inputs["isCat"]], [*inputs["Preds"]]
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
    return Contents(columns, {})


def headings(**texts: str) -> tuple[Place, ...]:
    """Return headings by their addresses."""
    return tuple(Place(address, text, style="heading") for address, text in texts.items())


def notes(**texts: str) -> tuple[Place, ...]:
    """Return notes by their addresses."""
    return tuple(Place(address, text, style="note") for address, text in texts.items())


def letters(names: str, columns: str) -> dict[str, str]:
    """Return the letters of columns whose names stand in one text, with commas between."""
    return dict(zip(names.split(", "), columns, strict=True))


IMAGES = (Place("B1", "Image 1"), Place("G1", "Image 2"), Place("K1", "binary"))
LABELLED = {"isCat": IS_CAT, "Preds": PREDS}
_SOFTMAX = letters(
    "Image 1 output, Image 1 exp, Image 1 softmax, Image 2 output, Image 2 exp, Image 2 softmax, "
    "binary Image 1, binary Image 2",
    "BCDGHIKL",
)
LOG_ENTROPY = letters("isCat, isDog, Preds, logPredCat, logPredDog, NLL, idx, idxPred", "BCDEFGHI")

_STRAY_SUM = Place("C9", key="stray sum", value=25000 * 128 * 4 / 1000, formula=as_expression(25000) * 128 * 4 / 1000)

ENTROPY: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "softmax",
            {"Image 1 output": IMAGE_1, "Image 2 output": IMAGE_2},
            softmax,
            Grid(
                letters=_SOFTMAX,
                first_row=3,
                cells={"Image 1 exp": "C8", "Image 1 softmax": "D8", "Image 2 exp": "H8", "Image 2 softmax": "I8"},
                formats=dict.fromkeys(_SOFTMAX, THOUSANDS),
                texts=(
                    *IMAGES,
                    *headings(B2="output", C2="exp", D2="softmax", G2="output", H2="exp", I2="softmax"),
                    *headings(K2="Image 1", L2="Image 2"),
                    *(Place(f"{letter}{row}", name) for letter in "AF" for row, name in enumerate(CLASSES, start=3)),
                ),
            ),
        ),
        Table(
            "entropy",
            LABELLED,
            entropy,
            Grid(
                letters=letters("isCat, Preds, sum form, IF form", "BCDE"),
                first_row=2,
                cells={},
                formats={},
                texts=(
                    *headings(B1="isCat", C1="Preds"),
                    *notes(A9="stray sum"),
                    *(
                        Place(f"{letter}1", f"{form} form", style="note right")
                        for letter, form in (("D", "sum"), ("E", "IF"))
                    ),
                    _STRAY_SUM,
                ),
            ),
        ),
        Table(
            "log_entropy",
            LABELLED,
            log_entropy,
            Grid(
                letters=LOG_ENTROPY,
                first_row=2,
                cells={},
                formats=dict.fromkeys(("logPredCat", "logPredDog", "NLL", "idxPred"), THOUSANDS),
                texts=headings(**{f"{letter}1": name for name, letter in LOG_ENTROPY.items()}),
            ),
        ),
    )
}
"""The course's entropy sheets, by name."""

SOURCE = "From fast.ai's 2019 course, lesson 5: entropy_example.xlsx."

BOOK = TableBook("entropy_example.xlsx", "Softmax and cross-entropy", ENTROPY, entropy_guide(COURSE), SOURCE)
