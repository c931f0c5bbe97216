"""The oracle's answers for the corrected entropy workbook: `torch.nn.functional` as it is."""

import math

import torch
from torch import Tensor
from torch.nn import functional

from xlsgd.verifying.oracle.losses import truths
from xlsgd.verifying.oracle.sheet import OracleSheet

CLAMP = -100.0
"""What `binary_cross_entropy` bounds a logarithm by."""


def softmax(sheet: OracleSheet) -> None:
    """Two images' softmax, its logarithm and loss, and the sigmoid of each output."""
    rows, losses = sheet.labels(), []
    for outputs, exponential, share, logarithm, binary in "BCDEK", "GHIJL":
        logits = sheet.down(outputs, 3)
        largest = logits.amax(0)
        shifted, shares = (logits - largest).exp(), functional.softmax(logits, 0)
        logs = functional.log_softmax(logits, 0)
        sheet.answer_down(3, {exponential: shifted, share: shares, logarithm: logs, binary: torch.sigmoid(logits)})
        target = int(sheet.number(f"{outputs}{rows['target, 1 to 5']}")) - 1
        losses.append(functional.cross_entropy(logits.T, torch.full(logits.shape[1:], target), reduction="none"))
        sheet.answer({f"{exponential}{rows['sum']}": shifted.sum(0), f"{share}{rows['sum']}": shares.sum(0)})
        sheet.answer({f"{outputs}{rows['max']}": largest, f"{outputs}{rows['loss']}": losses[-1]})
    sheet.answer({f"B{rows['mean loss']}": torch.stack(losses).mean(0)})


def entropy(sheet: OracleSheet) -> None:
    """The cross-entropy of a truth and a prediction, as a sum and as a choice, and its mean."""
    columns, truth = sheet.headings(1), truths(sheet)
    predictions = sheet.down(columns["Preds"], 2, len(truth))
    is_cat, is_dog, loss = losses(sheet, truth, predictions)
    chosen = torch.where(truth == 1, is_cat, is_dog)
    sheet.answer_down(2, {columns["sum form"]: loss, columns["IF form"]: chosen})
    mean = sheet.labels()["mean loss"]
    sheet.answer({f"{columns['sum form']}{mean}": loss.mean(0), f"{columns['IF form']}{mean}": chosen.mean(0)})
    sheet.answer({f"{columns['base']}2": math.e})


def log_entropy(sheet: OracleSheet) -> None:
    """The cross-entropy from logarithms, its mean, and the true class's logarithm by its index."""
    columns, truth = sheet.headings(1), truths(sheet)
    is_cat, is_dog, loss = losses(sheet, truth, sheet.down(columns["Preds"], 2, len(truth)))
    sheet.answer_down(2, {columns["isDog"]: (1 - truth).expand_as(loss), columns["NLL"]: loss})
    sheet.answer_down(2, {columns["logPredCat"]: -is_cat, columns["logPredDog"]: -is_dog})
    for i, cat in enumerate(truth[:, 0].tolist()):
        found = cat in (0, 1)  # MATCH finds no other truth
        chosen = (is_dog, is_cat)[int(cat)][i] if found else math.nan
        sheet.answer({f"{columns['idx']}{2 + i}": 2 - cat if found else math.nan})
        sheet.answer({f"{columns['idxPred']}{2 + i}": -chosen})
    sheet.answer({f"{columns['NLL']}{sheet.labels()['mean loss']}": loss.mean(0), f"{columns['base']}2": math.e})


def losses(sheet: OracleSheet, truth: Tensor, predictions: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the losses if the truth is 1, if it is 0, and as it is, to the base and bound by the least on a sheet.

    Args:
        sheet: the sheet with the cells below `base` and `least LN`.
        truth: of shape (rows, 1).
        predictions: of shape (rows, 1 + WOBBLED).
    """
    columns = sheet.headings(1)
    base, least = (sheet.number(f"{columns[name]}2") for name in ("base", "least LN"))
    is_cat = -predictions.clamp(min=math.exp(least)).log() / math.log(base)
    is_dog = -sheet.rounded(1 - predictions).clamp(min=math.exp(least)).log() / math.log(base)
    loss = truth * is_cat + (1 - truth) * is_dog
    given = predictions[:, 0]
    if least == CLAMP and bool(((given >= 0) & (given <= 1)).all()):
        loss[:, 0] = functional.binary_cross_entropy(given, truth[:, 0], reduction="none") / math.log(base)
    return is_cat, is_dog, loss
