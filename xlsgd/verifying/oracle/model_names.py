"""What a training sheet says of the model that it trains."""

from collections.abc import Mapping
from typing import Any

from xlsgd.verifying.oracle.sheet import OracleSheet

EPOCH = "epoch"
"""What stands in column A above the epoch."""

RUN = "_run"


def is_of_another_model(sheet: OracleSheet) -> bool:
    """Return whether a sheet, or the one whose epochs it holds, says that it trains a model, as no lesson's does."""
    return names_model(holder(sheet).values)


def names_model(values: Mapping[str, Any]) -> bool:
    """Return whether a sheet's first row says what model it trains, and what its knobs are called."""
    return values.get("A1") == EPOCH and all(isinstance(values.get(cell), str) for cell in ("B1", "C1"))


def holder(sheet: OracleSheet) -> OracleSheet:
    """Return the training sheet of a sheet of all epochs, or the sheet itself."""
    base = sheet.name.removesuffix(RUN)
    return sheet.other(base) if base != sheet.name and base in sheet.book else sheet
