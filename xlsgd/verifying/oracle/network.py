"""The oracle's answers for `network.xlsx`, which is known by the title on its first sheet."""

from collections.abc import Callable, Mapping

import torch

from xlsgd.verifying.oracle import (
    hosts,
    network_classes,
    network_conventions,
    network_embedding,
    network_matrices,
    network_tables,
)
from xlsgd.verifying.oracle import network_rates as rates
from xlsgd.verifying.oracle.model_sheets import LINES, came_to, is_model_sheet, lines_of, top_of, training_sheet
from xlsgd.verifying.oracle.model_sheets import answer as answer_training
from xlsgd.verifying.oracle.network_models import NETWORK_MODELS
from xlsgd.verifying.oracle.sheet import OracleSheet, Values, across

TITLE = "From the line to the network"


def is_network(book: Mapping[str, Values]) -> bool:
    """Return whether this is the workbook."""
    return "guide" in book and book["guide"].get("A1") == TITLE


def answer(sheet: OracleSheet) -> None:
    """Enter the answers for any of its sheets."""
    if is_model_sheet(sheet, NETWORK_MODELS):
        answer_training(sheet, NETWORK_MODELS)
        rates.answer(sheet)
    if sheet.name.endswith(hosts.RUN) and sheet.name not in SHEETS:
        return
    if "run" in sheet.labels():
        _runs(sheet)
    if "answer b" in sheet.values.values():
        _least_squares(sheet)
    SHEETS.get(sheet.name, _nothing)(sheet)


def _nothing(sheet: OracleSheet) -> None:
    """Answer for no further cell."""


def _runs(sheet: OracleSheet) -> None:
    """Answer for the table of runs: knobs that are the sheet's own, and what each run came to."""
    own = across(sheet, top_of(sheet), first=3)
    columns, labels = hosts.columns(sheet), sheet.labels()
    for run, row in labels.items():
        if f"{run}_run" not in sheet.book:
            continue
        for name, letter in hosts.knob_columns(sheet).items():
            if (run, name) in LINKED:
                source, factor = LINKED[run, name]
                sheet.answer({f"{letter}{row}": factor * sheet.number(f"{own[source]}{top_of(sheet) + 1}")})
            elif name in own:
                sheet.answer({f"{letter}{row}": sheet.number(f"{own[name]}{top_of(sheet) + 1}")})
        epochs = sheet.other(f"{run}_run")
        first, last, reached = [*columns.values()][-3:]
        lines = lines_of(epochs, training_sheet(epochs, NETWORK_MODELS))
        came_to(sheet, lines, (reached, first, last), row)


def _least_squares(sheet: OracleSheet) -> None:
    """Answer for the line of least squares through the sheet's points, and what it is made of."""
    training = training_sheet(sheet, NETWORK_MODELS)
    x, y = (sheet.down(training.letters[name], training.first, training.n).T for name in "xy")
    b, a = torch.linalg.lstsq(torch.stack((torch.ones_like(x), x), 2), y.unsqueeze(2)).solution[:, :, 0].T
    found = {"answer b": b, "answer a": a, "slope": a, "mean_x": x.mean(1), "mean_y": y.mean(1)}
    found |= {"size_x": x.abs().amax(1), "size_y": y.abs().amax(1)}
    sheet.answer({hosts.below(sheet, heading): value for heading, value in found.items()})


def weight_decay(sheet: OracleSheet) -> None:
    """Both slopes after the last epoch under each optimizer, and how far they are apart."""
    pairs = {"SGD": ("weight_decay", "weight_decay_step"), "Adam": ("weight_decay_adam", "weight_decay_adamw")}
    for label, runs in pairs.items():
        row, slopes = sheet.labels()[label], []
        for run in runs:
            epochs = sheet.other(f"{run}_run")
            lines = lines_of(epochs, training_sheet(epochs, NETWORK_MODELS))
            slopes.append(epochs[f"{lines.letters['a']}{LINES + lines.passes - 1}"])
        sheet.answer({f"B{row}": slopes[0], f"C{row}": slopes[1], f"D{row}": (slopes[0] - slopes[1]).round(decimals=9)})


LINKED = dict.fromkeys((("weight_decay_step", "weight_decay"), ("weight_decay_adamw", "weight_decay")), ("wd", 2.0))
"""Of which of the sheet's own knobs a run's knob is how many times as large, by the run and the knob."""

SHEETS: dict[str, Callable[[OracleSheet], None]] = {
    "logistic": network_classes.logistic,
    "softmax_regression": network_classes.softmax_regression,
    "relu_network": network_classes.relu_network,
    "weight_decay": weight_decay,
    "moving_average": network_tables.moving_average,
    "lr_find": network_tables.lr_find,
    "accuracy": network_tables.accuracy,
    "conventions": network_conventions.conventions,
    "embedding": network_embedding.embedding,
    "threes_sevens": network_matrices.threes_sevens,
    "threes_sevens_run": network_matrices.threes_sevens_run,
}
"""What answers for a sheet's further cells, by its name."""
