"""The oracle's answers for the columns of rates on the sheets of `network.xlsx`: those of layers and of schedules."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from xlsgd.verifying.oracle import hosts
from xlsgd.verifying.oracle.model_rows import ModelRows, enter, exact
from xlsgd.verifying.oracle.model_sheets import lines_of, rows_of_epochs, rows_of_training, training_sheet
from xlsgd.verifying.oracle.network_models import NETWORK_MODELS
from xlsgd.verifying.oracle.sheet import OracleSheet, float64


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


def one_cycle(rows: ModelRows) -> dict[str, Tensor]:
    """Rate and momentum along half cosines, up and down, down and up."""
    k, step = rows.knobs, exact(rows.before("t"))
    rise = float(torch.tensor(k["T"] * k["pct_start"], dtype=torch.float64).floor())
    rises = step < rise
    part = torch.where(rises, step / rise, (step - rise) / (k["T"] - rise))
    cosine = rows.sheet.rounded((math.pi * part).cos()) + 1
    ends = [(k["lr"] / k["div_factor"], k["lr"]), (k["lr"], k["lr"] / k["final_div"])]
    first, last = (torch.where(rises, float64(up), float64(down)) for up, down in zip(*ends, strict=True))
    momenta = torch.where(rises, cosine / 2, 1 - cosine / 2)  # how much of the header's
    found = {"part": part, "cos+1": cosine, "lr from": first, "lr to": last}
    return found | {
        "lr": torch.lerp(last, first, cosine / 2),
        "beta1": k["beta_top"] + (k["beta1"] - k["beta_top"]) * momenta,
    }


COLUMNS: dict[str, Callable[[ModelRows], dict[str, Tensor]]] = {"relu_network": layers, "one_cycle": one_cycle}
"""What gives the columns, by the name of the run."""
