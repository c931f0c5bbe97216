"""The oracle's answers for the sheets of `network.xlsx` whose training stands as matrices."""

import torch

from xlsgd.verifying.oracle import hosts
from xlsgd.verifying.oracle.sheet import OracleSheet, column_names

functional = torch.nn.functional
PIXELS = 64


def _parts(run: OracleSheet) -> tuple[dict[str, int], list[str], list[str], int]:
    """Return the rows of the labels, the columns of the epochs and of the digits, and the row of the targets."""
    labels = run.labels()
    epochs = _columns(run, 3)
    return labels, epochs, _columns(run, labels["y"]), labels["y"]


def _columns(run: OracleSheet, row: int) -> list[str]:
    """Return the columns from B on that hold a number in a row."""
    wide = (name for name, _ in zip(column_names(), range(500), strict=False))
    return [name for name in wide if isinstance(run.values.get(f"{name}{row}"), float)]


def threes_sevens_run(run: OracleSheet) -> None:
    """Each epoch's predictions by a linear layer, and the next epoch's weights by autograd and SGD."""
    labels, epochs, digits, y_row = _parts(run)
    lr = run.other("threes_sevens").number(hosts.below(run.other("threes_sevens"), "lr"))
    x = torch.stack([run.down(name, y_row + 1, PIXELS) for name in digits])
    is_three = torch.tensor([[run.number(f"{name}{y_row}")] for name in digits]) == 1
    blocks = {name: labels[f"{name} of each digit, an epoch a row"] + 2 for name in ("p", "loss", "right", "dL/dz")}
    for epoch, letter in enumerate(epochs):
        weights = run.down(letter, 4, PIXELS + 1).requires_grad_()
        z = torch.einsum("njk,jk->nk", x, weights[1:]) + weights[0]
        p = torch.sigmoid(z)
        loss = torch.where(is_three, 1 - p, p)
        (gradient,) = torch.autograd.grad(loss.mean(0).sum(), weights, retain_graph=True)
        (by_z,) = torch.autograd.grad(loss.sum(), z)
        values = {"p": p, "loss": loss, "right": ((p > 0.5) == is_three).double(), "dL/dz": by_z}
        for name, value in values.items():
            row = blocks[name] + epoch
            run.answer({f"{digit}{row}": each for digit, each in zip(digits, value.detach(), strict=True)})
            run.answer({f"B{row}": value.detach().mean(0)})
        if epoch + 1 < len(epochs):
            weights.grad = gradient
            torch.optim.SGD([weights], lr).step()
            run.answer_down(4, {epochs[epoch + 1]: weights.detach()})


def threes_sevens(sheet: OracleSheet) -> None:
    """What is looked up of the chosen epoch and digit."""
    run = sheet.other("threes_sevens_run")
    labels, epochs, digits, y_row = _parts(run)
    epoch, digit = (int(sheet.number(hosts.below(sheet, name))) for name in ("epoch", "digit"))
    weights, pixels = epochs[epoch], digits[digit - 1]
    loss, right = (labels[f"{name} of each digit, an epoch a row"] + 2 + epoch for name in ("loss", "right"))
    told = {"loss": f"B{loss}", "accuracy": f"B{right}", "is a 3": f"{pixels}{y_row}"}
    sheet.answer({hosts.below(sheet, name): run.number(place) for name, place in told.items()})
    own, digit_cells = run.down(weights, 4, PIXELS + 1), run.down(pixels, y_row + 1, PIXELS)
    sheet.answer({hosts.below(sheet, "its p"): torch.sigmoid((own[1:] * digit_cells).sum(0) + own[0])})
    top = int(hosts.below(sheet, "the weights")[1:])
    for j in range(PIXELS):
        row, column = top + j // 8, j % 8
        sheet.answer({f"{'BCDEFGHI'[column]}{row}": run.number(f"{weights}{5 + j}")})
        sheet.answer({f"{'KLMNOPQR'[column]}{row}": run.number(f"{pixels}{y_row + 1 + j}")})
