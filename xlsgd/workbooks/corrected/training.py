"""The corrected training sheets: cold starts, losses on every sheet, and true root mean squares below the rows.

They are the lesson's line by PyTorch's rules; `basic` has finite differences beside its gradient, and `adam_ann` a
schedule.
"""

from typing import Any

from xlsgd.functions import Value, count, mean, sqrt, sum_of_squares
from xlsgd.rules import RULES, CountedMoments, Rule
from xlsgd.sheets.lesson import textbook
from xlsgd.sheets.row import Columns
from xlsgd.sheets.training import Training
from xlsgd.workbooks.corrected.rules import SwitchedAdamKnobs, switched_adam


def root_mean_squares(columns: Columns) -> dict[str, Value]:
    """Return the root mean squares of the error and of both gradients."""
    return {
        "rmse": sqrt(mean(columns["err^2"])),
        "rms de/db": sqrt(sum_of_squares(columns["de/db"]) / count(columns["de/db"])),
        "rms de/da": sqrt(sum_of_squares(columns["de/da"]) / count(columns["de/da"])),
    }


SWITCHED_ADAM = Rule(switched_adam, CountedMoments, SwitchedAdamKnobs)


def _sheet(name: str, rule: Rule, knobs: dict[str, float], **more: Any) -> Training:
    sheet = textbook(name, rule, knobs=knobs, **more)
    return sheet._replace(footer=root_mean_squares, footer_columns=("err^2", "de/db", "de/da"))


CORRECTED: dict[str, Training] = {
    sheet.name: sheet
    for sheet in (
        _sheet("basic", RULES["sgd"], {"lr": 1e-4}, differences=("b", "a")),
        _sheet("momentum", RULES["momentum"], {"lr": 1e-5}),
        _sheet("rmsprop", RULES["rmsprop"], {"lr": 0.1}),
        _sheet("adam", SWITCHED_ADAM, {"lr": 0.2}),
        _sheet("adam_ann", SWITCHED_ADAM, {"lr": 0.7, "T": 580.0}, schedule="cosine"),
    )
}
"""The corrected training sheets by name. At their rates the loss falls on the lesson's points, epoch after epoch."""
