"""The oracle's answers for the sheets of the entropy workbook: softmax and cross-entropy by `torch.nn.functional`."""

import math

import torch
from torch import Tensor
from torch.nn import functional

from xlsgd.verifying.oracle.sheet import OracleSheet, float64


def guide(sheet: OracleSheet) -> None:
    """What the first sheet's chart draws: the loss of a right class by its probability, natural and to base 10."""
    top = next((int(address[1:]) for address, text in sheet.values.items() if text == "-ln p"), 0)
    if top:
        p = sheet.down("D", top + 1)
        loss = -torch.log(p)
        sheet.answer_down(top + 1, {"E": loss, "F": loss / math.log(10)})


def softmax(sheet: OracleSheet) -> None:
    """Two images' softmax, and the binary one of each output."""
    for outputs, exponential, share, binary in "BCDK", "GHIL":
        logits = sheet.down(outputs, 3)
        total = logits.exp().sum(0)
        # the sheet overflows, or divides by 0, where Torch subtracts the largest output first
        shares = functional.softmax(logits, 0) + (0 * total / total)
        binaries = torch.sigmoid(logits) + 0 * logits.exp()
        sheet.answer_down(3, {exponential: logits.exp(), share: shares, binary: binaries})
        sheet.answer({f"{exponential}{3 + len(logits)}": total, f"{share}{3 + len(logits)}": shares.sum(0)})


def entropy(sheet: OracleSheet) -> None:
    """The cross-entropy of a truth and a prediction, as a sum and as a choice."""
    truth = truths(sheet)
    losses = losses_base_10(sheet.down("C", 2, len(truth)))
    chosen = torch.where(truth == 1, losses[1], losses[0])
    sheet.answer_down(2, {"D": truth * losses[1] + (1 - truth) * losses[0], "E": chosen})
    sheet.answer({"C9": 25000 * 128 * 4 / 1000})


def log_entropy(sheet: OracleSheet) -> None:
    """The cross-entropy from logarithms, and the true class's logarithm by its index."""
    truth = truths(sheet)
    losses = losses_base_10(sheet.down("D", 2, len(truth)))
    given = truth * losses[1] + (1 - truth) * losses[0]
    sheet.answer_down(2, {"C": (1 - truth).expand_as(given), "E": -losses[1], "F": -losses[0], "G": given})
    for i, is_cat in enumerate(truth[:, 0].tolist()):
        if is_cat in (0, 1):  # MATCH finds no other truth
            sheet.answer({f"H{2 + i}": 2 - is_cat, f"I{2 + i}": -losses[int(is_cat)][i]})


def truths(sheet: OracleSheet) -> Tensor:
    """Return the truths, which are 0 or 1 and wobble not, as a tensor of shape (rows, 1)."""
    return float64(sheet.numbers("B", 2)).unsqueeze(1)


def losses_base_10(predictions: Tensor) -> tuple[Tensor, Tensor]:
    """Return the negative log likelihoods to base 10 where the truth is 0, and where it is 1.

    Infinite where a logarithm is of 0, and NaN where it is of less, so that either spoils a sum even if times 0.
    """
    logs = torch.stack((1 - predictions, predictions), 1).log() / math.log(10)
    truths = torch.zeros(predictions.shape, dtype=torch.long)
    return functional.nll_loss(logs, truths, reduction="none"), functional.nll_loss(logs, truths + 1, reduction="none")
