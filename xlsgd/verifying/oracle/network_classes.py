"""The oracle's answers for what the charts of points and classes are drawn from."""

import math
from collections.abc import Sequence
from itertools import islice
from string import ascii_uppercase

import torch
from torch import Tensor

from xlsgd.verifying.oracle.model_sheets import ModelSheet, training_sheet
from xlsgd.verifying.oracle.network_models import NETWORK_MODELS
from xlsgd.verifying.oracle.sheet import OracleSheet, across, column_names

TITLE = "What the chart of the points shows"
CLASS = "x2, class "
GRID = "p over x1 (across) and x2 (down)"

Coefficients = tuple[Tensor, Tensor, Tensor]
"""Those of a line on which `c + u*x1 + v*x2` is 0."""


def points(sheet: OracleSheet) -> tuple[ModelSheet, int]:
    """Answer for x2 in a column for each class; return the training sheet, and the row of the lines' first end."""
    training, top = training_sheet(sheet, NETWORK_MODELS), sheet.labels()[TITLE] + 2
    x1, x2, y = (sheet.numbers(training.letters[name], training.first, training.n) for name in ("x1", "x2", "y"))
    sheet.answer({f"A{top + i}": value for i, value in enumerate(x1)})
    for text, letter in across(sheet, top - 1).items():
        if text.startswith(CLASS):
            number = float(text.removeprefix(CLASS))
            shown = [value if own == number else math.nan for value, own in zip(x2, y, strict=True)]
            sheet.answer({f"{letter}{top + i}": value for i, value in enumerate(shown)})
    return training, top + training.n + 1


def line(sheet: OracleSheet, training: ModelSheet, end: int, letter: str, coefficients: Coefficients) -> None:
    """Answer for both ends of a line; `end` is the row of the first."""
    x1 = sheet.down(training.letters["x1"], training.first, training.n)
    ends = torch.stack((x1.amin(0) - 1, x1.amax(0) + 1))
    c, u, v = coefficients
    sheet.answer_down(end, {"A": ends, letter: torch.where(v == 0, math.nan, -(c + u * ends) / v)})


def starts(sheet: OracleSheet, training: ModelSheet, names: Sequence[str]) -> list[Tensor]:
    """Return what the first row starts from of some parameters."""
    return [sheet[training.start_of(name)] for name in names]


def logistic(sheet: OracleSheet) -> None:
    """The line on which the probability is 0.5."""
    training, end = points(sheet)
    c, u, v = starts(sheet, training, ("b", "w_1", "w_2"))
    line(sheet, training, end, "B", (c, u, v))


def softmax_regression(sheet: OracleSheet) -> None:
    """The lines on which two classes are equally likely."""
    training, end = points(sheet)
    entries = [torch.stack(starts(sheet, training, (f"b_{k}", f"w_{k}_1", f"w_{k}_2"))) for k in (1, 2, 3)]
    for letter, (k, m) in zip("BCD", ((0, 1), (0, 2), (1, 2)), strict=True):
        c, u, v = entries[k] - entries[m]
        line(sheet, training, end, letter, (c, u, v))


def relu_network(sheet: OracleSheet) -> None:
    """The probabilities at points on a grid, by `torch.nn.Linear`s with the weights of the epoch."""
    training, _ = points(sheet)
    left = next(address for address, text in sheet.values.items() if text == GRID)
    letter, top = left.rstrip("0123456789"), int(left.lstrip(ascii_uppercase)) + 1
    across_x = [name for name in islice(column_names(), 200) if f"{name}{top}" in sheet.values]
    entries = {name: sheet[training.start_of(name)] for name in training.model.parameters}
    for name in across_x:
        for row in range(top + 1, top + 1 + sheet.count(letter, top + 1)):
            point = {"x1": sheet[f"{name}{top}"], "x2": sheet[f"{letter}{row}"], "y": torch.zeros(1)}
            sheet.answer({f"{name}{row}": training.model.columns(entries, point)["pred"]})
