"""The quirks of the course's `entropy_example`, with what they do to the numbers."""

from functools import reduce
from operator import add

from xlsgd.functions import Value, exp, log10
from xlsgd.sheets.description import Sheet
from xlsgd.sheets.entropy import CLASSES, ENTROPY
from xlsgd.sheets.table import numbers as course_numbers
from xlsgd.sheets.table import table_sheet
from xlsgd.symbols.cells import at
from xlsgd.symbols.checked import Checked, as_checked
from xlsgd.symbols.expression import Expression
from xlsgd.workbooks.corrected.entropy import CORRECTED_ENTROPY, log_probability
from xlsgd.workbooks.corrected.quirks import COURSE, CellsByKey, Constant, Key, Quirk, quirks_sheet


def base_10(c: CellsByKey) -> Value:
    """Return the first row's loss to base 10."""
    y, p = c["entropy", ("isCat", 0)], c["entropy", ("Preds", 0)]
    return -y * log10(p) - (1 - y) * log10(1 - p)


def log_of_zero(c: CellsByKey) -> Value:
    """Return the first row's loss if its prediction were the one to try, which takes the logarithm of 0."""
    y, p = c["entropy", ("isCat", 0)], c[COURSE, "p"]
    return -y * log10(p) - (1 - y) * log10(1 - p)


def bounded_log(c: CellsByKey) -> Value:
    """Return the same loss with the natural logarithm and its floor."""
    y, p = c["entropy", ("isCat", 0)], c[COURSE, "p"]
    single = {key: c["entropy", key] for key in ("base", "floor")}
    return -y * log_probability(p, single) - (1 - y) * log_probability(1 - p, single)


def softmax_of_shifted(c: CellsByKey) -> Value:
    """Return the first class's softmax if every output of image 1 were greater by the shift to try."""
    exps = [exp(c["softmax", ("Image 1 output", i)] + c[COURSE, "shift"]) for i, _ in enumerate(CLASSES)]
    return exps[0] / reduce(add, exps)


def stable_softmax_of_shifted(c: CellsByKey) -> Value:
    """Return the same with the maximum subtracted."""
    shift, largest = c[COURSE, "shift"], c["softmax", "Image 1 max"]
    exps = [exp(c["softmax", ("Image 1 output", i)] + shift - (largest + shift)) for i, _ in enumerate(CLASSES)]
    return exps[0] / reduce(add, exps)


# They are numbered on from those of graddesc, so that a number means one quirk wherever it stands.
QUIRKS: tuple[Quirk, ...] = (
    Quirk(
        "10. Logarithms to base 10",
        "entropy!D2",
        "LOG without a base is to base 10, so every loss is 2.302585 times too small. Here the base is a cell "
        "(entropy!G2, log_entropy!K2); type 10 there for the course's numbers.",
        "loss of the first row",
        base_10,
        ("entropy", ("sum form", 0)),
        "log is the natural logarithm, so losses are in nats.",
    ),
    Quirk(
        "11. Probabilities of 0 and 1",
        "entropy!D2",
        "LOG(0) is an error, also times 0: the sum form fails for a sure prediction even if it is right. "
        "Here a logarithm is never below -100 (entropy!H2). Type any prediction in the cell to try.",
        "loss of the first row if its prediction were the one to try",
        log_of_zero,
        ("entropy", ("sum form", 6)),
        "binary_cross_entropy bounds each logarithm by -100; binary_cross_entropy_with_logits needs no bound.",
        bounded_log,
    ),
    Quirk(
        "12. No maximum subtracted",
        "softmax!D3",
        "EXP overflows above 709, so large outputs have no softmax. Adding a constant to all outputs does not change "
        "softmax, so the greatest can be subtracted first. Type any shift in the cell to try.",
        "softmax of cat, image 1, if every output were greater by the shift",
        softmax_of_shifted,
        ("softmax", ("Image 1 softmax", 0)),
        "softmax and log_softmax subtract the maximum first; cross_entropy takes the outputs themselves.",
        stable_softmax_of_shifted,
    ),
    Quirk(
        "13. No mean loss",
        "none",
        "Each row has its loss, but there is no number for all of them, which is what training lowers. (Most of the "
        "mean here is row 9, which is sure and wrong: its loss is 100.)",
        "mean loss",
        None,
        ("entropy", "sum form"),
        "Losses take the mean over the batch unless told otherwise (reduction='mean').",
    ),
    Quirk(
        "14. MATCH without a third argument",
        "log_entropy!H2",
        "It then searches as if the cells were sorted; 1, 0 are not. Excel happens to find the 1; other programs may "
        "say 2. Here the third argument is 0: the first cell that is equal.",
        "idx of the first row (the course's as Excel gives it)",
        lambda c: c[COURSE, "idx"],
        ("log_entropy", ("idx", 0)),
        "Targets are class numbers as they are (nll_loss, cross_entropy): nothing is searched.",
    ),
    Quirk(
        "15. OFFSET is volatile",
        "log_entropy!I2",
        "A cell with OFFSET is computed again at every change anywhere, and so is all that depends on it. Here INDEX "
        "picks from the two logarithms.",
        "idxPred of the first row",
        lambda c: log10(c["log_entropy", ("Preds", 0)]),
        ("log_entropy", ("idxPred", 0)),
        "nll_loss picks by index; input.gather(1, target) does it by hand.",
    ),
    Quirk(
        "16. A stray sum",
        "entropy!C9",
        "25000*128*4/1000 below the predictions, to which nothing refers.",
        "the sum",
        lambda c: c[COURSE, "sum"],
        None,
        "Nothing.",
    ),
)


def constants() -> list[Constant]:
    """Return the two values to try, and what the course's sheets hold that this workbook does not compute."""
    idx = course_numbers(ENTROPY["log_entropy"]).columns["idx"][0]
    return [
        Constant("p", "prediction to try in quirk 11", "entropy!C2 is 0.5", 1.0),
        Constant("shift", "shift to try in quirk 12", "the course's outputs have 0", 1000.0),
        Constant("idx", "idx of the first row in Excel", "log_entropy!H2", idx),
        Constant("sum", "25000*128*4/1000", "entropy!C9", 25000 * 128 * 4 / 1000),
    ]


def entropy_quirks() -> Sheet:
    """Return the sheet `quirks` of the corrected `entropy_example`."""
    cells: dict[Key, Expression] = {}
    values: dict[Key, Checked] = {}
    for name, table in CORRECTED_ENTROPY.items():
        held = {place.key: place for place in table_sheet(table).places if place.key}
        cells |= {(name, key): at(place.address, name) for key, place in held.items()}
        values |= {(name, key): as_checked(place.value) for key, place in held.items()}
    return quirks_sheet(QUIRKS, constants(), cells, values)
