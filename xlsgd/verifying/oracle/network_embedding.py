"""The oracle's answers for what the sheet `embedding` looks up, by `torch.nn.functional`."""

import torch

from xlsgd.verifying.oracle import hosts
from xlsgd.verifying.oracle.model_sheets import training_sheet
from xlsgd.verifying.oracle.network_models import NETWORK_MODELS, USER_AND_FILM
from xlsgd.verifying.oracle.sheet import OracleSheet, column_names

functional = torch.nn.functional


def embedding(sheet: OracleSheet) -> None:
    """Both lookups beside one-hot products, and what each user would give each film."""
    training = training_sheet(sheet, NETWORK_MODELS)
    tables = []
    for what, (matrix, bias, rows) in USER_AND_FILM.items():
        names = [[f"{matrix}_{k}_1", f"{matrix}_{k}_2", f"{bias}_{k}"] for k in range(1, rows + 1)]
        table = torch.stack([torch.stack([sheet[training.start_of(name)] for name in row]) for row in names])
        tables.append(table)
        _side(sheet, what, table)
    ratings = 5.5 * torch.sigmoid(torch.einsum("uik,fik->ufk", tables[0][:, :2], tables[1][:, :2]) + _biases(*tables))
    place = hosts.below(sheet, "film 1")
    letters, row = _from(place.rstrip("0123456789"), len(tables[1])), int(place.lstrip(UPPER))
    for u, own in enumerate(ratings):
        sheet.answer({f"{letter}{row + u}": value for letter, value in zip(letters, own, strict=True)})


UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _biases(users: torch.Tensor, films: torch.Tensor) -> torch.Tensor:
    return users[:, None, 2] + films[None, :, 2]


def _from(letter: str, count: int) -> list[str]:
    """Return so many columns from one on."""
    names = [name for name, _ in zip(column_names(), range(200), strict=False)]
    return names[names.index(letter) :][:count]


def _side(sheet: OracleSheet, what: str, table: torch.Tensor) -> None:
    """One of the lookups: the one-hot, the matrix, and the row as a product and as an embedding."""
    place = hosts.below(sheet, f"{what} to look up")
    letters, top = _from(place.rstrip("0123456789"), 5), int(place.lstrip(UPPER)) + 3
    chosen = torch.tensor([int(sheet.number(place)) - 1])
    hot = functional.one_hot(chosen, len(table))[0].double()
    row = functional.embedding(chosen, table.flatten(1)).reshape(table.shape[1:])
    for k, own in enumerate(table):
        sheet.answer({f"{letters[1]}{top + k}": float(hot[k])})
        sheet.answer({f"{letter}{top + k}": value for letter, value in zip(letters[2:], own, strict=True)})
    product = torch.einsum("r,rck->ck", hot, table)
    for below, values in enumerate((product, row)):
        cells = zip(letters[2:], values, strict=True)
        sheet.answer({f"{letter}{top + len(table) + below}": value for letter, value in cells})
