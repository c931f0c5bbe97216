"""The oracle's answers for the columns of rates on the sheets of `network.xlsx`: those of layers and of schedules."""

from collections.abc import Callable

import torch
from torch import Tensor

from xlsgd.verifying.oracle import hosts
from xlsgd.verifying.oracle.model_rows import ModelRows, enter, exact
from xlsgd.verifying.oracle.model_sheets import lines_of, rows_of_epochs, rows_of_training, training_sheet
from xlsgd.verifying.oracle.network_models import NETWORK_MODELS
from xlsgd.verifying.oracle.sheet import OracleSheet


def answer(sheet: OracleSheet) -> None:
    """Enter the answers for such columns, if the sheet has any."""
    columns = COLUMNS.get(sheet.name.removesuffix(hosts.RUN))
    if columns:
        training = training_sheet(sheet, NETWORK_MODELS)
        is_run = sheet.name.endswith(hosts.RUN)
        rows = rows_of_epochs(lines_of(sheet, training)) if is_run else rows_of_training(training)
        enter(rows._replace(sheet=sheet), columns(rows))


def layers(rows: ModelRows) -> dict[str, Tensor]:
    """Two layers, the first slower by a divisor, or frozen: a group of parameters each, as Torch has them."""
    lr, divisor = rows.knobs["lr"], rows.knobs["divisor"]
    first = 0.0 if rows.knobs["freeze"] == 1 else lr / divisor
    groups = [{"params": [torch.zeros(1)], "lr": rate} for rate in (first, lr)]
    made = torch.optim.SGD(groups)
    return {f"lr {i}": exact([float(g["lr"])] * rows.size) for i, g in enumerate(made.param_groups, start=1)}


COLUMNS: dict[str, Callable[[ModelRows], dict[str, Tensor]]] = {"relu_network": layers}
"""What gives the columns, by the name of the run."""
