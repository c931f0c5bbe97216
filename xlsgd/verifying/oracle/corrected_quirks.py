"""The oracle's answers for the sheet `quirks`: the course's numbers beside the corrected ones.

What the course's sheets would show is computed from the corrected sheets' cells and from the constants that stand below
the quirks, each found by its text. The corrected number is, but for two, that of the cell that the sheet names.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from xlsgd.verifying.oracle.losses import losses_base_10
from xlsgd.verifying.oracle.paths import rounded_error
from xlsgd.verifying.oracle.sheet import OracleSheet

FIRST = 5
"""The first data row of the training sheets."""


class Quirks:
    """The cells that the quirks' numbers are computed from.

    Args:
        sheet: the sheet `quirks`.
    """

    def __init__(self, sheet: OracleSheet) -> None:
        self.sheet, self.rows = sheet, sheet.labels()

    def constant(self, text: str) -> Tensor:
        """Return a constant below the quirks."""
        return self.sheet[f"E{self.rows[text]}"]

    def column(self, name: str, heading: str) -> Tensor:
        """Return a training sheet's column."""
        sheet = self.sheet.other(name)
        return sheet.down(sheet.headings(3)[heading], FIRST, sheet.count("A", FIRST))


def last_b(q: Quirks) -> Tensor:
    """The last row's b, before its update."""
    return q.column("basic", "b")[-1]


def root_of_sum(q: Quirks) -> Tensor:
    """The root of the sum of squared errors."""
    return q.column("basic", "err^2").sum(0).sqrt()


def forward_difference(q: Quirks) -> Tensor:
    """The first row's forward difference by the slope."""
    x, y, b, a = (q.column("basic", heading)[0] for heading in ("x", "y", "b", "a"))
    h = q.sheet.number(f"E{q.rows['basic: step of the differences']}")
    ahead, here = (rounded_error(q.sheet, x, y, b, slope) for slope in (a + h, a))
    return (ahead - here) / h


def averaged(q: Quirks) -> Tensor:
    """The moving average of b's gradients after the first row of `momentum`."""
    gradient = q.column("momentum", "de/db")[0]
    return torch.lerp(gradient, q.constant("momentum: pasted average of b's gradients"), q.constant("momentum: beta"))


def warm_average(q: Quirks) -> Tensor:
    """The moving average of b's gradients after the first row of `adam`."""
    gradient = q.column("adam", "de/db")[0]
    pasted = q.constant("adam: pasted average of b's gradients")
    return torch.lerp(gradient, pasted, q.constant("adam: decay of the average"))


def rmsprop_step(q: Quirks) -> Tensor:
    """The first row's new b by the row before's mean square."""
    step = q.constant("rmsprop: rate") * q.constant("rmsprop: pasted mean square of b's gradients").rsqrt()
    return q.column("rmsprop", "b")[0] - q.column("rmsprop", "de/db")[0] * step


def adam_step(q: Quirks) -> Tensor:
    """The first row's new b without epsilon and correction."""
    gradient = q.column("adam", "de/db")[0]
    pasted = q.constant("adam: pasted mean square of b's gradients")
    mean_square = torch.lerp(gradient.square(), pasted, q.constant("adam: decay of the mean square"))
    return q.column("adam", "b")[0] - q.constant("adam: rate") * warm_average(q) * mean_square.rsqrt()


def cut_rate(q: Quirks) -> Tensor:
    """The rate after the sheet's annealing."""
    b, a = (q.constant(f"adam_ann: pasted mean square of {weight}'s gradients") for weight in "ba")
    size = b.sqrt() + a.sqrt()
    rate = q.constant("adam_ann: rate")
    return torch.where(size / q.constant("adam_ann: best gradient size so far") > 2, rate / 4, rate)


def base_10(q: Quirks) -> Tensor:
    """The first row's loss to base 10."""
    return cross_entropy(q, q.sheet.other("entropy")["C2"])


def log_of_zero(q: Quirks) -> Tensor:
    """The same for the prediction to try."""
    return cross_entropy(q, q.constant("prediction to try in quirk 11"))


def cross_entropy(q: Quirks, prediction: Tensor) -> Tensor:
    """The cross-entropy to base 10, an error where a logarithm is none."""
    truth = q.sheet.other("entropy").number("B2")
    is_dog, is_cat = losses_base_10(prediction.unsqueeze(0))
    return (truth * is_cat + (1 - truth) * is_dog)[0]


def bounded(q: Quirks) -> Tensor:
    """The prediction to try, with the sheet's base and least logarithm."""
    entropy = q.sheet.other("entropy")
    columns, prediction = entropy.headings(1), q.constant("prediction to try in quirk 11")
    least, base = (entropy.number(f"{columns[name]}2") for name in ("least LN", "base"))
    truth, floor = entropy.number("B2"), math.exp(least)
    logs = [p.clamp(min=floor).log() for p in (prediction, q.sheet.rounded(1 - prediction))]
    return -(truth * logs[0] + (1 - truth) * logs[1]) / math.log(base)


def shifted(q: Quirks) -> Tensor:
    """The first output's softmax after a shift; an overflow is an error."""
    logits = q.sheet.other("softmax").down("B", 3) + q.constant("shift to try in quirk 12")
    total = logits.exp().sum(0)
    return functional.softmax(logits, 0)[0] + 0 * total / total


def stable(q: Quirks) -> Tensor:
    """The first output's softmax after a shift, with the largest subtracted."""
    logits = q.sheet.other("softmax").down("B", 3)
    shift = q.constant("shift to try in quirk 12")
    return functional.softmax(q.sheet.rounded(logits + shift), 0)[0]


def log_10(q: Quirks) -> Tensor:
    """The first prediction's logarithm to base 10."""
    return q.sheet.other("log_entropy")["D2"].log10()


COURSE: dict[str, Callable[[Quirks], Tensor]] = {
    "the b that the next epoch starts from": last_b,
    "rmse of the first epoch": root_of_sum,
    "de/da of the first row, estimated": forward_difference,
    "momentum of b after the first row": averaged,
    "average of b's gradients after the first row": warm_average,
    "new b of the first row, rmsprop": rmsprop_step,
    "new b of the first row, adam": adam_step,
    "rate of the last row": cut_rate,
    "y of the first row": lambda q: q.constant("first y of every training sheet"),
    "loss of the first row": base_10,
    "loss of the first row if its prediction were the one to try": log_of_zero,
    "softmax of cat, image 1, if every output were greater by the shift": shifted,
    "idx of the first row (the course's as Excel gives it)": lambda q: q.constant("idx of the first row in Excel"),
    "idxPred of the first row": log_10,
    "the sum": lambda q: q.constant("25000*128*4/1000"),
}
"""The course's number by what the sheet says it is; of the two new b's, with the sheet."""

CORRECTED: dict[str, Callable[[Quirks], Tensor]] = {
    "loss of the first row if its prediction were the one to try": bounded,
    "softmax of cat, image 1, if every output were greater by the shift": stable,
}
"""The corrected numbers that are not just another cell's."""


def quirks(sheet: OracleSheet) -> None:
    """Both numbers of every quirk that is known here."""
    q = Quirks(sheet)
    row = 2
    while isinstance(what := sheet.values.get(f"D{row}"), str) and f"G{row}" in sheet.values:
        name, _, cell = str(sheet.values[f"G{row}"]).partition("!")
        course = COURSE.get(what) or COURSE.get(f"{what}, {name}")
        if course:
            sheet.answer({f"E{row}": course(q)})
        if what in CORRECTED:
            sheet.answer({f"F{row}": CORRECTED[what](q)})
        elif cell:
            sheet.answer({f"F{row}": sheet.other(name).number(cell)})
        row += 1
